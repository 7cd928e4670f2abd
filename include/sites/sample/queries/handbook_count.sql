-- 件数の照合: 手帳整理番号の頭の字から数える（抽出とは別の列から）。
SELECT CASE left(card_no, 1) WHEN 'S' THEN '身体' WHEN 'R' THEN '療育' ELSE '精神' END AS variation, COUNT(*) AS records
FROM handbook
GROUP BY 1
