-- title.id: Kelengkapan pelaporan
-- title.en: Completeness of reporting
-- theme: reporting
-- unit: percent
-- better: higher
-- grain: as-of
-- universe: autonomous
-- expects: universe
-- datasets: population, labour, commodity_price, service_activity
-- reads: expected (same region, up to as-of); population (same region); labour (same region); commodity_price
--   (same region); service_activity (same region)
-- method.id: 100 × laporan yang sudah diterima ÷ laporan yang jatuh tempo sampai tanggal acuan, atas semua dataset
--   yang menyatakan cakupan. Satu laporan: daerah × periode; diterima bila ada paling sedikit satu baris
--   dalam periode itu, tepat waktu atau tidak.
-- method.en: 100 × reports received ÷ reports due up to the as-of date, over all datasets that declare coverage. One
--   report: region × period; received when at least one row of that period is there, in time or not.
-- source: Cakupan yang dinyatakan dalam kontrak dataset; kiriman yang diterima
-- owner: Pusat Data dan Sistem Informasi Kementerian Dalam Negeri
-- decimals: 1
WITH reports AS (
  SELECT 'population' AS dataset, region_code, period_start, period_end, _submission FROM population
  UNION ALL
  SELECT 'labour' AS dataset, region_code, period_start, period_end, _submission FROM labour
  UNION ALL
  SELECT DISTINCT 'commodity_price' AS dataset, region_code, date AS period_start, date AS period_end, _submission
  FROM commodity_price
  UNION ALL
  SELECT DISTINCT 'service_activity' AS dataset, region_code, date AS period_start, date AS period_end, _submission
  FROM service_activity
), judged AS (
  SELECT e.dataset, e.region_code, e.period, CASE WHEN count(r.region_code) > 0 THEN 1 ELSE 0 END AS received
  FROM expected e
  LEFT JOIN reports r ON r.dataset = e.dataset AND r.region_code = e.region_code
                     AND r.period_start >= e.period_start AND r.period_end <= e.period_end
  WHERE e.due_on <= CAST($as_of AS DATE)
  GROUP BY e.dataset, e.region_code, e.period
)
SELECT region_code,
       substr(CAST(CAST($as_of AS DATE) AS VARCHAR), 1, 7) AS period,
       100.0 * sum(received) / count(*) AS value,
       sum(received) AS numerator,
       count(*) AS denominator
FROM judged
GROUP BY region_code
