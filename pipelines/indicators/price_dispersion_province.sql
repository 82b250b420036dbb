-- title.id: Selisih tingkat harga terhadap rata-rata provinsi
-- title.en: Price level against the province's mean
-- theme: price
-- unit: percent
-- better: neutral
-- grain: month
-- universe: all
-- expects: commodity_price
-- datasets: commodity_price
-- reads: commodity_price (all regions, same period); regions (all regions)
-- method.id: 100 × (tingkat harga daerah ÷ rata-rata tingkat harga kabupaten/kota di provinsinya − 1). Hanya
--   kabupaten/kota. Berstatus tidak lengkap (incomplete) bila kurang dari tiga kabupaten/kota di provinsi
--   itu melapor.
-- method.en: 100 × (the region's price level ÷ mean price level of the regencies and cities of its province − 1).
--   Regencies and cities only. Marked incomplete when fewer than three of the province report.
-- source: Panel Harga Pangan, PIHPS dan laporan harga pasar daerah
-- owner: Direktorat Jenderal Bina Pembangunan Daerah
-- decimals: 1
WITH monthly AS (
  -- A price is compared with prices of the same commodity in the same unit only.
  SELECT p.region_code, p.commodity_code, coalesce(p.unit, '') AS unit, date_trunc('month', p.date) AS price_month,
         avg(CAST(p.price AS DOUBLE)) AS price, count(*) AS n_rows
  FROM commodity_price p
  WHERE p.price_level = 'consumer' AND p.date <= CAST($as_of AS DATE) AND p.price > 0
  GROUP BY p.region_code, p.commodity_code, coalesce(p.unit, ''), date_trunc('month', p.date)
), tiered AS (
  -- Provinces are compared with provinces, regencies and cities with each other.
  SELECT m.*, r.province_code, CASE WHEN r.level = 'province' THEN 'province' ELSE 'regency' END AS tier
  FROM monthly m
  JOIN regions r ON r.region_code = m.region_code
), national AS (
  SELECT tier, price_month, commodity_code, unit, median(price) AS price
  FROM tiered
  GROUP BY tier, price_month, commodity_code, unit
), levels AS (
  SELECT t.region_code, t.province_code, t.price_month, sum(t.price / n.price) / count(*) AS price_level,
         sum(t.n_rows) AS n_rows
  FROM tiered t
  JOIN national n ON n.tier = t.tier AND n.price_month = t.price_month
                  AND n.commodity_code = t.commodity_code AND n.unit = t.unit
  WHERE t.tier = 'regency'
  GROUP BY t.region_code, t.province_code, t.price_month
), provinces AS (
  SELECT province_code, price_month, sum(price_level) / count(*) AS price_level, count(*) AS regions
  FROM levels
  GROUP BY province_code, price_month
)
SELECT l.region_code,
       substr(CAST(l.price_month AS VARCHAR), 1, 7) AS period,
       100.0 * (l.price_level / mean.price_level - 1.0) AS value,
       l.price_level AS numerator,
       mean.price_level AS denominator,
       l.n_rows,
       CASE WHEN mean.regions < 3 THEN 'incomplete' ELSE 'ok' END AS status
FROM levels l
JOIN provinces mean ON mean.province_code = l.province_code AND mean.price_month = l.price_month
