"""Attempts: each time a file goes on the wire. Written before the first byte, ended when what became of it is known.

Every byte counts against the window, those of failed attempts too; of an attempt whose end nobody saw, all bytes of the
file count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from fukuhon.errors import FatalError
from fukuhon.ledger import schema
from fukuhon.ledger.files import File, get, shift
from fukuhon.ledger.orders import Order
from fukuhon.ledger.runs import Kind
from fukuhon.ledger.states import FileState
from fukuhon.ledger.transactions import Event, Reader, Tx

__all__ = [
    "BY_HAND",
    "Attempt",
    "Ended",
    "Outcome",
    "Settlement",
    "begin",
    "by_key",
    "counted",
    "doubt_open",
    "end",
    "find",
    "open_attempts",
    "settle",
    "spent",
    "waiting",
]

Outcome = Literal["received", "cut", "refused", "in_doubt"]
Settlement = Literal["looked", "journal", "people"]
"""How a doubt ended: by a look at the server's list, by the sender's own journal, by two people."""

BY_HAND = frozenset({1, 2})
"""Channels on which a person sends, at the terminal.

No byte is on a wire of ours, and only that person knows the end.
"""

_a, _f = schema.attempts, schema.files


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An attempt as the ledger has it."""

    id: int
    key: str
    file_id: int
    order_id: int | None
    window_id: str | None
    fence: int
    kind: Kind
    channel: int
    requester: str
    bytes: int
    records: int
    started: datetime
    ended: datetime | None
    bytes_on_wire: int | None
    seconds: float | None
    outcome: Outcome | None
    receipt: str | None
    received_at: datetime | None
    fault: str | None
    settled: Settlement | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What became of an attempt.

    ``again``: a refused file stays planned (the server was busy); otherwise somebody looks first.
    """

    outcome: Outcome
    bytes_on_wire: int
    ended: datetime
    seconds: float
    receipt: str | None = None
    received_at: datetime | None = None
    fault: str | None = None
    again: bool = False


def begin(tx: Tx, file: File, key: str, order: Order | None) -> Attempt:
    """Write an attempt down: only for ``lease.claim``, which has moved the file to sending."""
    values = {
        "key": key,
        "file_id": file.id,
        "fence": file.fence,
        "kind": file.kind,
        "channel": file.channel,
        "requester": file.requester,
    }
    values |= {"order_id": order.id if order else None, "window_id": order.window_id if order else None}
    values |= {"bytes": file.bytes, "records": file.records, "started": tx.now}
    tx.insert(_a, values, "attempt.begun", {"key": key, "file": file.name, "bytes": file.bytes})
    return by_key(tx, key)


def end(tx: Tx, key: str, ended: Ended) -> File:
    """Write down what became of an open attempt, and move its file.

    Raises FatalError (LEDGER-040) when it has ended before.
    """
    attempt = by_key(tx, key)
    if attempt.ended is not None:
        raise FatalError("LEDGER-040", key=key)
    return _write(tx, attempt, ended, FileState.SENDING, None)


def settle(tx: Tx, key: str, ended: Ended, how: Settlement) -> File:
    """Write down what became of an attempt in doubt, and move its file.

    Raises FatalError (LEDGER-041) when it is not in doubt.
    """
    attempt = by_key(tx, key)
    if attempt.outcome != "in_doubt" or attempt.settled is not None or ended.outcome not in {"received", "cut"}:
        raise FatalError("LEDGER-041", key=key)
    return _write(tx, attempt, ended, FileState.IN_DOUBT, how)


def _write(tx: Tx, attempt: Attempt, ended: Ended, before: FileState, how: Settlement | None) -> File:
    columns = ("outcome", "bytes_on_wire", "ended", "seconds", "receipt", "received_at", "fault")
    values = {name: getattr(ended, name) for name in columns} | {"settled": how}
    detail = {
        "outcome": ended.outcome,
        "bytes": ended.bytes_on_wire,
        "receipt": ended.receipt,
        "fault": ended.fault,
        "settled": how,
    }
    tx.record(
        Event("attempt.ended", f"attempts:{attempt.id}", detail),
        sa.update(_a).where(_a.c.id == attempt.id).values(**values),
    )
    facts: dict[str, object] = {}
    if ended.outcome == "received":
        facts = {"receipt": ended.receipt, "received_at": ended.received_at}
    elif ended.outcome == "refused":
        facts = {"reason": ended.fault}
    shift(tx, attempt.file_id, before, _state_after(ended), facts)
    return get(tx, attempt.file_id)


def _state_after(ended: Ended) -> FileState:
    if ended.outcome == "refused":
        return FileState.PLANNED if ended.again else FileState.VALIDATED
    return FileState(ended.outcome)


def doubt_open(tx: Tx) -> list[int]:
    """Put what a dead holder had on the wire in doubt.

    All its bytes count, since nobody knows better. What a person sends at the terminal goes on without the holder, and
    stays open. Returns the files.
    """
    doubts = []
    for attempt in open_attempts(tx):
        if attempt.channel in BY_HAND:
            continue
        seconds = (tx.now - attempt.started).total_seconds()
        end(tx, attempt.key, Ended(outcome="in_doubt", bytes_on_wire=attempt.bytes, ended=tx.now, seconds=seconds))
        doubts.append(attempt.file_id)
    return doubts


def by_key(reader: Reader, key: str) -> Attempt:
    """The attempt of this key. Raises FatalError (LEDGER-011) when there is none."""
    found = reader.load_one(Attempt, sa.select(_a).where(_a.c.key == key))
    if found is None:
        raise FatalError("LEDGER-011", what="attempt", id=key)
    return found


def open_attempts(reader: Reader) -> Sequence[Attempt]:
    """Attempts whose end is not known: at most one."""
    return reader.load(Attempt, sa.select(_a).where(_a.c.ended.is_(None)).order_by(_a.c.id))


def waiting(reader: Reader) -> Attempt | None:
    """The attempt that waits for the receipt which a person at the terminal will enter; None where nobody sends so."""
    return next((attempt for attempt in open_attempts(reader) if attempt.channel in BY_HAND), None)


def find(
    reader: Reader, *, file_id: int | None = None, window_id: str | None = None, outcome: Outcome | None = None
) -> Sequence[Attempt]:
    """The attempts that match all that is given, in the order in which they began."""
    query = sa.select(_a).order_by(_a.c.id)
    for column, value in ((_a.c.file_id, file_id), (_a.c.window_id, window_id), (_a.c.outcome, outcome)):
        if value is not None:
            query = query.where(column == value)
    return reader.load(Attempt, query)


def spent(reader: Reader, *window_ids: str) -> int:
    """The bytes that count against the windows' volume: all that went on the wire in them, and a file under way."""
    each = sa.func.coalesce(_a.c.bytes_on_wire, _a.c.bytes)
    return int(reader.scalar(sa.select(sa.func.coalesce(sa.func.sum(each), 0)).where(_a.c.window_id.in_(window_ids))))


def counted(reader: Reader, start: datetime, end_: datetime) -> Sequence[Attempt]:
    """What the daily cap counts (seed 1.5.1).

    Attempts that began in ``start`` ≤ t < ``end_`` and may have been taken.
    """
    taken = sa.or_(_a.c.outcome.is_(None), _a.c.outcome.in_(("received", "in_doubt")))
    return reader.load(
        Attempt, sa.select(_a).where(_a.c.started >= start, _a.c.started < end_, taken).order_by(_a.c.id)
    )
