-- 団体内統合宛名: その日の終わりに有効な行。
SELECT addressee_no AS addressee, birth_date, sex, kana, address_code, status, dv_flag AS dv
FROM addressee
WHERE valid_from < concat(:as_of, 'T24:00') AND valid_to >= concat(:as_of, 'T24:00')
ORDER BY addressee_no
