"""Rules over the whole extract: unique keys, one owner of a key, and agreement with what was accepted before.

The narrow facts of all chunks lie in a Parquet file of the private folder, so that memory does not grow with the
extract. Double keys are first looked for by a hash of eight bytes; the few that remain are compared as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow.parquet as pq
from pyarrow.dataset import dataset

from fukuhon.errors import DataError
from fukuhon.quality.engine import fetch
from fukuhon.quality.expressions import dated, narrow_columns, quoted
from fukuhon.quality.masks import IDENTITY
from fukuhon.quality.model import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray
    from pyarrow.dataset import Dataset

    from fukuhon.quality.model import Rule

__all__ = ["Whole"]


class Whole:
    """Collects narrow facts and tells, once closed, which records fail a ``unique`` or ``baseline`` rule."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        rules: Sequence[Rule],
        baseline: pa.Table | Dataset | None,
        folder: Path,
        as_of: date,
    ) -> None:
        self._connection = connection
        self._path = folder / "facts.parquet"
        self._writer: pq.ParquetWriter | None = None
        self._as_of = as_of
        self.rules = tuple(rule for rule in rules if rule.kind in {Kind.UNIQUE, Kind.BASELINE})
        self._columns = _columns(self.rules)
        self.has_baseline = baseline is not None
        if baseline is not None:
            connection.register("baseline", baseline)

    def add(self, facts: pa.Table) -> None:
        """Keep the narrow facts of one chunk."""
        narrow = facts.select(self._columns)
        if self._writer is None:
            self._path.touch(mode=0o600)
            self._writer = pq.ParquetWriter(self._path, narrow.schema, compression="lz4")
        self._writer.write_table(narrow)

    def close(self) -> None:
        """No more facts come: from now on the connection sees them all as ``facts``."""
        if self._writer is not None:
            self._writer.close()
            self._connection.register("facts", dataset(self._path, format="parquet"))

    def failing(self, rule: Rule) -> NDArray[np.int64]:
        """Row numbers that fail ``rule``, in order. Raises DataError QUALITY-005 when it cannot be evaluated."""
        if self._writer is None or not self.compared(rule):
            return np.empty(0, np.int64)
        query = self._unique(rule) if rule.kind is Kind.UNIQUE else self._against(rule)
        try:
            found = fetch(self._connection, query)
        except duckdb.Error:
            found = None  # what it says may tell a value
        if found is None:
            raise DataError("QUALITY-005", rule=rule.id)
        rows: NDArray[np.int64] = found.column("row_no").to_numpy()
        return rows

    def compared(self, rule: Rule) -> bool:
        """Whether there was something to compare with: a ``baseline`` rule needs an earlier accepted run."""
        return rule.kind is not Kind.BASELINE or self.has_baseline

    def _unique(self, rule: Rule) -> str:
        keys = ", ".join(quoted(name) for name in rule.key)
        known = " AND ".join([_when(rule), *(f"{quoted(name)} IS NOT NULL" for name in (*rule.key, *rule.owner))])
        double = " OR ".join(f"min({quoted(name)}) <> max({quoted(name)})" for name in rule.owner) or "count(*) > 1"
        owners = "".join(f", {quoted(name)}" for name in rule.owner if name not in rule.key)
        # names of columns and allow-listed conditions
        return f"""
            WITH twice AS (SELECT hash({keys}) AS h FROM facts WHERE {known} GROUP BY h HAVING count(*) > 1),
            few AS MATERIALIZED
                (SELECT row_no, {keys}{owners} FROM facts SEMI JOIN twice ON hash({keys}) = h WHERE {known})
            SELECT row_no FROM few SEMI JOIN (SELECT {keys} FROM few GROUP BY {keys} HAVING {double}) USING ({keys})
            ORDER BY row_no"""  # noqa: S608

    def _against(self, rule: Rule) -> str:
        assert rule.failure is not None
        joined = {f"base_{name}" for name in rule.join}
        names = sorted(joined | {name for name in rule.columns if name.startswith("base_")})
        base = ", ".join(f"{quoted(name.removeprefix('base_'))} AS {name}" for name in names)
        on = " AND ".join(f"{quoted(name)} = base_{name}" for name in rule.join)
        source = dated("facts", self._as_of)
        return (
            f"SELECT DISTINCT row_no FROM {source} JOIN (SELECT {base} FROM baseline) ON {on} "  # noqa: S608
            f"WHERE {_when(rule)} AND {rule.failure} ORDER BY row_no"
        )


def _when(rule: Rule) -> str:
    return "TRUE" if rule.when is None else quoted(f"{rule.id}/when")


def _columns(rules: Sequence[Rule]) -> list[str]:
    names = dict.fromkeys(("row_no", *IDENTITY))
    for rule in rules:
        names.update(dict.fromkeys(narrow_columns(rule)))
        if rule.when is not None:
            names[f"{rule.id}/when"] = None
    return list(names)
