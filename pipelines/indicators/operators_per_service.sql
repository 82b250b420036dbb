-- title.id: Operator per layanan
-- title.en: Operators per service
-- theme: innovation
-- unit: operators
-- better: higher
-- grain: as-of
-- universe: autonomous
-- expects: universe
-- datasets: service_activity
-- reads: service_activity (same region, last 90 days)
-- method.id: Rata-rata operator pada baris kegiatan 90 hari terakhir tiap layanan, lalu dirata-ratakan atas layanan
--   yang melaporkan operator.
-- method.en: Mean of the operators in a service's activity rows of the last 90 days, then the mean over the services
--   that report operators.
-- source: Laporan kegiatan layanan daerah
-- owner: Badan Strategi Kebijakan Dalam Negeri (BSKDN)
-- decimals: 1
WITH per_service AS (
  SELECT a.region_code, a.service, avg(CAST(a.operators AS DOUBLE)) AS operators, count(*) AS n_rows
  FROM service_activity a
  WHERE a.date > CAST($as_of AS DATE) - INTERVAL '90' DAY AND a.date <= CAST($as_of AS DATE)
    AND a.operators IS NOT NULL
  GROUP BY a.region_code, a.service
)
SELECT region_code,
       substr(CAST(CAST($as_of AS DATE) AS VARCHAR), 1, 7) AS period,
       sum(operators) / count(*) AS value,
       sum(operators) AS numerator,
       count(*) AS denominator,
       sum(n_rows) AS n_rows
FROM per_service
GROUP BY region_code
