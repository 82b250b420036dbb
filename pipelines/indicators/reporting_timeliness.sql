-- title.id: Ketepatan waktu pelaporan
-- title.en: Timeliness of reporting
-- theme: reporting
-- unit: percent
-- better: higher
-- grain: as-of
-- universe: autonomous
-- expects: universe
-- datasets: population, labour, commodity_price, service_activity
-- reads: expected (same region, up to as-of); submissions (all regions); population (same region); labour (same
--   region); commodity_price (same region); service_activity (same region)
-- method.id: 100 × laporan yang diterima paling lambat pada tanggal jatuh temponya ÷ laporan yang jatuh tempo sampai
--   tanggal acuan. Tanggal terima: kiriman paling awal yang barisnya masih berlaku untuk daerah dan periode
--   itu; bila seluruh baris dikoreksi, tanggal koreksinya yang dihitung.
-- method.en: 100 × reports received no later than their due date ÷ reports due up to the as-of date. Date of receipt:
--   the earliest submission that still holds a row of the region and period; where every row was corrected,
--   the date of the correction counts.
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
), dated AS (
  SELECT submission, min(received_on) AS received_on
  FROM submissions
  GROUP BY submission
), judged AS (
  SELECT e.dataset, e.region_code, e.period, e.due_on, min(s.received_on) AS received_on
  FROM expected e
  LEFT JOIN reports r ON r.dataset = e.dataset AND r.region_code = e.region_code
                     AND r.period_start >= e.period_start AND r.period_end <= e.period_end
  LEFT JOIN dated s ON s.submission = r._submission
  WHERE e.due_on <= CAST($as_of AS DATE)
  GROUP BY e.dataset, e.region_code, e.period, e.due_on
)
SELECT region_code,
       substr(CAST(CAST($as_of AS DATE) AS VARCHAR), 1, 7) AS period,
       100.0 * sum(CASE WHEN received_on <= due_on THEN 1 ELSE 0 END) / count(*) AS value,
       sum(CASE WHEN received_on <= due_on THEN 1 ELSE 0 END) AS numerator,
       count(*) AS denominator
FROM judged
GROUP BY region_code
