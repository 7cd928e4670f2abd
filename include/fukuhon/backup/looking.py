"""After a restore: what has the server taken that the books do not know?

Books from an older backup do not know what was sent since. Sent again it would go twice, and old content would
overwrite new. So the stop that a restore leaves is lifted only after a look at the server's list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fukuhon.calendars import tokyo_day
from fukuhon.errors import RefusedError
from fukuhon.ledger import Event, Reader, attempts, audit, copying, files
from fukuhon.ledger import results as looks
from fukuhon.registration.desk import Desk
from fukuhon.sender import Mark
from fukuhon.server import ResultRow

__all__ = ["Look", "accept", "is_pending", "look"]

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Look:
    """What the look showed: since when, how many receipts of ours, and those that the books do not know."""

    since: datetime
    seen: int
    unknown: tuple[str, ...]

    def require(self) -> None:
        """Raise RefusedError BACKUP-010 where there are unknown ones."""
        if self.unknown:
            more = "ほか" if len(self.unknown) > _SHOWN else ""
            raise RefusedError("BACKUP-010", count=len(self.unknown), receipts="、".join(self.unknown[:_SHOWN]) + more)


def is_pending(desk: Desk) -> bool:
    """Whether the books were restored, or are older than the sender's mark, and nobody has looked since."""
    with desk.ledger.reading() as reader:
        last = audit.latest(reader, copying.RESTORED)
        return (last is not None and last.event == "ledger.restored") or not Mark.of(desk.site.work).holds(reader)


def look(desk: Desk) -> Look:
    """Ask the server for its list since the books were last written to. Raises as the server and its manners do."""
    with desk.ledger.reading() as reader:
        since = _since(reader)
        known = _known(reader)
    first, last = tokyo_day(since), tokyo_day(desk.now())
    with desk.ledger.transaction(desk.actor) as tx:
        looks.look(tx, "results", looks.days(first, last))
    rows = _ours(desk, desk.server.results(first, last), since)
    return Look(since, len(rows), tuple(str(row.number) for row in rows if str(row.number) not in known))


def accept(desk: Desk, found: Look, reason: str | None) -> None:
    """Write down that somebody has looked, and why sending may go on; the sender's mark is set anew."""
    with desk.ledger.transaction(desk.actor) as tx:
        detail = {"seen": found.seen, "unknown": len(found.unknown), "reason": reason or ""}
        tx.note(Event("ledger.restore_looked", copying.RESTORED, detail))
    Mark.of(desk.site.work).remove()


def _since(reader: Reader) -> datetime:
    """When the restored backup was made; without a restore of ours, the last that the books know."""
    last = audit.latest(reader, copying.RESTORED)
    if last is not None and last.event == "ledger.restored":
        return datetime.fromisoformat(str(last.detail["made"]))
    return next(audit.lines(reader, after=audit.tail(reader).seq - 1)).at


def _known(reader: Reader) -> set[str]:
    of_files = {file.receipt for file in files.find(reader) if file.receipt}
    return of_files | {attempt.receipt for attempt in attempts.find(reader) if attempt.receipt}


def _ours(desk: Desk, rows: Sequence[ResultRow], since: datetime) -> list[ResultRow]:
    """Rows of our account from the minute of ``since`` on: the list shows no seconds."""
    minute = since.replace(second=0, microsecond=0)
    return [row for row in rows if row.requester == desk.server.requester and row.received >= minute]
