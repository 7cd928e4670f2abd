-- 児童手当の受給者台帳: その日の書出しの行に、受給者宛名の属性を付ける。
SELECT
  r.recipient_no, r.addressee_no, r.category, r.certified_on, r.income_class, r.started,
  r.under3, r.primary12, r.primary3, r.junior, r.children, r.monthly, r.report_state, r.reported_on,
  r.ended_reason, r.ended_on, r.payment, r.remark, r.void_flag, r.hold_flag,
  c.birth_date, c.sex, c.kana, c.address_code, c.status, c.number_known, c.dv_flag
FROM recipient r
LEFT JOIN claimant c USING (claimant_no)
ORDER BY r.recipient_no
