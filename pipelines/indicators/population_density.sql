-- title.id: Kepadatan penduduk
-- title.en: Population density
-- theme: population
-- unit: people per km2
-- better: neutral
-- grain: semester, year
-- universe: all
-- expects: population
-- datasets: population
-- reads: population (same region, same period); regions (same region)
-- method.id: Jumlah penduduk ÷ luas wilayah (km²) menurut daftar wilayah. Daerah tanpa luas tidak bernilai.
-- method.en: People ÷ area (km²) of the region registry. A region without an area has no value.
-- source: Data kependudukan Ditjen Dukcapil; luas wilayah BIG
-- owner: Direktorat Jenderal Kependudukan dan Pencatatan Sipil
-- decimals: 1
SELECT p.region_code,
       p.period,
       CAST(p.total AS DOUBLE) / NULLIF(r.area_km2, 0) AS value,
       p.total AS numerator,
       r.area_km2 AS denominator
FROM population p
LEFT JOIN regions r ON r.region_code = p.region_code
