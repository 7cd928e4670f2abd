-- 件数の照合: 住民票に結び付けず、始まった行から終わった行を引いて数える（抽出とは別の道）。
SELECT
  CASE household_kind WHEN '2' THEN '施設等の世帯' ELSE '一般世帯' END AS variation,
  COUNT(*) - SUM(CASE WHEN valid_to < concat(:as_of, 'T24:00') THEN 1 ELSE 0 END) AS records
FROM household
WHERE valid_from < concat(:as_of, 'T24:00')
GROUP BY 1
