-- 国民健康保険: 資格台帳の年度ごとの行に、給付台帳の月ごとの行を4月から順に横に並べて付ける。
WITH by_month AS (
  SELECT member_no, levy_year,
  max(CASE WHEN right(month, 2) = '04' THEN month END) AS month01, max(CASE WHEN right(month, 2) = '04' THEN burden END) AS burden01, max(CASE WHEN right(month, 2) = '04' THEN ceiling END) AS ceiling01, max(CASE WHEN right(month, 2) = '04' THEN benefit END) AS benefit01, max(CASE WHEN right(month, 2) = '04' THEN paid_on END) AS paid_on01,
  max(CASE WHEN right(month, 2) = '05' THEN month END) AS month02, max(CASE WHEN right(month, 2) = '05' THEN burden END) AS burden02, max(CASE WHEN right(month, 2) = '05' THEN ceiling END) AS ceiling02, max(CASE WHEN right(month, 2) = '05' THEN benefit END) AS benefit02, max(CASE WHEN right(month, 2) = '05' THEN paid_on END) AS paid_on02,
  max(CASE WHEN right(month, 2) = '06' THEN month END) AS month03, max(CASE WHEN right(month, 2) = '06' THEN burden END) AS burden03, max(CASE WHEN right(month, 2) = '06' THEN ceiling END) AS ceiling03, max(CASE WHEN right(month, 2) = '06' THEN benefit END) AS benefit03, max(CASE WHEN right(month, 2) = '06' THEN paid_on END) AS paid_on03,
  max(CASE WHEN right(month, 2) = '07' THEN month END) AS month04, max(CASE WHEN right(month, 2) = '07' THEN burden END) AS burden04, max(CASE WHEN right(month, 2) = '07' THEN ceiling END) AS ceiling04, max(CASE WHEN right(month, 2) = '07' THEN benefit END) AS benefit04, max(CASE WHEN right(month, 2) = '07' THEN paid_on END) AS paid_on04,
  max(CASE WHEN right(month, 2) = '08' THEN month END) AS month05, max(CASE WHEN right(month, 2) = '08' THEN burden END) AS burden05, max(CASE WHEN right(month, 2) = '08' THEN ceiling END) AS ceiling05, max(CASE WHEN right(month, 2) = '08' THEN benefit END) AS benefit05, max(CASE WHEN right(month, 2) = '08' THEN paid_on END) AS paid_on05,
  max(CASE WHEN right(month, 2) = '09' THEN month END) AS month06, max(CASE WHEN right(month, 2) = '09' THEN burden END) AS burden06, max(CASE WHEN right(month, 2) = '09' THEN ceiling END) AS ceiling06, max(CASE WHEN right(month, 2) = '09' THEN benefit END) AS benefit06, max(CASE WHEN right(month, 2) = '09' THEN paid_on END) AS paid_on06,
  max(CASE WHEN right(month, 2) = '10' THEN month END) AS month07, max(CASE WHEN right(month, 2) = '10' THEN burden END) AS burden07, max(CASE WHEN right(month, 2) = '10' THEN ceiling END) AS ceiling07, max(CASE WHEN right(month, 2) = '10' THEN benefit END) AS benefit07, max(CASE WHEN right(month, 2) = '10' THEN paid_on END) AS paid_on07,
  max(CASE WHEN right(month, 2) = '11' THEN month END) AS month08, max(CASE WHEN right(month, 2) = '11' THEN burden END) AS burden08, max(CASE WHEN right(month, 2) = '11' THEN ceiling END) AS ceiling08, max(CASE WHEN right(month, 2) = '11' THEN benefit END) AS benefit08, max(CASE WHEN right(month, 2) = '11' THEN paid_on END) AS paid_on08,
  max(CASE WHEN right(month, 2) = '12' THEN month END) AS month09, max(CASE WHEN right(month, 2) = '12' THEN burden END) AS burden09, max(CASE WHEN right(month, 2) = '12' THEN ceiling END) AS ceiling09, max(CASE WHEN right(month, 2) = '12' THEN benefit END) AS benefit09, max(CASE WHEN right(month, 2) = '12' THEN paid_on END) AS paid_on09,
  max(CASE WHEN right(month, 2) = '01' THEN month END) AS month10, max(CASE WHEN right(month, 2) = '01' THEN burden END) AS burden10, max(CASE WHEN right(month, 2) = '01' THEN ceiling END) AS ceiling10, max(CASE WHEN right(month, 2) = '01' THEN benefit END) AS benefit10, max(CASE WHEN right(month, 2) = '01' THEN paid_on END) AS paid_on10,
  max(CASE WHEN right(month, 2) = '02' THEN month END) AS month11, max(CASE WHEN right(month, 2) = '02' THEN burden END) AS burden11, max(CASE WHEN right(month, 2) = '02' THEN ceiling END) AS ceiling11, max(CASE WHEN right(month, 2) = '02' THEN benefit END) AS benefit11, max(CASE WHEN right(month, 2) = '02' THEN paid_on END) AS paid_on11,
  max(CASE WHEN right(month, 2) = '03' THEN month END) AS month12, max(CASE WHEN right(month, 2) = '03' THEN burden END) AS burden12, max(CASE WHEN right(month, 2) = '03' THEN ceiling END) AS ceiling12, max(CASE WHEN right(month, 2) = '03' THEN benefit END) AS benefit12, max(CASE WHEN right(month, 2) = '03' THEN paid_on END) AS paid_on12
  FROM benefit
  GROUP BY member_no, levy_year
)
SELECT
  m.member_no, m.levy_year, m.addressee_no, m.kind, m.acquired_on, m.acquired_why, m.lost_on, m.lost_why, m.head,
  m.income_class, m.levied, m.paid, m.disease, m.disease_no, m.confirmed_on, m.months, m.benefit_total,
  m.burden_total, m.void_flag, m.hold_flag, m.birth_date, m.sex, m.kana, m.address_code, m.number_known, m.dv_flag,
  b.* EXCLUDE (member_no, levy_year)
FROM member m
LEFT JOIN by_month b USING (member_no, levy_year)
ORDER BY m.member_no, m.levy_year
