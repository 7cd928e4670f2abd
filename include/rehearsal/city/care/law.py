"""The law and the by-law of the sample: limits by 要介護状態区分, the yearly premium by 段階, shared out by months."""

from __future__ import annotations

import numpy as np

from rehearsal.city.columns import Days, Ints

__all__ = ["LEVELS", "LIMITS", "STAGES", "full_age", "premium_of"]

LEVELS = ("S1", "S2", "K1", "K2", "K3", "K4", "K5")
LIMITS = np.array([5_003, 10_473, 16_692, 19_616, 26_931, 30_806, 36_065])
"""区分支給限度基準額 in units a month, by level."""
STAGES = np.array([27_000, 45_000, 45_000, 54_000, 60_000, 72_000, 78_000, 90_000, 102_000])
"""保険料 in yen a year, by stage."""


def premium_of(stage: Ints, months: Ints) -> Ints:
    """The premium of ``months`` of a year, cut to hundreds of yen; ``stage`` counts from 0."""
    premium: Ints = STAGES[stage] * months // 1200 * 100
    return premium


def full_age(born: Days, years: int) -> Days:
    """The day on which people reach an age: the day before the birthday."""
    month = born.astype("datetime64[M]")
    of_month = born - month.astype("datetime64[D]")
    day: Days = (month + 12 * years).astype("datetime64[D]") + of_month - np.timedelta64(1, "D")
    return day
