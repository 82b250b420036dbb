-- title.id: Perubahan harga dari bulan sebelumnya
-- title.en: Month-on-month price change
-- theme: price
-- unit: percent
-- better: lower
-- grain: month
-- universe: all
-- expects: commodity_price
-- datasets: commodity_price
-- reads: commodity_price (same region, same period, previous period)
-- method.id: 100 × (rata-rata atas komoditas dari harga rata-rata bulan ini ÷ bulan sebelumnya − 1). Hanya komoditas
--   yang berharga pada kedua bulan.
-- method.en: 100 × (mean over commodities of this month's mean price ÷ the previous month's − 1). Only commodities
--   priced in both months.
-- source: Panel Harga Pangan, PIHPS dan laporan harga pasar daerah
-- owner: Direktorat Jenderal Bina Pembangunan Daerah
-- decimals: 2
WITH monthly AS (
  -- A price is compared with prices of the same commodity in the same unit only.
  SELECT p.region_code, p.commodity_code, coalesce(p.unit, '') AS unit, date_trunc('month', p.date) AS price_month,
         avg(CAST(p.price AS DOUBLE)) AS price, count(*) AS n_rows
  FROM commodity_price p
  WHERE p.price_level = 'consumer' AND p.date <= CAST($as_of AS DATE) AND p.price > 0
  GROUP BY p.region_code, p.commodity_code, coalesce(p.unit, ''), date_trunc('month', p.date)
)
SELECT m.region_code,
       substr(CAST(m.price_month AS VARCHAR), 1, 7) AS period,
       100.0 * (sum(m.price / b.price) / count(*) - 1.0) AS value,
       sum(m.price / b.price) AS numerator,
       count(*) AS denominator,
       sum(m.n_rows + b.n_rows) AS n_rows
FROM monthly m
JOIN monthly b ON b.region_code = m.region_code AND b.commodity_code = m.commodity_code AND b.unit = m.unit
              AND b.price_month + INTERVAL '1' MONTH = m.price_month
GROUP BY m.region_code, m.price_month
