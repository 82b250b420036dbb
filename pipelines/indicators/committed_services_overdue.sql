-- title.id: Layanan yang dijanjikan dan lewat target
-- title.en: Committed services overdue
-- theme: innovation
-- unit: services
-- better: lower
-- grain: as-of
-- universe: autonomous
-- expects: universe
-- datasets: commitment, service_activity
-- reads: commitment (same region); service_activity (same region, up to as-of)
-- method.id: Jumlah layanan yang komitmennya sudah ditandatangani, tanggal targetnya sebelum tanggal acuan, dan belum
--   berjalan (belum ada baris kegiatan sampai tanggal acuan).
-- method.en: Number of services whose commitment is signed, whose target date lies before the as-of date and that are
--   not live (no activity row up to the as-of date).
-- source: Komitmen Puja Indah dan laporan kegiatan layanan daerah
-- owner: Badan Strategi Kebijakan Dalam Negeri (BSKDN)
-- decimals: 0
WITH live AS (
  SELECT DISTINCT a.region_code, a.service
  FROM service_activity a
  WHERE a.date <= CAST($as_of AS DATE)
), judged AS (
  SELECT c.region_code,
         CASE WHEN c.signed_on <= CAST($as_of AS DATE)
               AND c.target_date < CAST($as_of AS DATE)
               AND l.service IS NULL THEN 1 ELSE 0 END AS overdue
  FROM commitment c
  LEFT JOIN live l ON l.region_code = c.region_code AND l.service = c.service
)
SELECT region_code,
       substr(CAST(CAST($as_of AS DATE) AS VARCHAR), 1, 7) AS period,
       sum(overdue) AS value,
       sum(overdue) AS numerator,
       NULL AS denominator,
       count(*) AS n_rows
FROM judged
GROUP BY region_code
