"""Windows of 初期登録: allotments cut to the server's hours and the days in 通常実行モード (1.3.2, 1.4.1, 5.1.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from fukuhon.calendars import SERVICE_HOURS, Interval, ModeCalendar, ServiceHours
from fukuhon.errors import ConfigurationError
from fukuhon.windows.model import Allotment, AllotmentState, Channel, Kind, Window

__all__ = ["initial_windows"]


def initial_windows(
    allotments: Sequence[Allotment],
    hours: ServiceHours = SERVICE_HOURS,
    modes: ModeCalendar | None = None,
    channel: Channel | None = None,
) -> list[Window]:
    """The windows of 初期登録, soonest first, never merged: two allotments that touch keep their volumes apart.

    An allotment counts from 01:00 to 06:00 as little as at any other time at which the server does not serve. Raises
    ConfigurationError WINDOWS-002 when a minute lies in two allotments.
    """
    modes = modes or ModeCalendar()
    windows: list[Window] = []
    rows: list[Allotment] = []
    for interval, allotment in _allotted(in_force(allotments)):
        day = interval.start.date()
        if not modes.registers(day):
            continue
        found = [
            Window.of(hours_, Kind.INITIAL, bytes_limit=allotment.bytes, channel=channel, part=allotment.part)
            for open_ in hours.uploads(day)
            if (hours_ := interval.meet(open_))
        ]
        windows += found
        rows += [allotment] * len(found)
    return [replace(window, shares=_of_one_row(row, windows, rows)) for window, row in zip(windows, rows, strict=True)]


def _of_one_row(row: Allotment, windows: Sequence[Window], rows: Sequence[Allotment]) -> tuple[str, ...]:
    """The windows of one allotment: its volume is theirs together."""
    return tuple(window.id for window, other in zip(windows, rows, strict=True) if other is row)


def in_force(allotments: Sequence[Allotment]) -> list[Allotment]:
    """The agreed allotments; of each part only those of its last agreed version (seed 1.4.4)."""
    agreed = [allotment for allotment in allotments if allotment.state is AllotmentState.AGREED]
    last = {part: max(a.version for a in agreed if a.part is part) for part in {a.part for a in agreed}}
    return [allotment for allotment in agreed if allotment.version == last[allotment.part]]


def _allotted(allotments: Sequence[Allotment]) -> list[tuple[Interval, Allotment]]:
    """Each day of each allotment, soonest first; no minute may be in two of them."""
    pairs = [(allotment.interval(day), allotment) for allotment in allotments for day in allotment.days]
    pairs.sort(key=lambda pair: pair[0])
    for (earlier, _), (later, _) in pairwise(pairs):
        if earlier.overlaps(later):
            raise ConfigurationError(
                "WINDOWS-002",
                day=later.start.date().isoformat(),
                first=f"{earlier.start:%H:%M}",
                second=f"{later.start:%H:%M}",
            )
    return pairs
