"""Runs: one preparation of one kind, for one day.

The same key again is the same run, so a clear or a retry repeats nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

import sqlalchemy as sa

from fukuhon.errors import FatalError
from fukuhon.ledger import schema
from fukuhon.ledger.transactions import Event, Reader, Tx

__all__ = ["KINDS", "Kind", "Run", "RunKey", "RunState", "close_run", "find", "get", "open_run"]

Kind = Literal["pretest", "initial", "differential", "deletion"]
RunState = Literal["open", "done", "failed"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_t = schema.runs


@dataclass(frozen=True, slots=True)
class RunKey:
    """What makes two runs the same.

    Site, kind, the day it is for, the 特定個人情報 (None: several), and the state of the 正本 it took.
    """

    site: str
    kind: Kind
    day: date
    spi: str | None
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Run:
    """A run as the ledger has it."""

    id: int
    key: RunKey
    state: RunState
    opened_at: datetime
    ended_at: datetime | None


def open_run(tx: Tx, key: RunKey) -> Run:
    """The run of this key, opened if there is none.

    A failed one is opened again, a done one stays done. Raises ValueError for an unknown kind.
    """
    if key.kind not in KINDS:
        raise ValueError(f"no such kind of run: {key.kind}")
    found = tx.row(sa.select(_t).where(_t.c.site == key.site, _t.c.kind == key.kind, *_rest_of(key)))
    if found is None:
        values = {"site": key.site, "kind": key.kind, "day": key.day, "spi": key.spi or "", "as_of": key.as_of}
        run_id = tx.insert(
            _t, {**values, "state": "open", "opened_at": tx.now}, "run.opened", {"kind": key.kind, "day": key.day}
        )
        return get(tx, run_id)
    if found.state == "failed":
        reopen = sa.update(_t).where(_t.c.id == found.id).values(state="open", ended_at=None)
        tx.record(Event("run.opened_again", f"runs:{found.id}"), reopen)
    return get(tx, found.id)


def _rest_of(key: RunKey) -> list[sa.ColumnElement[bool]]:
    return [_t.c.day == key.day, _t.c.spi == (key.spi or ""), _t.c.as_of == key.as_of]


def close_run(tx: Tx, run_id: int, state: Literal["done", "failed"]) -> None:
    """End an open run.

    Ending it again the same way changes nothing. Raises FatalError (LEDGER-010) when it ended otherwise.
    """
    change = sa.update(_t).where(_t.c.id == run_id, _t.c.state == "open").values(state=state, ended_at=tx.now)
    if tx.record(Event(f"run.{state}", f"runs:{run_id}"), change) == 0 and get(tx, run_id).state != state:
        raise FatalError("LEDGER-010", run=run_id)


def get(reader: Reader, run_id: int) -> Run:
    """One run. Raises FatalError (LEDGER-011) when there is none."""
    row = reader.row(sa.select(_t).where(_t.c.id == run_id))
    if row is None:
        raise FatalError("LEDGER-011", what="run", id=run_id)
    return _run(row)


def find(
    reader: Reader, *, kind: Kind | None = None, state: RunState | None = None, day: date | None = None
) -> Sequence[Run]:
    """Runs in the order in which they were opened."""
    query = sa.select(_t).order_by(_t.c.id)
    for column, value in ((_t.c.kind, kind), (_t.c.state, state), (_t.c.day, day)):
        if value is not None:
            query = query.where(column == value)
    return [_run(row) for row in reader.rows(query)]


def _run(row: sa.Row[tuple[object, ...]]) -> Run:
    key = RunKey(row.site, row.kind, row.day, row.spi or None, row.as_of)
    return Run(row.id, key, row.state, row.opened_at, row.ended_at)
