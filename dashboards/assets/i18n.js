// The words of the page in two languages, and numbers, dates and periods as each writes them.

const WORDS = {
  id: {
    title: "Lumbung: kinerja inovasi daerah",
    skip: "Langsung ke tabel",
    heading: "Kinerja inovasi daerah",
    lead: "Layanan Puja Indah dan inovasi yang dilaporkan pemerintah daerah, menurut terbitan data ini.",
    release: "Terbitan",
    asOf: "Tanggal acuan",
    committedRegions: "Daerah berkomitmen",
    committedRegionsValue: "{districts} kabupaten/kota, {provinces} provinsi",
    unofficial:
      "Halaman ini bukan Indeks Inovasi Daerah resmi. Peringkat di bawah hanya mengurutkan satu indikator.",
    illustrative:
      "Sebagian data hanya ilustrasi, bukan laporan daerah yang sebenarnya. {part} dari {all} indikator memakainya dan ditandai di bawah Definisi. Jangan dikutip.",
    contents: "Isi halaman",
    leagueHeading: "Daerah menurut layanan aktif",
    leagueLead:
      "Layanan disebut aktif bila ada transaksi dalam 90 hari terakhir sebelum tanggal acuan, dan berjalan bila pernah ada laporan aktivitas. Penyebutnya adalah layanan yang dijanjikan daerah.",
    searchLabel: "Cari daerah",
    searchHint: "Nama, provinsi, atau kode",
    levelLabel: "Tingkat",
    sortLabel: "Urutkan",
    committedLabel: "Hanya yang berkomitmen",
    districts: "Kabupaten dan kota",
    regency: "Kabupaten",
    city: "Kota",
    province: "Provinsi",
    count: "{shown} dari {all} daerah",
    none: "Tidak ada daerah yang cocok. Ubah kata pencarian, tingkat, atau pilihan komitmen.",
    rank: "Peringkat",
    region: "Daerah",
    provinceColumn: "Provinsi",
    level: "Tingkat",
    active: "Aktif / komitmen",
    live: "Berjalan / komitmen",
    transactions: "Transaksi per 1.000 penduduk",
    innovations: "Inovasi",
    days: "Hari sejak input",
    ascending: "menaik",
    descending: "menurun",
    ofCommitted: "{part} dari {all} layanan, {share}",
    missing: "tidak ada data",
    unranked: "tanpa peringkat: tidak ada data layanan aktif",
    withheld: "tidak ditampilkan untuk menjaga kerahasiaan",
    provisional: "angka sementara",
    incomplete: "dihitung dari data yang belum lengkap",
    stale: "data sudah lama",
    atLeast: "sekurangnya: sebagian tahap tidak ada datanya",
    rankNote:
      "Peringkat menurut bagian layanan komitmen yang aktif, di antara daerah pada tingkat yang dipilih; nilai yang sama berbagi peringkat. Provinsi tidak diperingkat bersama kabupaten dan kota. Inovasi adalah jumlah tahap inisiatif, uji coba, dan penerapan.",
    missingNote: "tidak ada data; bukan berarti nol",
    coverageHeading: "Kelengkapan pelaporan",
    coverageLead:
      "Laporan yang diharapkan, diterima, dan diterima tepat waktu pada periode terakhir tiap dataset.",
    reported: "Melapor",
    onTime: "Tepat waktu",
    late: "Terlambat",
    expectedOf: "{part} dari {all}",
    earlier: "Periode sebelumnya",
    coverageEmpty: "Tidak ada dataset dengan laporan yang diharapkan.",
    definitionsHeading: "Definisi",
    definitionsLead: "Cara tiap indikator dalam terbitan ini dihitung.",
    inTable: "dalam tabel",
    unit: "Satuan",
    better: "Arah",
    higher: "makin tinggi makin baik",
    lower: "makin rendah makin baik",
    neutral: "tidak dinilai",
    datasets: "Dataset",
    source: "Sumber",
    owner: "Pengampu",
    illustrativeTag: "ilustrasi",
    filesHeading: "Berkas",
    filesLead:
      "Semua berkas terbitan ini dapat diunduh dan dibaca dengan alat apa pun yang mengenal Parquet.",
    file: "Berkas",
    size: "Ukuran",
    directory: "{files} berkas, {size}",
    queryHeading: "Membaca dengan DuckDB",
    queryLocal:
      "Tetapkan terbitannya sekali, lalu baca semuanya dari direktori itu. Tautan current dapat beralih ke terbitan baru di tengah pekerjaan Anda.",
    queryRemote: "Melalui server web yang mendukung HTTP Range, tanpa mengunduh seluruh berkas:",
    made: "Dibuat {time} WIB oleh run {run}.",
    footer:
      "Halaman ini membaca berkas Parquet dari terbitan yang sama; tidak ada data lain dan tidak ada pelacakan.",
    fileFailed: "Berkas {path} dari terbitan ini tidak dapat dibaca ({reason}).",
    failedHint:
      "Periksa bahwa direktori terbitan disalin lengkap, atau jalankan lumbung release verify, lalu muat ulang halaman ini.",
    failed: "Halaman ini tidak dapat ditampilkan: {reason}.",
    "theme.innovation": "Inovasi",
    "theme.reporting": "Pelaporan",
    "theme.labour": "Tenaga kerja",
    "theme.population": "Kependudukan",
    "theme.price": "Harga",
    "dataset.population": "Kependudukan",
    "dataset.labour": "Tenaga kerja",
    "dataset.commodity_price": "Harga komoditas",
    "dataset.commitment": "Komitmen layanan",
    "dataset.service_activity": "Aktivitas layanan",
    "dataset.innovation_report": "Laporan inovasi",
    "unit.percent": "persen",
    "unit.days": "hari",
    "unit.services": "layanan",
    "unit.innovations": "inovasi",
    "unit.operators": "operator",
    "unit.ratio": "rasio",
    "unit.per 1,000 people": "per 1.000 penduduk",
    "unit.per million people": "per sejuta penduduk",
    "unit.people per km2": "jiwa per km²",
    "unit.males per 100 females": "laki-laki per 100 perempuan",
    semester: "Semester {part} {year}",
    quarter: "Triwulan {part} {year}",
  },
  en: {
    title: "Lumbung: regional innovation performance",
    skip: "Skip to the table",
    heading: "Regional innovation performance",
    lead: "Puja Indah services and innovations as regional governments reported them, in this release of the data.",
    release: "Release",
    asOf: "As-of date",
    committedRegions: "Committed regions",
    committedRegionsValue: "{districts} regencies and cities, {provinces} provinces",
    unofficial:
      "This page is not the official regional innovation index (Indeks Inovasi Daerah). The ranking below orders one indicator only.",
    illustrative:
      "Some data are illustrative and not what regions reported. {part} of {all} indicators use them and are marked under Definitions. Do not cite them.",
    contents: "Contents",
    leagueHeading: "Regions by active services",
    leagueLead:
      "A service is active when it had transactions in the 90 days before the as-of date, and live when any activity was ever reported. The denominator is the services that the region committed to.",
    searchLabel: "Find a region",
    searchHint: "Name, province or code",
    levelLabel: "Level",
    sortLabel: "Sort",
    committedLabel: "Committed only",
    districts: "Regencies and cities",
    regency: "Regency",
    city: "City",
    province: "Province",
    count: "{shown} of {all} regions",
    none: "No region matches. Change the search, the level or the commitment filter.",
    rank: "Rank",
    region: "Region",
    provinceColumn: "Province",
    level: "Level",
    active: "Active / committed",
    live: "Live / committed",
    transactions: "Transactions per 1,000 people",
    innovations: "Innovations",
    days: "Days since input",
    ascending: "ascending",
    descending: "descending",
    ofCommitted: "{part} of {all} services, {share}",
    missing: "no data",
    unranked: "not ranked: no data on active services",
    withheld: "withheld to protect confidentiality",
    provisional: "provisional figure",
    incomplete: "computed from incomplete data",
    stale: "data are old",
    atLeast: "at least: some stages have no data",
    rankNote:
      "Rank by the share of committed services that are active, among the regions at the chosen level; equal values share a rank. Provinces are never ranked together with regencies and cities. Innovations are the sum of the stages initiative, trial and applied.",
    missingNote: "no data; this does not mean zero",
    coverageHeading: "Coverage of reporting",
    coverageLead: "Reports expected, received, and received on time in the latest period of each dataset.",
    reported: "Reported",
    onTime: "On time",
    late: "Late",
    expectedOf: "{part} of {all}",
    earlier: "Earlier periods",
    coverageEmpty: "No dataset has expected reports.",
    definitionsHeading: "Definitions",
    definitionsLead: "How each indicator of this release is computed.",
    inTable: "in the table",
    unit: "Unit",
    better: "Direction",
    higher: "higher is better",
    lower: "lower is better",
    neutral: "not judged",
    datasets: "Datasets",
    source: "Source",
    owner: "Owner",
    illustrativeTag: "illustrative",
    filesHeading: "Files",
    filesLead: "All files of this release can be downloaded and read with any tool that knows Parquet.",
    file: "File",
    size: "Size",
    directory: "{files} files, {size}",
    queryHeading: "Query with DuckDB",
    queryLocal:
      "Resolve the release once and read everything from that directory. The link current may move to a new release while you work.",
    queryRemote: "Over a web server with HTTP Range support, without downloading whole files:",
    made: "Made {time} WIB by run {run}.",
    footer: "This page reads the Parquet files of its own release; there is no other data and no tracking.",
    fileFailed: "The file {path} of this release cannot be read ({reason}).",
    failedHint:
      "Check that the release directory was copied completely, or run lumbung release verify, then reload this page.",
    failed: "This page cannot be shown: {reason}.",
    "theme.innovation": "Innovation",
    "theme.reporting": "Reporting",
    "theme.labour": "Labour",
    "theme.population": "Population",
    "theme.price": "Prices",
    "dataset.population": "Population",
    "dataset.labour": "Labour",
    "dataset.commodity_price": "Commodity prices",
    "dataset.commitment": "Service commitments",
    "dataset.service_activity": "Service activity",
    "dataset.innovation_report": "Innovation reports",
    "unit.people per km2": "people per km²",
    semester: "Semester {part} {year}",
    quarter: "Quarter {part} {year}",
  },
};

