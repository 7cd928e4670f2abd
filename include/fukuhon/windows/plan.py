"""The plan: which file goes in which window, one after the other over the whole body, none split over two windows.

It is a forecast: the guard decides again before each start. Files are placed in the order in which they come, each at
the earliest instant that suits it, so that a great file that has to wait holds up no small one behind it.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from fukuhon.calendars import Interval, tokyo_day
from fukuhon.windows.batches import Batches
from fukuhon.windows.cap import DailyCap
from fukuhon.windows.model import FileToSend, Window
from fukuhon.windows.rate import bytes_in, seconds_for

__all__ = ["Line", "Placement", "Plan", "Unplaceable", "greatest_bytes", "plan"]


_NO_BATCHES = Batches()


@dataclass(frozen=True, slots=True)
class Line:
    """Bytes per second, seconds kept free before a window's end, bytes spent by window, and the present instant."""

    rate: float
    margin_s: float = 0.0
    spent: Mapping[str, int] = field(default_factory=dict)
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """A file, its window, and when it would be on the wire."""

    file: FileToSend
    window: Window
    interval: Interval


@dataclass(frozen=True, slots=True)
class Unplaceable:
    """A file that fits no window, and the greatest file that would: to be split again below both figures."""

    file: FileToSend
    greatest_bytes: int
    greatest_records: int | None


@dataclass(frozen=True, slots=True)
class Plan:
    """Placed files by start; those that fit no window as it is; those that wait because windows are full or absent."""

    placed: tuple[Placement, ...]
    unplaceable: tuple[Unplaceable, ...]
    waiting: tuple[FileToSend, ...]


@dataclass(slots=True)
class _Book:
    """What the plan has given away so far."""

    line: Line
    cap: DailyCap | None
    batches: Batches
    busy: list[Interval] = field(default_factory=list)
    bytes: dict[tuple[str, ...], int] = field(default_factory=dict)
    records: dict[date, int] = field(default_factory=dict)
    ends: dict[Hashable, datetime] = field(default_factory=dict)

    def start_in(self, window: Window, file: FileToSend, not_before: datetime | None) -> datetime | None:
        """The earliest instant at which ``file`` can start in ``window``; None when it cannot."""
        used = self.line.spent.get(window.id, 0) + self.bytes.get(window.account, 0)
        if window.bytes_limit is not None and used + file.bytes >= window.bytes_limit:
            return None
        length = timedelta(seconds=seconds_for(file.bytes, self.line.rate))
        open_ = window.interval if file.channel.scheduled else self._between_batches(window)
        if open_ is None:
            return None
        start = max(open_.start, *(at for at in (self.line.now, not_before) if at), open_.start)
        for taken in self.busy:
            if taken.start >= start + length:
                break
            start = max(start, taken.end)
        fits = start + length + timedelta(seconds=self.line.margin_s) <= open_.end
        return start if fits and self._under_cap(file, tokyo_day(start)) else None

    def _between_batches(self, window: Window) -> Interval | None:
        """What a window offers to an immediate file, which waits for the day's scheduled batch and avoids the next."""
        free = self.batches.free(tokyo_day(window.interval.start))
        return window.interval.meet(free) if free else None

    def _under_cap(self, file: FileToSend, day: date) -> bool:
        if self.cap is None or not file.kind.counts_for_cap:
            return True
        left = self.cap.remaining(day)
        return left is not None and self.records.get(day, 0) + file.records <= left

    def take(self, window: Window, file: FileToSend, start: datetime) -> Placement:
        """Give ``file`` its place."""
        interval = Interval(start, start + timedelta(seconds=seconds_for(file.bytes, self.line.rate)))
        insort(self.busy, interval)
        self.bytes[window.account] = self.bytes.get(window.account, 0) + file.bytes
        if file.kind.counts_for_cap:
            self.records[tokyo_day(start)] = self.records.get(tokyo_day(start), 0) + file.records
        if file.channel.scheduled:
            self.batches = self.batches.also(tokyo_day(start))
        self.ends[file.id] = interval.end
        return Placement(file, window, interval)


def plan(
    files: Iterable[FileToSend],
    windows: Iterable[Window],
    line: Line,
    cap: DailyCap | None = None,
    batches: Batches = _NO_BATCHES,
) -> Plan:
    """Place ``files`` into ``windows``. The same files, windows, line and cap always give the same plan.

    Never two files at once over the whole body; a file ends, with the margin, before its window does; the bytes of a
    window stay below its limit, what was spent included; counted records stay within the cap of the day of the start.
    An immediate file starts after the scheduled batch of its day and ends before the next (``batches``).
    ``windows`` should hold every window that is known: what fits none of them is reported as unplaceable.
    """
    ordered = sorted(windows, key=lambda window: (window.interval, window.id))
    book = _Book(line, cap, batches)
    placed: list[Placement] = []
    unplaceable: list[Unplaceable] = []
    waiting: list[FileToSend] = []
    queue = _after_what_they_follow(files)
    listed = {file.id for file in queue}
    for file in queue:
        mine = [window for window in ordered if window.takes(file)]
        size, records = greatest_bytes(mine, line), _greatest_records(file, mine, cap)
        if mine and (file.bytes > size or (records is not None and file.records > records)):
            unplaceable.append(Unplaceable(file, size, records))
        elif placement := _place(file, mine, book, listed):
            placed.append(placement)
        else:
            waiting.append(file)
    return Plan(tuple(sorted(placed, key=lambda p: p.interval)), tuple(unplaceable), tuple(waiting))


def greatest_bytes(windows: Sequence[Window], line: Line) -> int:
    """The greatest file that fits one of ``windows`` as they are: what is left of time and volume, nothing planned."""
    return max((_greatest_in(window, line) for window in windows), default=0)


def _greatest_in(window: Window, line: Line) -> int:
    seconds = window.left(line.now or window.interval.start) - line.margin_s
    by_time = bytes_in(seconds, line.rate)
    if window.bytes_limit is None:
        return by_time
    return max(min(by_time, window.bytes_limit - line.spent.get(window.id, 0) - 1), 0)


def _greatest_records(file: FileToSend, windows: Sequence[Window], cap: DailyCap | None) -> int | None:
    """What the best day takes when nothing else is sent on it; None where the cap does not matter, or is not known."""
    if cap is None or not file.kind.counts_for_cap:
        return None
    return max(
        (most for window in windows if (most := cap.on(tokyo_day(window.interval.start))) is not None), default=None
    )


def _place(file: FileToSend, windows: Sequence[Window], book: _Book, listed: set[Hashable]) -> Placement | None:
    # One named in ``after`` that is not in the list was sent before; one that is and has no place holds this one back.
    before = listed.intersection(file.after)
    if not before <= book.ends.keys():
        return None
    follows = [book.ends[id_] for id_ in before]
    for window in windows:
        start = book.start_in(window, file, max(follows, default=None))
        if start is not None:
            return book.take(window, file, start)
    return None


def _after_what_they_follow(files: Iterable[FileToSend]) -> list[FileToSend]:
    """The files in their order, but none before one that it names in ``after``; a circle keeps its order."""
    pending = list(files)
    ordered: list[FileToSend] = []
    while pending:
        open_ = {file.id for file in pending}
        ready = [file for file in pending if not open_.intersection(file.after)]
        ordered += ready or pending
        pending = [file for file in pending if ready and file not in ready]
    return ordered
