"""通知書と収納: what is demanded of those who pay by themselves or from a pension, and what is paid by April 2017."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rehearsal.city.columns import Bools, Days, Ints, day

if TYPE_CHECKING:
    from numpy.random import Generator

    from rehearsal.city.tax.taxes import Assessments

__all__ = ["DUE", "PERIODS", "Notices", "make_notices"]

PERIODS = ("00", "01", "02", "03", "04", "90")
DUE = (
    "02-28",
    "06-30",
    "08-31",
    "10-31",
    "01-31",
    "03-31",
)  # of the fiscal year, those of January to March in the next calendar year
_NEXT_YEAR = np.array([True, False, False, False, True, True])


@dataclass(slots=True)
class Notices:
    """One value a notice in each column; ``period`` is a place in ``PERIODS``."""

    person: Ints
    year: Ints
    period: Ints
    collection: Ints
    fixed_on: Days
    due_on: Days
    amount: Ints
    paid: Ints
    paid_on: Days
    reminded_on: Days
    void: Bools
    direct_debit: Bools

    def __len__(self) -> int:
        return len(self.person)

    @property
    def paid_state(self) -> Ints:
        """1 完納, 2 一部納付, 3 未納."""
        state: Ints = np.where(self.paid >= self.amount, 1, np.where(self.paid > 0, 2, 3)).astype(np.int64)
        return state


def make_notices(rng: Generator, taxes: Assessments) -> Notices:
    """Four notices a year for 普通徴収, one for 年金; a few 随時 after a correction."""
    row, period = _demands(taxes)
    count = len(row)
    year = taxes.year[row]
    amount = _amounts(taxes.amounts["annual_tax"][row], period)
    due_on = _due(year, period)
    paid, late = _payments(rng, amount)
    habit = rng.random(len(taxes.person))[row] < 0.45
    paid_on = due_on + np.where(late, rng.integers(1, 26, count), -rng.integers(0, 20, count)).astype("timedelta64[D]")
    never = np.datetime64("NaT", "D")
    return Notices(
        person=taxes.person[row],
        year=year,
        period=period,
        collection=taxes.collection[row],
        fixed_on=np.where(period == 5, taxes.corrected_on[row] + np.timedelta64(3, "D"), taxes.fixed_on[row]),
        due_on=due_on,
        amount=amount,
        paid=paid,
        paid_on=np.where(paid > 0, np.minimum(paid_on, day("2017-04-07")), never),
        reminded_on=np.where((paid < amount) & (due_on < day("2017-03-15")), due_on + np.timedelta64(20, "D"), never),
        void=rng.random(count) < 0.004,
        direct_debit=habit & (paid >= amount),
    )


def _demands(taxes: Assessments) -> tuple[Ints, Ints]:
    """Row of the assessment and period of each notice."""
    taxed = (taxes.tax_class <= 2) & (taxes.year < 2017)
    by_self = np.flatnonzero(taxed & (taxes.collection == 1))
    by_pension = np.flatnonzero(taxed & (taxes.collection == 3))
    corrected = np.flatnonzero(taxed & (taxes.collection == 1) & ~np.isnat(taxes.corrected_on))
    row = np.concatenate([np.repeat(by_self, 4), by_pension, corrected])
    period = np.concatenate(
        [np.tile([1, 2, 3, 4], len(by_self)), np.zeros(len(by_pension)), np.full(len(corrected), 5)]
    )
    order = np.argsort(row, kind="stable")
    return row[order].astype(np.int64), period[order].astype(np.int64)


def _amounts(annual: Ints, period: Ints) -> Ints:
    """A quarter, in thousands of yen, the first with the rest; the whole for 全期; a tenth for 随時."""
    quarter = annual // 4 // 1000 * 1000
    amount: Ints = np.select(
        [period == 0, period == 1, period == 5],
        [annual, annual - 3 * quarter, np.maximum(annual // 10, 1000)],
        default=quarter,
    ).astype(np.int64)
    return np.maximum(amount, 1000)


def _due(year: Ints, period: Ints) -> Days:
    first = (year + _NEXT_YEAR[period] - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    places = np.array([(day(f"2015-{text}") - day("2015-01-01")).astype(np.int64) for text in DUE])
    leap = ((year + _NEXT_YEAR[period]) % 4 == 0) & (places[period] > 58)
    due_on: Days = first + (places[period] + leap).astype("timedelta64[D]")
    return due_on


def _payments(rng: Generator, amount: Ints) -> tuple[Ints, Bools]:
    """What was paid of each amount, and whether it was late: nine in ten in full, three in a hundred in part."""
    chance = rng.random(len(amount))
    part = np.maximum(amount // 2000 * 1000, 500)
    paid = np.where(chance < 0.9, amount, np.where((chance < 0.93) & (part < amount), part, 0)).astype(np.int64)
    return paid, chance > 0.8
