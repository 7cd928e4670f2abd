"""The shapes that are measured: which items a record has, where each comes from, which rules judge it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ACROSS", "DATASET", "EXTRA", "SHAPES", "SPI", "Across", "Column", "Shape"]

SPI = "TM00000000009024"
DATASET = "TK00000900002401"


@dataclass(frozen=True, slots=True)
class Column:
    """One item: its column in the source, its kind in the layout, the values that a code may have."""

    source: str
    name: str
    kind: str
    size: int = 0
    codes: str = ""
    required: bool = True

    @property
    def number(self) -> bool:
        """Whether the source holds a number."""
        return self.kind in {"number", "signed"}


@dataclass(frozen=True, slots=True)
class Across:
    """A rule over several columns: as SQL over items, and as pandas evaluates it on the source's columns."""

    id: str
    sql: str
    plain: str


_CORE = (
    Column("fiscal_year", "賦課年度", "digits", 4),
    Column("tax_class", "課税区分", "code", codes="1234"),
    Column("return_kind", "申告区分", "code", codes="12349"),
    Column("collection", "徴収区分", "code", codes="123", required=False),
    Column("salary_gross", "給与収入額", "number", 12),
    Column("salary_income", "給与所得額", "number", 12),
    Column("pension_income", "年金所得額", "number", 12),
    Column("other_income", "その他の所得額", "signed", 12),
    Column("loss_carried", "純損失の繰越控除額", "number", 12),
    Column("total_income", "総所得金額等", "number", 12),
    Column("social_insurance", "社会保険料控除額", "number", 12),
    Column("other_deduction", "その他の控除額", "number", 12),
    Column("deduction_total", "所得控除額の合計", "number", 12),
    Column("taxable_base", "課税標準額", "number", 12),
    Column("muni_income_levy", "市町村民税所得割額", "number", 12),
    Column("muni_per_capita", "市町村民税均等割額", "number", 12),
    Column("pref_income_levy", "都道府県民税所得割額", "number", 12, required=False),
    Column("pref_per_capita", "都道府県民税均等割額", "number", 12, required=False),
    Column("annual_tax", "年税額", "number", 12),
    Column("dependants", "扶養人数", "digits", 2, required=False),
    Column("disability", "障害者区分", "code", codes="012"),
    Column("corrected_on", "更正年月日", "date", required=False),
    Column("remark", "摘要", "text", 40, required=False),
    Column("notice_no", "通知書番号", "digits", 10),
)
_KINDS = (
    ("number", 9, ""),
    ("digits", 6, ""),
    ("code", 0, "12345"),
    ("number", 12, ""),
    ("digits", 2, ""),
)
EXTRA = tuple(
    Column(f"extra_{place:03d}", f"欄{place:03d}", kind, size, codes, required=False)
    for place in range(226)
    for kind, size, codes in (_KINDS[place % len(_KINDS)],)
)

ACROSS = (
    Across("income-sum", "number_of(I0110) = "
           "greatest(number_of(I0106) + number_of(I0107) + number_of(I0108) - number_of(I0109), 0)",
           "total_income == (salary_income + pension_income + other_income - loss_carried).clip(0)"),
    Across("salary", "number_of(I0106) <= number_of(I0105)", "salary_income <= salary_gross"),
    Across("deductions", "number_of(I0113) = number_of(I0111) + number_of(I0112)",
           "deduction_total == social_insurance + other_deduction"),
    Across("base", "number_of(I0114) <= number_of(I0110)", "taxable_base <= total_income"),
    Across("base-rounded", "number_of(I0114) % 1000 = 0 AND number_of(I0114) >= 0",
           "(taxable_base % 1000 == 0) & (taxable_base >= 0)"),
    Across("levy-sum", "number_of(I0119) = number_of(I0115) + number_of(I0116) + number_of(I0117) + number_of(I0118)",
           "annual_tax == muni_income_levy + muni_per_capita + pref_income_levy + pref_per_capita"),
    Across("levy-ratio", "number_of(I0115) >= number_of(I0117)", "muni_income_levy >= pref_income_levy"),
    Across("class-of-levy", "(I0102 = '1') = (number_of(I0115) > 0)", "(tax_class == '1') == (muni_income_levy > 0)"),
    Across("collection", "(I0104 IS NULL) = (I0102 IN ('3', '4'))", "collection.isna() == tax_class.isin(['3', '4'])"),
    Across("per-capita", "(I0116 = '0') = (I0118 = '0')", "(muni_per_capita == 0) == (pref_per_capita == 0)"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of record, and how many of them are measured unless said otherwise."""

    name: str
    columns: tuple[Column, ...]
    records: int

    @property
    def codes(self) -> tuple[str, ...]:
        """The item codes, in the layout's order."""
        return tuple(f"I{place + 101:04d}" for place in range(len(self.columns)))


SHAPES = {
    "bench24": Shape("bench24", _CORE, 1_000_000),
    "bench250": Shape("bench250", (*_CORE, *EXTRA), 200_000),
}
