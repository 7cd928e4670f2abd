"""The daily cap of 差分登録: 5% of what was initially registered (seed 1.5.1), equality allowed.

For large registrations (a change of law) days are coordinated with the body as for 初期登録, by a notice (seed 2.1.1):
what was agreed for such a day is taken on it, and on no other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

__all__ = ["COUNTED_KINDS", "CapDecision", "Coordinated", "Counted", "agreed_for", "daily_cap", "decide"]

# Registrations, deletions, corrections and what is sent again count; the pretest does not.
COUNTED_KINDS = frozenset({"registration", "deletion", "correction", "resend"})


@dataclass(frozen=True)
class Counted:
    """An upload that has started: the day of its start, its kind, its records."""

    day: date
    kind: str
    records: int


@dataclass(frozen=True)
class Coordinated:
    """Days that were coordinated with a body, and the records that each of them takes."""

    days: frozenset[date]
    records: int


def agreed_for(day: date, coordinated: Iterable[Coordinated]) -> int:
    """Return the records coordinated for a day, 0 where there are none; two agreements for one day do not add up."""
    return max((one.records for one in coordinated if day in one.days), default=0)


@dataclass(frozen=True)
class CapDecision:
    """The day's cap, whether the upload fits under it, and what is left of the day after the decision."""

    cap: int | None
    allowed: bool
    remaining: int | None


def daily_cap(initial_total: int, percent: int = 5) -> int:
    """Return the whole records of a percentage: 50.95 records are 50."""
    return initial_total * percent // 100


def decide(
    initial_total: int | None, counted: Iterable[Counted], upload: Counted, percent: int = 5, agreed: int = 0
) -> CapDecision:
    """Say whether an upload fits; without a complete 初期登録 (total None) none does.

    ``agreed`` is what was coordinated for the day: it counts where it is more than the percentage.
    """
    if initial_total is None:
        return CapDecision(None, allowed=False, remaining=None)
    cap = max(daily_cap(initial_total, percent), agreed)
    spent = sum(one.records for one in counted if one.day == upload.day and one.kind in COUNTED_KINDS)
    left = max(cap - spent, 0)
    asked = upload.records if upload.kind in COUNTED_KINDS else 0
    allowed = asked <= left
    return CapDecision(cap, allowed, left - asked if allowed else left)
