"""Looks at the server, and what each showed.

Each look is a row, since the server is not to be asked again and again (seed 2.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from fukuhon.clock import tokyo
from fukuhon.errors import RefusedError
from fukuhon.ledger import schema
from fukuhon.ledger.transactions import Event, Reader, Tx

__all__ = ["Manners", "NewResult", "Result", "add", "days", "latest", "look", "looked", "looks_on"]

_l, _r = schema.looks, schema.results


@dataclass(frozen=True, slots=True)
class Manners:
    """How often the server may be asked.

    The same question not within ``apart``, one receipt ``per_receipt`` times a day, ``per_day`` in all.
    """

    apart: timedelta = timedelta(minutes=10)
    per_receipt: int = 2
    per_day: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class NewResult:
    """One line of the server's list, or the details of one receipt."""

    receipt: str
    status: str
    processed: int
    errors: int
    received_at: datetime | None = None
    requester: str | None = None
    completed: datetime | None = None
    slipped_to: date | None = None
    detail_path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result(NewResult):
    """What a look showed, as the ledger has it."""

    id: int
    look_id: int


def days(first: date, last: date) -> str:
    """How a look at the list of results is written down, so that all who look agree on what is the same question."""
    return f"{first}/{last}"


def look(tx: Tx, call: str, argument: str, manners: Manners = Manners()) -> int:
    """Write down that the server is about to be asked ``call`` about ``argument`` (dates, a receipt).

    Returns the look's id.

    Raises RefusedError: LEDGER-060 for the same question too soon, LEDGER-061 for a receipt too often, LEDGER-062 for
    too many in all.
    """
    same = [_l.c.call == call, _l.c.argument == argument]
    today = _l.c.at >= tokyo(tx.now.date())
    last = tx.scalar(sa.select(sa.func.max(_l.c.at)).where(*same))
    if last is not None and tx.now - last < manners.apart:
        raise RefusedError("LEDGER-060", call=call, minutes=int(manners.apart.total_seconds() // 60))
    if call == "detail" and _count(tx, *same, today) >= manners.per_receipt:
        raise RefusedError("LEDGER-061", receipt=argument, times=manners.per_receipt)
    if _count(tx, today) >= manners.per_day:
        raise RefusedError("LEDGER-062", times=manners.per_day)
    return tx.insert(_l, {"at": tx.now, "actor": tx.actor, "call": call, "argument": argument}, "look", {"call": call})


def _count(reader: Reader, *conditions: sa.ColumnElement[bool]) -> int:
    return int(reader.scalar(sa.select(sa.func.count()).select_from(_l).where(*conditions)))


def add(tx: Tx, look_id: int, found: Sequence[NewResult]) -> None:
    """Write down what a look showed."""
    if not found:
        return
    rows = [{"look_id": look_id} | {name: getattr(one, name) for name in NewResult.__slots__} for one in found]
    tx.record(Event("look.showed", f"looks:{look_id}", {"results": len(rows)}), sa.insert(_r).values(rows))


def latest(reader: Reader, receipt: str) -> Result | None:
    """What the last look showed of a receipt."""
    return reader.load_one(Result, sa.select(_r).where(_r.c.receipt == receipt).order_by(_r.c.id.desc()).limit(1))


def looked(reader: Reader, receipt: str) -> datetime | None:
    """When a receipt was last seen in a look; None when it never was."""
    query = sa.select(sa.func.max(_l.c.at)).join_from(_r, _l).where(_r.c.receipt == receipt)
    found: datetime | None = reader.scalar(query)
    return found


def looks_on(reader: Reader, day: date) -> int:
    """How often the server was asked on a day."""
    return _count(reader, _l.c.at >= tokyo(day), _l.c.at < tokyo(day + timedelta(days=1)))
