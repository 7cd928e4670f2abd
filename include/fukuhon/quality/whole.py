"""Rules over the whole extract: unique keys, one owner of a key, and agreement with what was accepted before.

The narrow facts of all chunks lie in an Arrow file of the private folder, so that memory does not grow with the
extract but by eight bytes a record: by hashes double keys are first looked for, and the few found compared as they are.
Hashes do not compress, and the file lives for minutes: written as they lie in memory, the facts cost next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa
from pyarrow.dataset import dataset

from fukuhon.errors import DataError
from fukuhon.quality.engine import fetch
from fukuhon.quality.expressions import dated, narrow_columns, quoted
from fukuhon.quality.masks import IDENTITY, hash_column
from fukuhon.quality.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from numpy.typing import NDArray
    from pyarrow.dataset import Dataset

    from fukuhon.quality.model import Rule

__all__ = ["Whole"]

_PAGE_ROWS = 65_536


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
        self._path = folder / "facts.arrow"
        self._writer: pa.RecordBatchFileWriter | None = None
        self._facts: Dataset | None = None
        self._doubles: dict[str, pa.Table] = {}
        self._as_of = as_of
        self.rules = tuple(rule for rule in rules if rule.kind in {Kind.UNIQUE, Kind.BASELINE})
        self._columns = _columns(self.rules)
        self.has_baseline = baseline is not None
        if baseline is not None:
            _has_columns(baseline, self.rules)
            connection.register("baseline", baseline)

    def add(self, facts: pa.Table) -> None:
        """Keep the narrow facts of one chunk."""
        narrow = facts.select(self._columns)
        if self._writer is None:
            self._path.touch(mode=0o600)
            self._writer = pa.ipc.new_file(str(self._path), narrow.schema)
        self._writer.write_table(narrow)

    def close(self) -> None:
        """No more facts come: from now on the connection sees them all as ``facts``."""
        if self._writer is not None:
            self._writer.close()
            self._facts = dataset(self._path, format="ipc")
            self._connection.register("facts", self._facts)

    def failing(self, rule: Rule) -> NDArray[np.int64]:
        """Row numbers that fail ``rule``, in order. Raises DataError QUALITY-005 when it cannot be evaluated."""
        nobody = np.empty(0, np.int64)
        if self._facts is None or not self.compared(rule):
            return nobody
        if rule.kind is Kind.UNIQUE and not self._twice(rule):
            return nobody
        query = _unique(rule) if rule.kind is Kind.UNIQUE else self._against(rule)
        try:
            found = fetch(self._connection, query)
        except duckdb.Error:
            found = None  # what it says may tell a value
        if found is None:
            raise DataError("QUALITY-005", rule=rule.id)
        rows: NDArray[np.int64] = found.column("row_no").to_numpy()
        return rows

    def _twice(self, rule: Rule) -> bool:
        """Show the hashes that stand twice as ``twice``; False when there is none. Eight bytes a record, sorted."""
        assert self._facts is not None
        name = hash_column(rule)
        if name not in self._doubles:
            hashes = self._facts.to_table([name]).column(0).drop_null().to_numpy().copy()
            hashes.sort()
            self._doubles[name] = pa.table({"h": np.unique(hashes[1:][hashes[1:] == hashes[:-1]])})
        self._connection.register("twice", self._doubles[name])
        return bool(len(self._doubles[name]))

    def identities(self, held: NDArray[np.bool_]) -> Iterator[pa.Table]:
        """Row number and identity of the records whose row number is marked, many chunks' at a time."""
        if self._facts is None:
            return
        page: list[pa.RecordBatch] = []
        for batch in self._facts.to_batches(columns=["row_no", *IDENTITY]):
            marked = batch.filter(pa.array(held[batch.column("row_no").to_numpy()]))
            if marked.num_rows:
                page.append(marked)
            if sum(part.num_rows for part in page) >= _PAGE_ROWS:
                yield pa.Table.from_batches(page)
                page = []
        if page:
            yield pa.Table.from_batches(page)

    def compared(self, rule: Rule) -> bool:
        """Whether there was something to compare with: a ``baseline`` rule needs an earlier accepted run."""
        return rule.kind is not Kind.BASELINE or self.has_baseline

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


def _unique(rule: Rule) -> str:
    """The records of a key that really stands twice, among those whose hash does."""
    keys = ", ".join(quoted(name) for name in rule.key)
    double = " OR ".join(f"min({quoted(name)}) <> max({quoted(name)})" for name in rule.owner) or "count(*) > 1"
    owners = "".join(f", {quoted(name)}" for name in rule.owner if name not in rule.key)
    known = " AND ".join(["TRUE", *(f"{quoted(name)} IS NOT NULL" for name in rule.owner)])
    # names of columns, and our own functions over them
    return f"""
        WITH few AS MATERIALIZED
            (SELECT row_no, {keys}{owners} FROM facts SEMI JOIN twice ON {quoted(hash_column(rule))} = h WHERE {known})
        SELECT row_no FROM few SEMI JOIN (SELECT {keys} FROM few GROUP BY {keys} HAVING {double}) USING ({keys})
        ORDER BY row_no"""  # noqa: S608


def _has_columns(baseline: pa.Table | Dataset, rules: Sequence[Rule]) -> None:
    """Raise DataError QUALITY-004 where the earlier records lack a column that a rule reads."""
    read = {name for rule in rules for name in rule.columns if name.startswith("base_")}
    read |= {f"base_{name}" for rule in rules for name in rule.join}
    missing = sorted(read - {f"base_{name}" for name in baseline.schema.names})
    if missing:
        raise DataError("QUALITY-004", columns=", ".join(missing))


def _when(rule: Rule) -> str:
    return "TRUE" if rule.when is None else quoted(f"{rule.id}/when")


def _columns(rules: Sequence[Rule]) -> list[str]:
    names = dict.fromkeys(("row_no", *IDENTITY))
    for rule in rules:
        names.update(dict.fromkeys(narrow_columns(rule)))
        if rule.kind is Kind.UNIQUE:
            names[hash_column(rule)] = None
        elif rule.when is not None:
            names[f"{rule.id}/when"] = None
    return list(names)
