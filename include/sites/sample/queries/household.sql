-- 世帯: その日の終わりに有効な行に、住民票から数えた世帯員の数を付ける。
SELECT
  h.household_row, h.household_no, h.addressee_no, h.household_kind,
  h.members, h.spouses, h.children, h.others, h.minors, h.elders, h.composition, h.address_code,
  h.formed_on, h.changed_on, h.change_reason, h.dissolved_on, h.dv_flag,
  COALESCE(m.listed, 0) AS members_listed
FROM household h
LEFT JOIN (
  SELECT household_no, COUNT(*) AS listed
  FROM resident
  WHERE valid_from < concat(:as_of, 'T24:00') AND valid_to >= concat(:as_of, 'T24:00')
    AND void_flag = '0' AND resident_class IN ('1', '2')
  GROUP BY household_no
) m ON m.household_no = h.household_no
WHERE h.valid_from < concat(:as_of, 'T24:00') AND h.valid_to >= concat(:as_of, 'T24:00')
ORDER BY h.household_row
