"""Fingerprints of records: keyed, typed, length-prefixed SHA-256 over wire strings, computed in columns.

One definition serves what we write and what the server gives back. Each part of the message is ``length code: value``,
the length in bytes; a missing part contributes nothing, an empty one ``0code:``. So ``ab|c`` differs from ``a|bc``,
trailing blanks count, missing differs from empty, and an item that a later layout adds changes nobody's fingerprint who
does not have it. Keyed, because a plain hash of a few digits is guessed in no time; each purpose and dataset has a key
of its own, derived from the site's.

Arrow joins the messages and DataFusion digests them, for it uses the processor's own instructions for SHA-256; DuckDB
takes five times as long (docs/decisions/0011).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from threading import get_ident
from typing import TYPE_CHECKING, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from datafusion import SessionConfig, SessionContext, col
from datafusion import functions as df

from fukuhon.errors import ConfigurationError
from fukuhon.files.joining import Part, joined, offsets, width
from fukuhon.files.model import item_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from fukuhon.files.model import Header

__all__ = ["HASH", "Fingerprints", "content_hash", "identity_hash"]

HASH = pa.binary(32)

_IDENTITY = {"addressee": "A", "record_key": "K", "record_version": "V"}
_CONTENT = {"record_version": "V", "publication_from": "F", "publication_to": "T"}
_AT_ONCE = 16_384  # records whose messages stand in memory together
_SHORT = 128  # bytes up to which the text of a length is looked up instead of written


class Fingerprints:
    """Computes identity and content hashes of one dataset's records. Use as a context manager."""

    def __init__(self, key: bytes, body: str, spi: str, dataset: str) -> None:
        """``key`` is the site's hash key of 32 bytes. Raises ConfigurationError FILES-013 for another length."""
        if len(key) != 32:
            raise ConfigurationError("FILES-013", length=len(key))
        self._keys = {}
        for purpose in ("identity", "content"):
            message = f"{purpose}\x00{body}\x00{spi}\x00{dataset}".encode()
            self._keys[purpose] = base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()
        self._digests = SessionContext(SessionConfig({"datafusion.execution.target_partitions": "1"}))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._keys.clear()

    def add(self, batch: pa.RecordBatch | pa.Table, items: Sequence[str] | None = None) -> pa.Table:
        """The batch with two more columns, ``identity_hash`` and ``content_hash`` (binary(32)).

        ``items`` names the item columns (all of the batch's where it is None). Order and other columns stay as they
        are.
        """
        codes = item_columns(batch.schema) if items is None else items
        table = _table(batch)
        parts = {"identity": _IDENTITY, "content": _CONTENT | {code: code for code in codes}}
        for name, hashes in self._run(table, parts).items():
            table = table.append_column(name, hashes)
        return table

    def identities(self, batch: pa.RecordBatch | pa.Table) -> pa.ChunkedArray:
        """Only the identity hashes, in the batch's order."""
        return self._run(_table(batch), {"identity": _IDENTITY})["identity_hash"]

    def stream(self, batches: Iterable[pa.RecordBatch], items: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """As :meth:`add`, batch by batch."""
        for batch in batches:
            yield from self.add(batch, items).to_batches()

    def _run(self, table: pa.Table, purposes: Mapping[str, Mapping[str, str]]) -> dict[str, pa.ChunkedArray]:
        """For each purpose the hashes of the messages of these parts: column → code."""
        names = [f"{purpose}_hash" for purpose in purposes]
        pieces: list[pa.RecordBatch] = []
        for batch in table.to_batches(max_chunksize=_AT_ONCE):
            messages = [_messages(batch, self._keys[purpose], parts) for purpose, parts in purposes.items()]
            pieces += self._digested(pa.RecordBatch.from_arrays(messages, names=names))
        return {name: pa.chunked_array([piece.column(name).cast(HASH) for piece in pieces], HASH) for name in names}

    def _digested(self, messages: pa.RecordBatch) -> list[pa.RecordBatch]:
        """The SHA-256 of every message, in the same order: one partition is read from front to back."""
        table = f"messages_{get_ident()}"  # of each thread its own, and let go again: the context keeps what it knows
        frame = self._digests.create_dataframe([[messages]], table)
        try:
            digests = frame.select(*(df.sha256(col(name)).alias(name) for name in messages.schema.names)).collect()
        finally:
            self._digests.deregister_table(table)
        assert sum(len(batch) for batch in digests) == len(messages)
        return digests


def content_hash(table: pa.Table, items: Sequence[str], key: bytes, header: Header) -> pa.ChunkedArray:
    """The content hashes of a table's records: over its items, its days of publication and its version."""
    with Fingerprints(key, header.body, header.spi, header.dataset) as fingerprints:
        return fingerprints.add(table, items)["content_hash"]


def identity_hash(table: pa.Table, key: bytes, header: Header) -> pa.ChunkedArray:
    """The identity hashes of the records: body, SPI, dataset, addressee, record key and version, if any."""
    with Fingerprints(key, header.body, header.spi, header.dataset) as fingerprints:
        return fingerprints.identities(table)


def _messages(batch: pa.RecordBatch, key: str, parts: Mapping[str, str]) -> pa.StringArray:
    """The message of every record."""
    pieces: list[Part] = [key]
    for column, code in parts.items():
        if column in batch.schema.names and batch.column(column).null_count < len(batch):
            values = batch.column(column)
            values = values if values.type == pa.string() else values.cast(pa.string())
            pieces += [*_prefix(values, code), values]
    return joined(pieces, len(batch))


def _prefix(values: pa.StringArray, code: str) -> list[Part]:
    """``length code:`` of every value, null where it is missing."""
    even = width(values)
    if even is not None:
        return [f"{even}{code}:"]
    lengths = np.diff(offsets(values))
    most = int(lengths.max())
    if most < 10 and not values.null_count:
        return [_digits(lengths), f"{code}:"]
    numbers = pa.array(lengths, mask=values.is_null().to_numpy(zero_copy_only=False) if values.null_count else None)
    if most <= _SHORT:
        return [pa.array([f"{length}{code}:" for length in range(most + 1)]).take(numbers)]
    return [pc.binary_join_element_wise(numbers.cast(pa.string()), pa.scalar(f"{code}:"), "")]


def _digits(numbers: NDArray[np.int32]) -> pa.StringArray:
    """Numbers from nought to nine as text."""
    digits = (numbers + ord("0")).astype(np.uint8)
    bounds = np.arange(len(numbers) + 1, dtype=np.int32)
    return pa.StringArray.from_buffers(len(numbers), pa.py_buffer(bounds), pa.py_buffer(digits))


def _table(batch: pa.RecordBatch | pa.Table) -> pa.Table:
    return pa.Table.from_batches([batch]) if isinstance(batch, pa.RecordBatch) else batch
