//! Words by which titles and headers are told from names.

/// Headers of the parts of a region, in normal form.
pub(in crate::normalize) const PARTS: [&str; 7] = [
    "kecamatan",
    "nama kecamatan",
    "desa",
    "kelurahan",
    "desa kelurahan",
    "distrik",
    "puskesmas",
];

/// Headers of what divides people or an office, in normal form.
pub(super) const DIVISIONS: [&str; 10] = [
    "jenis kelamin",
    "kelamin",
    "kewarganegaraan",
    "kelompok umur",
    "golongan umur",
    "uptd",
    "upt",
    "unit kerja",
    "wilayah kerja",
    "cabang",
];

/// Words behind a header in a title that name none of its values.
pub(in crate::normalize) const NO_NAMES: [&str; 66] = [
    "masuk",
    "keluar",
    "asal",
    "tujuan",
    "awal",
    "akhir",
    "datang",
    "berangkat",
    "tgl",
    "harian",
    "mingguan",
    "bulanan",
    "tahunan",
    "bahan",
    "barang",
    "sembako",
    "pangan",
    "komoditas",
    "kebutuhan",
    "pokok",
    "strategis",
    "wilayah",
    "pemantauan",
    "bulan",
    "tahun",
    "tanggal",
    "triwulan",
    "semester",
    "minggu",
    "periode",
    "hari",
    "per",
    "menurut",
    "dan",
    "atau",
    "di",
    "ke",
    "dari",
    "pada",
    "untuk",
    "yang",
    "dengan",
    "se",
    "seluruh",
    "semua",
    "setiap",
    "kota",
    "kabupaten",
    "kab",
    "provinsi",
    "daerah",
    "tradisional",
    "modern",
    "rakyat",
    "induk",
    "utama",
    "murah",
    "swasta",
    "pemerintah",
    "negeri",
    "nasional",
    "masing",
    "belum",
    "tersedia",
    "terkait",
    "setempat",
];

/// Words with which names of regions begin, in normal form.
pub(in crate::normalize) const REGION_WORDS: [&str; 4] = ["kabupaten", "kab", "kota", "provinsi"];

/// Words behind a power of ten that say that people are counted.
pub(super) const PEOPLE: [&str; 5] = ["jiwa", "orang", "org", "people", "persons"];

/// Words with which the line of an address begins, or that stand in none but one, in normal form.
pub(super) const ADDRESS: [&str; 7] = ["jl", "jln", "alamat", "telp", "telepon", "kode pos", "fax"];

/// Words before the name of a place that somebody is in charge of, in normal form.
pub(super) const IN_CHARGE: [&str; 8] = [
    "kepala",
    "petugas",
    "pengelola",
    "koordinator",
    "penanggung jawab",
    "pj",
    "admin",
    "operator",
];

/// First words of a letterhead.
pub(super) const AUTHORS: [&str; 14] = [
    "pemerintah",
    "dinas",
    "badan",
    "kantor",
    "sekretariat",
    "upt",
    "uptd",
    "bidang",
    "seksi",
    "subbag",
    "subbagian",
    "sub bagian",
    "bagian",
    "tim",
];

/// First words of a source, and of the lines of a letter.
pub(super) const LETTERS: [&str; 9] = [
    "sumber",
    "yth",
    "kepada",
    "perihal",
    "hal",
    "lampiran",
    "nomor",
    "dengan hormat",
    "bersama ini",
];

/// Words of a header before what is named or numbered: `Kode puskesmas`.
pub(super) const NAMING: [&str; 6] = ["kode", "nama", "id", "no", "nomor", "nomer"];

/// Words between a header and the name of a place: `Pasar Induk Wonosobo`.
pub(super) const CLASSES: [&str; 5] = ["tradisional", "modern", "rakyat", "induk", "utama"];

/// Most words of a name in a title.
pub(super) const NAME_WORDS: usize = 4;
