"""Crosstabs whose headers are parts of the calendar, sexes, markets; and units without brackets. See make.py."""

from make import book, day, formats, grid, merge, save, text

EVENTS = [["Kelahiran", 2810, 2644, 2733], ["Kematian", 1010, 955, 987]]
YEAR_TITLE = [["PELAPORAN PERISTIWA PENTING TAHUN 2026"], []]


def months():
    days = [day(2026, month, 1) for month in (1, 2, 3)]
    made, data = book("Rekap")
    grid(data, [*YEAR_TITLE, ["Jenis Peristiwa", "Bulan"], [None, *days], *EVENTS])
    merge(data, "A3:A4", "B3:D3")
    formats(data, "B4:D4", "mmm\\-yy")
    save(made, "months-as-date-cells.xlsx")

    made, data = book("Rekap")
    old, new = [day(2025, 11, 1), day(2025, 12, 1)], [day(2026, 1, 1), day(2026, 2, 1)]
    grid(data, [
        ["PELAPORAN PERISTIWA PENTING"], [], ["Jenis Peristiwa", 2025, None, 2026], [None, *old, *new],
        ["Kelahiran", 2790, 2801, 2810, 2644], ["Kematian", 940, 1002, 1010, 955],
    ])
    merge(data, "A3:A4", "B3:C3", "D3:E3")
    formats(data, "B4:E4", "mmmm")
    save(made, "months-as-date-cells-under-years.xlsx")

    # The cells show Jan, Feb, Mar; the year that they hold is that of the day when they were typed.
    made, data = book("Rekap")
    grid(data, [*YEAR_TITLE, ["Jenis Peristiwa", *[day(2025, month, 1) for month in (1, 2, 3)]], *EVENTS])
    formats(data, "B3:D3", "mmm")
    save(made, "months-as-date-cells-other-year.xlsx")

    made, data = book("Rekap")
    grid(data, [["PELAPORAN PERISTIWA PENTING"], [], ["Jenis Peristiwa", 46023, 46054, 46082], *EVENTS])
    save(made, "months-as-bare-serials.xlsx")

    made, data = book("Rekap")
    grid(data, [
        *YEAR_TITLE, ["No", "Jenis Peristiwa", "Bulan", None, None, "Jumlah"], [None, None, 1, 2, 3],
        [1, *EVENTS[0], 8187], [2, *EVENTS[1], 2950],
    ])
    merge(data, "A3:A4", "B3:B4", "C3:E3", "F3:F4")
    save(made, "months-as-numbers.xlsx")

    text("column-numbers-below-months.csv", [
        "PELAPORAN PERISTIWA PENTING TAHUN 2026;;;;", "Jenis Peristiwa;Jan;Feb;Mar", "1;2;3;4",
        "Kelahiran;2.810;2.644;2.733", "Kematian;1.010;955;987",
    ])


WORK = ["Penduduk Usia Kerja", "Angkatan Kerja", "Bekerja", "Pengangguran"]


def quarters():
    made, data = book("Sakernas")
    grid(data, [
        ["KETENAGAKERJAAN DAERAH ISTIMEWA YOGYAKARTA TAHUN 2025"], [], ["Kabupaten/Kota", "Triwulan"],
        [None, "I", None, None, None, "II"], [None, *WORK * 2],
        ["Kab. Bantul", 800000, 560000, 541000, 19000, 801000, 562000, 543500, 18500],
        ["Kota Yogyakarta", 330000, 232000, 218000, 14000, 331000, 233000, 219500, 13500],
    ])
    merge(data, "A3:A5", "B3:I3", "B4:E4", "F4:I4")
    save(made, "quarters-as-numerals.xlsx")

    rows = [
        ["Kabupaten/Kota", "Semester I", None, None, "Semester II"], [None, *["Laki-laki", "Perempuan", "Jumlah"] * 2],
        ["Kab. Bantul", 484000, 491000, 975000, 484120, 491380, 975500],
        ["Kota Yogyakarta", 201000, 211500, 412500, 201150, 211600, 412750],
    ]
    made, data = book("Semester")
    grid(data, [["PENDUDUK DAERAH ISTIMEWA YOGYAKARTA TAHUN 2025"], [], *rows])
    merge(data, "A3:A4", "B3:D3", "E3:G3")
    save(made, "semesters-of-the-title-year.xlsx")

    made, data = book("Semester")
    grid(data, [
        ["PENDUDUK DAERAH ISTIMEWA YOGYAKARTA"], [],
        ["Kabupaten/Kota", "Tahun 2025", None, None, None, None, None],
        [None, "Semester I", None, None, "Semester II", None, None],
        [None, *["Laki-laki", "Perempuan", "Jumlah"] * 2],
        ["Kab. Bantul", 484000, 491000, 975000, 484120, 491380, 975500],
        ["Kota Yogyakarta", 201000, 211500, 412500, 201150, 211600, 412750],
    ])
    merge(data, "A3:A5", "B3:G3", "B4:D4", "E4:G4")
    save(made, "semesters-under-a-year.xlsx")


