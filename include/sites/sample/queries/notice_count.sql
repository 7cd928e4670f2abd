-- 件数の照合: 宛名に結び付けず、収納の変更記録だけから数える（抽出とは別の道）。
SELECT
  CASE collection WHEN '1' THEN '普通徴収' WHEN '2' THEN '給与特別徴収' ELSE '年金特別徴収' END AS variation,
  COUNT(*) - SUM(CASE WHEN valid_to < CAST(:as_of AS text) || 'T24:00' THEN 1 ELSE 0 END) AS records
FROM notice
WHERE valid_from < CAST(:as_of AS text) || 'T24:00'
GROUP BY 1
