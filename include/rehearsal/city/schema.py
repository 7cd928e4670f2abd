"""Tables of the 税総合システム: the same on SQLite and PostgreSQL.

Keys, codes and dates are text, as old systems keep them; amounts are integers. Each table is a change log: a row holds
from ``valid_from`` until before ``valid_to``, both instants as text with ``+09:00``, so that their order as text is
their order in time.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

__all__ = ["ADDRESSEE", "ASSESSMENT", "NOTICE", "TABLES", "TAXPAYER", "Table"]

_VALIDITY = ("valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class Table:
    """A table by its name, its key and its columns; all text but those named as ``integers``."""

    name: str
    key: str
    columns: tuple[str, ...]
    integers: frozenset[str] = frozenset()

    @property
    def stored(self) -> tuple[str, ...]:
        """Every column as the database has it: those of the matter, then the validity."""
        return (*self.columns, *_VALIDITY)

    @property
    def arrow(self) -> pa.Schema:
        """The schema of what is written."""
        return pa.schema([(name, pa.int64() if name in self.integers else pa.string()) for name in self.stored])

    def ddl(self, engine: str) -> str:
        """``CREATE TABLE`` for ``sqlite`` or ``postgresql`` (there, text compares by bytes as it does in SQLite)."""
        text = 'TEXT COLLATE "C"' if engine == "postgresql" else "TEXT"
        lines = [f"{name} {'BIGINT' if name in self.integers else text}" for name in self.stored]
        return f"CREATE TABLE {self.name} ({', '.join(lines)})"


_PERSON = ("birth_date", "sex", "kana", "address_code", "status")

ADDRESSEE = Table(
    "addressee", "addressee_no", ("addressee_no", *_PERSON, "household_no", "dv_flag"), frozenset({"dv_flag"})
)
TAXPAYER = Table(
    "taxpayer", "taxpayer_no", ("taxpayer_no", *_PERSON, "moved_on", "died_on", "number_known", "dv_flag"), frozenset()
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
TABLES = (ADDRESSEE, TAXPAYER, ASSESSMENT, NOTICE)
