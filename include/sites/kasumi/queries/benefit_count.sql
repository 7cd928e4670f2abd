-- 件数の照合: 資格台帳の区分ごとの行を数える（給付台帳とは結び付けない）。
SELECT CASE WHEN kind IN ('B', 'C') THEN '退職' ELSE '一般' END AS variation, COUNT(*) AS records
FROM member
GROUP BY 1
