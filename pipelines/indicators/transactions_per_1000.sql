-- title.id: Transaksi layanan per 1.000 penduduk (90 hari)
-- title.en: Service transactions per 1,000 people (90 days)
-- theme: innovation
-- unit: per 1,000 people
-- better: higher
-- grain: as-of
-- universe: autonomous
-- expects: universe
-- datasets: service_activity, population
-- reads: service_activity (same region, last 90 days); population (same region, up to as-of)
-- method.id: 1.000 × transaksi 90 hari terakhir ÷ penduduk. Penduduk: baris terakhir yang periodenya sudah berakhir
--   pada tanggal acuan. Daerah tanpa laporan dalam 90 hari atau tanpa angka penduduk tidak bernilai.
-- method.en: 1,000 × transactions of the last 90 days ÷ people. People: the latest row whose period has ended by the
--   as-of date. A region without a report in the 90 days, or without a population figure, has no value.
-- source: Laporan kegiatan layanan daerah; penduduk Ditjen Dukcapil
-- owner: Badan Strategi Kebijakan Dalam Negeri (BSKDN)
-- decimals: 2
WITH latest AS (
  SELECT region_code, total
  FROM (
    SELECT p.region_code, p.total,
           row_number() OVER (PARTITION BY p.region_code ORDER BY p.period_end DESC, p.period_start DESC) AS place
    FROM population p
    WHERE p.period_end <= CAST($as_of AS DATE) AND p.total > 0
  ) ranked
  WHERE place = 1
), used AS (
  SELECT a.region_code, sum(a.transactions) AS transactions, count(*) AS n_rows
  FROM service_activity a
  WHERE a.date > CAST($as_of AS DATE) - INTERVAL '90' DAY AND a.date <= CAST($as_of AS DATE)
    AND a.transactions IS NOT NULL
  GROUP BY a.region_code
)
SELECT u.region_code,
       substr(CAST(CAST($as_of AS DATE) AS VARCHAR), 1, 7) AS period,
       1000.0 * u.transactions / l.total AS value,
       u.transactions AS numerator,
       l.total AS denominator,
       u.n_rows
FROM used u
LEFT JOIN latest l ON l.region_code = u.region_code