STAPLES = [("Bawang Merah", 32000), ("Gula Pasir", 17500)]


def days():
    made, data = book("Harian")
    grid(data, [
        ["PERKEMBANGAN HARGA HARIAN"], ["BULAN NOVEMBER 2026"], ["Pasar : Kosambi"], [],
        ["Komoditas", "Satuan", "Tanggal"], [None, None, *range(1, 32)],
        *[[name, "kg", *[0 if date == 1 else price + 100 * date for date in (1, 2, 3)]] for name, price in STAPLES],
    ])
    merge(data, "A5:A6", "B5:B6", "C5:AG5")
    save(made, "days-below-tanggal.xlsx")

    numbers = ";".join(str(number) for number in range(1, 32))
    blanks = ";" * 28
    text("days-beyond-the-month.csv", [
        "HARGA HARIAN BULAN NOVEMBER 2026;;", "Komoditas;Satuan;Tanggal" + ";" * 30, ";;" + numbers,
        f"Bawang Merah;kg;32100;32200{blanks};32900", f"Gula Pasir;kg;17600;17700{blanks};-",
    ])

    text("days-with-month-beside.csv", [
        "HARGA KEBUTUHAN POKOK;;;;", "Bulan;:;Oktober;;", "Tahun;:;2026;;", ";;Tgl;;", "Komoditas;Satuan;1;2;3",
        "Bawang Merah;kg;32100;32200;32300", "Gula Pasir;kg;17600;17700;17800",
    ])

    text("days-below-months.csv", [
        "HARGA KEBUTUHAN POKOK;;;;;", "Komoditas;Satuan;Oktober 2026;;November 2026;", ";;1;2;1;2",
        "Bawang Merah;kg;32100;32200;33100;33200", "Gula Pasir;kg;17600;17700;17500;17550",
    ])

    text("days-without-a-month.csv", [
        "HARGA HARIAN KEBUTUHAN POKOK;;;;", "Komoditas;Satuan;Tanggal;;", ";;1;2;3", "Bawang Merah;kg;32100;32200;32300",
        "Gula Pasir;kg;17600;17700;17800",
    ])

    made, data = book("Rata-rata")
    first = [day(2026, month, 1) for month in (8, 9, 10)]
    grid(data, [["HARGA RATA-RATA"], ["Komoditas", "Satuan", *first], *[[name, "kg", *[price] * 3] for name, price in STAPLES]])
    formats(data, "C2:E2", "mmm\\-yy")
    save(made, "days-or-months.xlsx")

    text("conflict-on-one-day.csv", [
        "HARGA KEBUTUHAN POKOK;;;;;;", "Komoditas;Satuan;2 Nov 2026;3 Nov 2026;4 Nov 2026;5 Nov 2026;6 Nov 2026",
        "Bawang Merah;kg;32000;32000;320000;32000;32000", "Bawang Merah;kg;33000;;;;",
    ])

    made, data = book("Data Rekap")
    grid(data, [
        ["PELAPORAN PERISTIWA PENTING TAHUN 2026"], [], ["Kecamatan", "Jenis Peristiwa", "Januari", "Februari", "Maret"],
        ["Coblong", "Kelahiran", 60, 30, "abc"], ["Cicendo", "Kelahiran", 20, 40, 50],
        ["Cicendo", "Kelahiran", 21, 40, 50],
    ])
    save(made, "months-with-wrong-cells.xlsx")

    text("weeks-as-columns.csv", [
        "HARGA MINGGUAN BULAN OKTOBER 2026;;;;;", "Komoditas;Satuan;Minggu I;Minggu II;Minggu III;Minggu IV",
        "Bawang Merah;kg;31000;31500;32000;32500", "Gula Pasir;kg;17500;17500;17600;17600",
    ])
    text("weeks-as-numbers.csv", [
        "HARGA MINGGUAN BULAN OKTOBER 2026;;;;;", "Komoditas;Satuan;Minggu ke;;;", ";;1;2;3;4",
        "Bawang Merah;kg;31000;31500;32000;32500", "Gula Pasir;kg;17500;17500;17600;17600",
    ])


