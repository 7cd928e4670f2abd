"""Rules across columns and facts of a record: one pass of DuckDB over the columns that they read.

Where a column is proved to be whole numbers, it is handed over as numbers, once, instead of being cast from text by
every rule that reckons with it. The register's columns are looked up before, so that there is nothing to join.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from fukuhon.errors import DataError
from fukuhon.quality.engine import fetch, show
from fukuhon.quality.expressions import dated, number_casts, quoted, read_by, with_numbers
from fukuhon.quality.register import needs_register

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from fukuhon.quality.register import Register

__all__ = ["Across"]


@dataclass(frozen=True, slots=True)
class _Plan:
    """The expressions where some columns are proved to be whole numbers, and what they read of record and register."""

    named: Mapping[str, str]
    read: frozenset[str]
    registered: frozenset[str]


class Across:
    """Evaluates named expressions over tables of judged records, in their order."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        named: Mapping[str, str],
        register: Register | None,
        as_of: date,
    ) -> None:
        self._connection = connection
        self._named = dict(named)
        self._register = register
        self._as_of = as_of
        self._plans: dict[frozenset[str], _Plan] = {}
        self.numbers: frozenset[str] = frozenset[str]().union(*(number_casts(sql) for sql in named.values()))

    def needs(self, integers: frozenset[str]) -> list[str]:
        """The columns that :meth:`judge` wants to see, where ``integers`` are proved to be whole numbers of 64 bits.

        A name that ends with :data:`NUMBER` wants the column as numbers.
        """
        plan = self._plan(integers)
        return sorted(plan.read | {"row_no", *(["addressee"] if plan.registered else [])})

    def judge(self, table: pa.Table, integers: frozenset[str]) -> pa.Table:
        """One column for each expression. Raises DataError QUALITY-005 where one cannot be evaluated: its name only."""
        if not self._named:
            return pa.table({})
        plan = self._plan(integers)
        row_no = table.column("row_no")
        if plan.registered:
            assert self._register is not None, "an expression that reads the register has one"
            for name, column in self._register.beside(table.column("addressee"), plan.registered).items():
                table = table.append_column(name, column)
        show(self._connection, "chunk", table.select(sorted(plan.read | plan.registered | {"row_no"})))
        found = self._try(", ".join(f"{sql} AS {quoted(name)}" for name, sql in plan.named.items()))
        if found is None:
            raise DataError("QUALITY-005", rule=self._guilty(plan.named))
        if not found.column("row_no").equals(row_no):
            found = found.take(pc.index_in(row_no, value_set=found.column("row_no").combine_chunks()))
        return found.drop_columns(["row_no"])

    def _plan(self, integers: frozenset[str]) -> _Plan:
        """Few sets of columns ever occur: each is written once."""
        if integers not in self._plans:
            written = {name: with_numbers(sql, integers) for name, sql in self._named.items()}
            read = frozenset[str]().union(*(read_by(sql) for sql in written.values()))
            registered = frozenset(name for name in read if needs_register(name))
            self._plans[integers] = _Plan(written, read - registered, registered)
        return self._plans[integers]

    def _try(self, select: str) -> pa.Table | None:
        """The query's rows; None when it fails. What DuckDB says stays here, since it may tell a value."""
        query = f"SELECT row_no, {select} FROM {dated('chunk', self._as_of)}"  # noqa: S608  # allow-listed
        try:
            return fetch(self._connection, query)
        except duckdb.Error:
            return None

    def _guilty(self, named: Mapping[str, str]) -> str:
        """Names of the expressions that fail alone."""
        guilty = [name.partition("/")[0] for name, sql in named.items() if self._try(f"{sql} AS found") is None]
        return ", ".join(dict.fromkeys(guilty)) or "—"
