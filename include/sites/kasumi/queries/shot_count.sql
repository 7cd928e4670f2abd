-- 件数の照合: 実施した場所の印から数える。
SELECT CASE WHEN place <> '他' THEN '町内' ELSE '他市区町村' END AS variation, COUNT(*) AS records
FROM source
GROUP BY 1
