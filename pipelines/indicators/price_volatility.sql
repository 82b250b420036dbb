-- title.id: Gejolak harga
-- title.en: Price volatility
-- theme: price
-- unit: percent
-- better: lower
-- grain: month
-- universe: all
-- expects: commodity_price
-- datasets: commodity_price
-- reads: commodity_price (same region, same period)
-- method.id: Rata-rata atas komoditas dari simpangan baku (sampel) harga harian ÷ rata-ratanya dalam bulan itu, dalam
--   persen. Harga harian: rata-rata antarpasar. Komoditas dengan kurang dari lima hari harga tidak dihitung.
-- method.en: Mean over commodities of the (sample) standard deviation of daily prices ÷ their mean within the month,
--   in percent. Daily price: mean over markets. A commodity with fewer than five days of prices is left out.
-- source: Panel Harga Pangan, PIHPS dan laporan harga pasar daerah
-- owner: Direktorat Jenderal Bina Pembangunan Daerah
-- decimals: 2
WITH daily AS (
  -- A price is compared with prices of the same commodity in the same unit only.
  SELECT p.region_code, p.commodity_code, coalesce(p.unit, '') AS unit, p.date,
         avg(CAST(p.price AS DOUBLE)) AS price, count(*) AS n_rows
  FROM commodity_price p
  WHERE p.price_level = 'consumer' AND p.date <= CAST($as_of AS DATE) AND p.price > 0
  GROUP BY p.region_code, p.commodity_code, coalesce(p.unit, ''), p.date
), spread AS (
  SELECT region_code, commodity_code, date_trunc('month', date) AS price_month,
         stddev(price) / avg(price) AS variation, sum(n_rows) AS n_rows
  FROM daily
  GROUP BY region_code, commodity_code, unit, date_trunc('month', date)
  HAVING count(*) >= 5
)
SELECT region_code,
       substr(CAST(price_month AS VARCHAR), 1, 7) AS period,
       100.0 * sum(variation) / count(*) AS value,
       sum(variation) AS numerator,
       count(*) AS denominator,
       sum(n_rows) AS n_rows
FROM spread
GROUP BY region_code, price_month
