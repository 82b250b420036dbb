-- title.id: Tingkat partisipasi angkatan kerja
-- title.en: Labour force participation rate
-- theme: labour
-- unit: percent
-- better: higher
-- grain: month, quarter, semester, year
-- universe: all
-- expects: labour
-- datasets: labour
-- reads: labour (same region, same period)
-- method.id: 100 × angkatan kerja ÷ penduduk usia kerja, pada periode yang sama.
-- method.en: 100 × labour force ÷ working-age people, of the same period.
-- source: Survei Angkatan Kerja Nasional (Sakernas), BPS; laporan dinas tenaga kerja
-- owner: Direktorat Jenderal Bina Pembangunan Daerah
-- decimals: 2
SELECT region_code,
       period,
       100.0 * labour_force / NULLIF(working_age, 0) AS value,
       labour_force AS numerator,
       working_age AS denominator
FROM labour
