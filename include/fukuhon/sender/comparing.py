"""Does the server's list hold receipts of ours that the books do not know?

Then the books are older than what was sent under them, however they were put back: from a backup, or with the whole
machine around them, as a snapshot does. Sent again it would go twice, and old content would overwrite new. So the list
is compared before the first file that a sender puts on the wire and at each preflight: one request, and not again
within the time in which nobody asks the same question twice (seed 2.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fukuhon.calendars import tokyo_day
from fukuhon.errors import RefusedError
from fukuhon.ledger import Event, Ledger, Reader, Tx, attempts, audit, copying, files, orders, results
from fukuhon.ledger.results import Manners
from fukuhon.server import IntermediateServer, ResultRow

__all__ = ["Compared", "accept", "ask", "compare", "stopped_for"]

_SUBJECT = "receipts:compared"
_SHOWN = 5
_SKEW = timedelta(minutes=10)
"""By so much the server's clock and ours may differ."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What the list showed since an instant: how many receipts of ours, and those that the books do not know.

    ``settled``: up to when nothing has to be asked again.
    """

    since: datetime
    settled: datetime
    seen: int
    unknown: tuple[str, ...] = ()

    def require(self) -> None:
        """Raise RefusedError SENDER-021 where there are unknown ones."""
        if self.unknown:
            more = "ほか" if len(self.unknown) > _SHOWN else ""
            raise RefusedError("SENDER-021", count=len(self.unknown), receipts="、".join(self.unknown[:_SHOWN]) + more)


def compare(ledger: Ledger, server: IntermediateServer, actor: str) -> Compared:
    """Ask, and write down what was seen; where there are unknown ones, stop all sending until a person has decided.

    Nothing is asked where that was done just now, or where the stop is in force. Raises as
    ``IntermediateServer.results`` does, and RefusedError LEDGER-060, -062 where the server was asked too often.
    """
    with ledger.reading() as reader:
        known = stopped_for(reader) or _just_now(reader, ledger.clock.now())
    if known is not None:
        return known
    found = ask(ledger, server, actor)
    with ledger.transaction(actor) as tx:
        if found.unknown:
            detail = {"since": found.since, "settled": found.settled, "seen": found.seen, "unknown": found.unknown}
            tx.note(Event("receipts.unknown", copying.RESTORED, detail))
            orders.stop_request(tx)
        else:
            _note(tx, found)
    return found


def ask(ledger: Ledger, server: IntermediateServer, actor: str) -> Compared:
    """Ask for the list since it was last compared with the books; raises as :func:`compare`.

    From the day before, which makes it a question of its own: a doubt that has just been settled by a look of today
    would else hold up the window for ten minutes.
    """
    now = ledger.clock.now()
    with ledger.transaction(actor) as tx:
        since = _since(tx)
        first, last = tokyo_day(since) - timedelta(days=1), tokyo_day(now)
        results.look(tx, "results", results.days(first, last))
    rows = _ours(server.results(first, last), server.requester, since)
    with ledger.reading() as reader:  # after the list: what has arrived meanwhile is in the books by now, or still open
        known = _known(reader)
        unknown = [row for row in rows if str(row.number) not in known]
        running = [attempt.started for attempt in _running(reader)]
    may_be_running = [row for row in unknown if running and row.received >= _minute(min(running) - _SKEW)]
    if len(may_be_running) <= len(running):  # theirs to settle
        unknown = [row for row in unknown if row not in may_be_running]
    settled = min([now, *running]) - _SKEW
    return Compared(since, max(since, settled), len(rows), tuple(str(row.number) for row in unknown))


def accept(tx: Tx, found: Compared, reason: str | None) -> None:
    """Write down that somebody has looked, why sending may go on, and the receipts: they are known from now on."""
    detail = {"seen": found.seen, "unknown": len(found.unknown), "receipts": found.unknown, "reason": reason or ""}
    tx.note(Event("ledger.restore_looked", copying.RESTORED, detail))
    _note(tx, found)


def stopped_for(reader: Reader) -> Compared | None:
    """The unknown receipts for which sending was stopped; None where somebody has looked, or there were none."""
    last = audit.latest(reader, copying.RESTORED)
    if last is None or last.event != "receipts.unknown":
        return None
    since, settled = (datetime.fromisoformat(str(last.detail[name])) for name in ("since", "settled"))
    unknown = last.detail["unknown"]
    assert isinstance(unknown, list), "as compare wrote it"
    return Compared(since, settled, len(unknown), tuple(unknown))


def _note(tx: Tx, found: Compared) -> None:
    tx.note(Event("receipts.compared", _SUBJECT, {"settled": found.settled, "seen": found.seen}))


def _just_now(reader: Reader, now: datetime) -> Compared | None:
    last = audit.latest(reader, _SUBJECT)
    if last is None or not timedelta() <= now - last.at < Manners().apart:
        return None
    settled = datetime.fromisoformat(str(last.detail["settled"]))
    return Compared(settled, settled, 0)


def _since(tx: Tx) -> datetime:
    """Up to where the list was compared; never yet: when the books were begun."""
    last = audit.latest(tx, _SUBJECT)
    if last is not None:
        return datetime.fromisoformat(str(last.detail["settled"]))
    first = audit.first(tx)
    return tx.now if first is None else first.at


def _ours(rows: Sequence[ResultRow], requester: str, since: datetime) -> list[ResultRow]:
    """Rows of our account from the minute of ``since`` on: the list shows no seconds."""
    return [row for row in rows if row.requester == requester and row.received >= _minute(since)]


def _minute(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)


def _known(reader: Reader) -> set[str]:
    """Receipts of files and of attempts, and those that a person has accepted."""
    of_files = {file.receipt for file in files.find(reader) if file.receipt}
    of_attempts = {attempt.receipt for attempt in attempts.find(reader) if attempt.receipt}
    accepted = (line.detail.get("receipts") for line in audit.lines(reader, subject=copying.RESTORED))
    return of_files | of_attempts | {str(one) for each in accepted if isinstance(each, list) for one in each}


def _running(reader: Reader) -> list[attempts.Attempt]:
    """Attempts whose receipt the books do not know yet, if there is one."""
    doubts = [one for one in attempts.find(reader, outcome="in_doubt") if one.settled is None]
    return [*attempts.open_attempts(reader), *doubts]
