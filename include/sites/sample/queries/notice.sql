-- 個人住民税の通知書と収納: その日の終わりに有効な行に、税の宛名を付ける。
SELECT
  n.notice_row, n.notice_no, n.addressee_no, n.fiscal_year, n.void_flag, n.fixed_on,
  n.period, n.collection, n.due_on, n.amount, n.paid, n.unpaid, n.paid_state, n.paid_on, n.reminded_on, n.direct_debit,
  t.birth_date, t.sex, t.kana, t.address_code, t.status, t.moved_on, t.died_on, t.number_known, t.dv_flag
FROM notice n
JOIN taxpayer t ON t.taxpayer_no = n.taxpayer_no
  AND t.valid_from < CAST(:as_of AS text) || 'T24:00' AND t.valid_to >= CAST(:as_of AS text) || 'T24:00'
WHERE n.valid_from < CAST(:as_of AS text) || 'T24:00' AND n.valid_to >= CAST(:as_of AS text) || 'T24:00'
ORDER BY n.notice_row
