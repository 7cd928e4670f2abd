"""The census of an extract: how many records were read, lie out of scope or are withheld, by business variation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Census"]

Counts = dict[str, int]


@dataclass(slots=True)
class Census:
    """Counts mapped records while they pass."""

    read: Counts = field(default_factory=dict)
    out_of_scope: Counts = field(default_factory=dict)
    withheld: Counts = field(default_factory=dict)

    def counting(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Pass the batches on, each one counted."""
        for batch in batches:
            outside = pc.is_valid(batch.column("scope"))
            held = pc.and_(pc.invert(outside), pc.is_valid(batch.column("withhold")))
            variation = batch.column("variation")
            _count(self.read, variation)
            _count(self.out_of_scope, variation.filter(outside))
            _count(self.withheld, variation.filter(held))
            yield batch


def _count(counts: Counts, variation: pa.Array) -> None:
    for entry in variation.value_counts().to_pylist():
        name = entry["values"] or ""
        counts[name] = counts.get(name, 0) + entry["counts"]
