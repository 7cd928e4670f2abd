-- 団体内統合宛名: その日の終わりの書出し。
SELECT addressee_no AS addressee, birth_date, sex, kana, address_code, status, dv_flag AS dv
FROM source
ORDER BY addressee_no
