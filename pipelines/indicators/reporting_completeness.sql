-- title.id: Kelengkapan pelaporan
-- title.en: Completeness of reporting
-- theme: reporting
-- unit: percent
-- better: higher
-- grain: as-of
-- universe: autonomous
-- expects: universe
-- datasets: expected
-- reads: expected (same region, up to as-of)
-- method.id: 100 × laporan yang sudah diterima ÷ laporan yang jatuh tempo sampai tanggal acuan, atas semua dataset
--   yang menyatakan cakupan. Satu laporan: daerah × periode; diterima bila ada paling sedikit satu baris
--   dalam periode itu, tepat waktu atau tidak.
-- method.en: 100 × reports received ÷ reports due up to the as-of date, over all datasets that declare coverage. One
--   report: region × period; received when at least one row of that period is there, in time or not.
-- source: Cakupan yang dinyatakan dalam kontrak dataset; kiriman yang diterima
-- owner: Pusat Data dan Sistem Informasi Kementerian Dalam Negeri
-- decimals: 1
SELECT region_code,
       substr(CAST(CAST($as_of AS DATE) AS VARCHAR), 1, 7) AS period,
       100.0 * sum(CASE WHEN received_on IS NOT NULL THEN 1 ELSE 0 END) / count(*) AS value,
       sum(CASE WHEN received_on IS NOT NULL THEN 1 ELSE 0 END) AS numerator,
       count(*) AS denominator
FROM expected
WHERE due_on <= CAST($as_of AS DATE)
GROUP BY region_code
