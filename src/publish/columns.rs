//! What the columns are that no contract describes, in both languages.

/// A column's title in Bahasa Indonesia and English, the same wherever the column stands.
pub struct ColumnTitle {
    pub name: &'static str,
    pub id: &'static str,
    pub en: &'static str,
}

const fn title(name: &'static str, id: &'static str, en: &'static str) -> ColumnTitle {
    ColumnTitle { name, id, en }
}

/// The title of a column; none for one that is not listed.
pub fn column_title(name: &str) -> Option<&'static ColumnTitle> {
    TITLES.iter().find(|column| column.name == name)
}

const TITLES: [ColumnTitle; 100] = [
    // Where a row came from.
    title("_submission", "Nomor kiriman", "Number of the submission"),
    title(
        "_part",
        "Bagian kiriman (lihat submissions)",
        "Part of the submission (see submissions)",
    ),
    title(
        "_row",
        "Baris lembar, baris berkas, atau nomor rekaman",
        "Sheet row, line of the file, or number of the record",
    ),
    title(
        "_column",
        "Kolom lembar, bila baris berasal dari kolom",
        "Column of the sheet, where the row was made from a column",
    ),
    title("period_start", "Hari pertama periode", "First day of the period"),
    title("period_end", "Hari terakhir periode", "Last day of the period"),
    // Regions.
    title("region_code", "Kode wilayah Kemendagri", "Kemendagri region code"),
    title("bps_code", "Kode wilayah BPS", "BPS region code"),
    title("name", "Nama daerah", "Name of the region"),
    title(
        "level",
        "Tingkat daerah (province, regency, city)",
        "Level of the region (province, regency, city)",
    ),
    title("province_code", "Kode provinsi", "Code of the province"),
    title("province_name", "Nama provinsi", "Name of the province"),
    title(
        "population_total",
        "Penduduk menurut registrasi sipil, 31 Desember 2024",
        "People in civil registration, 31 December 2024",
    ),
    title("area_km2", "Luas (km2)", "Area (km2)"),
    title("autonomous", "Daerah otonom", "Governs itself"),
    title("valid_from", "Kode berlaku sejak", "Code valid from"),
    title("valid_to", "Kode tidak berlaku sejak", "Code no longer valid from"),
    title("region_today", "Kode wilayah sekarang", "Region code of today"),
    title(
        "change_kind",
        "Jenis perubahan (split, merge, recode, rename)",
        "Kind of change (split, merge, recode, rename)",
    ),
    title("old_code", "Kode lama", "Old code"),
    title("new_code", "Kode baru", "New code"),
    title("old_name", "Nama lama", "Old name"),
    title("new_name", "Nama baru", "New name"),
    title("effective_date", "Berlaku sejak", "In force from"),
    title("basis", "Asal tanggalnya", "Where the date comes from"),
    title("borders", "Batas wilayah (today, common)", "Borders (today, common)"),
    title("first_day", "Hari pertama", "First day"),
    title("last_day", "Hari terakhir", "Last day"),
    title("part_code", "Kode bagian wilayah", "Code of the part"),
    title("parts", "Jumlah bagian", "Number of parts"),
    title("system", "Sistem kode", "Code system"),
    title("source_id", "Kode di sistem itu", "Id in that system"),
    // Submissions.
    title("submission", "Nomor kiriman", "Number of the submission"),
    title("part", "Bagian kiriman", "Part of the submission"),
    title("dataset", "Dataset", "Dataset"),
    title("connector", "Sumber", "Source"),
    title("time_window", "Rentang yang diminta", "Window asked for"),
    title("file", "Nama berkas", "Name of the file"),
    title("sheet", "Lembar", "Sheet"),
    title("page", "Berkas atau jawaban ke berapa", "Number of the file or answer"),
    title("sha256", "SHA-256 isi asli", "SHA-256 of the raw bytes"),
    title(
        "received_on",
        "Diterima pada tanggal acuan",
        "Received on the as-of date",
    ),
    title("status", "Status", "Status"),
    title("illustrative", "Ilustratif, bukan data nyata", "Illustrative, not real"),
    title("rows_read", "Baris dibaca", "Rows read"),
    title("rows_accepted", "Baris diterima", "Rows accepted"),
    title("rows_quarantined", "Baris ditahan", "Rows quarantined"),
    // Lists of codes.
    title("list", "Nama daftar kode", "Name of the list of codes"),
    title(
        "list_title_id",
        "Isi daftar kode (Bahasa Indonesia)",
        "What the list is of (Bahasa Indonesia)",
    ),
    title(
        "list_title_en",
        "Isi daftar kode (bahasa Inggris)",
        "What the list is of (English)",
    ),
    title("name_id", "Nama dalam bahasa Indonesia", "Name in Indonesian"),
    title("name_en", "Nama dalam bahasa Inggris", "Name in English"),
    // Findings.
    title("row", "Baris", "Row"),
    title(
        "column_number",
        "Kolom lembar dari baris itu, bila berasal dari kolom",
        "Column of the sheet of that row, where it was made from a column",
    ),
    title(
        "code",
        "Kode, dari temuan atau di daftarnya",
        "Code, of the finding or in its list",
    ),
    title(
        "severity",
        "Beratnya (error, warning, note)",
        "Severity (error, warning, note)",
    ),
    title("cell", "Sel", "Cell"),
    title("line", "Baris berkas", "Line of the file"),
    title("column_name", "Kolom", "Column"),
    title("value", "Nilai", "Value"),
    title(
        "message_id",
        "Penjelasan (Bahasa Indonesia)",
        "Message (Bahasa Indonesia)",
    ),
    title("message_en", "Penjelasan (bahasa Inggris)", "Message (English)"),
    title(
        "hint_id",
        "Cara memperbaiki (Bahasa Indonesia)",
        "How to mend it (Bahasa Indonesia)",
    ),
    title(
        "hint_en",
        "Cara memperbaiki (bahasa Inggris)",
        "How to mend it (English)",
    ),
    // Indicators.
    title("indicator_id", "Indikator", "Indicator"),
    title("period", "Periode", "Period"),
    title("unit", "Satuan", "Unit"),
    title("numerator", "Pembilang", "Numerator"),
    title("denominator", "Penyebut", "Denominator"),
    title("n_rows", "Jumlah baris sumber", "Source rows"),
    title("title_id", "Nama (Bahasa Indonesia)", "Title (Bahasa Indonesia)"),
    title("title_en", "Nama (bahasa Inggris)", "Title (English)"),
    title("theme", "Tema", "Theme"),
    title(
        "better",
        "Arah yang baik (higher, lower, neutral)",
        "Which way is good (higher, lower, neutral)",
    ),
    title("grain", "Panjang periode", "Length of the period"),
    title("universe", "Daerah yang diukur", "Regions that are measured"),
    title(
        "method_id",
        "Cara hitung (Bahasa Indonesia)",
        "Method (Bahasa Indonesia)",
    ),
    title("method_en", "Cara hitung (bahasa Inggris)", "Method (English)"),
    title("source", "Sumber data", "Source of the figures"),
    title("datasets", "Dataset yang dipakai", "Datasets used"),
    title("reads", "Baris sumber yang dibaca", "Source rows read"),
    title("owner", "Penanggung jawab", "Responsible directorate"),
    title("sql_sha256", "SHA-256 berkas SQL", "SHA-256 of the SQL file"),
    title("decimals", "Angka di belakang koma", "Digits after the point"),
    // Quality.
    title("expected", "Laporan yang diharapkan", "Reports expected"),
    title("reported", "Laporan yang diterima", "Reports received"),
    title("on_time", "Laporan yang tepat waktu", "Reports in time"),
    title("due_on", "Jatuh tempo", "Due on"),
    title("days_late", "Hari keterlambatan", "Days late"),
    title("reports_due", "Laporan yang jatuh tempo", "Reports due"),
    title("reports_received", "Di antaranya diterima", "Of those received"),
    title("reports_on_time", "Di antaranya tepat waktu", "Of those in time"),
    title(
        "completeness",
        "Kelengkapan, 0 sampai 1: reports_received / reports_due",
        "Completeness, 0 to 1: reports_received / reports_due",
    ),
    title(
        "timeliness",
        "Ketepatan waktu, 0 sampai 1: reports_on_time / reports_due",
        "Timeliness, 0 to 1: reports_on_time / reports_due",
    ),
    title(
        "rows_valid",
        "Baris dibaca yang tidak ditahan",
        "Rows read that were not quarantined",
    ),
    title(
        "validity",
        "Kesahihan, 0 sampai 1: rows_valid / rows_read",
        "Validity, 0 to 1: rows_valid / rows_read",
    ),
    title(
        "rows_unusual",
        "Baris yang menyimpang dari angka sebelumnya",
        "Rows out of line with earlier figures",
    ),
    title(
        "consistency",
        "Konsistensi antarwaktu, 0 sampai 1: 1 - rows_unusual / rows_accepted",
        "Consistency over time, 0 to 1: 1 - rows_unusual / rows_accepted",
    ),
    title("submissions", "Jumlah kiriman", "Submissions"),
    title(
        "revisions",
        "Kiriman yang mengubah periode yang sudah ditutup",
        "Submissions that changed closed periods",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::tables::TABLES;

    #[test]
    fn every_column_of_every_table_has_a_title_and_none_is_idle() {
        let schemas = TABLES.map(|table| (table.schema)());
        let used: Vec<&str> = schemas
            .iter()
            .flat_map(|schema| schema.fields().iter().map(|field| field.name().as_str()))
            .collect();
        for column in &used {
            assert!(column_title(column).is_some(), "{column} has no title");
            assert!(
                !crate::config::is_reserved(column),
                "analysts would have to quote {column}"
            );
        }
        let in_datasets = ["_submission", "_part", "_row", "_column", "period_start", "period_end"];
        for title in &TITLES {
            assert!(
                used.contains(&title.name) || in_datasets.contains(&title.name),
                "{} is used nowhere",
                title.name
            );
            assert_eq!(
                TITLES.iter().filter(|other| other.name == title.name).count(),
                1,
                "{} twice",
                title.name
            );
        }
    }
}
