-- 児童手当の支払台帳: その日の書出しの行に、受給者宛名の属性を付ける。
SELECT
  p.payment_row, p.addressee_no, p.pay_month, p.paid_on, p.kind, p.income_class, p.children, p.method, p.state,
  p.month1, p.amount1, p.month2, p.amount2, p.month3, p.amount3, p.month4, p.amount4, p.adjusted, p.total, p.void_flag,
  c.birth_date, c.sex, c.kana, c.address_code, c.status, c.number_known, c.dv_flag
FROM payment p
LEFT JOIN claimant c USING (claimant_no)
ORDER BY p.payment_row
