"""Planning: validated files into the windows that are open or to come, and out of those that have passed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from fukuhon.calendars import tokyo_day
from fukuhon.ledger import File, FileState, Reader, Tx, attempts, files, meters
from fukuhon.ledger.states import WAITING
from fukuhon.records import overlaps
from fukuhon.registration.books import ON_ITS_WAY
from fukuhon.registration.desk import Desk
from fukuhon.registration.summary import Summary
from fukuhon.sender import cap_as_of, scheduled_done
from fukuhon.windows import (
    Batches,
    Channel,
    FileToSend,
    Kind,
    Line,
    Plan,
    Unplaceable,
    Window,
    line_rate,
    part_of,
)
from fukuhon.windows import plan as plan_windows
from fukuhon.windows.schedule import upload_windows

__all__ = ["greatest_of", "plan", "release"]

_OPEN = (FileState.VALIDATED, FileState.PLANNED, FileState.CUT, FileState.UNPLACEABLE)


def plan(desk: Desk) -> Summary:
    """Place every file that may still be sent; what fits no window at all is marked so, with the size that would.

    The plan is made anew each time: it is a forecast, and the guard decides at each start.
    """
    now = desk.now()
    windows = [window for window in upload_windows(desk.site) if window.interval.end > now]
    with desk.ledger.transaction(desk.actor) as tx:
        blocked = _blocked(desk, tx)
        waiting = [f for f in files.find(tx, state=_OPEN) if not _refused(f) and f.id not in blocked]
        for file_id in blocked:
            _leave(tx, files.get(tx, file_id), FileState.VALIDATED, reason=None)
        made = plan_windows(
            [_to_send(file, waiting) for file in waiting],
            windows,
            _line(desk, tx, windows),
            cap=cap_as_of(desk.site, tx, tokyo_day(now)),
            batches=_batches(tx, now),
        )
        for position, placement in enumerate(made.placed, 1):
            _place(tx, files.get(tx, _id(placement.file)), placement.window, position)
        for lost in made.unplaceable:
            _leave(tx, files.get(tx, _id(lost.file)), FileState.UNPLACEABLE, reason=_reason(lost))
        for file in made.waiting:
            _leave(tx, files.get(tx, _id(file)), FileState.VALIDATED, reason=None)
    return _told(made, len(blocked))


def release(desk: Desk, file_id: int) -> None:
    """Let a file that the server refused be planned again, in the name of who has looked at it.

    Raises FatalError LEDGER-015 where it is none.
    """
    with desk.ledger.transaction(desk.actor) as tx:
        files.clear(tx, file_id)


def _blocked(desk: Desk, reader: Reader) -> set[int]:
    """Files that hold a record which an earlier file, not finished, holds too: they wait for it (DESIGN §3.5)."""
    under_way = [file for file in files.find(reader, state=ON_ITS_WAY) if not _refused(file)]
    shared = overlaps([(Path(file.sidecar), file.run_id) for file in under_way], overflow=desk.folder("overflow"))
    return {under_way[later].id for _, later in shared if under_way[later].state in _OPEN}


def _refused(file: File) -> bool:
    """Whether the server has refused it for good: it stays until a person has looked (``release``)."""
    return file.state is FileState.VALIDATED and file.reason is not None


def _id(file: FileToSend) -> int:
    assert isinstance(file.id, int)
    return file.id


def _to_send(file: File, waiting: Sequence[File]) -> FileToSend:
    """A deletion follows what its run registers: register first, delete after (DESIGN §3.6)."""
    deletes = file.kind == "deletion"
    before = tuple(
        other.id for other in waiting if deletes and other.run_id == file.run_id and other.kind != "deletion"
    )
    return FileToSend(
        file.id, file.bytes, file.records, Kind(file.kind), Channel(file.channel), before, part_of(file.spi)
    )


def _line(desk: Desk, reader: Reader, windows: Sequence[Window]) -> Line:
    limits = desk.site.limits
    return Line(
        rate=line_rate([sample.rate for sample in meters.find(reader)], limits.line_bytes_per_s),
        margin_s=limits.guard_margin_s,
        spent={window.id: attempts.spent(reader, *window.account) for window in windows},
        now=desk.now(),
    )


def _batches(reader: Reader, now: datetime) -> Batches:
    """The scheduled processing of today as far as it is known to be over, and tonight's where files wait for it."""
    today, done = tokyo_day(now), scheduled_done(reader, now)
    taken = files.find(reader, state=WAITING)
    tonight = any(Channel(file.channel).scheduled for file in taken)
    return Batches({} if done is None else {today: done}, frozenset({today} if tonight else ()))


def _place(tx: Tx, file: File, window: Window, position: int) -> None:
    if file.state is FileState.PLANNED:
        if (file.window_id, file.position) == (window.id, position):
            return
        files.move(tx, file.id, FileState.VALIDATED, reason=None)
    files.place(tx, file.id, window.id, window.interval.start, position)


def _reason(lost: Unplaceable) -> str:
    records = "" if lost.greatest_records is None else f" greatest_records={lost.greatest_records}"
    return f"greatest_bytes={lost.greatest_bytes}{records}"


def greatest_of(file: File) -> tuple[int | None, int | None]:
    """Bytes and records of the greatest file that would have had a place, of one that had none (its ``reason``)."""
    said = dict(part.split("=") for part in (file.reason or "").split() if "=" in part)
    size, records = (said.get(name) for name in ("greatest_bytes", "greatest_records"))
    return int(size) if size else None, int(records) if records else None


def _leave(tx: Tx, file: File, state: FileState, **facts: object) -> None:
    """What has no place stays where the table lets it: a cut or unplaceable file waits as it is for the next plan."""
    stays = {FileState.CUT, FileState.UNPLACEABLE}
    if file.state is state or (file.state in stays and state is FileState.VALIDATED):
        return
    files.move(tx, file.id, state, **facts)


def _told(made: Plan, blocked: int) -> Summary:
    by_window: dict[str, int] = {}
    for placement in made.placed:
        by_window[placement.window.id] = by_window.get(placement.window.id, 0) + 1
    counts = {"placed": len(made.placed), "unplaceable": len(made.unplaceable), "waiting": len(made.waiting) + blocked}
    return Summary("plan", counts=counts, facts={"windows": by_window})
