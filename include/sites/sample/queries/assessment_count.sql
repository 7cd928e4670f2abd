-- 件数の照合: 宛名に結び付けず、台帳の変更記録だけから数える（抽出とは別の道）。
SELECT
  CASE levy_class WHEN '1' THEN '住民' WHEN '2' THEN '住登外' WHEN '3' THEN '家屋敷' ELSE '転出済' END AS variation,
  COUNT(*) - SUM(CASE WHEN valid_to < CAST(:as_of AS text) || 'T24:00' THEN 1 ELSE 0 END) AS records
FROM assessment
WHERE valid_from < CAST(:as_of AS text) || 'T24:00'
GROUP BY 1
