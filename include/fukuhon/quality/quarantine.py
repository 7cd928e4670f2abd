"""Which records stay back and why: a Parquet of row numbers, reasons and keyed hashes, readable by its owner only."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from fukuhon.quality.engine import fetch, show
from fukuhon.quality.masks import IDENTITY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    import duckdb
    from numpy.typing import NDArray

__all__ = ["SCHEMA", "Failures", "Identify"]


SCHEMA = pa.schema(
    [
        ("row_no", pa.int64()),
        ("variation", pa.string()),
        ("reasons", pa.list_(pa.string())),
        ("identity_hash", pa.binary(32)),
    ]
)


class Identify(Protocol):
    """Makes the keyed hash (32 bytes) of an identity; whoever holds the key hands it in.

    The table has the columns addressee, record_key and record_version.
    """

    def __call__(self, identities: pa.Table, /) -> pa.Array:
        """One hash for each row of ``identities``."""
        ...


class Failures:
    """Every failure as (row, rule), by number, in a table that can spill."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, rules: Sequence[str]) -> None:
        self._connection = connection
        self._rules = list(rules)
        connection.execute("CREATE TABLE failures (row_no BIGINT, rule SMALLINT)")

    def add(self, rule: int, row_no: NDArray[np.int64]) -> None:
        """Note that the records fail the rule at this place of the list."""
        self.add_pairs(np.full(len(row_no), rule, np.int16), row_no)

    def add_pairs(self, rule: NDArray[np.int16], row_no: NDArray[np.int64]) -> None:
        """Note failures of several rules."""
        if len(row_no):
            given = pa.table({"row_no": row_no, "rule": rule})
            self._connection.register("failures_given", given)
            self._connection.execute("INSERT INTO failures SELECT row_no, rule FROM failures_given")
            self._connection.unregister("failures_given")

    def held(self, holding: Sequence[int]) -> NDArray[np.int64]:
        """Row numbers, in order, that fail at least one of the rules at these places."""
        query = f"SELECT DISTINCT row_no FROM failures WHERE rule IN ({_list(holding)}) ORDER BY row_no"  # noqa: S608
        rows: NDArray[np.int64] = fetch(self._connection, query).column("row_no").to_numpy()
        return rows

    def rules(self) -> list[int]:
        """The places of the rules that some record fails."""
        places: list[int] = fetch(self._connection, "SELECT DISTINCT rule FROM failures").column("rule").to_pylist()
        return places

    def rows(self, rule: int) -> NDArray[np.int64]:
        """Row numbers that fail the rule at this place."""
        query = f"SELECT row_no FROM failures WHERE rule = {rule:d}"  # noqa: S608
        rows: NDArray[np.int64] = fetch(self._connection, query).column("row_no").to_numpy()
        return rows

    def write(
        self,
        path: Path,
        pages: Iterable[pa.Table],
        holding: Sequence[int],
        variation: Callable[[NDArray[np.int64]], pa.Array],
        identify: Identify | None,
    ) -> None:
        """Write the quarantine to ``path`` (0600): written beside, fsynced, renamed.

        ``pages`` are the identities of the records that stay back, some at a time.
        """
        beside = path.with_name(path.name + ".part")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            with pq.ParquetWriter(file, SCHEMA, compression="zstd") as writer:
                for page in pages:
                    writer.write_table(self._reasons(page, holding, variation, identify))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)

    def _reasons(
        self,
        page: pa.Table,
        holding: Sequence[int],
        variation: Callable[[NDArray[np.int64]], pa.Array],
        identify: Identify | None,
    ) -> pa.Table:
        show(self._connection, "page", page)
        names = ", ".join(f"any_value({name}) AS {name}" for name in IDENTITY)
        query = (
            f"SELECT row_no, list(rule ORDER BY rule) AS places, {names} FROM failures "  # noqa: S608
            f"JOIN page USING (row_no) WHERE rule IN ({_list(holding)}) GROUP BY row_no ORDER BY row_no"
        )
        table = fetch(self._connection, query)
        places = table.column("places").combine_chunks()
        ids = pa.array(self._rules, pa.string()).take(places.flatten())
        hashes = identify(table.select(IDENTITY)) if identify else pa.nulls(table.num_rows, pa.binary(32))
        row_no = table.column("row_no")
        reasons = pa.ListArray.from_arrays(places.offsets, ids)
        return pa.table([row_no, variation(row_no.to_numpy()), reasons, hashes], schema=SCHEMA)


def _list(places: Sequence[int]) -> str:
    return ", ".join(str(int(place)) for place in places) or "-1"
