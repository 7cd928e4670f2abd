"""The DuckDB connection in which rules are evaluated: closed to files and network, bounded, spilling privately."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from fukuhon.rules.functions import register_functions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["CHUNK_ROWS", "chunks", "connect", "fetch", "show"]

CHUNK_ROWS = 65_536
_CHUNK_BYTES = 192 * 2**20
_SCAN_ROWS = 32_768  # DuckDB gives each thread one Arrow batch: a chunk in one piece would keep one core idle


def connect(folder: Path, *, threads: int = 2, memory_mib: int = 256) -> duckdb.DuckDBPyConnection:
    """Return a connection that reaches nothing but what it is handed; it spills into ``folder`` (made 0700)."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    connection = duckdb.connect(":memory:")
    connection.execute(f"SET threads = {threads:d}")
    connection.execute(f"SET memory_limit = '{memory_mib:d}MiB'")
    connection.execute("SET temp_directory = ?", [str(folder)])
    register_functions(connection)
    connection.execute("SET enable_external_access = false")
    connection.execute("SET python_enable_replacements = false")
    connection.execute("SET lock_configuration = true")
    return connection


def show(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    """Let ``connection`` see ``table`` as the view ``name``, in pieces that all threads can share."""
    connection.register(name, pa.Table.from_batches(table.to_batches(max_chunksize=_SCAN_ROWS), table.schema))


def fetch(connection: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    """Run ``query`` and return its rows as Arrow."""
    return connection.sql(query).to_arrow_table()


def chunks(batches: Iterable[pa.RecordBatch | pa.Table], columns: frozenset[str]) -> Iterator[pa.Table]:
    """Join small batches and cut large ones into tables of about ``CHUNK_ROWS`` rows with just ``columns``."""
    held: list[pa.Table] = []
    rows = size = 0
    for batch in batches:
        table = pa.table(batch) if isinstance(batch, pa.RecordBatch) else batch
        narrow = table.select([name for name in table.column_names if name in columns])
        for start in range(0, narrow.num_rows, CHUNK_ROWS):
            piece = narrow.slice(start, CHUNK_ROWS)
            held.append(piece)
            rows, size = rows + piece.num_rows, size + piece.nbytes
            if rows >= CHUNK_ROWS or size >= _CHUNK_BYTES:
                yield pa.concat_tables(held)
                held, rows, size = [], 0, 0
    if held:
        yield pa.concat_tables(held)
