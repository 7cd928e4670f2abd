"""One line for the whole body: windows of several kinds and channels, cut so that no two are open at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from fukuhon.calendars import Interval
from fukuhon.windows.model import Kind, Window

__all__ = ["one_line"]

# An allotment is the scarcest, a pretest comes once; 差分 has other hours.
_PRECEDENCE = (Kind.INITIAL, Kind.PRETEST, Kind.DIFFERENTIAL)


def one_line(windows: Sequence[Window]) -> list[Window]:
    """The same hours without overlap, soonest first (seed 1.4.1: one file at a time).

    Where kinds meet, the earlier of initial, pretest, differential keeps the hours. Where channels of one kind meet,
    the window takes either. What is not cut keeps its name, and no two windows have the same.
    """
    instants = sorted({at for window in windows for at in (window.interval.start, window.interval.end)})
    pieces = [Interval(start, end) for start, end in pairwise(instants)]
    found = []
    for owners, group in groupby(pieces, lambda piece: _owners(piece, windows)):
        if owners:
            parts = list(group)
            found.append(_merged(Interval(parts[0].start, parts[-1].end), owners))
    return found


def _owners(piece: Interval, windows: Sequence[Window]) -> tuple[Window, ...]:
    """The windows of the kind that comes first in ``piece``."""
    open_ = [window for window in windows if window.interval.overlaps(piece)]
    kind = min((window.kind for window in open_), key=_PRECEDENCE.index, default=None)
    return tuple(window for window in open_ if window.kind is kind)


def _merged(interval: Interval, owners: Sequence[Window]) -> Window:
    channels = {window.channel for window in owners}
    channel = channels.pop() if len(channels) == 1 else None
    limits = [window.bytes_limit for window in owners if window.bytes_limit is not None]
    parts = {window.part for window in owners}
    part = parts.pop() if len(parts) == 1 else None
    merged = Window.of(interval, owners[0].kind, bytes_limit=min(limits, default=None), channel=channel, part=part)
    return replace(merged, shares=tuple(dict.fromkeys(name for window in owners for name in window.shares)))
