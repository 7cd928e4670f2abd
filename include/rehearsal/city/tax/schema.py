"""Tables of the 税総合システム: the same on SQLite and PostgreSQL."""

from __future__ import annotations

from rehearsal.city.schema import PERSON, Table

__all__ = ["ASSESSMENT", "NOTICE", "TAXPAYER"]

TAXPAYER = Table(
    "taxpayer", "taxpayer_no", ("taxpayer_no", *PERSON, "moved_on", "died_on", "number_known", "dv_flag"), frozenset()
)
_AMOUNTS = (
    "salary_gross",
    "salary_income",
    "pension_gross",
    "pension_income",
    "other_income",
    "loss_carried",
    "total_income",
    "social_insurance",
    "life_insurance",
    "spouse_deduction",
    "dependent_deduction",
    "other_deduction",
    "basic_deduction",
    "deduction_total",
    "taxable_base",
    "muni_income_levy",
    "muni_per_capita",
    "pref_income_levy",
    "pref_per_capita",
    "annual_tax",
    "dependants",
)
ASSESSMENT = Table(
    "assessment",
    "assessment_no",
    (
        "assessment_no",
        "taxpayer_no",
        "addressee_no",
        "fiscal_year",
        "levy_class",
        "void_flag",
        "revising_flag",
        "fixed_on",
        "tax_class",
        "return_kind",
        "collection",
        *_AMOUNTS,
        "disability",
        "corrected_on",
        "remark",
    ),
    frozenset(_AMOUNTS),
)
NOTICE = Table(
    "notice",
    "notice_row",
    (
        "notice_row",
        "notice_no",
        "taxpayer_no",
        "addressee_no",
        "fiscal_year",
        "void_flag",
        "fixed_on",
        "period",
        "collection",
        "due_on",
        "amount",
        "paid",
        "unpaid",
        "paid_state",
        "paid_on",
        "reminded_on",
        "direct_debit",
    ),
    frozenset({"amount", "paid", "unpaid"}),
)
