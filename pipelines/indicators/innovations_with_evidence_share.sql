-- title.id: Inovasi yang memiliki bukti
-- title.en: Innovations with evidence
-- theme: innovation
-- unit: percent
-- better: higher
-- grain: as-of
-- universe: autonomous
-- expects: universe
-- datasets: innovation_report
-- reads: innovation_report (same region)
-- method.id: 100 × inovasi dengan paling sedikit satu bukti ÷ inovasi yang jumlah buktinya dilaporkan. Inovasi yang
--   jumlah buktinya kosong tidak dihitung nol: ia keluar dari pembagi dan angkanya berstatus tidak lengkap
--   (incomplete).
-- method.en: 100 × innovations with at least one piece of evidence ÷ innovations whose evidence count is reported. A
--   blank evidence count is not taken as zero: the innovation leaves the divisor and the figure is marked
--   incomplete.
-- source: Laporan inovasi daerah
-- owner: Badan Strategi Kebijakan Dalam Negeri (BSKDN)
-- decimals: 1
WITH judged AS (
  SELECT i.region_code,
         CASE WHEN i.evidence_count > 0 THEN 1 ELSE 0 END AS evidenced,
         CASE WHEN i.evidence_count IS NOT NULL THEN 1 ELSE 0 END AS stated
  FROM innovation_report i
)
SELECT region_code,
       substr(CAST(CAST($as_of AS DATE) AS VARCHAR), 1, 7) AS period,
       100.0 * sum(evidenced) / NULLIF(sum(stated), 0) AS value,
       sum(evidenced) AS numerator,
       sum(stated) AS denominator,
       count(*) AS n_rows,
       CASE WHEN sum(stated) < count(*) THEN 'incomplete' ELSE 'ok' END AS status
FROM judged
GROUP BY region_code
