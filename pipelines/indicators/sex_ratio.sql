-- title.id: Rasio jenis kelamin
-- title.en: Sex ratio
-- theme: population
-- unit: males per 100 females
-- better: neutral
-- grain: semester, year
-- universe: all
-- expects: population
-- datasets: population
-- reads: population (same region, same period)
-- method.id: 100 × penduduk laki-laki ÷ penduduk perempuan.
-- method.en: 100 × males ÷ females.
-- source: Data kependudukan Ditjen Dukcapil
-- owner: Direktorat Jenderal Kependudukan dan Pencatatan Sipil
-- decimals: 1
SELECT region_code,
       period,
       100.0 * male / NULLIF(female, 0) AS value,
       male AS numerator,
       female AS denominator
FROM population
