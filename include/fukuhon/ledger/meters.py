"""Measured rates of the line, by which the guard judges whether a file still fits into its window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from fukuhon.ledger import schema
from fukuhon.ledger.runs import Kind
from fukuhon.ledger.transactions import Reader, Tx

__all__ = ["Sample", "add", "find"]

_t = schema.meters


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One whole upload: its bytes and the seconds it took."""

    at: datetime
    kind: Kind
    channel: int
    bytes: int
    seconds: float

    @property
    def rate(self) -> float:
        """Bytes a second."""
        return self.bytes / self.seconds


def add(tx: Tx, kind: Kind, channel: int, bytes_: int, seconds: float) -> None:
    """Write a measurement down; one without duration or bytes tells nothing and is left out."""
    if bytes_ > 0 and seconds > 0:
        values = {"at": tx.now, "kind": kind, "channel": channel, "bytes": bytes_, "seconds": seconds}
        tx.insert(_t, values, "meter.read", {"bytes": bytes_, "seconds": seconds})


def find(reader: Reader, *, last: int = 50, with_pretest: bool = False) -> Sequence[Sample]:
    """The last measurements, the newest first.

    Pretest files are too small to tell more than latency, so they are left out.
    """
    query = sa.select(_t).order_by(_t.c.id.desc()).limit(last)
    if not with_pretest:
        query = query.where(_t.c.kind != "pretest")
    return [
        Sample(at=row.at, kind=row.kind, channel=row.channel, bytes=row.bytes, seconds=row.seconds)
        for row in reader.rows(query)
    ]
