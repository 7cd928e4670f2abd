"""Writing one 特定個人情報ファイル: rendered by batches, hashed while it is written, there whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from fukuhon.errors import DataError, FatalError
from fukuhon.files.atomic import beside
from fukuhon.files.behind import Behind
from fukuhon.files.model import Header, Written
from fukuhon.files.rendering import FOOTER, opening, render

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = ["RECORDS_AT_ONCE", "slices", "write_file"]

RECORDS_AT_ONCE = 16_384


def write_file(
    path: Path,
    header: Header,
    batches: pa.Table | Iterable[pa.RecordBatch],
    *,
    items: Sequence[str] | None = None,
    records: int | None = None,
) -> Written:
    """Write the records of ``batches`` to ``path`` (0600) and return what lies there.

    The form is include/messages/file.xsd; the same input gives the same bytes. A batch has the columns ``addressee``,
    ``record_key`` and, where there are such, ``record_version``, ``publication_from``, ``publication_to`` and the
    items. ``records`` is the count, which stands at the file's beginning: give it for a stream that does not fit into
    memory; without it the batches are gathered first.

    Raises DataError FILES-003 (characters), FILES-004 (keys), FILES-005 (no record at all); FatalError FILES-006 (more
    or fewer records than said); RetriableError FILES-001 (disk full), FILES-002 (another refusal of the disk).
    """
    if isinstance(batches, pa.Table):
        records, batches = batches.num_rows, batches.to_batches()
    elif records is None:
        batches = list(batches)
        records = sum(len(batch) for batch in batches)
    if not records:
        raise DataError("FILES-005", dataset=header.dataset)
    with beside(path) as (file,), Behind() as disk:
        file.write(opening(header, records))
        written = 0
        for batch in slices(batches):
            disk.put([(file, render(batch, header.operation, items))])
            written += len(batch)
        disk.wait()
        file.write(FOOTER)
        if written != records:
            raise FatalError("FILES-006", path=path, said=records, written=written)
        return Written(path, file.commit(), file.bytes, records)


def slices(batches: Iterable[pa.RecordBatch]) -> Iterable[pa.RecordBatch]:
    """The same records in pieces small enough that the text of a piece stays in the cache and in memory."""
    for batch in batches:
        for start in range(0, len(batch), RECORDS_AT_ONCE):
            yield batch.slice(start, RECORDS_AT_ONCE)
