"""Batches set aside on the disk between two passes: judged in the first, written to files in the second.

Private (0600), in the work folder, gone when it is closed. Nothing of it is kept: a run that dies starts over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fukuhon.files.atomic import beside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["Spool", "by_row_no"]


class Spool:
    """A file of Arrow batches: filled once, read as often as one likes, erased at the end. Use as a context manager.

    Every batch has a column ``row_no`` (int64, from 1).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.records = 0
        self._greatest = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.path.unlink(missing_ok=True)

    def fill(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Set each batch aside and hand it on; the spool is readable when the iterator has ended.

        Raises RetriableError FILES-001 where the disk is full, FILES-002 where it refuses otherwise.
        """
        with beside(self.path) as (file,):
            writer = None
            for batch in batches:
                writer = writer or pa.ipc.new_stream(file, batch.schema)
                writer.write_batch(batch)
                self.records += len(batch)
                self._greatest = max(self._greatest, pc.max(batch.column("row_no")).as_py() or 0)
                yield batch
            if writer:
                writer.close()

    def batches(self, row_nos: pa.Array | pa.ChunkedArray | None = None) -> Iterator[pa.RecordBatch]:
        """The batches again; only the records with these row numbers where they are given.

        Batches that have none are left out.
        """
        if not self.path.stat().st_size:
            return
        wanted = None if row_nos is None else self._marks(row_nos)
        with pa.OSFile(str(self.path)) as source:
            for batch in pa.ipc.open_stream(source):
                kept = batch if wanted is None else batch.filter(pa.array(wanted[np.asarray(batch.column("row_no"))]))
                if len(kept):
                    yield kept

    def _marks(self, row_nos: pa.Array | pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """One mark for each row number of the spool: a look-up costs the same however many are wanted."""
        marks = np.zeros(self._greatest + 1, np.bool_)
        numbers = np.asarray(row_nos)
        marks[numbers[numbers <= self._greatest]] = True
        return marks


def by_row_no(rows: pa.Table) -> pa.Table:
    """The rows in the order read; those that lie so already are not copied."""
    numbers = rows["row_no"].to_numpy()
    return rows if (np.diff(numbers) > 0).all() else rows.sort_by("row_no")
