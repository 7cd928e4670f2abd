"""Days and hours: what a body's business days are, when the server serves, in which 実行モード it stands.

Intervals are half-open and "24:00" is the next day's 00:00. A body's calendar and the server's are two: the body is
closed from 12/29 to 1/3 (a setting, inferred), the server serves on those days like on any other (seed 5.1.4).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

import jpholiday

from fukuhon.clock import TOKYO, tokyo
from fukuhon.errors import ConfigurationError

__all__ = [
    "INTEGRATION_TEST_2017",
    "SERVICE_HOURS",
    "BusinessCalendar",
    "DayHours",
    "Interval",
    "Mode",
    "ModeCalendar",
    "Period",
    "ServiceHours",
    "ServiceRow",
    "day_interval",
    "is_weekend_or_holiday",
    "parse_day",
    "parse_minutes",
    "tokyo_day",
]

_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """The instants from ``start`` up to, not including, ``end``. Both are aware; an empty one is a ValueError."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("an interval needs aware instants")
        if self.start >= self.end:
            raise ValueError("an interval holds at least one instant")

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at < self.end

    @property
    def duration(self) -> timedelta:
        """How long it is."""
        return self.end - self.start

    @property
    def seconds(self) -> float:
        """How long it is, in seconds."""
        return self.duration.total_seconds()

    def overlaps(self, other: Interval) -> bool:
        """Whether some instant lies in both; touching is no overlap."""
        return self.start < other.end and other.start < self.end

    def meet(self, other: Interval) -> Interval | None:
        """The instants that lie in both; None when there are none."""
        return Interval(max(self.start, other.start), min(self.end, other.end)) if self.overlaps(other) else None

    def from_(self, at: datetime) -> Interval | None:
        """What is left of it from ``at`` on; None when nothing is."""
        return None if at >= self.end else Interval(max(self.start, at), self.end)


def tokyo_day(at: datetime) -> date:
    """The day that ``at`` shows in Tokyo."""
    return at.astimezone(TOKYO).date()


def parse_minutes(text: object) -> int:
    """Minutes since midnight of ``"00:00"`` to ``"24:00"``. Raises ConfigurationError CALENDARS-001."""
    match = re.fullmatch(r"([01][0-9]|2[0-4]):([0-5][0-9])", text) if isinstance(text, str) else None
    minutes = int(match[1]) * 60 + int(match[2]) if match else _DAY_MINUTES + 1
    if minutes > _DAY_MINUTES:
        raise ConfigurationError("CALENDARS-001", given=text)
    return minutes


