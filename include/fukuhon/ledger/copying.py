"""The whole ledger as lines of JSON, and back: from any database that the ledger runs on to any other.

Paths below the work folder are written relative to it, so that books can be restored where the folder lies elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from fukuhon.errors import FatalError
from fukuhon.ledger import attempts, audit, orders, schema
from fukuhon.ledger.chain import Event, Tail
from fukuhon.ledger.columns import Instant, written
from fukuhon.ledger.migration import VERSION
from fukuhon.ledger.transactions import Reader, Tx

__all__ = ["RESTORED", "VERSION", "dump", "is_empty", "load", "names", "restored"]

RESTORED = "ledger:restore"
"""The subject of the lines about restoring."""
_WORK = "work:"
_PLACES = frozenset({"path", "sidecar", "detail_path"})
_ROWS = 1000
_TABLES = {table.name: table for table in schema.metadata.sorted_tables if table is not schema.version}


def names() -> tuple[str, ...]:
    """The tables in an order in which they can be filled."""
    return tuple(_TABLES)


def dump(reader: Reader, name: str, work: Path) -> Iterator[bytes]:
    """A table's rows, a line each, in the order of their keys."""
    table = _TABLES[name]
    for row in reader.stream(sa.select(table).order_by(*table.primary_key.columns)):
        line = {key: _out(key, value, f"{work}/") for key, value in row.items()}
        yield json.dumps(line, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def _out(key: str, value: object, work: str) -> object:
    if isinstance(value, datetime):
        return written(value)
    if isinstance(value, date):
        return value.isoformat()
    if key in _PLACES and isinstance(value, str) and value.startswith(work):
        return _WORK + value.removeprefix(work)
    return value


def is_empty(reader: Reader) -> bool:
    """Whether nothing was ever written into these books."""
    return audit.tail(reader).seq == 0


def load(tx: Tx, name: str, lines: Iterable[bytes], work: Path) -> int:
    """Fill an empty table with lines of :func:`dump`; returns how many. Raises ValueError for what is no such line."""
    table = _TABLES[name]
    if table in {schema.lease, schema.control}:  # they have had their one row since they were made
        tx.execute(sa.delete(table))
    count, batch = 0, []
    for line in lines:
        row = {key: _in(table.c[key], value, work) for key, value in json.loads(line).items()}
        batch.append(row)
        if len(batch) == _ROWS:
            count += _insert(tx, table, batch)
    return count + _insert(tx, table, batch)


def _in(column: sa.Column[Any], value: Any, work: Path) -> object:
    if value is None:
        return None
    if isinstance(column.type, Instant):
        return datetime.fromisoformat(value)
    if isinstance(column.type, sa.Date):
        return date.fromisoformat(value)
    if column.name in _PLACES and value.startswith(_WORK):
        return str(work / value.removeprefix(_WORK))
    return value


def _insert(tx: Tx, table: sa.Table, batch: list[dict[str, Any]]) -> int:
    done = len(batch)
    if batch:
        tx.execute(sa.insert(table), batch)
        batch.clear()
    return done


def restored(tx: Tx, expected: Tail, made: datetime, reason: str | None) -> None:
    """Make loaded books usable, and let nothing be sent before somebody has looked at what the server has taken since.

    The trail has to end where the backup says. Who held the lease is gone; what was on the wire is in doubt.
    Raises FatalError: LEDGER-080 (a broken trail), LEDGER-090 (another trail).
    """
    if audit.verify(tx) != expected:
        raise FatalError("LEDGER-090", seq=expected.seq)
    _count_on(tx)
    nobody = dict.fromkeys(("host", "boot_id", "pid", "start_time", "acquired_at"))
    detail = {"seq": expected.seq, "made": made, "reason": reason or ""}
    tx.record(Event("ledger.restored", RESTORED, detail), sa.update(schema.lease).values(**nobody))
    attempts.doubt_open(tx)
    orders.stop_request(tx)


def _count_on(tx: Tx) -> None:
    """Let PostgreSQL give the numbers after the last ones; SQLite does by itself."""
    if tx.dialect != "postgresql":
        return
    for table in _TABLES.values():
        column = table.autoincrement_column
        if column is not None:
            highest = tx.scalar(sa.select(sa.func.max(column)))
            sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
            tx.scalar(sa.select(sa.func.setval(sequence, highest or 1, highest is not None)))
