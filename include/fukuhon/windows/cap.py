"""The daily cap of 差分: at most 5% of what was registered initially (seed 1.5.1; equality is allowed, 以内).

June's 当初課税 or a change of law exceeds it: for that J-LIS coordinates days, as for 初期登録, and says so in a notice
(seed 2.1.1). On such a day the coordinated count is the cap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from math import floor
from types import MappingProxyType

from fukuhon.calendars import tokyo_day

__all__ = ["COUNTED_KINDS", "CapDecision", "DailyCap", "Initial", "Upload", "daily_cap", "initial_total"]

# Kinds of upload that count; registration is 差分登録, resend a file that goes again. Pretest and 初期登録 do not
# (inferred).
COUNTED_KINDS = frozenset({"registration", "differential", "deletion", "correction", "resend"})

Percent = int | float | Decimal


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload that started, or wants to: when, of what kind, how many records."""

    start: datetime
    kind: str
    records: int

    @property
    def counts(self) -> bool:
        """Whether its records count for the cap."""
        return self.kind in COUNTED_KINDS


@dataclass(frozen=True, slots=True)
class CapDecision:
    """The cap of the day (None: unknown), whether the upload may start, and what the day has left afterwards."""

    cap: int | None
    allowed: bool
    remaining: int | None


@dataclass(frozen=True, slots=True)
class DailyCap:
    """The frozen total of 初期登録 (None: not complete), the uploads started so far, the percentage.

    ``coordinated``: records a day on the days of approved plans above it.
    """

    initial_total: int | None
    counted: Sequence[Upload] = ()
    percent: Percent = 5
    coordinated: Mapping[date, int] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def of_a_day(self) -> int | None:
        """Records allowed on a day without a plan; None while the total is unknown."""
        return None if self.initial_total is None else floor(self.initial_total * Fraction(str(self.percent)) / 100)

    def on(self, day: date) -> int | None:
        """Records allowed on ``day``: what was coordinated for it, where that is more; None while there is no total."""
        usual = self.of_a_day
        return None if usual is None else max(usual, self.coordinated.get(day, 0))

    def spent(self, day: date) -> int:
        """Records of counted uploads that started on ``day`` (Tokyo)."""
        return sum(upload.records for upload in self.counted if upload.counts and tokyo_day(upload.start) == day)

    def remaining(self, day: date) -> int | None:
        """Records that may still be sent on ``day``; None while the total is unknown."""
        cap = self.on(day)
        return None if cap is None else max(cap - self.spent(day), 0)

    def decide(self, upload: Upload) -> CapDecision:
        """Whether ``upload`` may start. One record over: refused as a whole. What does not count is never refused."""
        day = tokyo_day(upload.start)
        cap, left = self.on(day), self.remaining(day)
        if not upload.counts:
            return CapDecision(cap, allowed=True, remaining=left)
        allowed = left is not None and upload.records <= left
        return CapDecision(cap, allowed, left - upload.records if allowed and left is not None else left)


def daily_cap(
    initial_total: int | None, counted: Iterable[Upload], upload: Upload, percent: Percent = 5
) -> CapDecision:
    """Decide whether ``upload`` may start under the cap (seed 1.5.1)."""
    return DailyCap(initial_total, tuple(counted), percent).decide(upload)


@dataclass(frozen=True, slots=True)
class Initial:
    """How far the 初期登録 of one 特定個人情報 is: records registered, and whether all of it is complete."""

    registered: int
    complete: bool


def initial_total(by_spi: Mapping[str, Initial], frozen: int | None = None) -> int | None:
    """The cap's denominator: the total frozen when all was complete; until then what is complete so far (inferred).

    None when nothing is complete: then no 差分 is allowed either.
    """
    if frozen is not None:
        return frozen
    complete = [initial.registered for initial in by_spi.values() if initial.complete]
    return sum(complete) if complete else None
