"""The guard: asked before every start, for a started upload cannot be interrupted (seed 1.4.1). Refusing is normal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import floor

from fukuhon.calendars import Mode
from fukuhon.errors import RefusedError
from fukuhon.windows.cap import DailyCap, Upload
from fukuhon.windows.model import FileToSend, Window
from fukuhon.windows.rate import bytes_in, seconds_for

__all__ = ["guard", "refusals"]


def guard(  # noqa: PLR0913 (each is a premise of its own; DESIGN §3.3)
    file: FileToSend,
    window: Window,
    now: datetime,
    *,
    rate: float,
    spent_bytes: int = 0,
    margin_s: float = 0.0,
    cap: DailyCap | None = None,
    mode: Mode = Mode.NORMAL,
    unmet: Sequence[str] = (),
    scheduled_done: datetime | None = None,
) -> None:
    """Let ``file`` start at ``now`` in ``window``, or raise the first of ``refusals`` (WINDOWS-010 … -018)."""
    for refusal in refusals(
        file,
        window,
        now,
        rate=rate,
        spent_bytes=spent_bytes,
        margin_s=margin_s,
        cap=cap,
        mode=mode,
        unmet=unmet,
        scheduled_done=scheduled_done,
    ):
        raise refusal


def refusals(  # noqa: PLR0913 (as guard)
    file: FileToSend,
    window: Window,
    now: datetime,
    *,
    rate: float,
    spent_bytes: int = 0,
    margin_s: float = 0.0,
    cap: DailyCap | None = None,
    mode: Mode = Mode.NORMAL,
    unmet: Sequence[str] = (),
    scheduled_done: datetime | None = None,
) -> list[RefusedError]:
    """Every reason why ``file`` may not start at ``now``; none means that it may.

    ``rate``: bytes per second of ``line_rate``. ``spent_bytes``: every byte put on the wire in this window, failed
    attempts included. ``cap``: needed for files that count for it (差分, deletion); without one those are refused.
    ``unmet``: the preconditions of seed 1.3 that are not met, in words for an officer. ``scheduled_done``: when the
    定時 processing planned for the day ended (``NOT_YET`` while it is not over, None when none is planned): an
    immediate waits for it (seed 1.5.2, note 1), or it would err or make scheduled files slip.
    """
    found = [
        _wrong_window(file, window),
        _wrong_mode(mode),
        RefusedError("WINDOWS-016", items="、".join(unmet)) if unmet else None,
        _too_early(file, now, scheduled_done),
        _no_time(file, window, now, rate, margin_s),
        _no_volume(file, window, spent_bytes),
        _over_cap(file, now, cap),
    ]
    return [refusal for refusal in found if refusal is not None]


def _wrong_window(file: FileToSend, window: Window) -> RefusedError | None:
    if window.takes(file):
        return None
    return RefusedError("WINDOWS-017", file=file.id, window=window.id)


def _wrong_mode(mode: Mode) -> RefusedError | None:
    return None if mode is Mode.NORMAL else RefusedError("WINDOWS-015")


def _too_early(file: FileToSend, now: datetime, scheduled_done: datetime | None) -> RefusedError | None:
    if file.channel.scheduled or scheduled_done is None or now >= scheduled_done:
        return None
    return RefusedError("WINDOWS-018", file=file.id)


def _no_time(file: FileToSend, window: Window, now: datetime, rate: float, margin_s: float) -> RefusedError | None:
    if now not in window.interval:
        return RefusedError("WINDOWS-010", window=window.id, start=window.interval.start, end=window.interval.end)
    needed, left = seconds_for(file.bytes, rate), window.left(now)
    if needed + margin_s <= left:
        return None
    return RefusedError(
        "WINDOWS-011",
        file=file.id,
        needed=needed,
        margin=floor(margin_s),
        left=floor(left),
        greatest=bytes_in(left - margin_s, rate),
    )


def _no_volume(file: FileToSend, window: Window, spent_bytes: int) -> RefusedError | None:
    # 割り当てたデータ量以上 is what the seed bars: the limit itself must not be reached.
    if window.bytes_limit is None or spent_bytes + file.bytes < window.bytes_limit:
        return None
    left = max(window.bytes_limit - 1 - spent_bytes, 0)
    return RefusedError("WINDOWS-012", file=file.id, bytes=file.bytes, spent=spent_bytes, left=left)


def _over_cap(file: FileToSend, now: datetime, cap: DailyCap | None) -> RefusedError | None:
    if not file.kind.counts_for_cap:
        return None
    decision = cap.decide(Upload(now, file.kind.value, file.records)) if cap else None
    if decision is None or decision.cap is None:
        return RefusedError("WINDOWS-014", file=file.id)
    if decision.allowed:
        return None
    return RefusedError(
        "WINDOWS-013", file=file.id, records=file.records, cap=decision.cap, remaining=decision.remaining
    )