const LOCALES = { id: "id-ID", en: "en-US" };
const ROMAN = ["", "I", "II", "III", "IV"];

export const LANGUAGES = Object.keys(WORDS);

/** One language: its words and its ways of writing numbers, dates and periods. */
export class Language {
  /** @param {"id" | "en"} code */
  constructor(code) {
    this.code = code;
    this.words = WORDS[code];
    this.locale = LOCALES[code];
    this.formats = new Map();
  }

  /** The sentence under `key` with `{name}` replaced from `values`. */
  text(key, values = {}) {
    return this.words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  /** The word for an identifier of the data, or the identifier itself when it is not known here. */
  name(kind, identifier) {
    return this.words[`${kind}.${identifier}`] ?? identifier;
  }

  /** A number with at most `decimals` places. */
  number(value, decimals = 0, options = {}) {
    const key = JSON.stringify([decimals, options]);
    if (!this.formats.has(key)) {
      const format = new Intl.NumberFormat(this.locale, { maximumFractionDigits: decimals, ...options });
      this.formats.set(key, format);
    }
    return this.formats.get(key).format(value);
  }

  /** A percentage given as 0 to 100. */
  percent(value) {
    return this.number(value / 100, 1, { style: "percent" });
  }

  /** A file size with a unit that fits. */
  bytes(value) {
    if (value < 1000) return `${this.number(value)} B`;
    const units = ["kB", "MB", "GB", "TB"];
    let scaled = value / 1000;
    let unit = 0;
    while (scaled >= 999.5 && unit < units.length - 1) {
      scaled /= 1000;
      unit += 1;
    }
    return `${this.number(scaled, scaled < 10 ? 1 : 0)} ${units[unit]}`;
  }

  /** An ISO date in words. Dates have no time zone, so none is applied. */
  date(iso) {
    const options = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
    return new Intl.DateTimeFormat(this.locale, options).format(new Date(`${iso}T00:00:00Z`));
  }

  /** A moment in the ministry's zone. */
  moment(iso) {
    const options = { dateStyle: "long", timeStyle: "short", timeZone: "Asia/Jakarta" };
    return new Intl.DateTimeFormat(this.locale, options).format(new Date(iso));
  }

  /** A period (`2024`, `2024-S2`, `2024-Q3`, `2024-12`, `2024-12-31`) in words. */
  period(period) {
    const parts = /^(\d{4})-([SQ])(\d)$/.exec(period);
    if (parts) {
      const part = this.code === "id" ? ROMAN[Number(parts[3])] : parts[3];
      return this.text(parts[2] === "S" ? "semester" : "quarter", { part, year: parts[1] });
    }
    if (/^\d{4}-\d{2}$/.test(period)) {
      const options = { month: "long", year: "numeric", timeZone: "UTC" };
      return new Intl.DateTimeFormat(this.locale, options).format(new Date(`${period}-01T00:00:00Z`));
    }
    return /^\d{4}-\d{2}-\d{2}$/.test(period) ? this.date(period) : period;
  }
}
