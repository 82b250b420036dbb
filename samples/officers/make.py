"""Writes the files of this folder: equal bytes each time. Needs Python 3.11, openpyxl 3.1 and xlwt 1.3; everything is
invented.

    python make.py [FOLDER]
"""

import datetime as dt
import io
import re
import sys
import zipfile
from pathlib import Path

import xlwt
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils.datetime import CALENDAR_MAC_1904

HERE = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
MOMENT = "2026-11-05T08:00:00Z"
day = dt.date


def text(name, lines, encoding="utf-8", newline="\r\n"):
    """A text file of these lines."""
    (HERE / name).write_bytes((newline.join(lines) + newline).encode(encoding))


def grid(sheet, rows, top=1, left=1):
    """Cells from `top` and `left`; None leaves a cell out."""
    for down, row in enumerate(rows):
        for right, value in enumerate(row):
            if value is not None:
                sheet.cell(top + down, left + right, value)


def merge(sheet, *ranges):
    for area in ranges:
        sheet.merge_cells(area)


def bold(sheet, *rows):
    for row in rows:
        for cell in sheet[row]:
            cell.font = Font(bold=True)


def formats(sheet, area, pattern):
    for row in sheet[area]:
        for cell in row:
            cell.number_format = pattern


def book(*names):
    """A workbook with these sheets."""
    made = Workbook()
    made.remove(made.active)
    made.properties.creator = "Dinas"
    sheets = [made.create_sheet(name) for name in names]
    return made, *sheets


