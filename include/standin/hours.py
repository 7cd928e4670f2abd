"""Hours: of the service (seed 5.1.4), of the channels for 差分登録 (seed 1.5.2), and of the allotments (seed 1.4.1).

All rows are dated. Intervals are half-open; an allotment's 24:00 is the next day's 0:00.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

import jpholiday

from standin.clock import day_start
from standin.modes import NORMAL, DayRange, mode_on

__all__ = [
    "Allotment",
    "AllotmentError",
    "Span",
    "channel_windows",
    "data_stop",
    "data_stop_hours",
    "in_service",
    "initial_windows",
    "registration_hours",
    "service_hours",
]

IMMEDIATE_CHANNELS = frozenset({2, 4})


class AllotmentError(ValueError):
    """An allotment that is none: ``bad_time``, ``bad_date``, ``reversed`` or ``overlap``."""


@dataclass(frozen=True, order=True)
class Span:
    """From an instant, included, to another, excluded."""

    start: datetime
    end: datetime

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    def meet(self, other: Span) -> Span | None:
        """Return what both have, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None


@dataclass(frozen=True)
class Allotment:
    """Days and hours in which a body may send its 初期登録, and the volume: less than ``bytes`` over all its days."""

    days: tuple[str, ...]
    start: str
    end: str
    bytes: int | None = None


@dataclass(frozen=True)
class _ServiceRow:
    first: date
    weekday: tuple[int, int]
    weekday_stop: tuple[int, int]
    holiday: tuple[int, int]


@dataclass(frozen=True)
class _ChannelRow:
    """Hours of a channel kind until ``last``; ``whole`` means all hours in which the server takes registrations."""

    last: date
    immediate: bool
    groups: frozenset[int]
    hours: tuple[int, int]


# Dated: the newest row that has begun holds.
_SERVICE = (_ServiceRow(date.min, (8, 21), (21, 24), (9, 17)),)

_EVERY_GROUP = frozenset({1, 2, 3})
_JUNE_END = date(2017, 6, 30)
# The first row that still holds and fits. From July on registration goes in service hours and data stop (seed 2.1.1).
_CHANNELS = (
    _ChannelRow(_JUNE_END, immediate=False, groups=_EVERY_GROUP, hours=(8, 24)),
    _ChannelRow(date(2017, 5, 31), immediate=True, groups=frozenset({1}), hours=(19, 21)),
    _ChannelRow(_JUNE_END, immediate=True, groups=_EVERY_GROUP, hours=(13, 21)),
    _ChannelRow(date.max, immediate=False, groups=_EVERY_GROUP, hours=(0, 24)),
    _ChannelRow(date.max, immediate=True, groups=_EVERY_GROUP, hours=(0, 24)),
)


def _hours(day: date, hours: tuple[int, int]) -> Span:
    start = day_start(day)
    return Span(start + timedelta(hours=hours[0]), start + timedelta(hours=hours[1]))


@functools.cache
def _rests(day: date) -> bool:
    """Whether the weekend's row holds. The server knows no 年末年始; the telephone does."""
    return day.weekday() >= 5 or jpholiday.is_holiday(day)


def _service_row(day: date) -> _ServiceRow:
    return max((row for row in _SERVICE if row.first <= day), key=lambda row: row.first)


def service_hours(day: date) -> Span:
    """Return システムサービス提供時間 of a day."""
    row = _service_row(day)
    return _hours(day, row.holiday if _rests(day) else row.weekday)


def data_stop_hours(day: date) -> Span | None:
    """Return データ送受信機能停止時間 of a day: weekdays only."""
    return None if _rests(day) else _hours(day, _service_row(day).weekday_stop)


def in_service(instant: datetime) -> bool:
    """Whether the server serves at an instant."""
    return instant in service_hours(instant.date())


def data_stop(instant: datetime) -> bool:
    """Whether an instant lies in the data stop."""
    span = data_stop_hours(instant.date())
    return span is not None and instant in span


def registration_hours(day: date) -> Span:
    """Return when files are taken at all: the service hours and, joined to them, the data stop (seed 2.1.1)."""
    service, stop = service_hours(day), data_stop_hours(day)
    return Span(service.start, stop.end) if stop else service


def channel_windows(
    day: date,
    group: int,
    channel: int,
    scheduled_done: datetime | None = None,
    applied: Sequence[DayRange] = (),
) -> list[Span]:
    """Return when a 差分 upload may start on a day.

    An immediate one only after ``scheduled_done``, the end of the 定時 processing planned for that day (seed 1.5.2).
    """
    if mode_on(day, applied) != NORMAL:
        return []
    immediate = channel in IMMEDIATE_CHANNELS
    row = next(r for r in _CHANNELS if day <= r.last and r.immediate == immediate and group in r.groups)
    taken = service_hours(day) if immediate and day <= _JUNE_END else registration_hours(day)
    span = _hours(day, row.hours).meet(taken)
    if span and immediate and scheduled_done:
        span = span.meet(Span(scheduled_done, span.end)) if scheduled_done < span.end else None
    return [span] if span else []


def initial_windows(allotments: Sequence[Allotment], applied: Sequence[DayRange] = ()) -> list[tuple[Span, int]]:
    """Return the windows of 初期登録, soonest first, each with the index of its allotment.

    Raises AllotmentError. Days in 総合運用テスト and hours without service drop out; windows are never merged.
    """
    whole = [(_allotted(day, one), index) for index, one in enumerate(allotments) for day in _days(one)]
    whole.sort()
    for (before, _), (after, _) in pairwise(whole):
        if after.start < before.end:
            raise AllotmentError("overlap")
    cut = [
        (span.meet(registration_hours(span.start.date())), index)
        for span, index in whole
        if mode_on(span.start.date(), applied) == NORMAL
    ]
    return [(span, index) for span, index in cut if span]


def _days(allotment: Allotment) -> list[date]:
    try:
        return [date.fromisoformat(day) for day in allotment.days]
    except ValueError as error:
        raise AllotmentError("bad_date") from error


def _allotted(day: date, allotment: Allotment) -> Span:
    start, end = _minutes(allotment.start), _minutes(allotment.end)
    if start >= end:
        raise AllotmentError("reversed")
    return Span(day_start(day) + timedelta(minutes=start), day_start(day) + timedelta(minutes=end))


def _minutes(text: str) -> int:
    found = re.fullmatch(r"([0-9]{2}):([0-5][0-9])", text)
    value = int(found[1]) * 60 + int(found[2]) if found else -1
    if not 0 <= value <= 24 * 60:
        raise AllotmentError("bad_time")
    return value
