-- 件数の照合: 始まった行から終わった行を引いて数える（抽出とは別の道）。
SELECT
  CASE nationality WHEN '2' THEN '外国人' ELSE '日本人' END AS variation,
  COUNT(*) - SUM(CASE WHEN valid_to < concat(:as_of, 'T24:00') THEN 1 ELSE 0 END) AS records
FROM resident
WHERE valid_from < concat(:as_of, 'T24:00')
GROUP BY 1
