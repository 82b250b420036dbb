-- title.id: Tingkat harga
-- title.en: Price level
-- theme: price
-- unit: ratio
-- better: lower
-- grain: month
-- universe: all
-- expects: commodity_price
-- datasets: commodity_price
-- reads: commodity_price (all regions, same period); regions (all regions)
-- method.id: Rata-rata tak tertimbang atas komoditas dari harga konsumen rata-rata daerah ÷ median nasional bulan
--   yang sama, tiap komoditas dalam satuannya. Median kabupaten/kota dan median provinsi dihitung terpisah.
--   Berstatus tidak lengkap (incomplete) bila kurang dari sepuluh daerah setingkat melaporkan harga bulan
--   itu.
-- method.en: Unweighted mean over commodities of the region's mean consumer price ÷ national median of the same
--   month, each commodity in its unit. Regencies and cities have their own median, provinces theirs. Marked
--   incomplete when fewer than ten regions of the level report prices in that month.
-- source: Panel Harga Pangan, PIHPS dan laporan harga pasar daerah
-- owner: Direktorat Jenderal Bina Pembangunan Daerah
-- decimals: 3
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
), reporters AS (
  SELECT tier, price_month, count(DISTINCT region_code) AS regions
  FROM tiered
  GROUP BY tier, price_month
)
SELECT t.region_code,
       substr(CAST(t.price_month AS VARCHAR), 1, 7) AS period,
       sum(t.price / n.price) / count(*) AS value,
       sum(t.price / n.price) AS numerator,
       count(*) AS denominator,
       sum(t.n_rows) AS n_rows,
       CASE WHEN min(s.regions) < 10 THEN 'incomplete' ELSE 'ok' END AS status
FROM tiered t
JOIN national n ON n.tier = t.tier AND n.price_month = t.price_month
                AND n.commodity_code = t.commodity_code AND n.unit = t.unit
JOIN reporters s ON s.tier = t.tier AND s.price_month = t.price_month
GROUP BY t.region_code, t.price_month