def sexes():
    header = [
        ["LAMPID KOTA BANDUNG"], ["Bulan", ":", "Oktober 2026"], [],
        ["No", "Kecamatan", "Peristiwa", *[None] * 11],
        [None, None, "Lahir", None, None, "Mati", None, None, "Datang", None, None, "Pindah", None, None],
        [None, None, *["L", "P", "Jml"] * 4],
    ]
    made, data = book("Lampid")
    grid(data, [
        *header, [1, "Andir", 36, 35, 71, 20, 18, 38, 19, 21, 40, 30, 33, 63],
        [2, "Coblong", 44, 40, 84, 21, 25, 46, 30, 28, 59, 41, 39, 80],
        ["JUMLAH", None, 80, 75, 155, 41, 43, 84, 49, 49, 99, 71, 72, 143],
    ])
    merge(data, "A4:A6", "B4:B6", "C4:N4", "C5:E5", "F5:H5", "I5:K5", "L5:N5", "A9:B9")
    save(made, "lampid-by-sex.xlsx")

    text("lampid-without-sums.csv", [
        "LAMPID BULAN OKTOBER 2026;;;;", "Kecamatan;Lahir;;Mati;", ";L;P;L;P", "Andir;36;35;20;18", "Coblong;44;40;21;25",
    ])


def places():
    made, data = book("Harga")
    grid(data, [
        ["HARGA PANGAN 12 NOVEMBER 2026"], [], ["Komoditas", "Harga (Rp)", None, "Rata-rata"],
        [None, "Pasar Kosambi", "Pasar Baru"], ["Bawang Merah", 32000, 33000, 32500], ["Gula Pasir", 17500, 17900, 17700],
    ])
    merge(data, "A3:A4", "B3:C3", "D3:D4")
    save(made, "markets-below-price.xlsx")

    text("markets-below-price-per-ons.csv", [
        "HARGA PANGAN 12 NOVEMBER 2026;;", "Komoditas;Harga Rp/ons;", ";Pasar Kosambi;Pasar Baru",
        "Bawang Merah;3.200;3.300", "Gula Pasir;1.750;1.790",
    ])

    text("price-levels-as-columns.csv", [
        "HARGA PANGAN 12 NOVEMBER 2026;;", "Komoditas;Harga;", ";Pasar Tradisional;Pasar Modern",
        "Bawang Merah;32.000;41.000", "Gula Pasir;17.500;18.900",
    ])


def units():
    text("unit-behind-header.csv", [
        "Komoditas;Tanggal;Harga Rp/ons", "Bawang Merah;12/11/2026;3.200", "Gula Pasir;12/11/2026;1.750",
    ])
    text("unit-in-title-line.csv", [
        "HARGA PANGAN KOTA BANDUNG;;", "Satuan: Rp/ons;;", "Komoditas;Tanggal;Harga",
        "Bawang Merah;12/11/2026;3.200", "Gula Pasir;12/11/2026;1.750",
    ])
    text("thousands-behind-header.csv", [
        "Kabupaten/Kota;Periode;Laki-laki ribu jiwa;Perempuan ribu jiwa;Jumlah Penduduk ribu jiwa",
        "Kab. Bantul;Semester I 2026;484,12;491,38;975,5", "Kota Yogyakarta;Semester I 2026;201,15;211,6;412,75",
    ])
    text("thousands-of-what-in-title.csv", [
        "REALISASI PAJAK DAERAH OKTOBER 2026 DALAM RIBUAN;;", "Jenis Pajak;Target;Realisasi Bulan Ini",
        "Pajak Hotel;45.000;41.250", "Pajak Restoran;52.000;49.500",
    ])


def axes():
    for write in (months, quarters, days, sexes, places, units):
        write()
