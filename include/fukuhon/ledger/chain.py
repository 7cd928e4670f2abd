"""The chain of hashes that holds the lines of the audit trail together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from fukuhon.ledger import schema
from fukuhon.ledger.columns import written

if TYPE_CHECKING:
    from fukuhon.ledger.transactions import Reader

__all__ = ["START", "Event", "Tail", "hash_at", "line_hash", "next_line", "tail"]


@dataclass(frozen=True, slots=True)
class Event:
    """One line to be: what happened, to what, and counts, codes or hashes about it. Never a personal value."""

    name: str
    subject: str
    detail: Mapping[str, object] = field(default_factory=dict)


class Tail(NamedTuple):
    """The last line's number and hash."""

    seq: int
    hash: str


START = Tail(0, "0" * 64)
"""What the first line follows."""


def tail(reader: Reader) -> Tail:
    """The last line as the ledger has it, ``START`` for an empty trail."""
    row = reader.row(sa.select(schema.audit.c.seq, schema.audit.c.hash).order_by(schema.audit.c.seq.desc()).limit(1))
    return START if row is None else Tail(row.seq, row.hash)


def hash_at(reader: Reader, seq: int) -> str | None:
    """A line's hash by its number; None where there is no such line. What comes before the first has ``START``'s."""
    if seq == START.seq:
        return START.hash
    found = reader.scalar(sa.select(schema.audit.c.hash).where(schema.audit.c.seq == seq))
    return None if found is None else str(found)


def next_line(
    last: Tail,
    at: datetime,
    actor: str,
    event: Event,
) -> tuple[Tail, dict[str, Any]]:
    """The line that follows ``last``, and the new tail."""
    line: dict[str, Any] = {
        "seq": last.seq + 1,
        "at": at,
        "actor": actor,
        "event": event.name,
        "subject": event.subject,
        "detail": json.dumps(event.detail, ensure_ascii=False, sort_keys=True, default=_plain),
        "previous": last.hash,
    }
    line["hash"] = line_hash(line)
    return Tail(last.seq + 1, line["hash"]), line


def _plain(value: object) -> str:
    """Instants in their written form, all else as its text."""
    return written(value) if isinstance(value, datetime) else str(value)


def line_hash(line: Mapping[str, Any]) -> str:
    """SHA-256 over a line's fields and the hash before it, each in its written form."""
    parts = [
        line["seq"],
        written(line["at"]),
        *(line[name] for name in ("actor", "event", "subject", "detail", "previous")),
    ]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
