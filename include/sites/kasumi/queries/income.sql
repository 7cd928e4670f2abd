-- 所得台帳: 一行が一人の一年度。列が200を超えるので、書出しの列をそのまま取る。
SELECT *
FROM source
ORDER BY addressee_no, levy_year
