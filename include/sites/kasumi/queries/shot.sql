-- 予防接種台帳: 健康管理システムは今の状態だけを書き出す。
SELECT
  shot_no, addressee_no, vaccine, class, dose, given_on, age_months, place, clinic_code, lot, amount_ml, special,
  special_reason, doctor, ticket_no, void_flag, hold_flag, birth_date, sex, kana, address_code, number_known, dv_flag
FROM source
ORDER BY shot_no
