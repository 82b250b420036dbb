-- title.id: Hari sejak masukan terakhir
-- title.en: Days since the last input
-- theme: innovation
-- unit: days
-- better: lower
-- grain: as-of
-- universe: autonomous
-- expects: universe
-- datasets: service_activity
-- reads: service_activity (same region, up to as-of)
-- method.id: Tanggal acuan dikurangi tanggal baris kegiatan terakhir yang tidak melewati tanggal acuan, dari layanan
--   mana pun. Daerah yang belum pernah melapor tidak bernilai.
-- method.en: As-of date minus the date of the latest activity row not after it, of any service. A region that never
--   reported has no value.
-- source: Laporan kegiatan layanan daerah
-- owner: Badan Strategi Kebijakan Dalam Negeri (BSKDN)
-- decimals: 0
WITH last_input AS (
  SELECT a.region_code, max(a.date) AS last_date
  FROM service_activity a
  WHERE a.date <= CAST($as_of AS DATE)
  GROUP BY a.region_code
), counted AS (
  SELECT region_code,
         (date_part('epoch', CAST($as_of AS DATE)) - date_part('epoch', last_date)) / 86400.0 AS days
  FROM last_input
)
SELECT region_code,
       substr(CAST(CAST($as_of AS DATE) AS VARCHAR), 1, 7) AS period,
       days AS value,
       days AS numerator,
       NULL AS denominator
FROM counted
