-- title.id: Tingkat pengangguran terbuka
-- title.en: Open unemployment rate
-- theme: labour
-- unit: percent
-- better: lower
-- grain: month, quarter, semester, year
-- universe: all
-- expects: labour
-- datasets: labour
-- reads: labour (same region, same period)
-- method.id: 100 × penganggur ÷ angkatan kerja, pada periode yang sama.
-- method.en: 100 × unemployed ÷ labour force, of the same period.
-- source: Survei Angkatan Kerja Nasional (Sakernas), BPS; laporan dinas tenaga kerja
-- owner: Direktorat Jenderal Bina Pembangunan Daerah
-- decimals: 2
SELECT region_code,
       period,
       100.0 * unemployed / NULLIF(labour_force, 0) AS value,
       unemployed AS numerator,
       labour_force AS denominator
FROM labour
