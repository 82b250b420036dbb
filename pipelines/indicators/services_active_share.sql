-- title.id: Layanan Puja Indah yang aktif dari yang dijanjikan
-- title.en: Puja Indah services active out of those committed
-- theme: innovation
-- unit: percent
-- better: higher
-- grain: as-of
-- universe: autonomous
-- expects: universe
-- datasets: commitment, service_activity
-- reads: commitment (same region); service_activity (same region, last 90 days)
-- method.id: 100 × layanan yang aktif ÷ layanan yang dijanjikan. Aktif: jumlah transaksi 90 hari terakhir lebih dari
--   nol. Layanan aktif yang tidak dijanjikan tidak dihitung di sini.
-- method.en: 100 × services active ÷ services committed. Active: transactions of the last 90 days above zero. An
--   active service that was never committed does not count here.
-- source: Komitmen Puja Indah dan laporan kegiatan layanan daerah
-- owner: Badan Strategi Kebijakan Dalam Negeri (BSKDN)
-- decimals: 1
WITH active AS (
  SELECT a.region_code, a.service
  FROM service_activity a
  WHERE a.date > CAST($as_of AS DATE) - INTERVAL '90' DAY AND a.date <= CAST($as_of AS DATE)
  GROUP BY a.region_code, a.service
  HAVING sum(a.transactions) > 0
)
SELECT c.region_code,
       substr(CAST(CAST($as_of AS DATE) AS VARCHAR), 1, 7) AS period,
       100.0 * count(s.service) / count(*) AS value,
       count(s.service) AS numerator,
       count(*) AS denominator
FROM commitment c
LEFT JOIN active s ON s.region_code = c.region_code AND s.service = c.service
GROUP BY c.region_code
