-- title.id: Layanan dengan masukan dalam 30 hari terakhir
-- title.en: Services with input in the last 30 days
-- theme: innovation
-- unit: services
-- better: higher
-- grain: as-of
-- universe: autonomous
-- expects: universe
-- datasets: commitment, service_activity
-- reads: commitment (same region); service_activity (same region, up to as-of)
-- method.id: Jumlah layanan yang mempunyai paling sedikit satu baris kegiatan dalam 30 hari terakhir, berapa pun
--   transaksinya. Daerah yang berkomitmen atau pernah melapor tetapi tidak memasukkan apa pun bernilai 0;
--   daerah lain tidak bernilai.
-- method.en: Number of services with at least one activity row in the last 30 days, whatever its transactions. A
--   region that committed or ever reported and put nothing in has 0; any other region has no value.
-- source: Komitmen Puja Indah dan laporan kegiatan layanan daerah
-- owner: Badan Strategi Kebijakan Dalam Negeri (BSKDN)
-- decimals: 0
WITH reporting AS (
  SELECT DISTINCT region_code FROM commitment
  UNION
  SELECT DISTINCT a.region_code FROM service_activity a WHERE a.date <= CAST($as_of AS DATE)
), counted AS (
  SELECT a.region_code, a.service
  FROM service_activity a
  WHERE a.date > CAST($as_of AS DATE) - INTERVAL '30' DAY AND a.date <= CAST($as_of AS DATE)
  GROUP BY a.region_code, a.service
)
SELECT r.region_code,
       substr(CAST(CAST($as_of AS DATE) AS VARCHAR), 1, 7) AS period,
       count(c.service) AS value,
       count(c.service) AS numerator,
       NULL AS denominator
FROM reporting r
LEFT JOIN counted c ON c.region_code = r.region_code
GROUP BY r.region_code
