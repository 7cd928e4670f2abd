-- 介護保険の被保険者台帳: 福祉総合システムは今の状態だけを書き出す（過去の日の状態は分からない）。
SELECT
  insured_no, addressee_no, kind, acquired_on, acquired_why, lost_on, lost_why, certified, level, certified_on,
  period_from, period_to, care_limit, copay, relief, levy_year, stage, premium, collection, special_place, months,
  void_flag, hold_flag, birth_date, sex, kana, address_code, status, number_known, dv_flag
FROM insured
ORDER BY insured_no
