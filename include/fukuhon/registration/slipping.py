"""What slipped: files that went by their window unsent, and files that the server put off to a later day.

Nothing is stored for it: the trail knows into which windows a file was planned, the books what the server said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from fukuhon.calendars import tokyo_day
from fukuhon.ledger import File, FileState, Reader, audit
from fukuhon.ledger.states import WAITING

__all__ = ["Slip", "slipped"]

_UNSENT = frozenset({FileState.VALIDATED, FileState.PLANNED, FileState.CUT, FileState.UNPLACEABLE})


@dataclass(frozen=True, slots=True)
class Slip:
    """A file that did not go, or was not processed, on the day that was meant for it.

    ``to``: the day that is meant now; None where there is none yet. ``at_server``: the server has it and put it off.
    """

    file: str
    since: date
    to: date | None
    at_server: bool

    @property
    def wording(self) -> str:
        """For an officer."""
        what = "処理" if self.at_server else "送信"
        if self.to is None:
            return f"{self.since:%m-%d} の{what}から繰り延べ（次の枠は未定）"
        return f"{self.since:%m-%d} の{what}から {self.to:%m-%d} に繰り延べ"


def slipped(reader: Reader, known: Iterable[File], now: datetime) -> list[Slip]:
    """The files that have slipped to a later day, in the order given."""
    found = (_at_server(file) if file.state in WAITING else _unsent(reader, file, now) for file in known)
    return [slip for slip in found if slip is not None]


def _at_server(file: File) -> Slip | None:
    """Put off by the server (seed 1.5.4): it says to which day."""
    if not file.slips or file.received_at is None:
        return None
    return Slip(file.name, tokyo_day(file.received_at), file.slipped_to, at_server=True)


def _unsent(reader: Reader, file: File, now: datetime) -> Slip | None:
    """Planned into a window that has begun on an earlier day than the one that is meant now, and not sent in it."""
    if file.state not in _UNSENT:
        return None
    begun = sorted(at for at in _planned_for(reader, file) if at <= now)
    meant = tokyo_day(file.window_start) if file.state is FileState.PLANNED and file.window_start else None
    latest = max(meant, tokyo_day(now)) if meant else tokyo_day(now)
    if not begun or tokyo_day(begun[0]) >= latest:
        return None
    return Slip(
        file.name, tokyo_day(begun[0]), meant if meant and meant > tokyo_day(begun[0]) else None, at_server=False
    )


def _planned_for(reader: Reader, file: File) -> list[datetime]:
    lines = audit.lines(reader, subject=f"files:{file.id}")
    starts = (line.detail.get("window_start") for line in lines if line.event == "file.planned")
    return [datetime.fromisoformat(str(start)) for start in starts if start]
