-- 件数の照合: 住所地特例の印と資格取得の事由から数える（抽出とは別の列から）。
SELECT
  CASE WHEN special_place = '1' THEN '住所地特例' WHEN acquired_why = '13' THEN '第2号' ELSE '第1号' END AS variation,
  COUNT(*) AS records
FROM insured
GROUP BY 1
