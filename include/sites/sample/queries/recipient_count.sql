-- 件数の照合: 宛名に結び付けず、受給者台帳の行だけを数える（抽出とは別の道）。
SELECT
  CASE category WHEN '10' THEN '被用者' WHEN '20' THEN '非被用者' ELSE '施設等受給者' END AS variation,
  COUNT(*) AS records
FROM recipient
GROUP BY 1
