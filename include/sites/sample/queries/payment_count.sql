-- 件数の照合: 宛名に結び付けず、支払台帳の行だけを数える（抽出とは別の道）。
SELECT CASE kind WHEN 'T' THEN '定時払' ELSE '随時払' END AS variation, COUNT(*) AS records
FROM payment
GROUP BY 1
