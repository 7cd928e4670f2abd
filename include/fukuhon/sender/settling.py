"""A doubt is settled by looking, never by sending (seed 1.4.1, 1.6.3; DESIGN §3.1).

The server's list shows receipt, time, requester, status and counts. After the settling time a look at it shows one
receipt that can only be ours (the server has the file), none (it has not, and the file goes again under the guard), or
several: then two people decide.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from fukuhon.calendars import tokyo_day
from fukuhon.errors import FatalError, RefusedError
from fukuhon.identifiers import ReceiptNumber
from fukuhon.ledger import File, FileState, Ledger, Reader, Tx, approvals, attempts, files, results
from fukuhon.ledger.attempts import Attempt, Ended
from fukuhon.ledger.results import NewResult
from fukuhon.sender.outcomes import settled
from fukuhon.server import IntermediateServer, ResultRow

__all__ = ["Answer", "Settled", "candidates", "decide", "question", "settle"]

_log = logging.getLogger("fukuhon.sender")

Answer = Literal["received", "cut", "several", "too_early", "not_asked"]
"""``several``.

Two people decide; ``too_early``: the settling time is not over; ``not_asked``: the server was asked too often today.
"""


@dataclass(frozen=True, slots=True)
class Settled:
    """What a look told of one file in doubt."""

    file: str
    answer: Answer
    receipts: tuple[str, ...] = ()


def settle(ledger: Ledger, server: IntermediateServer, settle_minutes: int, actor: str = "sender") -> list[Settled]:
    """Look once for every file in doubt whose settling time is over. Raises as ``IntermediateServer.results`` does."""
    with ledger.reading() as reader:
        doubts = [(file, _doubt(reader, file)) for file in files.find(reader, state=FileState.IN_DOUBT)]
    return [_settle_one(ledger, server, file, attempt, settle_minutes, actor) for file, attempt in doubts]


def _doubt(reader: Reader, file: File) -> Attempt:
    return attempts.find(reader, file_id=file.id)[-1]


def _settle_one(  # noqa: PLR0913, PLR0917 - one doubt and all that it needs
    ledger: Ledger, server: IntermediateServer, file: File, attempt: Attempt, settle_minutes: int, actor: str
) -> Settled:
    now = ledger.clock.now()
    if now < (attempt.ended or now) + timedelta(minutes=settle_minutes):
        return Settled(file.name, "too_early")
    first, last = tokyo_day(attempt.started), tokyo_day(now)
    try:
        with ledger.transaction(actor) as tx:
            look = results.look(tx, "results", results.days(first, last))
    except RefusedError:
        return Settled(file.name, "not_asked")
    rows = server.results(first, last)
    with ledger.transaction(actor) as tx:
        results.add(tx, look, [_result(row) for row in rows])
        return _conclude(tx, file, attempt, candidates(tx, attempt, rows))


def candidates(reader: Reader, attempt: Attempt, rows: Sequence[ResultRow]) -> list[ResultRow]:
    """The rows that may be the receipt of an attempt.

    Of its requester (at the terminal anybody may have logged in), not before it began, with fitting counts, of no other
    file.

    The list shows minutes, so the minute in which the attempt began counts. That a time lies outside all hours proves
    nothing: the seed's own rows do.
    """
    began = attempt.started.replace(second=0, microsecond=0)
    return [
        row
        for row in rows
        if (row.requester == attempt.requester or attempt.channel in attempts.BY_HAND)
        and row.received >= began
        and _fits(row, attempt.records)
        and not files.find(reader, receipt=str(row.number))
    ]


def _fits(row: ResultRow, records: int) -> bool:
    """Counts are known once it is processed.

    Before that, and where the whole file was rejected, the list shows zeros.
    """
    return row.status != "処理完了" or row.processed == records


def _conclude(tx: Tx, file: File, attempt: Attempt, found: Sequence[ResultRow]) -> Settled:
    receipts = tuple(str(row.number) for row in found)
    if len(found) > 1:
        _log.warning("%s may be any of %d receipts: two people decide", file.name, len(found))
        return Settled(file.name, "several", receipts)
    if found:
        _settle(tx, attempt, receipts[0], found[0].received)
        return Settled(file.name, "received", receipts)
    _settle(tx, attempt, None, None)
    return Settled(file.name, "cut")


def _settle(tx: Tx, attempt: Attempt, receipt: str | None, received: datetime | None, *, people: bool = False) -> None:
    ended = Ended(
        outcome="received" if receipt else "cut",
        bytes_on_wire=attempt.bytes,
        ended=tx.now,
        seconds=attempt.seconds or 0.0,
        receipt=receipt,
        received_at=received,
    )
    settled(tx, attempt, ended, "people" if people else "looked")


def question(file: File, receipt: str | None) -> str:
    """The sha256 of what two people decide: that this file was received under this receipt, or was not received."""
    return approvals.digest(f"settle {file.id} {file.sha256} {receipt or '-'}")


def decide(tx: Tx, file_id: int, receipt: ReceiptNumber | None) -> None:
    """Settle a doubt as two people decided (``settle`` approval of :func:`question`); None: it was not received.

    Raises RefusedError (LEDGER-053) without their approval, FatalError (SENDER-004) for a receipt that no look has
    shown.
    """
    file = files.get(tx, file_id)
    attempt = _doubt(tx, file)
    approvals.use(tx, "settle", question(file, receipt))
    shown = results.latest(tx, receipt) if receipt else None
    if receipt and shown is None:
        raise FatalError("SENDER-004", receipt=receipt)
    _settle(tx, attempt, receipt, shown.received_at if shown else None, people=True)


def _result(row: ResultRow) -> NewResult:
    return NewResult(
        receipt=str(row.number),
        status=row.status,
        processed=row.processed,
        errors=row.errors,
        received_at=row.received,
        requester=row.requester,
    )
