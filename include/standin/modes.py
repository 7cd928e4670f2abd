"""実行モード: in which of the two a body runs on a day (seed 1.3.2, 1.7.1, 1.8.1), and what may be done in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

__all__ = ["INTEGRATION_TEST", "NORMAL", "DayRange", "Permissions", "mode_on", "next_normal_day", "permissions"]

NORMAL = "normal"
INTEGRATION_TEST = "integration_test"


@dataclass(frozen=True)
class DayRange:
    """Days from the first to the last, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Permissions:
    """What a day's mode lets a body do."""

    registration: bool
    pretest: bool
    code_acquisition: bool


# For all bodies; what single bodies applied for (別紙4, or the reserve of 5/29 to 6/16) comes beside it.
_FOR_ALL = (DayRange(date(2017, 5, 15), date(2017, 5, 26)),)


def mode_on(day: date, applied: Sequence[DayRange] = ()) -> str:
    """Return the mode of a body on a day."""
    tested = any(day in period for period in (*_FOR_ALL, *applied))
    return INTEGRATION_TEST if tested else NORMAL


def permissions(day: date, applied: Sequence[DayRange] = (), *, code_day: bool = False) -> Permissions:
    """Return what may be done on a day; 符号取得 needs a day assigned to the body, too."""
    normal = mode_on(day, applied) == NORMAL
    return Permissions(registration=normal, pretest=normal, code_acquisition=normal and code_day)


def next_normal_day(day: date, applied: Sequence[DayRange] = ()) -> date:
    """Return the first day after ``day`` in 通常実行モード."""
    day += timedelta(days=1)
    while mode_on(day, applied) != NORMAL:
        day += timedelta(days=1)
    return day
