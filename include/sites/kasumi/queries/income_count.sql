-- 件数の照合: 申告の印から数える。
SELECT CASE WHEN report IN ('給', '年', '無') THEN '申告なし' ELSE '申告あり' END AS variation, COUNT(*) AS records
FROM source
GROUP BY 1
