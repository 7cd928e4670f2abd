"""The audit trail: who did what, when, in a chain that shows a line changed or taken out of its middle."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fukuhon.errors import FatalError
from fukuhon.ledger import schema
from fukuhon.ledger.chain import START, Tail, line_hash, tail
from fukuhon.ledger.transactions import Event, Reader, Tx

__all__ = ["Line", "Tail", "first", "last", "latest", "lines", "note", "tail", "verify"]

_t = schema.audit


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the trail."""

    seq: int
    at: datetime
    actor: str
    event: str
    subject: str
    detail: dict[str, object]


def note(tx: Tx, event: Event) -> None:
    """Write down something that changed nothing in the ledger: a download, a look at a page, a refusal."""
    tx.note(event)


def lines(reader: Reader, *, subject: str | None = None, after: int = 0) -> Iterator[Line]:
    """The lines after a number, in order; of one subject, if one is given."""
    query = sa.select(_t).where(_t.c.seq > after).order_by(_t.c.seq)
    if subject is not None:
        query = query.where(_t.c.subject == subject)
    for row in reader.stream(query):
        yield _line(row)


def latest(reader: Reader, subject: str) -> Line | None:
    """The last line about a subject; None where there is none."""
    return _one(reader, sa.select(_t).where(_t.c.subject == subject).order_by(_t.c.seq.desc()))


def first(reader: Reader) -> Line | None:
    """The first line; None for an empty trail."""
    return _one(reader, sa.select(_t).order_by(_t.c.seq))


def last(reader: Reader) -> Line | None:
    """The last line; None for an empty trail."""
    return _one(reader, sa.select(_t).order_by(_t.c.seq.desc()))


def _one(reader: Reader, query: sa.Select[Any]) -> Line | None:
    return next((_line(row) for row in list(reader.stream(query.limit(1)))), None)  # a list: read to its end


def _line(row: Mapping[str, Any]) -> Line:
    shown = {name: row[name] for name in ("seq", "at", "actor", "event", "subject")}
    return Line(**shown, detail=json.loads(row["detail"]))


def verify(reader: Reader, anchor: Tail | None = None) -> Tail:
    """Check the whole chain and return its tail; an ``anchor`` printed earlier must still be a line of it.

    Raises FatalError (LEDGER-080) naming the first line that does not hold.
    """
    last, anchored = START, anchor in {None, START}
    for line in reader.stream(sa.select(_t).order_by(_t.c.seq)):
        if line["seq"] != last.seq + 1 or line["previous"] != last.hash or line_hash(line) != line["hash"]:
            raise FatalError("LEDGER-080", seq=last.seq + 1)
        last = Tail(line["seq"], line["hash"])
        anchored = anchored or last == anchor
    if not anchored and anchor is not None:
        raise FatalError("LEDGER-080", seq=anchor.seq)
    return last