def save(made, name, cached=None, parts=None, edits=None):
    """Writes a workbook with fixed time stamps. `cached`: values of formula cells, by sheet file and cell; `parts`: further
    files of the archive; `edits`: (file, pattern, replacement)."""
    raw = io.BytesIO()
    made.save(raw)
    with zipfile.ZipFile(raw) as archive:
        files = {entry: archive.read(entry) for entry in archive.namelist()}
    core = files["docProps/core.xml"].decode()
    files["docProps/core.xml"] = re.sub(r"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rf"\g<1>{MOMENT}", core).encode()
    for (sheet, cell), value in (cached or {}).items():
        path = f"xl/worksheets/{sheet}.xml"
        pattern = rf'(<c r="{cell}"[^>]*?)(?: t="\w+")?(><f>[^<]*</f>)<v ?/?>(?:</v>)?'
        kind = "" if isinstance(value, (int, float)) else ' t="e"' if str(value).startswith("#") else ' t="str"'
        changed, count = re.subn(pattern, rf"\g<1>{kind}\g<2><v>{value}</v>", files[path].decode())
        assert count == 1, (name, cell)
        files[path] = changed.encode()
    for path, pattern, replacement in edits or []:
        changed, count = re.subn(pattern, replacement, files[path].decode())
        assert count == 1, (name, path, pattern)
        files[path] = changed.encode()
    files.update(parts or {})
    with zipfile.ZipFile(HERE / name, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path, (2026, 11, 5, 8, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)


# ---- Population (dukcapil-file, 34) and labour (sakernas-file, 34) ----------------------------------------------------------

PEOPLE = [
    ["Kab. Kulon Progo", 221300, 226450, 447750, 152310],
    ["Kab. Bantul", 484120, 491380, 975500, 331250],
    ["Kab. Gunungkidul", 382640, 393110, 775750, 268420],
    ["Kab. Sleman", 563210, 572940, 1136150, 388760],
    ["Kota Yogyakarta", 201150, 211600, 412750, 141230],
]
ALL_PEOPLE = [1852420, 1895480, 3747900, 1281970]
PEOPLE_TITLE = [["JUMLAH PENDUDUK MENURUT KABUPATEN/KOTA"], ["DAERAH ISTIMEWA YOGYAKARTA SEMESTER I TAHUN 2026"], []]
PEOPLE_HEADER = ["No", "Kabupaten/Kota", "Laki-laki", "Perempuan", "Jumlah Penduduk", "Jumlah KK"]
PERIOD = "Semester I 2026"


def numbered(rows):
    return [[number, *row] for number, row in enumerate(rows, 1)]


def population():
    made, cover, data = book("Sampul", "Data")
    grid(cover, [[], [], [None, "LAPORAN KEPENDUDUKAN"], [None, "DAERAH ISTIMEWA YOGYAKARTA"], [None, "2026"]])
    grid(data, [*PEOPLE_TITLE, PEOPLE_HEADER, *numbered(PEOPLE), [None, "Jumlah", *ALL_PEOPLE]])
    merge(data, "A1:F1", "A2:F2")
    bold(data, 1, 2, 4, 10)
    save(made, "data-on-second-sheet.xlsx")

    made, data = book("Penduduk")
    grid(data, [
        ["PENDUDUK DAN KEPALA KELUARGA"], [],
        ["No", "Kabupaten/Kota", "Penduduk", None, None, "Kepala Keluarga", "Periode"],
        [None, None, "Laki-laki", "Perempuan", "Jumlah"],
        *[[*row, PERIOD] for row in numbered(PEOPLE)],
        ["Jumlah", None, *ALL_PEOPLE],
    ])
    merge(data, "A1:G1", "A3:A4", "B3:B4", "C3:E3", "F3:F4", "G3:G4", "A10:B10")
    save(made, "header-two-rows-merged.xlsx")

    made, data = book("Tabel 3.1")
    marked = [[*row] for row in PEOPLE]
    marked[0][0] += " 1)"
    marked[3][0] += "*"
    marked[4][0] += " *)"
    grid(data, [
        *PEOPLE_TITLE, PEOPLE_HEADER[1:], *marked, ["Jumlah", *ALL_PEOPLE], [],
        ["1) Angka sementara"], ["*) Termasuk penduduk yang baru direkam"],
        ["Sumber: Dinas Dukcapil D.I. Yogyakarta, diolah"], ["Catatan: keadaan 30 Juni 2026"],
    ])
    save(made, "footnote-marks-on-names.xlsx")

    codes = [[32.01, 2900500, 2750300, 5650800], [32.1, 671200, 661900, 1333100], [32.73, 1280100, 1285400, 2565500]]
    for name, pattern in [("codes-as-numbers.xlsx", "General"), ("codes-as-numbers-two-decimals.xlsx", "0.00")]:
        made, data = book("Sheet1")
        grid(data, [["Kode Wilayah", "Laki-laki", "Perempuan", "Jumlah", "Periode"], *[[*row, PERIOD] for row in codes]])
        formats(data, "A2:A4", pattern)
        save(made, name)

    made, data = book("Sheet1")
    words = [[row[0], *[f"{figure:,}".replace(",", ".") for figure in row[1:4]]] for row in PEOPLE]
    words[1][1] = f" {words[1][1]} "
    words[4][2] += "\u00a0"
    grid(data, [*PEOPLE_TITLE, PEOPLE_HEADER[1:5], *words])
    save(made, "numbers-as-text.xlsx")

    made, data = book("Rekap")
    grid(data, [
        *PEOPLE_TITLE, PEOPLE_HEADER, *numbered(PEOPLE[:4]),
        [None, "Jumlah Kabupaten", 1651270, 1683880, 3335150, 1140740],
        [5, *PEOPLE[4]], [None, "Jumlah Kota", *PEOPLE[4][1:]], [None, "Jumlah Total", *ALL_PEOPLE],
    ])
    save(made, "subtotals-per-group.xlsx")

    for name, is_cached in [("formulas-cached.xlsx", True), ("formulas-not-cached.xlsx", False)]:
        made, data = book("Sheet1")
        rows = [[row[0], row[1], row[2], f"=B{line}+C{line}"] for line, row in enumerate(PEOPLE, 5)]
        total = ["Jumlah", *[f"=SUM({letter}5:{letter}9)" for letter in "BCD"]]
        grid(data, [*PEOPLE_TITLE, PEOPLE_HEADER[1:5], *rows, total])
        cached = {("sheet1", f"D{line}"): row[3] for line, row in enumerate(PEOPLE, 5)}
        cached |= {("sheet1", f"{letter}10"): ALL_PEOPLE[at] for at, letter in enumerate("BCD")}
        save(made, name, cached if is_cached else None)

    made, data = book("Data")
    grid(data, [*PEOPLE_TITLE, PEOPLE_HEADER, *numbered(PEOPLE)])
    data.auto_filter.ref = "A4:F9"
    data.auto_filter.add_filter_column(1, ["Kab. Bantul", "Kab. Sleman"])
    for line in (5, 7, 9):
        data.row_dimensions[line].hidden = True
    data.column_dimensions["C"].hidden = True
    save(made, "filtered-rows-hidden-column.xlsx")

    made, data = book("Sheet1")
    grid(data, [*PEOPLE_TITLE, PEOPLE_HEADER, *numbered(PEOPLE)])
    for line in (12, 500, 40000, 1048576):
        for column in range(1, 7):
            data.cell(line, column).fill = PatternFill("solid", fgColor="FFFFEE")
    data.cell(9, 200).number_format = "#,##0"
    save(made, "formats-to-the-last-row.xlsx")


WORK = [
    ["Kab. Kulon Progo", 350100, 260400, 252300, 8100],
    ["Kab. Bantul", 760200, 545300, 525200, 20100],
    ["Kab. Gunungkidul", 610500, 470600, 460500, 10100],
    ["Kab. Sleman", 890300, 610200, 583100, 27100],
    ["Kota Yogyakarta", 330400, 225500, 211300, 14200],
]


def labour():
    made, data = book("Ketenagakerjaan")
    grid(data, [
        ["KETENAGAKERJAAN, SAKERNAS AGUSTUS"], [],
        ["Kabupaten/Kota", "Tahun", "Penduduk Usia Kerja", "Angkatan Kerja", "Bekerja", "Pengangguran"],
        *[[row[0], 2025, *row[1:]] for row in WORK],
        ["Jumlah", None, 2941500, 2112500, 2032400, 79600],
    ])
    save(made, "total-wrong.xlsx")

    def thousands(figure):
        return f"{figure / 1000:.1f}".replace(".", ",")

    text("unit-thousands-in-header.csv", [
        "Tabel 4.2;;;;;;",
        "Ketenagakerjaan menurut Kabupaten/Kota, Agustus;;;;;;",
        ";;;;;;",
        "Kabupaten/Kota;Tahun;Penduduk Usia Kerja (ribu orang);Angkatan Kerja (ribu orang);Bekerja (ribu orang);"
        "Pengangguran (ribu orang);TPT (%)",
        *[
            ";".join([row[0], "2025", *map(thousands, row[1:]), f"{row[4] / row[2] * 100:.2f}".replace(".", ",")])
            for row in WORK
        ],
        "Jumlah;;2941,5;2112,0;2032,4;79,6;3,77",
        ";;;;;;",
        "Sumber: Sakernas;;;;;;",
    ])

    earlier = [[348000, 258000, 249500, 8500], [752000, 541000, 520000, 21000]]
    made, data = book("Sheet1")
    rows = []
    for row, before in zip(WORK, earlier):
        rows.append([row[0], *[figure for pair in zip(before, row[1:]) for figure in pair]])
    grid(data, [
        ["PENDUDUK USIA KERJA DAN ANGKATAN KERJA 2024-2025"], [],
        ["Kabupaten/Kota", "Penduduk Usia Kerja", None, "Angkatan Kerja", None, "Bekerja", None, "Pengangguran"],
        [None, *[2024, 2025] * 4],
        *rows,
    ])
    merge(data, "A1:I1", "A3:A4", "B3:C3", "D3:E3", "F3:G3", "H3:I3")
    save(made, "years-as-columns.xlsx")


# ---- Prices (harga-pasar, 32.73) and stocks (stok-pangan, 32.73) ------------------------------------------------------------


def prices():
    text("dates-as-columns.csv", [
        "HARGA KEBUTUHAN POKOK KOTA BANDUNG;;;;",
        ";;;;",
        "Komoditas;Satuan;2 Nov 2026;3 Nov 2026;4 Nov 2026",
        "Beras Medium;kg;13.500;13.500;13.600",
        "Cabai Rawit Merah;kg;62.000;65.000;-",
        "Minyakita;liter;15.700;15.700;15.700",
    ])

    made, data = book("November")
    grid(data, [
        ["HARGA HARIAN (Rp/kg)"],
        ["Tanggal", "Beras Premium", "Beras Medium", "Gula Pasir", "Telur Ayam"],
        [day(2026, 11, 2), 15800, 13500, 17250, 28400],
        [day(2026, 11, 3), 15800, 13500, 17300, 28600],
        [day(2026, 11, 4), 15900, 13600, None, 28600],
    ])
    formats(data, "A3:A5", "dd/mm/yyyy")
    save(made, "commodities-as-columns.xlsx")

    made, data = book("Sheet1")
    grid(data, [
        ["HARGA PER PASAR"], ["Tanggal 5 November 2026"], [],
        ["Komoditas", "Pasar"], [None, "Pasar Kosambi", "Pasar Andir", "Pasar Ciroyom"],
        ["Bawang Merah", 38000, 37500, 36000], ["Bawang Putih", 41000, 41000, 40500], ["Daging Sapi", 140000, 138000, None],
    ])
    merge(data, "A4:A5", "B4:D4")
    save(made, "markets-as-columns.xlsx")

    made, data = book("Sheet1")
    grid(data, [
        ["DAFTAR HARGA TANGGAL 6 NOVEMBER 2026"], [],
        ["Komoditas", "Harga (Rp)", None, "Komoditas", "Harga (Rp)"],
        ["Beras Premium", 15800, None, "Bawang Merah", 38000],
        ["Beras Medium", 13500, None, "Bawang Putih", 41000],
        ["Gula Pasir", 17250, None, "Telur Ayam", 28400],
        ["Minyakita", 15700],
    ])
    save(made, "two-tables-side-by-side.xlsx")

    text("notes-in-cells.csv", [
        "Komoditas;Tanggal;Harga (Rp);Satuan",
        "Beras Medium;9 November 2026;13.500*);kg",
        "Cabai Rawit Merah;9 November 2026;62.000 r);kg",
        "Gula Pasir;9 November 2026;17.250**;kg",
        "Telur Ayam;9 November 2026;28.400;kg",
        ";;;",
        "*) angka sementara;;;",
        "r) angka diperbaiki;;;",
        "**) satu pasar saja;;;",
    ])

    text("price-list-with-yesterday.csv", [
        "DINAS PERDAGANGAN KOTA BANDUNG,,,,",
        '"Hari/Tanggal : Selasa, 10 November 2026",,,,',
        ",,,,",
        "No,Nama Bahan Pokok,Satuan,Harga Kemarin,Harga Hari Ini",
        "1,Beras Premium,kg,15800,15900",
        "2,Gula Pasir,kg,17250,17250",
        "3,Daging Ayam,kg,36500,0",
        "4,Minyakita,liter,15700,15700",
    ])

    text("dates-month-first.csv", [
        "Komoditas,Tanggal,Harga (Rp),Satuan",
        "Beras Medium,11/03/2026,13500,kg",
        "Beras Medium,11/13/2026,13600,kg",
        "Beras Medium,11/17/2026,13600,kg",
    ])

    text("utf-16-tabs.csv", [
        "\ufeffPasar\tKomoditas\tTanggal\tHarga (Rp)\tSatuan",
        "Pasar Ciroyom\tBeras Medium\t11/11/2026\t13400\tkg",
        "Pasar Ciroyom\tGula Pasir\t11/11/2026\t17000\tkg",
        "Pasar Séhat\tBeras Medium\t11/11/2026\t13700\tkg",
    ], "utf-16-le")

    text("sep-line.csv", [
        "sep=|",
        "Komoditas|Tanggal|Harga (Rp)|Satuan",
        "Beras Medium|2026-11-12|13500,50|kg",
        "Bawang Putih|2026-11-12|41000,00|kg",
    ])

    text("ditto-marks.csv", [
        "Tanggal;Komoditas;Harga (Rp);Satuan",
        "13 November 2026;Beras Medium;13500;kg",
        '"""";Gula Pasir;17250;""""',
        "s.d.a.;Telur Ayam;28400;sda",
        "14 November 2026;Beras Medium;13600;kg",
    ])

    text("two-prices-one-header.csv", [
        "Komoditas;Tanggal;Harga (Rp);Harga (Rp)",
        "Beras Medium;16 November 2026;13500;15800",
        "Gula Pasir;16 November 2026;17250;18000",
    ])


def stocks():
    made, data = book("Stok")
    grid(data, [
        ["POSISI STOK PANGAN"],
        ["Gudang", "Jenis Gudang", "Komoditas", "Stok", "Satuan", "Tanggal"],
        ["Gudang Gedebage", "Bulog", "Beras Medium", 1250.5, "ton", day(2026, 11, 10)],
        [None, None, "Gula Pasir", 80, "ton"],
        [None, None, "Minyakita", 1500, "kuintal"],
        ["Lumbung Cibiru", "Lumbung", "Beras Medium", 12500, "kg"],
        [None, None, "Jagung Pakan", 3200, "kg"],
    ])
    merge(data, "A1:F1", "A3:A5", "B3:B5", "A6:A7", "B6:B7", "F3:F7")
    formats(data, "F3:F3", "d mmmm yyyy")
    save(made, "merged-same-as-above.xlsx")

    text("blank-same-as-above.csv", [
        "Gudang;Jenis Gudang;Komoditas;Stok;Satuan;Tanggal",
        "Gudang Gedebage;Bulog;Beras Medium;1250,5;ton;17 November 2026",
        ";;Gula Pasir;80;ton;",
        ";;Minyakita;1500;kuintal;",
        "Lumbung Cibiru;Lumbung;Beras Medium;12500;kg;",
        ";;Jagung Pakan;3200;kg;",
    ])

    made, data = book("Sheet1")
    grid(data, [
        ["Komoditas", "Stok", "Satuan", "Tanggal"],
        ["Beras Medium", 410, "ton", day(2026, 11, 18)],
        ["Beras Premium", "=Lama!B2", "ton", day(2026, 11, 18)],
        ["Gula Pasir", '=VLOOKUP("x",A2:B2,2,FALSE)', "ton", day(2026, 11, 18)],
        ["Bawang Merah", "=10/0", "ton", day(2026, 11, 18)],
        ["Bawang Putih", 22.75, "ton", day(2026, 11, 18)],
    ])
    formats(data, "D2:D6", "dd/mm/yyyy")
    save(made, "error-cells.xlsx", {("sheet1", "B3"): "#REF!", ("sheet1", "B4"): "#N/A", ("sheet1", "B5"): "#DIV/0!"})


# ---- Poverty (susenas-file, 34) ---------------------------------------------------------------------------------------------

POOR = [
    ["Kab. Kulon Progo", 68300, 420150, 15.62, 2.31, 0.52],
    ["Kab. Bantul", 120400, 498200, 11.55, 1.72, 0.38],
    ["Kab. Gunungkidul", 112900, 395400, 15.18, 2.15, 0.47],
    ["Kab. Sleman", 92600, 515300, 7.41, 1.05, 0.22],
    ["Kota Yogyakarta", 28100, 640700, 6.26, 0.88, 0.19],
]


def poverty():
    made, data = book("Kemiskinan")
    grid(data, [
        ["Kabupaten/Kota", "Tahun", "Jumlah Penduduk Miskin", "Garis Kemiskinan", "P0", "P1", "P2"],
        *[[row[0], 2025, *row[1:3], *[round(share / 100, 6) for share in row[3:]]] for row in POOR],
    ])
    formats(data, "E2:G6", "0.00%")
    formats(data, "C2:D6", "#,##0")
    save(made, "percent-formats.xlsx")

    made, data = book("Tabel")
    grid(data, [
        ["KEMISKINAN MENURUT KABUPATEN/KOTA TAHUN 2025"],
        ["Kabupaten/Kota", "Penduduk Miskin", "Garis Kemiskinan", "P0", "P1", "P2"],
        [None, "(ribu jiwa)", "(Rp/kapita/bulan)", "(persen)", "(persen)", "(persen)"],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"],
        *[[row[0], row[1] / 1000, *row[2:]] for row in POOR],
        [], ["Sumber: Susenas Maret 2025"],
    ])
    merge(data, "A1:F1", "A2:A3")
    save(made, "units-and-numbers-below-header.xlsx")

    def comma(figure, digits=2):
        return f"{figure:.{digits}f}".replace(".", ",")

    def points(figure):
        return f"{figure:,}".replace(",", ".")

    text("percent-as-text.csv", [
        "Kabupaten/Kota;Tahun;Penduduk Miskin (000 jiwa);Garis Kemiskinan (Rp/kapita/bulan);P0;P1;P2",
        *[
            f"{name};2025;{comma(poor / 1000, 1)};Rp {points(line)};{comma(p0)}%;{comma(p1)} %;{comma(p2)}%"
            for name, poor, line, p0, p1, p2 in POOR
        ],
    ])


# ---- Schools (dinas-pendidikan, 32.73) --------------------------------------------------------------------------------------


def schools():
    made, data = book("SMP")
    grid(data, [
        ["DATA PESERTA DIDIK SMP KOTA BANDUNG"], ["SEMESTER GANJIL TAHUN PELAJARAN 2026/2027"], ["Keadaan per 31 Oktober 2026"],
        ["NPSN", "Nama Sekolah", "Kelas 7", None, None, "Kelas 8", None, None, "Kelas 9", None, None, "Jumlah"],
        [None, None, *["L", "P", "Jml"] * 4],
        ["20219201", "SMPN Contoh 1", 128, 130, 258, 125, 127, 252, 120, 131, 251, 373, 388, 761],
        ["20219202", "SMPN Contoh 2", 96, 98, 194, 94, 97, 191, 90, 99, 189, 280, 294, 574],
        ["20219203", "SMP Bina Contoh", 30, 28, 58, 27, 31, 58, 25, 24, 49, 82, 83, 165],
        ["Jumlah", None, 254, 256, 510, 246, 255, 501, 235, 254, 489, 735, 765, 1500],
    ])
    merge(data, "A1:N1", "A2:N2", "A3:N3", "A4:A5", "B4:B5", "C4:E4", "F4:H4", "I4:K4", "L4:N4", "A9:B9")
    save(made, "grades-and-sexes-as-columns.xlsx")

    made, data = book("Sheet1")
    grid(data, [
        ["NPSN", "Tanggal Data", "Kelas", "L", "P", "Jumlah Siswa"],
        [20219201, day(2026, 10, 31), 7, "128", "130", "258"],
        [20219201, day(2026, 10, 31), 8, "125", "127", "252"],
        [2021920, day(2026, 10, 31), 9, "20", "19", "39"],
    ])
    formats(data, "A2:A4", "00000000")
    formats(data, "B2:B4", "dd-mmm-yy")
    save(made, "text-as-numbers.xlsx")

    made, data = book("Rombel")
    grid(data, [
        ["PESERTA DIDIK MENURUT KELAS, KEADAAN 31 OKTOBER 2026"], [],
        ["No", "NPSN", "Nama Sekolah", "Jenjang", "Kelas", "Siswa", None, None], [None, None, None, None, None, "L", "P", "Jumlah"],
        [1, "20219301", "SDN Contoh 1", "SD", 1, 30, 28, 58], [None, None, None, None, 2, 29, 30, 59],
        [None, None, None, None, 3, 27, 31, 58], [None, "Jumlah", None, None, None, 86, 89, 175],
        [2, "20219302", "SDN Contoh 2", "SD", 1, 14, 15, 29], [None, None, None, None, 2, 16, 12, 28],
        [None, "Jumlah", None, None, None, 30, 27, 57], [None, "Jumlah Seluruhnya", None, None, None, 116, 116, 232],
    ])
    merge(data, "A1:H1", *[f"{letter}3:{letter}4" for letter in "ABCDE"], "F3:H3")
    merge(data, *[f"{letter}5:{letter}7" for letter in "ABCD"], *[f"{letter}9:{letter}10" for letter in "ABCD"])
    merge(data, "B8:E8", "B11:E11", "B12:E12")
    save(made, "merged-sides-and-subtotals.xlsx")


# ---- Tourism (dinas-pariwisata, 32.73) --------------------------------------------------------------------------------------


def tourism():
    header = ["Nama DTW", "Jenis Wisata", "Wisnus", "Wisman", "Jumlah"]
    months = {
        "Agustus": [["Taman Contoh", "buatan", 12500, 210, 12710], ["Museum Contoh", "museum", 3400, 180, 3580]],
        "September": [["Taman Contoh", "buatan", 9800, 190, 9990], ["Museum Contoh", "museum", 3900, 205, 4105]],
        "Oktober": [["Taman Contoh", "buatan", 10400, 230, 10630], ["Museum Contoh", "museum", None, None, None],
                    ["Desa Wisata Contoh", "desa wisata", 850, 12, 862]],
    }
    made, *sheets = book(*months)
    for sheet, (month, rows) in zip(sheets, months.items()):
        grid(sheet, [[f"KUNJUNGAN WISATA BULAN {month.upper()} 2026"], [], header, *rows])
        merge(sheet, "A1:E1")
    save(made, "sheet-per-month.xlsx")

    made, *sheets = book("Agt 2026", "Sep 2026", "Petunjuk")
    grid(sheets[0], [["KUNJUNGAN WISATA"], [], header, *months["Agustus"]])
    grid(sheets[1], [["KUNJUNGAN WISATA"], [], header, *months["September"]])
    grid(sheets[2], [["Petunjuk pengisian"], ["Isi setiap lembar dengan satu bulan."]])
    save(made, "month-in-sheet-name.xlsx")

    made, data = book("2026")
    grid(data, [
        ["KUNJUNGAN WISATA TAHUN 2026"], [],
        ["Daya Tarik Wisata", "Januari", None, "Februari", None, "Maret"], [None, *["Wisnus", "Wisman"] * 3],
        ["Taman Contoh", 11000, 150, 9500, 140, 8700, 120], ["Museum Contoh", 2800, 90, 2500, 85, "-", "-"],
        ["Jumlah", 13800, 240, 12000, 225, 8700, 120],
    ])
    merge(data, "A1:G1", "A3:A4", "B3:C3", "D3:E3", "F3:G3")
    save(made, "months-as-columns-two-measures.xlsx")

    text("total-on-top.csv", [
        "Kunjungan wisata bulan Oktober 2026;;;",
        "Objek Wisata;Wisatawan Nusantara;Wisatawan Mancanegara;Jumlah Pengunjung",
        "Kota Bandung (jumlah);14250;250;14500",
        "Taman Contoh;10400;230;10630",
        "Museum Contoh;3000;8;3008",
        "Desa Wisata Contoh;850;12;862",
    ])

    text("windows-1252.csv", [
        "Nama DTW;Jenis Wisata;Bulan;Wisnus;Wisman;Pendapatan (Rp)",
        "Café Contoh \u2013 Dago;kuliner;Oktober 2026;1250;40;62.500.000,00",
        "Museum \u201cContoh\u201d;museum;Oktober 2026;3000;8;15.000.000,00",
    ], "cp1252")


# ---- Taxes (bapenda, 32.73) -------------------------------------------------------------------------------------------------


def taxes():
    text("unit-millions-in-header.csv", [
        "TARGET DAN REALISASI PENDAPATAN DAERAH;;;;",
        "Bulan Oktober 2026;;;;",
        ";;;;",
        "No;Jenis Penerimaan;Target APBD (Rp juta);Realisasi bulan ini (Rp juta);Realisasi s.d. bulan ini (Rp juta)",
        "I;PAJAK DAERAH;;;",
        "1;PBB-P2;650.000,0;42.150,5;560.300,25",
        "2;BPHTB;720.000,0;55.000,0;602.000,0",
        "3;Pajak Reklame;32.500,0;2.100,75;24.980,5",
        ";Jumlah Pajak Daerah;1.402.500,0;99.251,25;1.187.280,75",
        "II;RETRIBUSI DAERAH;;;",
        "1;Retribusi Jasa Umum;48.000,0;3.900,0;39.120,0",
        ";Jumlah Retribusi Daerah;48.000,0;3.900,0;39.120,0",
        ";JUMLAH;1.450.500,0;103.151,25;1.226.400,75",
    ])

    made, data = book("Realisasi")
    grid(data, [
        ["REALISASI PENERIMAAN PAJAK DAERAH BULAN OKTOBER 2026"], [None, None, None, "(dalam jutaan rupiah)"],
        ["Jenis Pajak", "Target", "Realisasi Bulan Ini", "Realisasi s.d. Bulan Ini"],
        ["Pajak Hotel", 310000, 27500.5, 262000], ["Pajak Restoran", 420000, 37125, 351890.25], ["Pajak Parkir", 41000, 3300, 31400],
    ])
    merge(data, "A1:D1")
    save(made, "unit-in-title.xlsx")

    text("sums-among-rows.csv", [
        "No;Jenis Pajak;Bulan;Target;Realisasi Bulan Ini",
        "1;PBJT;Oktober 2026;771000000000;67925500000",
        ";a. PBJT atas Makanan dan/atau Minuman;Oktober 2026;420000000000;37125000000",
        ";b. PBJT atas Jasa Perhotelan;Oktober 2026;310000000000;27500500000",
        ";c. PBJT atas Jasa Parkir;Oktober 2026;41000000000;3300000000",
        "2;BPHTB;Oktober 2026;720000000000;55000000000",
    ])


# ---- Health (dinas-kesehatan, 32.73) ----------------------------------------------------------------------------------------


def health():
    made, data = book("Imunisasi")
    grid(data, [
        ["HASIL IMUNISASI DASAR BULAN OKTOBER 2026"], [],
        ["Kode Puskesmas", "Nama Puskesmas", "HB0", None, None, "BCG", None, None, "Campak-Rubela 1"],
        [None, None, *["Sasaran", "Diberikan", "%"] * 3],
        ["P3273010101", "Puskesmas Contoh Satu", 820, 66, 8.05, 815, 70, 8.59, 800, 61, 7.63],
        ["P3273010102", "Puskesmas Contoh Dua", 640, 52, 8.13, 640, 49, 7.66, 630, 0, 0],
        ["Jumlah", None, 1460, 118, 8.08, 1455, 119, 8.18, 1430, 61, 4.27],
    ])
    merge(data, "A1:K1", "A3:A4", "B3:B4", "C3:E3", "F3:H3", "I3:K3", "A7:B7")
    save(made, "vaccines-as-columns.xlsx")

    made, data = book("Kunjungan")
    grid(data, [
        ["KUNJUNGAN PUSKESMAS BULAN OKTOBER 2026"], [],
        ["Kode Puskesmas", "Jenis Kunjungan", "Pasien", None, None, "Kunjungan", None, None],
        [None, None, *["L", "P", "Jumlah"] * 2],
        ["P3273010101", "Rawat Jalan", 1100, 1350, 2450, 1520, 1890, 3410],
        ["P3273010101", "UGD", 80, 75, 155, 84, 79, 163],
        ["P3273010102", "Rawat Jalan", 900, 1010, 1910, 1200, 1415, 2615],
    ])
    merge(data, "A1:H1", "A3:A4", "B3:B4", "C3:E3", "F3:H3")
    save(made, "header-group-decides.xlsx")

    text("visit-kinds-as-columns.csv", [
        "REKAPITULASI KUNJUNGAN;;;;;;",
        ";;;;;;",
        "Kode Faskes;Nama Faskes;Bulan;Rawat Jalan;Rawat Inap;Gawat Darurat;Jumlah",
        "P3273010101;Puskesmas Contoh Satu;September 2026;3280;-;150;3430",
        "P3273010102;Puskesmas Contoh Dua;September 2026;2570;41;98;2709",
        "Jumlah;;;5850;41;248;6139",
        ";;;;;;",
        ";;;;Bandung, 5 Oktober 2026;;",
        ";;;;Kepala Bidang Pelayanan Kesehatan;;",
        ";;;;dr. Sari Contoh;;",
        ";;;;NIP. 19800101 200501 2 001;;",
    ])

    text("header-again-on-each-page.csv", [
        "LAPORAN TEMPAT TIDUR OKTOBER 2026,,,,Hal. 1",
        "Kode RS,Nama RS,Kelas,Jumlah TT,TT Terisi",
        '3273014,RS Contoh,VIP,20,"12,5"',
        '3273014,RS Contoh,Kelas 1,45,"31,2"',
        '3273014,RS Contoh,Kelas 2,60,"48,0"',
        'Jumlah dipindahkan,,,125,"91,7"',
        ",,,,Hal. 2",
        "Kode RS,Nama RS,Kelas,Jumlah TT,TT Terisi",
        'Jumlah pindahan,,,125,"91,7"',
        '3273014,RS Contoh,Kelas 3,80,"66,4"',
        '3273014,RS Contoh,ICU,12,"9,3"',
        'Jumlah,,,217,"167,4"',
    ])


# ---- Manpower office (disnaker-layanan, 32.73) ------------------------------------------------------------------------------

JOBS_HEADER = ["No. Lowongan", "Nama Perusahaan", "Jabatan", "L/P", "Jumlah Lowongan", "Tgl Dibuka", "Tgl Ditutup", "Penempatan"]
JOBS = [
    ["LK-26-101", "PT Contoh Garmen", "Operator jahit", "P", 40, day(2026, 10, 5), day(2026, 11, 30), 12],
    ["LK-26-102", "CV Contoh Boga", "Juru masak", "L/P", 3, day(2026, 10, 12), day(2026, 10, 31), 3],
    ["LK-26-103", "PT Contoh Logistik", "Pengemudi", "L", 8, day(2026, 11, 2), None, None],
]
COURSES_HEADER = ["Kode Pelatihan", "Nama Pelatihan", "Lembaga", "Kejuruan", "Tgl Mulai", "Tgl Selesai", "L", "P", "Lulus"]
COURSES = [
    ["PL-26-11", "Barista Dasar", "BLK Contoh", "Tata Boga", day(2026, 9, 7), day(2026, 9, 25), 6, 10, 16],
    ["PL-26-12", "Servis AC", "LPK Contoh", "Teknisi AC", day(2026, 10, 5), day(2026, 10, 30), 15, 1, 14],
]


def jobs():
    for name, is_mac in [("dates-since-1900.xlsx", False), ("dates-since-1904.xlsx", True)]:
        made, data = book("Lowongan")
        if is_mac:
            made.epoch = CALENDAR_MAC_1904
        grid(data, [["DAFTAR LOWONGAN KERJA 2026"], [], JOBS_HEADER, *JOBS])
        formats(data, "F4:G6", "d-mmm-yyyy" if is_mac else "dd/mm/yyyy")
        save(made, name)

    made, data = book("Lowongan")
    first = day(1899, 12, 30)
    bare = [[*row[:5], (row[5] - first).days, (row[6] - first).days if row[6] else None, row[7]] for row in JOBS]
    grid(data, [JOBS_HEADER, *bare])
    formats(data, "F2:G4", "General")
    save(made, "dates-as-bare-numbers.xlsx")

    made, data = book("Lowongan")
    texts = [[*row[:5], *(str(value) if value else None for value in row[5:7]), row[7]] for row in bare]
    grid(data, [JOBS_HEADER, *texts])
    formats(data, "F2:G4", "@")
    save(made, "dates-as-numbers-in-text-cells.xlsx")

    text("quotes-and-line-breaks.csv", [
        '"No.\r\nLowongan";"Nama\r\nPerusahaan";Jabatan;"Jumlah\r\nLowongan";"Tgl\r\nDibuka";Penempatan',
        'LK-26-111;"PT ""Contoh"" Garmen";"Operator jahit;\r\nbagian ""finishing""";40;Senin, 5 Oktober 2026;12',
        'LK-26-112;CV Contoh Boga;Juru masak;3;12-10-26;3',
        'LK-26-113;PT Contoh Logistik;"Pengemudi, SIM B1";8;2026/11/02;',
    ])

    made, jobs_sheet, courses_sheet, helper = book("Lowongan", "Pelatihan", "Daftar")
    grid(jobs_sheet, [["LOWONGAN KERJA"], JOBS_HEADER, *JOBS])
    grid(courses_sheet, [["PELATIHAN KERJA"], [], COURSES_HEADER, *COURSES])
    grid(helper, [["Kejuruan"], ["Tata Boga"], ["Otomotif"]])
    helper.sheet_state = "veryHidden"
    save(made, "two-datasets-two-sheets.xlsx")

    made, past, to_come = book("OKT", "DES")
    visits = ["Nama DTW", "Wisnus", "Wisman"]
    grid(past, [["KUNJUNGAN WISATA BULAN OKTOBER 2026"], visits, ["Taman Contoh", 9000, 110], ["Museum Contoh", 2400, 60]])
    grid(to_come, [["KUNJUNGAN WISATA BULAN DESEMBER 2026"], visits, ["Taman Contoh"], ["Museum Contoh"]])
    save(made, "sheet-of-a-month-to-come.xlsx")

    made, data = book("Laporan")
    grid(data, [
        ["A. LOWONGAN KERJA"], JOBS_HEADER, *JOBS, [], [],
        ["B. PELATIHAN KERJA"], COURSES_HEADER, *COURSES,
    ])
    save(made, "two-datasets-one-sheet.xlsx")

    made, data = book("Lowongan")
    grid(data, [JOBS_HEADER, *JOBS])
    save(made, "macros.xlsm", parts={"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504}, edits=[
        (r"[Content_Types].xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main",
         "application/vnd.ms-excel.sheet.macroEnabled.main"),
        (r"[Content_Types].xml", "</Types>",
         '<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'),
        ("xl/_rels/workbook.xml.rels", "</Relationships>",
         '<Relationship Id="rIdMacros" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" '
         'Target="vbaProject.bin"/></Relationships>'),
    ])

    made, data = book("Lowongan")
    linked = [[*row] for row in JOBS]
    for line, row in enumerate(linked, 2):
        row[4] = f"=[1]Induk!B{line}"
    grid(data, [JOBS_HEADER, *linked])
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    save(made, "external-links.xlsx", {("sheet1", f"E{line}"): row[4] for line, row in enumerate(JOBS, 2)}, {
        "xl/externalLinks/externalLink1.xml": (
            f'{head}<externalLink xmlns="{main}"><externalBook xmlns:r="{relations}" r:id="rId1"><sheetNames>'
            '<sheetName val="Induk"/></sheetNames></externalBook></externalLink>').encode(),
        "xl/externalLinks/_rels/externalLink1.xml.rels": (
            f'{head}<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{relations}/externalLinkPath" '
            'Target="induk-lowongan.xlsx" TargetMode="External"/></Relationships>').encode(),
    }, [
        (r"[Content_Types].xml", "</Types>",
         '<Override PartName="/xl/externalLinks/externalLink1.xml" ContentType="application/'
         'vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"/></Types>'),
        ("xl/_rels/workbook.xml.rels", "</Relationships>",
         f'<Relationship Id="rIdLink" Type="{relations}/externalLink" Target="externalLinks/externalLink1.xml"/></Relationships>'),
        ("xl/workbook.xml", "</sheets>",
         f'</sheets><externalReferences><externalReference xmlns:r="{relations}" r:id="rIdLink"/></externalReferences>'),
    ])


# ---- Public order (satpol-pp, 32.73), social affairs (dinas-sosial, 32.73) --------------------------------------------------


def order():
    text("signature-two-columns.csv", [
        "PEMERINTAH KOTA BANDUNG;;;;;",
        "SATUAN POLISI PAMONG PRAJA;;;;;",
        "REKAPITULASI PELANGGARAN BULAN OKTOBER 2026;;;;;",
        ";;;;;",
        "No.;Jenis Pelanggaran;Jumlah Kejadian;Ditangani;Non Yustisi;Yustisi",
        "1.;PKL liar;112;110;104;6",
        "2.;Reklame liar;87;87;87;0",
        "3.;Miras;9;9;2;7",
        "4.;Parkir liar;nihil;nihil;nihil;nihil",
        ";JUMLAH;208;206;193;13",
        ";;;;;",
        ";Mengetahui,;;;Bandung, 4 November 2026;",
        ";Kepala Satuan;;;Kepala Seksi Operasi;",
        ";;;;;",
        ";;;;;",
        ";Drs. Asep Contoh, M.Si.;;;Dewi Contoh, S.STP.;",
        ";NIP 19700101 199003 1 001;;;NIP 19850202 200801 2 002;",
    ])

    made, data = book("Trantibum")
    grid(data, [
        ["PELANGGARAN PERDA BULAN SEPTEMBER 2026"], [],
        ["No", "Jenis Pelanggaran", "Jumlah Kasus", "Ditindak", "Yustisi", "Denda (Rp)", "Ket."],
        [1, 2, 3, 4, 5, 6, 7],
        [1, "Bangunan liar", 15, 12, 4, 6000000, "3 dalam proses"],
        [2, "Gepeng dan anjal", 66, 66, 0, 0, None],
        [3, "KTR", 21, 21, 21, 1050000, None],
    ])
    save(made, "column-numbers-below-header.xlsx")


def social():
    made, pivot, data = book("Pivot", "Rekap")
    grid(pivot, [
        ["Row Labels", "Sum of Penerima", "Sum of Nilai"], ["PKH", 30600, 9180000000], ["Sembako", 50100, 10020000000],
        ["Grand Total", 80700, 19200000000],
    ])
    grid(data, [
        ["REKAPITULASI BANTUAN SOSIAL"], [],
        ["Bulan", "Jenis Bantuan", "Satuan", "Kuota", "Jumlah Penerima", "Nilai Bantuan (Rp)"],
        ["September 2026", "PKH", "KPM", 15500, 15200, 4560000000], ["September 2026", "Sembako", "KPM", 25400, 25000, 5000000000],
        ["Oktober 2026", "PKH", "KPM", 15500, 15400, 4620000000], ["Oktober 2026", "Sembako", "KPM", 25400, 25100, 5020000000],
    ])
    save(made, "pivot-before-data.xlsx")

    made, old, data = book("Lama", "Oktober")
    old.sheet_state = "hidden"
    header = ["Bulan", "Jenis Bantuan", "Satuan", "Jumlah Penerima"]
    grid(old, [header, ["Agustus 2026", "PKH", "KPM", 1], ["Agustus 2026", "Sembako", "KPM", 2]])
    grid(data, [header, ["Oktober 2026", "Lansia", "jiwa", 320], ["Oktober 2026", "RTLH", "KK", 45]])
    save(made, "hidden-sheet-of-drafts.xlsx")


# ---- Civil registration and identity cards (dukcapil-layanan, 32.73) --------------------------------------------------------


def civil():
    made, data = book("2026")
    grid(data, [
        ["PELAPORAN PERISTIWA PENTING TAHUN 2026"], [],
        ["Jenis Peristiwa", "Jan", "Feb", "Mar"],
        ["Kelahiran", 2810, 2644, 2733], ["Kematian", 1010, 955, 987], ["Perkawinan", 85, 92, 71], ["Perceraian", 9, 7, None],
    ])
    save(made, "months-as-columns.xlsx")

    text("months-as-columns-row-totals.csv", [
        "PELAPORAN PERISTIWA PENTING TRIWULAN III TAHUN 2026;;;;;",
        "No;Jenis Peristiwa;Juli;Agustus;September;Jumlah",
        "1;Kelahiran;2.901;2.754;2.688;8.343",
        "2;Kematian;1.044;998;1.013;3.105",
        "3;Pindah Masuk;612;588;604;1.804",
        ";Jumlah;4.557;4.340;4.305;13.202",
    ])

    text("months-without-a-year.csv", [
        "PELAPORAN PERISTIWA PENTING;;;",
        "Jenis Peristiwa;Oktober;November;Desember",
        "Kelahiran;2798;2610;2702",
        "Kematian;1002;971;1040",
    ])

    text("events-as-columns.csv", [
        "Laporan bulan Oktober 2026",
        "Kecamatan,Lahir,Mati,Datang,Pindah",
        "Coblong,110,42,35,31",
        "Cicendo,95,50,22,40",
        "Andir,102,47,18,",
        "Jumlah,307,139,75,71",
    ])

    made, data = book("Laporan")
    header = ["Jenis Peristiwa", "Jumlah Dilaporkan", "Akta Terbit"]
    grid(data, [
        ["A. BULAN SEPTEMBER 2026"], header, ["Kelahiran", 2688, 2601], ["Kematian", 1013, 990], ["Jumlah", 3701, 3591], [],
        ["B. BULAN OKTOBER 2026"], header, ["Kelahiran", 2798, 2712], ["Kematian", 1002, 985], ["Jumlah", 3800, 3697],
    ])
    save(made, "two-tables-one-below-the-other.xlsx")

    made, data = book("Adminduk")
    grid(data, [
        ["KEPEMILIKAN DOKUMEN KOTA BANDUNG"], [],
        ["Bulan", "Dokumen Kependudukan"], [None, "KTP-el", None, None, "KIA"],
        [None, "Wajib KTP-el", "Sudah Rekam", "Sudah Cetak", "Wajib KIA", "Memiliki KIA"],
        ["Agustus 2026", 1901200, 1888400, 1880100, 662000, 401300], ["September 2026", 1902800, 1889900, 1882000, 661800, 405200],
        ["Oktober 2026", 1904100, 1891500, 1884300, 661500, 409900],
    ])
    merge(data, "A1:F1", "A3:A5", "B3:F3", "B4:D4", "E4:F4")
    save(made, "header-three-rows-merged.xlsx")


# ---- Transport (dinas-perhubungan, 32.73): many at once ---------------------------------------------------------------------


def transport():
    made, cover, data, draft = book("Cover", "Laporan", "konsep")
    grid(cover, [["LAPORAN BULANAN"], ["DINAS PERHUBUNGAN KOTA BANDUNG"]])
    draft.sheet_state = "hidden"
    grid(draft, [["cek ulang angka terminal"]])
    grid(data, [
        ["DINAS PERHUBUNGAN"], ["LAPORAN KEGIATAN BULAN OKTOBER 2026"], [],
        ["No", "Kegiatan", "Tempat", "Jenis Kendaraan", "Kendaraan", "Hasil Uji", None, "Penumpang"],
        [None, None, None, None, None, "Lulus", "Tidak Lulus", "Datang", "Berangkat"],
        [1, "Uji KIR", "UPT Contoh", "Mobil barang", 820, 760, 60],
        [None, None, None, "Bus kota", "64*)", 60, 4],
        [None, "Jumlah", None, None, 884, 820, 64],
        [2, "Terminal", "Terminal Contoh", "AKAP", 1240, None, None, 21800, 23150],
        [None, None, None, "AKDP", 2105, None, None, "30.450 r)", "29.980"],
        [None, "Jumlah", None, None, 3345, None, None, 52250, 53130],
        [], ["*) belum termasuk uji ulang"], ["r) angka diperbaiki"], [],
        [None, "Mengetahui,", None, None, None, None, "Bandung, 5 November 2026"],
        [None, "Kepala Dinas Perhubungan", None, None, None, None, "Pembuat laporan"], [], [],
        [None, "Budi Contoh, S.T., M.T.", None, None, None, None, "Rina Contoh"],
        [None, "NIP. 197501012000031001", None, None, None, None, "NIP. 199002022015042002"],
    ])
    merge(data, "A1:I1", "A2:I2", *[f"{letter}4:{letter}5" for letter in "ABCDE"], "F4:G4", "H4:I4")
    merge(data, "A6:A7", "B6:B7", "C6:C7", "A9:A10", "B9:B10", "C9:C10")
    save(made, "everything-at-once.xlsx")


# ---- More of the above ------------------------------------------------------------------------------------------------------


def more_prices():
    made, data = book("Stok")
    grid(data, [
        ["Gudang", "Komoditas", "Stok", "Satuan", "Tanggal"],
        ["Gudang Gedebage", "Beras Medium", 1200, "ton", "19 November 2026"], [None, "Gula Pasir", 75, "ton", "19 November 2026"],
        ["Lumbung Cibiru", "Beras Medium", 12000, "kg", "19 November 2026"],
        [None, "Jagung Pakan", 3000, "kg", "19 November 2026"],
    ])
    merge(data, "A2:A3", "A4:A5")
    save(made, "merged-warehouse-dates-filled.xlsx")

    text("currency-signs.csv", [
        "Komoditas;Tgl;Harga;Satuan",
        "Beras Medium;17-11-2026;Rp 13.500,-;kg",
        "Gula Pasir;17-11-2026;Rp17.250,00;kg",
        "Telur Ayam;17-11-2026;28.400;kg",
        "Cabai Rawit Merah;17-11-2026;Rp. 62.000,-;Rp/kg",
    ])

    text("mixed-number-styles.csv", [
        "Komoditas;Tanggal;Harga (Rp);Satuan",
        "Beras Medium;18 November 2026;13.500,00;kg",
        "Gula Pasir;18 November 2026;17.250,00;kg",
        "Telur Ayam;18 November 2026;28400.50;kg",
    ])


def more_people():
    text("province-row-is-data.csv", [
        "PENDUDUK SEMESTER I TAHUN 2026;;;",
        "Wilayah;Laki-laki;Perempuan;Jumlah",
        "D.I. Yogyakarta;1852420;1895480;3747900",
        *[";".join(map(str, row[:4])) for row in PEOPLE],
        "Jumlah Kabupaten/Kota;1852420;1895480;3747900",
    ])

    text("apostrophes-before-codes.csv", [
        "Kode Wilayah;Periode;L;P;Jumlah",
        "'32.10;2026-S1;671200;661900;1333100",
        "'32.73;2026-S1;1280100;1285400;2565500",
    ])

    text("spaces-in-numbers.csv", [
        "Bulan;Wajib KTP;Rekam;Cetak",
        "Juni 2026;1 898 100;1 884 300;1 876 200",
        "Juli 2026;1\u00a0899\u00a0800;1\u00a0886\u00a0200;1\u202f878\u202f000",
    ])

    made, data = book("Formulir")
    grid(data, [
        ["FORMULIR KEPEMILIKAN KTP-el"], [], ["Bulan", "Mei 2026"], ["Wajib KTP-el", 1896500], ["Sudah Rekam", 1882100],
        ["Sudah Cetak", 1873900], ["IKD Aktif", 402300],
    ])
    save(made, "form-labels-on-the-left.xlsx")

    made, data = book("Akta")
    grid(data, [
        ["PELAPORAN AKTA"], [], ["Jenis Peristiwa", "2025", None, "2026"], [None, "Nov", "Des", "Jan"],
        ["Kelahiran", 2650, 2590, 2810], ["Kematian", 1005, 1061, 1010],
    ])
    merge(data, "A1:D1", "A3:A4", "B3:C3")
    save(made, "months-under-years.xlsx")


def more_offices():
    made, data = book("Agustus")
    grid(data, [
        ["Jenis Pelanggaran", "Jumlah Kasus", "Ditindak", "Bulan"],
        ["PKL", 97, 95, "Agustus 2026"], ["Reklame", 60, 60, "Agustus 2026"], ["Miras", 4, 4, "Agustus 2026"],
        [None, None, None, "Bandung, 2 September 2026"], ["Mengetahui,"], ["Kepala Satuan", None, None, "Petugas Rekap"],
        ["Drs. Asep Contoh, M.Si.", None, None, "Dewi Contoh, S.STP."], [197001011990031001, None, None, 198502022008012002],
    ])
    save(made, "signature-right-below-rows.xlsx")

    text("month-and-year-columns.csv", [
        "Tahun;Bulan;Jenis Pelanggaran;Kejadian;Ditangani",
        "2026;Juli;PKL;90;88",
        "2026;Agustus;Parkir liar;95;95",
    ])

    text("month-names-year-in-title.csv", [
        "REKAPITULASI BANTUAN SOSIAL TAHUN 2026;;;",
        "Bulan;Program;Satuan;Penerima",
        "Januari;PKH;KPM;15000",
        "Februari;PKH;KPM;15050",
    ])

    header = ["Bulan", "Program", "Satuan", "Penerima"]
    rows = [["Juli 2026", "PKH", "KPM", 15100], ["Juli 2026", "Lansia", "jiwa", 310]]
    made, *sheets = book("Data", "Data (2)")
    for sheet in sheets:
        grid(sheet, [header, *rows])
    save(made, "sheet-copied.xlsx")

    made, draft, final = book("Draft", "Final")
    grid(draft, [header, *rows])
    grid(final, [header, ["Juli 2026", "PKH", "KPM", 15130], ["Juli 2026", "Lansia", "jiwa", 312]])
    save(made, "draft-and-final-sheets.xlsx")

    text("refunds-in-brackets.csv", [
        "Jenis Pajak;Bulan;Target;Realisasi Bulan Ini",
        "Pajak Air Tanah;September 2026;24.000.000.000;(125.000.000)",
        "Pajak Reklame;September 2026;32.500.000.000;2.050.000.000",
    ])

    made, data = book("Kunjungan")
    grid(data, [
        ["Nama DTW", "Bulan", "Wisnus", "Wisman"], ["Taman Contoh", day(2026, 9, 1), 9800, 190],
        ["Taman Contoh", day(2026, 10, 31), 10400, 230],
    ])
    formats(data, "B2:B3", "mmm-yy")
    save(made, "month-as-date-cell.xlsx")

    text("average-row.csv", [
        "Nama DTW,Bulan,Wisnus,Wisman",
        "Taman Contoh,April 2026,9000,100",
        "Taman Contoh,Mei 2026,9600,110",
        "Taman Contoh,Juni 2026,10200,120",
        "Jumlah,,28800,330",
        "Rata-rata,,9600,110",
    ])

    marks = ["-", "\u2013", "\u2026", "tad", "n/a", "0"]
    text("marks-for-missing.csv", [
        "Nama DTW;Bulan;Wisnus;Wisman;Pendapatan (Rp)",
        *[f"Taman Contoh {number};Oktober 2026;{100 * number};0;{mark}" for number, mark in enumerate(marks, 1)],
    ])

    text("blank-rows-between.csv", [
        "Kegiatan,Nama Terminal,Jenis Angkutan,Bulan,Kendaraan,Penumpang Datang,Penumpang Berangkat",
        "Terminal,Terminal Contoh,AKAP,September 2026,1210,21050,22400",
        ",,,,,,",
        "",
        "Terminal,Terminal Contoh,AKDP,September 2026,2080,29900,29100",
        ",,,,,,",
        "Terminal,Terminal Contoh,Angkot,September 2026,5400,31000,30500",
    ])

    made, data = book("Lowongan")
    grid(data, [JOBS_HEADER, *JOBS])
    save(made, "workbook-named-csv.csv")

    made, data = book("Pelatihan")
    grid(data, [
        ["LAPORAN PELATIHAN KERJA"], ["Petunjuk:"], ["1. Kode Pelatihan diisi kode dari dinas."],
        ["2. Kolom L dan P diisi jumlah peserta."], ["3. Kolom Lulus dikosongkan bila pelatihan belum selesai."],
        ["4. Kirim paling lambat tanggal 15."], [], ["Nama petugas:", "Rina Contoh"], ["Unit kerja:", "Bidang Pelatihan"], [],
        COURSES_HEADER, *COURSES,
    ])
    save(made, "instructions-above-header.xlsx")


def combinations():
    text("grades-as-columns-one-measure.csv", [
        "JUMLAH SISWA SD KEADAAN 31 OKTOBER 2026;;;;;",
        "NPSN;Nama Sekolah;I;II;III;Jumlah",
        "20219301;SDN Contoh 1;30;28;27;85",
        "20219302;SDN Contoh 2;41;39;44;124",
        "Jumlah;;71;67;71;209",
    ])

    text("months-as-columns-which-measure.csv", [
        "KUNJUNGAN WISATA 2026",
        "Objek Wisata;Januari;Februari",
        "Taman Contoh;11150;9640",
        "Museum Contoh;2890;2585",
    ])

    text("combination-prices-thousands-signature.csv", [
        "HARGA PANGAN KOTA BANDUNG;;;",
        "(dalam ribuan rupiah);;;",
        "Komoditas;Satuan;16/11/2026;17/11/2026",
        "Beras Medium;kg;13,5;13,6*)",
        "Minyakita;liter;15,7;15,7",
        "Bawang Merah;kg;38,0;-",
        "*) satu pasar saja;;;",
        ";;;",
        "Mengetahui,;;Bandung, 18 November 2026;",
        "Kepala Dinas;;Petugas;",
        "Asep Contoh;;Rina Contoh;",
    ])

    made, data = book("Rekap")
    grid(data, [
        ["REKAPITULASI PENERIMA BANTUAN"], [],
        ["Kelompok", "Program", "Satuan", "Tahun 2026", None, None, "Jumlah"], [None, None, None, "Jul", "Agt", "Sep"],
        ["Bantuan", "PKH", "KPM", 15100, 15150, 15200, 45450], [None, "Sembako", "KPM", 25000, 24900, 25100, 75000],
        ["Subjumlah", None, None, 40100, 40050, 40300, 120450],
        ["Rehabilitasi", "Lansia", "jiwa", 310, "312 r)", 315, 937], [None, "Gepeng", "jiwa", 41, "-", 38, 79],
        ["Subjumlah", None, None, 351, 312, 353, 1016], ["Jumlah", None, None, 40451, 40362, 40653, 121466],
        [], ["r) angka diperbaiki"],
    ])
    merge(data, "A1:G1", *[f"{letter}3:{letter}4" for letter in "ABCG"], "D3:F3", "A5:A6", "A7:C7", "A8:A9", "A10:C10", "A11:C11")
    save(made, "combination-groups-months-subtotals.xlsx")

    text("utf-8-bom.csv", [
        "\ufeffNama DTW;Bulan;Wisnus;Wisman", "Situ Contoh \u2013 Timur;Agustus 2026;1200;4", "Café Contoh;Agustus 2026;800;21",
    ])

    notations = ["3 Nov 2026", "03/11/26", "2026-11-03", "3-11-2026", "Selasa, 3 November 2026", "3 Nopember 2026"]
    foods = ["Beras Medium", "Gula Pasir", "Telur Ayam", "Bawang Merah", "Bawang Putih", "Garam"]
    text("date-notations.csv", [
        "Komoditas;Tanggal;Harga (Rp)", *[f"{food};{notation};{10000 + 10 * at}" for at, (food, notation) in enumerate(zip(foods, notations))],
    ])

    notations = ["Oktober 2026", "Okt-26", "10/2026", "2026-10", "OKT 2026", "Bulan Oktober 2026"]
    text("period-notations.csv", [
        "Nama DTW;Bulan;Wisnus;Wisman", *[f"Taman {at};{notation};{100 * at};{at}" for at, notation in enumerate(notations, 1)],
    ])

    names = ["3401", "KAB. BANTUL", "Kab Gunung Kidul", "Kabupaten  Sleman", "kota yogyakarta"]
    text("region-notations.csv", [
        "Kab/Kota;Periode;Laki-laki;Perempuan;Jumlah",
        *[";".join([name, PERIOD, *map(str, row[1:4])]) for name, row in zip(names, PEOPLE)],
    ])

    text("error-texts.csv", [
        "Komoditas;Stok;Satuan;Tanggal",
        "Beras Medium;#REF!;ton;20 November 2026",
        "Beras Premium;#N/A;ton;20 November 2026",
        "Gula Pasir;Err:502;ton;20 November 2026",
        "Bawang Putih;22,75;ton;20 November 2026",
    ])

    made, data = book("Juni")
    grid(data, [
        ["Nama DTW", "Bulan", "Wisnus", "Wisman"], ["Taman Contoh", "Juni 2026", 10200, 120],
        ["Museum Contoh", "Juni 2026", 3100, 60], ["Desa Wisata Contoh", "Juni 2026", 790],
    ])
    merge(data, "D3:D4")
    save(made, "one-figure-for-two-rows.xlsx")


# ---- Formats of older and other programs ------------------------------------------------------------------------------------


def save_xls(name, sheet, rows, patterns, merged, hidden=()):
    """An XLS workbook. `patterns`: number formats by column; `merged`: first row, last row and column; `hidden`: rows; from
    0."""
    made = xlwt.Workbook()
    data = made.add_sheet(sheet)
    styles = {column: xlwt.easyxf(num_format_str=pattern) for column, pattern in patterns.items()}
    plain = xlwt.easyxf()
    covered = {(row, column) for first, last, column in merged for row in range(first, last + 1)}
    for first, last, column in merged:
        data.write_merge(first, last, column, column, rows[first][column], styles.get(column, plain))
    for down, row in enumerate(rows):
        for right, value in enumerate(row):
            if value is not None and (down, right) not in covered:
                data.write(down, right, value, styles.get(right, plain) if down else plain)
    for row in hidden:
        data.row(row).hidden = True
    made.save(str(HERE / name))


def ods_cell(value, shown, spanned):
    span = f' table:number-rows-spanned="{spanned}" table:number-columns-spanned="1"' if spanned > 1 else ""
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, str):
        return f'<table:table-cell{span} office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
    kind = "percentage" if shown.endswith("%") else "float"
    return (
        f'<table:table-cell{span} office:value-type="{kind}" office:value="{value}"><text:p>{shown}</text:p></table:table-cell>'
    )


def save_ods(name, sheet, rows, patterns, merged, hidden=()):
    """An OpenDocument spreadsheet, as `save_xls`; what a cell shows stands beside its value."""
    spans = {(first, column): last - first + 1 for first, last, column in merged}
    covered = {(row, column) for first, last, column in merged for row in range(first + 1, last + 1)}

    def shown(value, pattern):
        if pattern == "0.00%":
            return f"{100 * value:.2f}%".replace(".", ",")
        return f"{value:08}" if pattern == "00000000" else str(value).replace(".", ",")

    lines = ""
    for down, row in enumerate(rows):
        cells = ""
        for right, value in enumerate(row):
            if (down, right) in covered:
                cells += "<table:covered-table-cell/>"
                continue
            is_number = isinstance(value, (int, float))
            cells += ods_cell(value, shown(value, patterns.get(right)) if is_number else "", spans.get((down, right), 1))
        shade = ' table:visibility="filter"' if down in hidden else ""
        lines += f"<table:table-row{shade}>{cells}</table:table-row>"
    space = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{space}:office:1.0" '
        f'xmlns:table="{space}:table:1.0" xmlns:text="{space}:text:1.0" office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="{sheet}">{lines}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="{space}:manifest:1.0" '
        f'manifest:version="1.2"><manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    with zipfile.ZipFile(HERE / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, body in [("mimetype", kind), ("content.xml", content), ("META-INF/manifest.xml", manifest)]:
            moment = zipfile.ZipInfo(entry, (2026, 11, 5, 8, 0, 0))
            archive.writestr(moment, body, zipfile.ZIP_STORED if entry == "mimetype" else zipfile.ZIP_DEFLATED)


def other_kinds():
    shares = [
        ["Kabupaten/Kota", "Tahun", "Jumlah Penduduk Miskin", "Garis Kemiskinan", "P0", "P1", "P2"],
        *[[row[0], 2025, *row[1:3], *[round(share / 100, 6) for share in row[3:]]] for row in POOR],
    ]
    patterns = dict.fromkeys([4, 5, 6], "0.00%")
    save_xls("percent-formats-xls.xls", "Kemiskinan", shares, patterns, [], [2, 3])
    save_ods("percent-formats-ods.ods", "Kemiskinan", shares, patterns, [], [2, 3])
    schools = [
        ["NPSN", "Nama Sekolah", "Periode", "Kelas", "Laki-laki", "Perempuan", "Jumlah"],
        [2021920, "SMP Contoh 1", "2026-S2", 8, 20, 19, 39], [None, None, "2026-S2", 9, 21, 18, 39],
        [20219201, "SMP Contoh 2", "2026-S2", 8, 125, 127, 252], [None, None, "2026-S2", 9, 130, None, 257],
    ]
    merged = [(1, 2, 0), (1, 2, 1), (3, 4, 0), (3, 4, 1), (3, 4, 5)]
    save_xls("merged-codes-xls.xls", "Siswa", schools, {0: "00000000"}, merged)
    save_ods("merged-codes-ods.ods", "Siswa", schools, {0: "00000000"}, merged)


# ---- Lines between rows -----------------------------------------------------------------------------------------------------


def lines():
    made, data = book("Harga")
    header = ["No", "Komoditas", "Satuan", "Harga (Rp)"]
    grid(data, [
        ["HARGA BAHAN POKOK KOTA BANDUNG"], ["Tanggal 10 November 2026"], header,
        [1, "Bawang Merah", "kg", 32000], [2, "Gula Pasir", "kg", 17500], [],
        ["Tanggal 11 November 2026"], [1, "Bawang Merah", "kg", 32500], [2, "Gula Pasir", "kg", 17600],
        [None, "Tgl. 12/11/2026"], [1, "Bawang Merah", "kg", 33000], [2, "Gula Pasir", "kg", 17700],
    ])
    merge(data, "A7:D7")
    save(made, "lines-of-days.xlsx")

    made, data = book("Harga")
    grid(data, [
        ["HARGA BAHAN POKOK"], ["Tanggal 10 November 2026"], header,
        [1, "Bawang Merah", "kg", 32000], ["Tanggal 10 November 2026"], [2, "Gula Pasir", "kg", 17500],
        ["Dicetak 12 November 2026"], [],
    ])
    save(made, "line-repeats-title.xlsx")

    violations = "No;Jenis Pelanggaran;Jumlah Kejadian;Ditangani"
    text("lines-of-months.csv", [
        "PENEGAKAN PERDA TAHUN 2026;;;", ";;;", violations,
        "JANUARI;;;", "1;PKL;41;40", "2;Reklame;100;90", "FEBRUARI;;;", "1;PKL;44;44", "2;Reklame;90;90", "JUMLAH;;275;264",
    ])
    text("lines-of-years.csv", [
        "PENEGAKAN PERDA;;;", ";;;", "Bulan;Jenis Pelanggaran;Jumlah Kejadian;Ditangani",
        "Tahun 2025;;;", "November;PKL;41;40", "Desember;PKL;38;38", "Tahun 2026;;;", "Januari;PKL;44;44",
    ])
    text("lines-of-weeks.csv", [
        "PENEGAKAN PERDA BULAN OKTOBER 2026;;;", ";;;", violations,
        "Minggu I;;;", "1;PKL;41;40", "Minggu II;;;", "1;PKL;44;44",
    ])
    text("line-of-another-month.csv", [
        "PENEGAKAN PERDA BULAN OKTOBER 2026;;;", ";;;", violations,
        "1;PKL;41;40", "2;Reklame;100;90", "Bulan lalu;;;", "1;PKL;44;44", "2;Reklame;90;90",
    ])
    prices = "Komoditas;Satuan;Harga"
    text("lines-of-markets-labelled.csv", [
        "HARGA 12 NOVEMBER 2026;;", prices,
        "Pasar : Kosambi;;", "Bawang Merah;kg;32000", "Gula Pasir;kg;17500",
        "Pasar;:;Baru", "Bawang Merah;kg;31000", "Gula Pasir;kg;17400",
    ])
    text("lines-of-markets.csv", [
        "HARGA 12 NOVEMBER 2026;;", prices,
        "Pasar Kosambi;;", "Bawang Merah;kg;32000", "Gula Pasir;kg;17500",
        "Pasar Baru;;", "Bawang Merah;kg;31000", "Gula Pasir;kg;17400",
    ])
    text("line-contradicts-column.csv", [
        "Komoditas;Satuan;Harga;Tanggal",
        "Bawang Merah;kg;32000;10/11/2026", "Gula Pasir;kg;17500;10/11/2026",
        "Tanggal 11 November 2026;;;", "Bawang Merah;kg;32500;10/11/2026",
    ])
    text("line-fills-column.csv", [
        "Komoditas;Satuan;Harga;Tanggal",
        "Tanggal 10 November 2026;;;", "Bawang Merah;kg;32000;10/11/2026", "Gula Pasir;kg;17500;10/11/2026",
        "Tanggal 11 November 2026;;;", "Bawang Merah;kg;32500;", "Gula Pasir;kg;17600;",
    ])
    text("lines-of-regencies.csv", [
        "KEADAAN KETENAGAKERJAAN DAERAH ISTIMEWA YOGYAKARTA;;;;", ";;;;",
        "Periode;Penduduk Usia Kerja;Angkatan Kerja;Bekerja;Pengangguran",
        "Kabupaten Sleman;;;;", "2024;890300;610200;583100;27100", "2025;891300;611200;584600;26600",
        "Kota Yogyakarta;;;;", "2024;330400;225500;211300;14200", "2025;331400;226500;212800;13700",
    ])
    made, data = book("Capil")
    grid(data, [
        ["PELAPORAN AKTA KOTA BANDUNG TAHUN 2026"], [],
        ["Kecamatan", "Kelahiran", "Kematian"],
        ["Januari"], ["Andir", 210, 80], ["Coblong", 190, 70],
        ["Februari"], ["Andir", 200, 75], ["Coblong", 180, 65],
    ])
    merge(data, "A4:C4", "A7:C7")
    save(made, "lines-of-months-events-as-columns.xlsx")


# ---- Totals of levels and groups, tables on their side, titles of several times ---------------------------------------------


def sums():
    def line(*cells):
        return ";".join("" if cell is None else str(cell) for cell in cells)

    title = ["JUMLAH PENDUDUK DAERAH ISTIMEWA YOGYAKARTA SEMESTER I TAHUN 2026;;;;;", ";;;;;", line(*PEOPLE_HEADER)]
    rows = [line(*row) for row in numbered(PEOPLE)]
    regencies = [1651270, 1683880, 3335150, 1140740]
    text("totals-by-level.csv", [
        *title, line(None, "Total Provinsi", *ALL_PEOPLE), *rows,
        line(None, "Jumlah Kabupaten", *regencies), line(None, "Jumlah Kota", *PEOPLE[4][1:]),
        line(None, "Rata-rata", 370484, 379096, 749580, 256394), line(None, "Total Provinsi", *ALL_PEOPLE),
    ])
    text("totals-above-groups.csv", [
        *title, line(None, "Jumlah Kabupaten", *regencies), *rows[:4], line(None, "Jumlah Kota", *PEOPLE[4][1:]), rows[4],
        line(None, "Jumlah", *ALL_PEOPLE),
    ])
    text("total-of-group-wrong.csv", [
        *title, *rows[:4], line(None, "Jumlah Kabupaten", 1651270, 1683980, 3335150, 1140740), rows[4],
        line(None, "Jumlah Kota", *PEOPLE[4][1:]), line(None, "Total Provinsi", *ALL_PEOPLE),
    ])

    made, data = book("Harga")
    grid(data, [
        ["HARGA BAHAN POKOK TANGGAL 12 NOVEMBER 2026"], [],
        ["Komoditas", "Bawang Merah", "Gula Pasir", "Daging Sapi"], ["Satuan", "kg", "kg", "kg"],
        ["Harga (Rp)", 32000, 17500, 140000],
    ])
    save(made, "table-on-its-side.xlsx")
    text("table-on-its-side-incomplete.csv", [
        "Komoditas;Bawang Merah;Gula Pasir", "Satuan;kg;kg", "Tanggal;12/11/2026;12/11/2026", "Perubahan;500;0",
    ])
    labour = ["Penduduk Usia Kerja", "Angkatan Kerja", "Bekerja", "Pengangguran"]
    text("years-side-by-side.csv", [
        line("PENDUDUK USIA KERJA", *[None] * 8), line("Kabupaten/Kota", 2024, None, None, None, 2025, None, None, None),
        line(None, *labour, *labour),
        line("Kabupaten Sleman", 890300, 610200, 583100, 27100, 891300, 611200, 584600, 26600),
        line("Kota Yogyakarta", 330400, 225500, 211300, 14200, 331400, 226500, 212800, 13700),
    ])
    text("title-of-several-months.csv", [
        "PENEGAKAN PERDA JANUARI S.D. OKTOBER 2026;;;", ";;;", "No;Jenis Pelanggaran;Jumlah Kejadian;Ditangani",
        "1;PKL;412;400", "2;Reklame;100;90",
    ])


def figures_and_keys():
    """Figures and keys that are easily misread."""
    head = "Komoditas;Tanggal;Harga (Rp);Satuan"
    names = ["Beras Medium", "Gula Pasir", "Telur Ayam", "Daging Sapi"]

    def prices(name, figures):
        text(name, [head, *[f"{thing};9 November 2026;{figure};kg" for thing, figure in zip(names, figures)]])

    prices("prices-one-comma-among-points.csv", ["13.500", "17.250", "28.400", "140,000"])
    prices("prices-comma-thousands.csv", ["13,500", "17,250", "28,400", "140,000"])
    prices("prices-with-remarks-and-units.csv", ["13.500 (naik)", "Rp. 17.250,-/kg", "28.400/ikat", "140 (ribu)"])
    text("thousands-without-quotes.csv", [
        "Tanggal,Komoditas,Satuan,Harga (Rp),Ket", "09/11/2026,Daging Sapi,Kg,140,000",
        "09/11/2026,Cabai Rawit Merah,Kg,120,000", "09/11/2026,Telur Ayam,Kg,28,400",
    ])
    text("keys-shortened-by-spreadsheet.csv", [
        "Tracking ID;Kanal;Kategori;Tanggal Laporan;Status", "7,65432E+06;WA;Sampah;01/11/2026;Proses",
        "2,02611E+14;WA;Sampah;02/11/2026;Proses", *[f"LP-{number};WA;Sampah;03/11/2026;Proses" for number in range(4)],
    ])
    text("guarded-codes.csv", [
        "Data Sekolah Kota Bandung", "Semester Ganjil 2026/2027", "",
        "No,NPSN,Nama Sekolah,Bentuk Pendidikan,Negeri/Swasta,Jumlah Guru",
        '1,"=""20219101""",SDN Contoh 1,SD,Negeri,30', '2,="20219102",SD Contoh 2,SD,Swasta,28', "Jumlah,,,,,58",
    ])
    text("progress-as-shares.csv", [
        "Kode RUP;Nama Paket;Bidang;Bulan;Pagu (Rp);Nilai Kontrak (Rp);Realisasi Fisik (%)",
        "RUP-26-001;Rehabilitasi Jalan Cibaduyut;Peningkatan jalan;Oktober 2026;4500000000;4215750000;0,82",
        "RUP-26-002;Pembangunan Jembatan Ciwastra;Jembatan;Oktober 2026;9000000000;8450000000;0,64",
        "RUP-26-003;Peningkatan Jalan Riau;Peningkatan jalan;Oktober 2026;2000000000;1900000000;1",
    ])
    text("old-code-of-own-region.csv", [
        "REKAP AKTA BULAN OKTOBER 2026;;;", "Kode Wilayah;Jenis Akta;Jml Pelaporan;Akta Terbit",
        "91.09;Akta Kelahiran;110;109", "91.09;Akta Kematian;25;25",
    ])
    text("headers-in-two-languages.csv", [
        '"Kabupaten/Kota\nRegency/City";Periode;"Laki-laki\nMale";Perempuan / Female;"Jumlah\nTotal"',
        "Kab.Kudus (33.19);Semester I 2026;420000;430000;850000",
        "33.21 - Kab. Demak;Semester I 2026;600000;610000;1210000",
    ])
    text("days-with-their-word.csv", [
        "No. Pendaftaran;Jenis Izin;Tgl Masuk;Status;Tgl Terbit;Lama Proses (HK)",
        "0501/SIP/2026;SIP Dokter;3 November 2026;Terbit;6 November 2026;3 HK",
        "0502/PBG/2026;PBG;3 November 2026;Terbit;12 November 2026;7 hari",
        "0503/REK/2026;Izin Reklame;4 November 2026;Proses;-;-",
    ])


def beside_and_below():
    """Figures beside values in the headers, months beside months, rows at the foot that are no parts."""
    text("figure-beside-months.csv", [
        "KUNJUNGAN WISATA TAHUN 2026;;;;", "Nama Objek Wisata;Wisnus;;;Wisman", ";Agustus;September;Oktober;",
        "Taman Lalu Lintas;4100;3900;4300;37", "Kebun Binatang;9200;8800;9100;112",
    ])
    text("money-beside-months.csv", [
        "REKAP PELANGGARAN PERDA TAHUN 2026;;;;", "Jenis Pelanggaran;September;Oktober;Ditangani;Denda (Rp)",
        "PKL;52;47;90;2750000", "Reklame;11;14;25;1200000",
    ])
    text("target-beside-months.csv", [
        "REALISASI PAJAK DAERAH TAHUN 2026;;;", "Jenis Pajak;Target Setahun (Rp);September;Oktober",
        "BPHTB;24000000000;1900000000;2050000000", "Pajak Reklame;6000000000;410000000;395000000",
    ])
    text("to-date-beside-months.csv", [
        "REALISASI PAJAK DAERAH TAHUN 2026;;;;", "Jenis Pajak;Target;September;Oktober;Realisasi s.d. Bulan Ini",
        "BPHTB;24000000000;1900000000;2050000000;18400000000",
    ])
    text("last-month-this-month-sum.csv", [
        "KUNJUNGAN WISATA BULAN OKTOBER 2026;;;;;;", "Nama Objek Wisata;Wisnus;;;Wisman;;",
        ";Bulan Lalu;Bulan Ini;Jumlah;Bulan Lalu;Bulan Ini;Jumlah",
        "Taman Lalu Lintas;38100;4300;42400;310;37;347", "Kebun Binatang;80500;9100;89600;990;112;1102",
    ])
    text("rows-held-against-the-table.csv", [
        "KUNJUNGAN WISATA BULAN OKTOBER 2026;;;", "No;Nama Objek Wisata;Wisnus;Wisman", "1;Taman Lalu Lintas;4300;37",
        "2;Taman Target 2025;210;4", ";Jumlah;4510;41", ";Okt 2025;4200;30", ";Selisih;310;11", ";Pertumbuhan (%);7;37",
        ";Realisasi 2025;49800;402", ";Target 2026;52000;450", ";Capaian (%);91;88",
    ])
    text("events-as-columns-held-against-a-year.csv", [
        "REKAP KELAHIRAN DAN KEMATIAN BULAN OKTOBER 2026;;;", "No;Kecamatan;Kelahiran;Kematian", "1;Coblong;61;32",
        "2;Cibeunying Kaler;48;27", ";Kota Bandung;109;59", ";Tahun 2025;1240;702",
    ])
    text("days-that-begin-late.csv", [
        "HARGA ECERAN BAHAN POKOK;;;;", "BULAN NOVEMBER 2026;;;;", "No;Nama Barang;Satuan;Tanggal;;", ";;;2;4;9",
        "1;Beras Medium;kg;13500;13500;13600", "2;Gula Pasir;kg;17500;17600;17600",
    ])


if __name__ == "__main__":
    from axes import axes

    HERE.mkdir(parents=True, exist_ok=True)
    for write in (
        population, labour, prices, stocks, poverty, schools, tourism, taxes, health, jobs, order, social, civil, transport,
        more_prices, more_people, more_offices, combinations, other_kinds, lines, sums, figures_and_keys,
        beside_and_below, axes,
    ):
        write()
