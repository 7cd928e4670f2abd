"""One DuckDB pass over a chunk of the mapped batch makes a failure mask for each row rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fukuhon.errors import ConfigurationError, DataError
from fukuhon.quality.engine import fetch, show
from fukuhon.quality.expressions import dated, literal, narrow_columns, quoted
from fukuhon.quality.model import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from fukuhon.quality.model import Rule

__all__ = ["IDENTITY", "Chunk", "Masker"]

IDENTITY = ("addressee", "record_key", "record_version")
_FRAME = ("row_no", "scope", "withhold", "variation", *IDENTITY)


@dataclass(frozen=True, slots=True)
class Chunk:
    """The judged records of one chunk: masks of the row rules, and the narrow facts that the other kinds need."""

    row_no: NDArray[np.int64]
    variation: pa.ChunkedArray
    masks: pa.Table
    facts: pa.Table

    def failing(self) -> NDArray[np.int64]:
        """Positions of the records that fail at least one rule."""
        if not self.masks.num_columns:
            return np.empty(0, np.int64)
        joined = self.masks.column(0)
        for column in self.masks.columns[1:]:
            joined = pc.or_(joined, column)
        return np.flatnonzero(joined.to_numpy())


class Masker:
    """Makes masks chunk by chunk. The register is joined by addressee where a rule reads it."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule], register: pa.Table | None, as_of: date
    ) -> None:
        self._connection = connection
        self._as_of = as_of
        self._rows = [rule for rule in rules if rule.kind is Kind.ROW]
        self._facts = _fact_columns(rules)
        read = {name for rule in rules for name in rule.columns if not name.startswith("base_")}
        self._register = sorted(name for name in read if name.startswith("reg_"))
        self.columns = frozenset(read - set(self._register) | set(_FRAME))
        if self._register:
            self._load(register)

    def _load(self, register: pa.Table | None) -> None:
        """Keep the register's columns that are read. Raises QUALITY-006 (not there), QUALITY-007 (one twice)."""
        names = sorted({"addressee"} | {name.removeprefix("reg_") for name in self._register})
        if register is None or not set(names) <= set(register.column_names):
            raise ConfigurationError("QUALITY-006", columns=", ".join(names))
        show(self._connection, "register_given", register.select(names))
        self._connection.execute(
            f"CREATE TABLE register AS SELECT {', '.join(f'{quoted(n)} AS reg_{n}' for n in names)} FROM register_given"  # noqa: S608
        )
        self._connection.unregister("register_given")
        double = self._connection.execute(
            "SELECT count(*) - count(DISTINCT reg_addressee) FROM register WHERE reg_addressee IS NOT NULL"
        ).fetchall()[0][0]  # all of it: an unfinished result would block the connection
        if double:
            raise DataError("QUALITY-007", count=double)

    def judge(self, table: pa.Table) -> Chunk:
        """Return the masks of the records of ``table`` that are in scope and not withheld.

        Raises DataError QUALITY-004 (a column is missing) and QUALITY-005 (a rule cannot be evaluated: its id only).
        """
        missing = sorted(self.columns - set(table.column_names))
        if missing:
            raise DataError("QUALITY-004", columns=", ".join(missing))
        show(self._connection, "chunk", table)
        columns = {**self._facts, **{rule.id: rule.failure or "TRUE" for rule in self._rows}}
        found = self._try(columns)
        if found is None:
            raise DataError("QUALITY-005", rule=self._guilty(columns))
        return Chunk(
            found.column("row_no").to_numpy(),
            found.column("variation"),
            _own(found.select([rule.id for rule in self._rows])),
            found.select(["row_no", "variation", *IDENTITY, *self._facts]),
        )

    def _try(self, columns: dict[str, str]) -> pa.Table | None:
        """The query's rows; None when it fails. What DuckDB says stays here, since it may tell a value."""
        frame = ", ".join(("row_no", "variation", *IDENTITY))
        named = "".join(f", {sql} AS {quoted(name)}" for name, sql in columns.items())
        join = " LEFT JOIN register ON addressee = reg_addressee" if self._register else ""
        source = dated("chunk", self._as_of) + join
        query = f"SELECT {frame}{named} FROM {source} WHERE scope IS NULL AND withhold IS NULL"  # noqa: S608  # allow-listed
        try:
            return fetch(self._connection, query)
        except duckdb.Error:
            return None

    def _guilty(self, columns: dict[str, str]) -> str:
        guilty = [name.partition("/")[0] for name, sql in columns.items() if self._try({name: sql}) is None]
        return ", ".join(dict.fromkeys(guilty)) or "—"


def _own(masks: pa.Table) -> pa.Table:
    """The masks in memory of their own: what DuckDB hands over is let go only as a whole, all columns together."""
    return pa.table(
        {name: pc.or_(column, column) for name, column in zip(masks.column_names, masks.columns, strict=True)}
    )


def _fact_columns(rules: Sequence[Rule]) -> dict[str, str]:
    """Columns beyond the identity that unique, baseline and table rules need: name → SQL."""
    facts: dict[str, str] = {}
    for rule in rules:
        if rule.kind in {Kind.UNIQUE, Kind.BASELINE}:  # the others' columns are read in this pass and done with
            facts |= {name: quoted(name) for name in narrow_columns(rule) if name not in _FRAME}
        if rule.kind is Kind.UNIQUE:
            facts[f"{rule.id}/hash"] = _hash_sql(rule)
        elif rule.kind is Kind.BASELINE and rule.when is not None:
            facts[f"{rule.id}/when"] = f"(({rule.when}) IS TRUE)"
        elif rule.table is not None:
            facts[f"{rule.id}/class"] = _class_sql(rule)
    return facts


def _hash_sql(rule: Rule) -> str:
    """Eight bytes of a key by which double ones are looked for; NULL where the rule does not judge the record."""
    known = [f"{quoted(name)} IS NOT NULL" for name in (*rule.key, *rule.owner)]
    if rule.when is not None:
        known.append(f"(({rule.when}) IS TRUE)")
    return f"CASE WHEN {' AND '.join(known)} THEN hash({', '.join(quoted(name) for name in rule.key)}) END"


def _class_sql(rule: Rule) -> str:
    """The class's number in the rule's list; the number after the last one stands for all others."""
    assert rule.table is not None
    by = rule.table.by
    if not rule.table.classes:
        return quoted("variation")
    cases = " ".join(f"WHEN {literal(value)} THEN {place}" for place, (value, _) in enumerate(rule.table.classes))
    return f"CAST(CASE CAST(({by}) AS VARCHAR) {cases} ELSE {len(rule.table.classes)} END AS SMALLINT)"
