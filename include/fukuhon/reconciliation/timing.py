"""When a record was processed, as well as one can tell from a file's receipt and 処理完了日時: no start is given.

Assumed, and never more than a guide to which minute to ask for: the server takes one file after the other, and the
records of a file in their order. A wrong guess costs an empty minute, which proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import linear_regression
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fukuhon.records import AcceptedFile

__all__ = ["SPANS", "Span", "spans", "spans_table"]

# A file that ended this long after the one before it was the first of its batch: it tells nothing of the pace.
_PAUSE = timedelta(hours=2)
_PER_RECORD = timedelta(milliseconds=10)
_TELLING = 1000  # records of a file beside which a pause weighs little

SPANS = pa.schema(
    [
        ("receipt", pa.string()),
        ("start", pa.timestamp("us", "Asia/Tokyo")),
        ("end", pa.timestamp("us", "Asia/Tokyo")),
        ("records", pa.int64()),
        ("earliest", pa.timestamp("us", "Asia/Tokyo")),
    ]
)


@dataclass(frozen=True, slots=True)
class Span:
    """The time in which a file was processed: from its estimated start to its 処理完了日時.

    ``earliest`` is what the start is known not to lie before: the receipt, or the end of the file before.
    """

    receipt: str
    start: datetime
    end: datetime
    records: int
    earliest: datetime | None = None

    def minute_of(self, position: int) -> datetime:
        """The minute in which the record at ``position`` (from 1) was most likely processed."""
        done = (position - 0.5) / max(self.records, 1)
        return (self.start + (self.end - self.start) * min(done, 1.0)).replace(second=0, microsecond=0)


def spans(files: Iterable[AcceptedFile]) -> list[Span]:
    """The spans of accepted files, in processing order; a file whose sidecar is gone (a checkpoint has it) has none."""
    ordered = sorted(
        (file for file in files if file.sidecar.is_file()), key=lambda file: (file.completed, file.receipt)
    )
    counts = [pq.read_metadata(file.sidecar).num_rows for file in ordered]
    pace = _pace(ordered, counts)
    found: list[Span] = []
    for before, file, records in zip([None, *ordered], ordered, counts, strict=False):
        known = [file.received] if file.received else []
        if before is not None:
            known.append(before.completed)
        earliest = max(known, default=None)
        start = file.completed - pace * records
        start = min(max(start, earliest), file.completed) if earliest else start
        found.append(Span(file.receipt, start, file.completed, records, earliest))
    return found


def spans_table(found: Iterable[Span]) -> pa.Table:
    """The spans as a table for DuckDB."""
    rows = [{name: getattr(one, name) for name in SPANS.names} for one in found]
    return pa.Table.from_pylist(rows, SPANS)


def _pace(ordered: list[AcceptedFile], counts: list[int]) -> timedelta:
    """The time a record takes, from files that followed one another.

    A server pauses between files: the slope of time over records leaves the pause out. Too fast a guess only leads to
    the minute of 処理完了日時, in which there is something; too slow a one to minutes before the batch. So the fast one
    is taken where the files tell too little.
    """
    seen = [
        (records, (after.completed - before.completed).total_seconds())
        for before, after, records in zip(ordered, ordered[1:], counts[1:], strict=False)
        if records and timedelta(0) < after.completed - before.completed < _PAUSE
    ]
    sizes, seconds = [records for records, _ in seen], [taken for _, taken in seen]
    if len(set(sizes)) > 1 and (slope := linear_regression(sizes, seconds).slope) > 0:
        return timedelta(seconds=slope)
    large = [taken / records for records, taken in seen if records >= _TELLING]
    return timedelta(seconds=min(large)) if large else _PER_RECORD
