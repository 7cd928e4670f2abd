"""The law of the sample, simplified: from incomes and deductions to 課税標準額, levies and 課税区分."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rehearsal.city.columns import Bools, Ints

__all__ = ["AMOUNTS", "BASIC", "Incomes", "assess", "reassessed", "salary_income"]

BASIC = 330_000
AMOUNTS = (
    "total_income",
    "deduction_total",
    "taxable_base",
    "muni_income_levy",
    "muni_per_capita",
    "pref_income_levy",
    "pref_per_capita",
    "annual_tax",
)


@dataclass(slots=True)
class Incomes:
    """What a year brought, and what is deducted: one value a record in each column (yen; counts for ``dependants``)."""

    salary_gross: Ints
    salary_income: Ints
    pension_gross: Ints
    pension_income: Ints
    other_income: Ints
    loss_carried: Ints
    social_insurance: Ints
    life_insurance: Ints
    spouse_deduction: Ints
    dependent_deduction: Ints
    other_deduction: Ints
    dependants: Ints
    declared: Bools


def salary_income(gross: Ints) -> Ints:
    """給与所得 of a 給与収入, by the table of the sample."""
    steps = [gross < 651_000, gross < 1_800_000, gross < 3_600_000, gross < 6_600_000, gross < 10_000_000]
    values = [
        np.zeros_like(gross),
        gross - 650_000,
        gross * 7 // 10 - 180_000,
        gross * 8 // 10 - 540_000,
        gross * 9 // 10 - 1_200_000,
    ]
    income: Ints = np.select(steps, values, default=gross * 95 // 100 - 1_700_000)
    return income


def assess(incomes: Incomes) -> tuple[dict[str, Ints], Ints]:
    """The sums and levies that follow from incomes, and the 課税区分 (1–4)."""
    gained = incomes.salary_income + incomes.pension_income + incomes.other_income
    total = np.maximum(gained - incomes.loss_carried, 0)
    deductions = (
        incomes.social_insurance
        + incomes.life_insurance
        + incomes.spouse_deduction
        + incomes.dependent_deduction
        + incomes.other_deduction
        + BASIC
    )
    exempt = total <= 280_000 * (1 + incomes.dependants) + np.where(incomes.dependants > 0, 168_000, 0)
    base = np.where(exempt, 0, np.maximum(total - deductions, 0) // 1000 * 1000)
    muni = np.maximum(base * 6 // 100 - 1500, 0) // 100 * 100
    pref = np.where(muni > 0, np.maximum(base * 4 // 100 - 1000, 0) // 100 * 100, 0)
    tax_class = np.where(~incomes.declared, 4, np.where(exempt, 3, np.where(muni > 0, 1, 2))).astype(np.int64)
    taxed = tax_class <= 2
    muni_head, pref_head = np.where(taxed, 3500, 0), np.where(taxed, 1500, 0)
    values = (total, deductions, base, muni, muni_head, pref, pref_head, muni + muni_head + pref + pref_head)
    return dict(zip(AMOUNTS, (value.astype(np.int64) for value in values), strict=True)), tax_class


def reassessed(row: dict[str, Any]) -> dict[str, Any]:
    """What of a row changes when it is computed anew from its incomes and deductions."""
    names = [name for name in Incomes.__slots__ if name != "declared"]
    columns: dict[str, Any] = {name: np.array([row[name]], dtype=np.int64) for name in names}
    amounts, tax_class = assess(Incomes(**columns, declared=np.array([row["tax_class"] != "4"])))
    found = int(tax_class[0])
    return {
        **{name: row[name] for name in names},
        **{name: int(values[0]) for name, values in amounts.items()},
        "tax_class": str(found),
        "collection": (row["collection"] or "1") if found <= 2 else None,
    }
