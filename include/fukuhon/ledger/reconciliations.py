"""Requests of 突合, one a record key and minute.

Planned, asked, released, fetched, compared. Keys stand here as keyed hashes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Literal

import sqlalchemy as sa

from fukuhon.clock import tokyo
from fukuhon.errors import FatalError
from fukuhon.ledger import schema
from fukuhon.ledger.transactions import Event, Reader, Tx

__all__ = ["NewReconciliation", "Reconciliation", "State", "add", "asked_on", "find", "get", "move"]

State = Literal["planned", "asked", "ordered", "released", "fetched", "compared", "failed"]

_FOLLOWS: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        "planned": frozenset({"asked", "failed"}),
        "asked": frozenset({"ordered", "failed"}),
        "ordered": frozenset({"released", "failed"}),
        "released": frozenset({"fetched", "failed"}),
        "fetched": frozenset({"compared", "failed"}),
        "compared": frozenset(),
        "failed": frozenset(),
    },
)
_FACTS = frozenset(
    {"number", "asked_by", "released_by", "asked_at", "expected", "records", "mismatches", "path", "detail"}
)
_t = schema.reconciliations


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReconciliation:
    """One request of a plan.

    Which dataset, whose key (hashed), which minute of processing, how many records are expected.
    """

    plan_sha256: str
    spi: str
    dataset: str
    key_hash: str
    minute: datetime
    expected: int | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation(NewReconciliation):
    """A request as the ledger has it."""

    id: int
    state: State
    number: str | None
    asked_by: str | None
    released_by: str | None
    asked_at: datetime | None
    ended_at: datetime | None
    records: int | None
    mismatches: int | None
    path: str | None


def add(tx: Tx, new: NewReconciliation) -> int:
    """Write a planned request down; the same one again is the same request. Returns its id."""
    same = [
        _t.c.plan_sha256 == new.plan_sha256,
        _t.c.dataset == new.dataset,
        _t.c.key_hash == new.key_hash,
        _t.c.minute == new.minute,
    ]
    found = tx.scalar(sa.select(_t.c.id).where(*same))
    if found is not None:
        return int(found)
    values = {name: getattr(new, name) for name in NewReconciliation.__slots__} | {"state": "planned"}
    return tx.insert(_t, values, "reconciliation.planned", {"dataset": new.dataset, "minute": new.minute})


def move(tx: Tx, reconciliation_id: int, to: State, **facts: object) -> Reconciliation:
    """Move a request on and write its facts.

    Raises FatalError (LEDGER-070) for a step or a fact that does not follow.
    """
    before = get(tx, reconciliation_id).state
    if to not in _FOLLOWS[before] or set(facts) - _FACTS:
        raise FatalError("LEDGER-070", id=reconciliation_id, before=before, after=to)
    values: dict[str, object] = {"state": to, **facts}
    if to == "asked":
        values.setdefault("asked_at", tx.now)
        values.setdefault("asked_by", tx.actor)
    if not _FOLLOWS[to]:
        values["ended_at"] = tx.now
    event = Event(
        f"reconciliation.{to}", f"reconciliations:{reconciliation_id}", {"from": before, "number": facts.get("number")}
    )
    tx.record(event, sa.update(_t).where(_t.c.id == reconciliation_id).values(**values))
    return get(tx, reconciliation_id)


def get(reader: Reader, reconciliation_id: int) -> Reconciliation:
    """One request. Raises FatalError (LEDGER-011) when there is none."""
    found = reader.load_one(Reconciliation, sa.select(_t).where(_t.c.id == reconciliation_id))
    if found is None:
        raise FatalError("LEDGER-011", what="reconciliation", id=reconciliation_id)
    return found


def find(
    reader: Reader, *, state: State | None = None, plan_sha256: str | None = None, dataset: str | None = None
) -> Sequence[Reconciliation]:
    """The requests that match all that is given, in the order in which they were planned."""
    query = sa.select(_t).order_by(_t.c.id)
    for column, value in ((_t.c.state, state), (_t.c.plan_sha256, plan_sha256), (_t.c.dataset, dataset)):
        if value is not None:
            query = query.where(column == value)
    return reader.load(Reconciliation, query)


def asked_on(reader: Reader, day: date) -> int:
    """How many requests were asked on a day."""
    within = [_t.c.asked_at >= tokyo(day), _t.c.asked_at < tokyo(day + timedelta(days=1))]
    return int(reader.scalar(sa.select(sa.func.count()).select_from(_t).where(*within)))
