-- 住民票: その日の終わりに有効な行。
SELECT
  resident_no, addressee_no, nationality, resident_class, birth_on, sex, kana, address_code,
  household_no, relation, member_order, became_on, became_reason, settled_on, changed_on, change_reason, notified_on,
  from_city, leaving_on, to_city, removed_on, removal_reason, void_flag, dv_flag
FROM resident
WHERE valid_from < concat(:as_of, 'T24:00') AND valid_to >= concat(:as_of, 'T24:00')
ORDER BY resident_no
