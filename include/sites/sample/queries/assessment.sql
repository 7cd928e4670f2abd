-- 個人住民税の課税台帳: その日の終わりに有効な行に、税の宛名（賦課期日の属性）を付ける。
SELECT
  a.assessment_no, a.addressee_no, a.fiscal_year, a.levy_class, a.void_flag, a.revising_flag, a.fixed_on,
  a.tax_class, a.return_kind, a.collection,
  a.salary_gross, a.salary_income, a.pension_gross, a.pension_income, a.other_income, a.loss_carried, a.total_income,
  a.social_insurance, a.life_insurance, a.spouse_deduction, a.dependent_deduction, a.other_deduction, a.basic_deduction,
  a.deduction_total, a.taxable_base, a.muni_income_levy, a.muni_per_capita, a.pref_income_levy, a.pref_per_capita, a.annual_tax,
  a.dependants, a.disability, a.corrected_on, a.remark,
  t.birth_date, t.sex, t.kana, t.address_code, t.status, t.moved_on, t.died_on, t.number_known, t.dv_flag
FROM assessment a
JOIN taxpayer t ON t.taxpayer_no = a.taxpayer_no
  AND t.valid_from < CAST(:as_of AS text) || 'T24:00' AND t.valid_to >= CAST(:as_of AS text) || 'T24:00'
WHERE a.valid_from < CAST(:as_of AS text) || 'T24:00' AND a.valid_to >= CAST(:as_of AS text) || 'T24:00'
ORDER BY a.assessment_no
