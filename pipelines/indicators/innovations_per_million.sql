-- title.id: Inovasi per satu juta penduduk
-- title.en: Innovations per million people
-- theme: innovation
-- unit: per million people
-- better: higher
-- grain: as-of
-- universe: autonomous
-- expects: universe
-- datasets: innovation_report, population
-- reads: innovation_report (same region); population (same region, up to as-of)
-- method.id: 1.000.000 × inovasi yang dilaporkan (semua tahap) ÷ penduduk. Penduduk: baris terakhir yang periodenya
--   sudah berakhir pada tanggal acuan. Daerah tanpa laporan inovasi atau tanpa angka penduduk tidak
--   bernilai.
-- method.en: 1,000,000 × innovations reported (all stages) ÷ people. People: the latest row whose period has ended by
--   the as-of date. A region without an innovation report, or without a population figure, has no value.
-- source: Laporan inovasi daerah; penduduk Ditjen Dukcapil
-- owner: Badan Strategi Kebijakan Dalam Negeri (BSKDN)
-- decimals: 1
WITH latest AS (
  SELECT region_code, total
  FROM (
    SELECT p.region_code, p.total,
           row_number() OVER (PARTITION BY p.region_code ORDER BY p.period_end DESC, p.period_start DESC) AS place
    FROM population p
    WHERE p.period_end <= CAST($as_of AS DATE) AND p.total > 0
  ) ranked
  WHERE place = 1
), reported AS (
  SELECT i.region_code, count(*) AS innovations
  FROM innovation_report i
  GROUP BY i.region_code
)
SELECT r.region_code,
       substr(CAST(CAST($as_of AS DATE) AS VARCHAR), 1, 7) AS period,
       1000000.0 * r.innovations / l.total AS value,
       r.innovations AS numerator,
       l.total AS denominator,
       r.innovations AS n_rows
FROM reported r
LEFT JOIN latest l ON l.region_code = r.region_code
