"""What the sender asks before each start: which window is this, and may this file start in it now?

The windows are read from the settings each time, not from the order: an allotment that was taken back after an order
was given must hold.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from fukuhon.calendars import Interval, day_interval, tokyo_day
from fukuhon.errors import RefusedError
from fukuhon.ledger import File, FileState, Reader, attempts, files, meters
from fukuhon.ledger.orders import Order
from fukuhon.ledger.states import ACCEPTED, WAITING
from fukuhon.sender.daily import cap_as_of
from fukuhon.sender.layouts import require_layout
from fukuhon.site import Site, load
from fukuhon.windows import (
    NIGHT,
    NOT_YET,
    Channel,
    FileToSend,
    Kind,
    Window,
    guard,
    line_rate,
    part_of,
)
from fukuhon.windows.schedule import upload_windows

__all__ = ["Rules", "SiteRules", "scheduled_done"]


class Rules(Protocol):
    """Says what may be sent when."""

    def window(self, order: Order) -> Window | None:
        """The window of an order as it stands today; None when it stands no more."""
        ...

    def refusal(self, reader: Reader, file: File, window: Window, now: datetime) -> RefusedError | None:
        """Why a file may not start now; None when it may."""
        ...


_TAKEN = WAITING | ACCEPTED | {FileState.REJECTED_WHOLE}


@dataclass(frozen=True, slots=True)
class SiteRules:
    """The rules of a site's settings."""

    site: Site

    def window(self, order: Order) -> Window | None:
        """The window in the settings as they lie on the disk now, cut to what was ordered."""
        for window in _windows(self.site.folder, _stamp(self.site.folder)):
            if window.id == order.window_id:
                both = window.interval.meet(Interval(order.start, order.end))
                return replace(window, interval=both) if both else None
        return None

    def refusal(self, reader: Reader, file: File, window: Window, now: datetime) -> RefusedError | None:
        """The layout of the day of processing; the guard, with what the ledger has spent and measured."""
        limits = self.site.limits
        try:
            require_layout(self.site, file, now)
            guard(
                FileToSend(
                    file.name,
                    file.bytes,
                    file.records,
                    Kind(file.kind),
                    Channel(file.channel),
                    part=part_of(file.spi),
                ),
                window,
                now,
                rate=line_rate([sample.rate for sample in meters.find(reader)], limits.line_bytes_per_s),
                spent_bytes=attempts.spent(reader, *window.account),
                margin_s=limits.guard_margin_s,
                cap=cap_as_of(self.site, reader, tokyo_day(now)) if Kind(file.kind).counts_for_cap else None,
                mode=self.site.mode_calendar().mode(tokyo_day(now)),
                scheduled_done=scheduled_done(reader, now),
            )
        except RefusedError as refused:
            return refused
        return None


def scheduled_done(reader: Reader, now: datetime) -> datetime | None:
    """When the 定時 processing planned for the day of ``now`` ended, as far as the books know (seed 1.5.2, note 1).

    ``NOT_YET`` while a file that the server took for it is not known to be processed: that is what a look at the
    results tells, never the hour. None where nothing was planned. What was taken today belongs to tonight's batch, and
    what slipped to a later day to that one's; in the last hour before the night nothing immediate is to begin, or the
    batch would slip (seed 1.5.4, case A; inferred).
    """
    today = day_interval(tokyo_day(now))
    night = today.start + NIGHT
    ended = None
    for file in files.find(reader, state=_TAKEN):
        if file.received_at is None or not Channel(file.channel).scheduled:
            continue
        if file.completed_at is None:
            later = file.slipped_to is not None and file.slipped_to > tokyo_day(now)
            if not later and (file.received_at < today.start or now >= night):
                return NOT_YET
        elif file.completed_at >= today.start:
            ended = max(ended or file.completed_at, file.completed_at)
    return ended


def _stamp(folder: Path) -> tuple[int, ...]:
    """Changes whenever the settings or the schedule are written anew."""
    paths = (folder / "site.yaml", folder / "schedule.yaml")
    return tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in paths)


@lru_cache(maxsize=4)
def _windows(folder: Path, _stamp: tuple[int, ...]) -> tuple[Window, ...]:
    return tuple(upload_windows(load(folder)))
