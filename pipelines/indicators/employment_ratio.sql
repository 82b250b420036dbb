-- title.id: Rasio penduduk bekerja terhadap usia kerja
-- title.en: Employment-to-population ratio
-- theme: labour
-- unit: percent
-- better: higher
-- grain: month, quarter, semester, year
-- universe: all
-- expects: labour
-- datasets: labour
-- reads: labour (same region, same period)
-- method.id: 100 × penduduk bekerja ÷ penduduk usia kerja, pada periode yang sama.
-- method.en: 100 × employed ÷ working-age people, of the same period.
-- source: Survei Angkatan Kerja Nasional (Sakernas), BPS; laporan dinas tenaga kerja
-- owner: Direktorat Jenderal Bina Pembangunan Daerah
-- decimals: 2
SELECT region_code,
       period,
       100.0 * employed / NULLIF(working_age, 0) AS value,
       employed AS numerator,
       working_age AS denominator
FROM labour
