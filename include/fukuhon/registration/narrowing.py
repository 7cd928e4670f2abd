"""The narrow rows of an extract, noted while its records pass: what is compared, split and counted later on.

Hashes and sizes need every value of a record; what follows needs only them. So a record's values are touched in one
pass, and are read again from the spool only to be written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fukuhon.errors import DataError
from fukuhon.files import HASH, wire_bytes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fukuhon.files import Fingerprints, Spool
    from fukuhon.quality import Verdict

__all__ = ["NARROW", "Notes"]

NARROW = pa.schema(
    [
        ("row_no", pa.int64()),
        ("identity_hash", HASH),
        ("content_hash", HASH),
        ("variation", pa.string()),
        ("wire_bytes", pa.int64()),
    ]
)
_NOTED = NARROW.append(pa.field("withheld", pa.bool_()))


class Notes:
    """One row of :data:`NARROW` for each record in scope."""

    def __init__(self, fingerprints: Fingerprints, items: tuple[str, ...]) -> None:
        self._fingerprints = fingerprints
        self._items = items
        self._parts = [_NOTED.empty_table()]

    def taking(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Pass the batches on, each one noted."""
        for batch in batches:
            self._note(batch)
            yield batch

    def _note(self, batch: pa.RecordBatch) -> None:
        scope = batch.column("scope")
        inside = batch if scope.null_count == len(batch) else batch.filter(pc.is_null(scope))
        hashed = self._fingerprints.add(inside, self._items)
        withheld = pc.is_valid(hashed["withhold"])
        noted = hashed.append_column("wire_bytes", self._sizes(inside)).append_column("withheld", withheld)
        self._parts.append(noted.select(_NOTED.names).cast(_NOTED))

    def _sizes(self, batch: pa.RecordBatch) -> pa.Array:
        """Unknown for a batch with a record that cannot be written: most likely quality holds just that one back."""
        try:
            return wire_bytes(batch, self._items)
        except DataError:
            return pa.nulls(len(batch), pa.int64())

    def all(self) -> pa.Table:
        """Every record in scope: a row of :data:`NARROW`, and whether a rule withholds it."""
        self._parts = [pa.concat_tables(self._parts).combine_chunks()]
        return self._parts[0]

    def divided(self, verdict: Verdict, released: NDArray[np.int64], spool: Spool) -> tuple[pa.Table, pa.Table]:
        """The rows of the records that may be sent, ``released`` ones among them, and of those that a rule withholds.

        Raises DataError FILES-003 and FILES-004 for a record that was found good and still cannot be written.
        """
        noted = self.all()
        self._parts.clear()
        row_no = noted["row_no"].to_numpy()
        held = np.zeros(len(row_no), np.bool_)
        known = row_no < len(verdict.held)
        held[known] = verdict.held[row_no[known]] & ~np.isin(row_no[known], released)
        withheld = noted["withheld"].to_numpy()
        valid = noted.filter(pa.array(~withheld & ~held)).select(NARROW.names)
        return self._sized(valid, spool), noted.filter(pa.array(withheld)).select(NARROW.names)

    def _sized(self, rows: pa.Table, spool: Spool) -> pa.Table:
        """The sizes that are still unknown, from the records themselves."""
        place = rows.schema.get_field_index("wire_bytes")
        sizes = rows["wire_bytes"]
        if not sizes.null_count:
            return rows
        unknown = rows["row_no"].filter(pc.is_null(sizes))
        found = [wire_bytes(batch, self._items) for batch in spool.batches(unknown)]
        whole = pc.replace_with_mask(
            sizes.combine_chunks(), pc.is_null(sizes).combine_chunks(), pa.concat_arrays(found)
        )
        return rows.set_column(place, "wire_bytes", whole)
