-- 障害者手帳の台帳: 福祉総合システムは今の状態だけを書き出す（過去の日の状態は分からない）。
SELECT
  card_no, addressee_no, kind, grade, issued_on, part, reissued_on, recheck, recheck_month, fare, expires_on, returned,
  disability, returned_on, special, issuer, void_flag, hold_flag,
  birth_date, sex, kana, address_code, status, died_on, number_known, dv_flag
FROM handbook
ORDER BY card_no
