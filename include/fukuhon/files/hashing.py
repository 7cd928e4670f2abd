"""Fingerprints of records: keyed, typed, length-prefixed SHA-256 over wire strings, computed by DuckDB.

One expression serves what we write and what the server gives back. Each part of the message is ``length code: value``;
a missing part contributes nothing, an empty one ``0code:``. So ``ab|c`` differs from ``a|bc``, trailing blanks count,
missing differs from empty, and an item that a later layout adds changes nobody's fingerprint who does not have it.
Keyed, because a plain hash of a few digits is guessed in no time; each purpose and dataset has a key of its own,
derived from the site's.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING, Self

import pyarrow as pa

from fukuhon.errors import ConfigurationError
from fukuhon.files.engine import connect
from fukuhon.files.model import item_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fukuhon.files.model import Header

__all__ = ["HASH", "Fingerprints", "content_hash", "identity_hash", "message_sql"]

HASH = pa.binary(32)

_IDENTITY = {"addressee": "A", "record_key": "K", "record_version": "V"}
_CONTENT = {"record_version": "V", "publication_from": "F", "publication_to": "T"}
_DATES = frozenset({"publication_from", "publication_to"})


class Fingerprints:
    """Computes identity and content hashes of one dataset's records.

    Holds a DuckDB connection: use as a context manager.
    """

    def __init__(self, key: bytes, body: str, spi: str, dataset: str, threads: int | None = None) -> None:
        """``key`` is the site's hash key of 32 bytes. Raises ConfigurationError FILES-013 for another length."""
        if len(key) != 32:
            raise ConfigurationError("FILES-013", length=len(key))
        self._connection = connect(threads=threads)
        for purpose in ("identity", "content"):
            message = f"{purpose}\x00{body}\x00{spi}\x00{dataset}".encode()
            derived = base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()
            # A variable, not text of the query: queries end up in error messages.
            self._connection.execute(f"SET VARIABLE {purpose}_key = ?", [derived])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def add(self, batch: pa.RecordBatch | pa.Table, items: Sequence[str] | None = None) -> pa.Table:
        """The batch with two more columns, ``identity_hash`` and ``content_hash`` (binary(32)).

        ``items`` names the item columns (all of the batch's where it is None). Order and other columns stay as they
        are.
        """
        codes = item_columns(batch.schema) if items is None else items
        table = _table(batch)
        hashes = self._run(
            table,
            {
                "identity_hash": _hash_sql("identity", message_sql(_present(table, _IDENTITY))),
                "content_hash": _hash_sql(
                    "content", message_sql(_present(table, _CONTENT) | {code: code for code in codes})
                ),
            },
        )
        for name in hashes.column_names:
            table = table.append_column(name, hashes[name].cast(HASH))
        return table

    def identities(self, batch: pa.RecordBatch | pa.Table) -> pa.ChunkedArray:
        """Only the identity hashes, in the batch's order."""
        table = _table(batch)
        sql = {"identity_hash": _hash_sql("identity", message_sql(_present(table, _IDENTITY)))}
        return self._run(table, sql)["identity_hash"].cast(HASH)

    def stream(self, batches: Iterable[pa.RecordBatch], items: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """As :meth:`add`, batch by batch."""
        for batch in batches:
            yield from self.add(batch, items).to_batches()

    def _run(self, table: pa.Table, columns: dict[str, str]) -> pa.Table:
        self._connection.register("records", table)
        try:
            select = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
            return self._connection.sql(f"SELECT {select} FROM records").to_arrow_table()  # noqa: S608  # our own names
        finally:
            self._connection.unregister("records")


def content_hash(table: pa.Table, items: Sequence[str], key: bytes, header: Header) -> pa.ChunkedArray:
    """The content hashes of a table's records: over its items, its days of publication and its version."""
    with Fingerprints(key, header.body, header.spi, header.dataset) as fingerprints:
        return fingerprints.add(table, items)["content_hash"]


def identity_hash(table: pa.Table, key: bytes, header: Header) -> pa.ChunkedArray:
    """The identity hashes of the records: body, SPI, dataset, addressee, record key and version, if any."""
    with Fingerprints(key, header.body, header.spi, header.dataset) as fingerprints:
        return fingerprints.identities(table)


def message_sql(parts: dict[str, str]) -> str:
    """SQL arguments of ``concat`` that spell a record's message: column → code.

    In one flat call: long ``||`` chains are quadratic.
    """
    return ", ".join(_part_sql(column, code) for column, code in parts.items())


def _part_sql(column: str, code: str) -> str:
    value = f'"{column}"::VARCHAR' if column in _DATES else f'"{column}"'
    return f"strlen({value}), CASE WHEN {value} IS NOT NULL THEN '{code}:' END, {value}"


def _hash_sql(purpose: str, message: str) -> str:
    return f"unhex(sha256(concat(getvariable('{purpose}_key'), {message})))"


def _table(batch: pa.RecordBatch | pa.Table) -> pa.Table:
    return pa.Table.from_batches([batch]) if isinstance(batch, pa.RecordBatch) else batch


def _present(table: pa.Table, parts: dict[str, str]) -> dict[str, str]:
    return {column: code for column, code in parts.items() if column in table.column_names}
