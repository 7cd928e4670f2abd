"""Batches set aside on the disk between two passes: judged in the first, written to files in the second.

Private (0600), in the work folder, gone when it is closed. Nothing of it is kept: a run that dies starts over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pyarrow as pa
import pyarrow.compute as pc

from fukuhon.files.atomic import beside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["Spool"]


class Spool:
    """A file of Arrow batches: filled once, read as often as one likes, erased at the end. Use as a context manager."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.records = 0

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
                yield batch
            if writer:
                writer.close()

    def batches(self, row_nos: pa.Array | pa.ChunkedArray | None = None) -> Iterator[pa.RecordBatch]:
        """The batches again; only the records with these row numbers where they are given.

        Batches that have none are left out.
        """
        if not self.path.stat().st_size:
            return
        with pa.OSFile(str(self.path)) as source:
            for batch in pa.ipc.open_stream(source):
                kept = batch if row_nos is None else batch.filter(pc.is_in(batch.column("row_no"), value_set=row_nos))
                if len(kept):
                    yield kept
