-- title.id: Inovasi tahap uji coba
-- title.en: Innovations at the trial stage
-- theme: innovation
-- unit: innovations
-- better: higher
-- grain: as-of
-- universe: autonomous
-- expects: universe
-- datasets: innovation_report
-- reads: innovation_report (same region)
-- method.id: Jumlah inovasi yang dilaporkan dengan tahap uji coba. Daerah yang melaporkan inovasi pada tahap lain
--   saja bernilai 0; daerah yang tidak melapor tidak bernilai.
-- method.en: Number of reported innovations whose stage is trial. A region that reports innovations of other stages
--   only has 0; a region that reports none has no value.
-- source: Laporan inovasi daerah
-- owner: Badan Strategi Kebijakan Dalam Negeri (BSKDN)
-- decimals: 0
WITH judged AS (
  SELECT i.region_code, CASE WHEN i.stage = 'trial' THEN 1 ELSE 0 END AS counted
  FROM innovation_report i
)
SELECT region_code,
       substr(CAST(CAST($as_of AS DATE) AS VARCHAR), 1, 7) AS period,
       sum(counted) AS value,
       sum(counted) AS numerator,
       NULL AS denominator,
       count(*) AS n_rows
FROM judged
GROUP BY region_code
