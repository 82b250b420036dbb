-- title.id: Ketepatan waktu pelaporan
-- title.en: Timeliness of reporting
-- theme: reporting
-- unit: percent
-- better: higher
-- grain: as-of
-- universe: autonomous
-- expects: universe
-- datasets: expected
-- reads: expected (same region, up to as-of)
-- method.id: 100 × laporan yang diterima paling lambat pada tanggal jatuh temponya ÷ laporan yang jatuh tempo sampai
--   tanggal acuan. Tanggal terima: kiriman paling awal yang barisnya masih berlaku untuk daerah dan periode
--   itu; bila seluruh baris dikoreksi, tanggal koreksinya yang dihitung.
-- method.en: 100 × reports received no later than their due date ÷ reports due up to the as-of date. Date of receipt:
--   the earliest submission that still holds a row of the region and period; where every row was corrected,
--   the date of the correction counts.
-- source: Cakupan yang dinyatakan dalam kontrak dataset; kiriman yang diterima
-- owner: Pusat Data dan Sistem Informasi Kementerian Dalam Negeri
-- decimals: 1
SELECT region_code,
       substr(CAST(CAST($as_of AS DATE) AS VARCHAR), 1, 7) AS period,
       100.0 * sum(CASE WHEN received_on <= due_on THEN 1 ELSE 0 END) / count(*) AS value,
       sum(CASE WHEN received_on <= due_on THEN 1 ELSE 0 END) AS numerator,
       count(*) AS denominator
FROM expected
WHERE due_on <= CAST($as_of AS DATE)
GROUP BY region_code
