-- title.id: Layanan Puja Indah yang sudah berjalan dari yang dijanjikan
-- title.en: Puja Indah services live out of those committed
-- theme: innovation
-- unit: percent
-- better: higher
-- grain: as-of
-- universe: autonomous
-- expects: universe
-- datasets: commitment, service_activity
-- reads: commitment (same region); service_activity (same region, up to as-of)
-- method.id: 100 × layanan yang berjalan ÷ layanan yang dijanjikan. Berjalan: ada paling sedikit satu baris kegiatan
--   sampai tanggal acuan. Daerah yang berkomitmen tetapi belum punya layanan berjalan bernilai 0; daerah
--   tanpa komitmen tidak bernilai.
-- method.en: 100 × services live ÷ services committed. Live: at least one activity row up to the as-of date. A
--   committed region with no live service has 0; a region without a commitment has no value.
-- source: Komitmen Puja Indah dan laporan kegiatan layanan daerah
-- owner: Badan Strategi Kebijakan Dalam Negeri (BSKDN)
-- decimals: 1
WITH live AS (
  SELECT DISTINCT a.region_code, a.service
  FROM service_activity a
  WHERE a.date <= CAST($as_of AS DATE)
)
SELECT c.region_code,
       substr(CAST(CAST($as_of AS DATE) AS VARCHAR), 1, 7) AS period,
       100.0 * count(l.service) / count(*) AS value,
       count(l.service) AS numerator,
       count(*) AS denominator
FROM commitment c
LEFT JOIN live l ON l.region_code = c.region_code AND l.service = c.service
GROUP BY c.region_code
