"""The sidecar of a file: one narrow Parquet row a record, all that is kept of a file once its XML is erased.

Private (0600): it holds addressee numbers and record keys, but no content, only the keyed hash of it.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from fukuhon.errors import DataError
from fukuhon.files.hashing import HASH
from fukuhon.files.model import Header, Operation

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from fukuhon.files.atomic import Beside

__all__ = ["SIDECAR", "SidecarWriter", "read_sidecar", "sidecar_header"]

SIDECAR = pa.schema(
    [
        pa.field("position", pa.int64(), nullable=False),
        pa.field("row_no", pa.int64()),
        pa.field("addressee", pa.string(), nullable=False),
        pa.field("record_key", pa.string(), nullable=False),
        pa.field("record_version", pa.string()),
        pa.field("dataset", pa.string(), nullable=False),
        pa.field("operation", pa.string(), nullable=False),
        pa.field("content_hash", HASH),
        pa.field("identity_hash", HASH, nullable=False),
        pa.field("variation", pa.string()),
        pa.field("publication_to", pa.date32()),
        pa.field("as_of", pa.timestamp("us", "Asia/Tokyo"), nullable=False),
    ]
)
_GIVEN = (
    "row_no",
    "addressee",
    "record_key",
    "record_version",
    "content_hash",
    "identity_hash",
    "variation",
    "publication_to",
)
_ROWS = 32_768

# Hashes are neither repeated nor compressible: not even tried, it is half of the time.
_HASHES = ("content_hash", "identity_hash")
_PLAIN = (*_HASHES, "position", "row_no", "addressee")
_PARQUET: dict[str, Any] = {
    "use_dictionary": [name for name in SIDECAR.names if name not in _PLAIN],
    "compression": {name: "none" if name in _HASHES else "zstd" for name in SIDECAR.names},
    "write_statistics": [name for name in SIDECAR.names if name not in _HASHES],
}
_META = b"fukuhon"


class SidecarWriter:
    """Writes the rows of one file in the file's own order; positions count from 1."""

    def __init__(self, file: Beside, header: Header, as_of: datetime) -> None:
        self._header = header
        self._as_of = pa.scalar(as_of, SIDECAR.field("as_of").type)
        meta = {_META: json.dumps(asdict(header), sort_keys=True).encode()}
        self._writer = pq.ParquetWriter(file, SIDECAR.with_metadata(meta), **_PARQUET)
        self._waiting: list[pa.Table] = []
        self._rows = 0
        self._position = 0
        self.variations: dict[str, int] = {}

    def add(self, records: pa.RecordBatch) -> None:
        """Append the records that were just written to the file."""
        if not len(records):
            return
        self._waiting.append(self._rows_of(records))
        self._count(records)
        self._rows += len(records)
        if self._rows >= _ROWS:
            self._flush()

    def close(self) -> None:
        """Write what is left and the Parquet footer."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.concat_tables(self._waiting).combine_chunks())
        self._waiting.clear()
        self._rows = 0

    def _rows_of(self, records: pa.RecordBatch) -> pa.Table:
        count = len(records)
        columns: dict[str, Any] = {name: _column(records, name) for name in _GIVEN}
        columns["position"] = pa.arange(self._position + 1, self._position + count + 1)
        columns["dataset"] = pa.repeat(self._header.dataset, count)
        columns["operation"] = pa.repeat(str(self._header.operation), count)
        columns["as_of"] = pa.repeat(self._as_of, count)
        if self._header.operation is Operation.DELETE:
            columns["content_hash"] = pa.nulls(count, HASH)
        self._position += count
        return pa.table({field.name: columns[field.name] for field in SIDECAR}).cast(SIDECAR)

    def _count(self, records: pa.RecordBatch) -> None:
        for entry in _column(records, "variation").value_counts().to_pylist():
            name = entry["values"] or ""
            self.variations[name] = self.variations.get(name, 0) + entry["counts"]


def _column(records: pa.RecordBatch, name: str) -> Any:
    return records.column(name) if name in records.schema.names else pa.nulls(len(records), SIDECAR.field(name).type)


def read_sidecar(path: Path) -> pa.Table:
    """All rows of a sidecar. Raises DataError FILES-014 where the file is missing or no sidecar."""
    try:
        return pq.read_table(path, schema=SIDECAR)
    except (OSError, pa.ArrowException):
        raise DataError("FILES-014", file=path.name) from None


def sidecar_header(path: Path) -> Header:
    """The header of the file that a sidecar belongs to. Raises DataError FILES-014."""
    try:
        meta = json.loads(pq.read_schema(path).metadata[_META])
        return Header(**meta | {"operation": Operation(meta["operation"])})
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError):
        raise DataError("FILES-014", file=path.name) from None