def parse_day(text: object) -> date:
    """The day of ``"YYYY-MM-DD"`` (or a date as YAML reads it). Raises ConfigurationError CALENDARS-002."""
    if isinstance(text, date) and not isinstance(text, datetime):
        return text
    if isinstance(text, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise ConfigurationError("CALENDARS-002", given=text)


def day_interval(day: date, start: int = 0, end: int = _DAY_MINUTES) -> Interval:
    """From minute ``start`` to minute ``end`` of ``day`` in Tokyo; minute 1440 is the next day's 00:00."""
    midnight = tokyo(day)
    return Interval(midnight + timedelta(minutes=start), midnight + timedelta(minutes=end))


@lru_cache(maxsize=4096)
def is_weekend_or_holiday(day: date) -> bool:
    """Saturday, Sunday or a national holiday, days in lieu and 国民の休日 included."""
    return day.weekday() >= 5 or jpholiday.is_holiday(day)


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """開庁日 of one body: no weekend, no national holiday, not 12/29–1/3 (``year_end``), none of ``extra_closed``."""

    extra_closed: frozenset[date] = frozenset()
    year_end: bool = True

    def is_business_day(self, day: date) -> bool:
        """Whether the body is open on ``day``."""
        between_years = self.year_end and ((day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3))
        return not (between_years or day in self.extra_closed or is_weekend_or_holiday(day))

    def next_business_day(self, day: date, n: int = 1) -> date:
        """The ``n``-th business day after ``day``, which itself never counts."""
        for _ in range(n):
            day += timedelta(days=1)
            while not self.is_business_day(day):
                day += timedelta(days=1)
        return day

    def previous_business_day(self, day: date, n: int = 1) -> date:
        """The ``n``-th business day before ``day``, which itself never counts."""
        for _ in range(n):
            day -= timedelta(days=1)
            while not self.is_business_day(day):
                day -= timedelta(days=1)
        return day

    def due(self, changed: date, opening: time) -> datetime:
        """When a 正本 fixed or changed on ``changed`` must be registered: opening of the 翌々開庁日 (seed 4.3)."""
        return datetime.combine(self.next_business_day(changed, 2), opening, TOKYO)


@dataclass(frozen=True, slots=True)
class DayHours:
    """Minutes of a day in which the server serves, and in which its データ送受信機能 is stopped."""

    service: tuple[int, int] | None
    data_stop: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """The hours in force from ``valid_from`` (None: ever) to ``valid_to`` (None: open), both days included."""

    weekday: DayHours
    weekend: DayHours
    valid_from: date | None = None
    valid_to: date | None = None

    def covers(self, day: date) -> bool:
        """Whether it is in force on ``day``."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


# Seed 5.1.4. A holiday on a weekday keeps the row 土・日・祝日 (inferred); the row excludes no 年末年始.
_SEED_ROWS = (ServiceRow(weekday=DayHours((8 * 60, 21 * 60), (21 * 60, _DAY_MINUTES)), weekend=DayHours((540, 1020))),)


@dataclass(frozen=True, slots=True)
class ServiceHours:
    """The server's dated hours. ``announced`` holds single days whose hours were changed by notice (seed 5.1.5)."""

    rows: Sequence[ServiceRow] = _SEED_ROWS
    announced: Mapping[date, DayHours] = field(default_factory=lambda: MappingProxyType({}))

    def _day(self, day: date) -> DayHours:
        if day in self.announced:
            return self.announced[day]
        row = next((row for row in reversed(self.rows) if row.covers(day)), None)
        if row is None:
            raise ConfigurationError("CALENDARS-003", day=day.isoformat())
        return row.weekend if is_weekend_or_holiday(day) else row.weekday

    def hours(self, day: date) -> Interval | None:
        """システムサービス提供時間 of ``day``; None when the server does not serve."""
        service = self._day(day).service
        return day_interval(day, *service) if service else None

    def stop(self, day: date) -> Interval | None:
        """データ送受信機能停止時間 of ``day``; None on days without."""
        stop = self._day(day).data_stop
        return day_interval(day, *stop) if stop else None

    def uploads(self, day: date) -> tuple[Interval, ...]:
        """When bytes may be sent on ``day`` at all: service and data stop, one where they touch (seed 2.1.1)."""
        parts = sorted(part for part in (self.hours(day), self.stop(day)) if part)
        if len(parts) == 2 and parts[0].end == parts[1].start:
            return (Interval(parts[0].start, parts[1].end),)
        return tuple(parts)

    def in_service(self, at: datetime) -> bool:
        """Whether ``at`` lies in システムサービス提供時間."""
        hours = self.hours(tokyo_day(at))
        return hours is not None and at in hours

    def data_stop(self, at: datetime) -> bool:
        """Whether ``at`` lies in データ送受信機能停止時間."""
        stop = self.stop(tokyo_day(at))
        return stop is not None and at in stop


SERVICE_HOURS = ServiceHours()


class Mode(StrEnum):
    """実行モード of a body's server (seed 1.3.2)."""

    NORMAL = "normal"
    INTEGRATION_TEST = "integration_test"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days from ``first`` to ``last``, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


INTEGRATION_TEST_2017 = Period(date(2017, 5, 15), date(2017, 5, 26))


@dataclass(frozen=True, slots=True)
class ModeCalendar:
    """実行モード by day: 総合運用テスト in May 2017 for all, and when this body ``applied`` for it (別紙4)."""

    applied: Sequence[Period] = ()
    common: Sequence[Period] = (INTEGRATION_TEST_2017,)

    def mode(self, day: date) -> Mode:
        """The mode on ``day``."""
        test = any(day in period for period in (*self.common, *self.applied))
        return Mode.INTEGRATION_TEST if test else Mode.NORMAL

    def registers(self, day: date) -> bool:
        """Whether registration, the pretest included, is allowed on ``day`` (seed 1.3.2, 1.4.2)."""
        return self.mode(day) is Mode.NORMAL

    def acquires_codes(self, day: date, *, assigned: bool) -> bool:
        """Whether 符号取得 is allowed: 通常実行モード, and a day ``assigned`` to this body (seed 1.7.1)."""
        return assigned and self.registers(day)
