"""Rules across columns and facts of a record: one pass of DuckDB over the columns that they read.

Where a column is proved to be whole numbers, it is handed over as numbers, once, instead of being cast from text by
every rule that reckons with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from fukuhon.errors import ConfigurationError, DataError
from fukuhon.quality.engine import fetch, show
from fukuhon.quality.expressions import NUMBER, dated, number_casts, quoted, read_by, with_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

__all__ = ["Across", "needs_register"]


def needs_register(column: str) -> bool:
    """Whether a column is one of the addressee register's."""
    return column.startswith("reg_")


@dataclass(frozen=True, slots=True)
class _Plan:
    """The expressions where some columns are proved to be whole numbers, and what they read of which kind."""

    named: Mapping[str, str]
    texts: frozenset[str]
    numbers: frozenset[str]


class Across:
    """Evaluates named expressions over tables of judged records, in their order."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, named: Mapping[str, str], as_of: date) -> None:
        self._connection = connection
        self._named = dict(named)
        self._as_of = as_of
        self._joined = ""
        self._plans: dict[frozenset[str], _Plan] = {}
        self.numbers: frozenset[str] = frozenset[str]().union(*(number_casts(sql) for sql in named.values()))

    def load(self, register: pa.Table | None, read: Sequence[str]) -> None:
        """Keep the register's columns that are read, in place of what the connection kept before.

        Raises QUALITY-006 (not there), QUALITY-007 (one twice).
        """
        names = sorted({"addressee"} | {name.removeprefix("reg_") for name in read})
        if register is None or not set(names) <= set(register.column_names):
            raise ConfigurationError("QUALITY-006", columns=", ".join(names))
        show(self._connection, "register_given", register.select(names))
        kept = ", ".join(f"{quoted(name)} AS reg_{name}" for name in names)
        self._connection.execute(f"CREATE OR REPLACE TABLE register AS SELECT {kept} FROM register_given")  # noqa: S608
        self._connection.unregister("register_given")
        double = self._connection.execute(
            "SELECT count(*) - count(DISTINCT reg_addressee) FROM register WHERE reg_addressee IS NOT NULL"
        ).fetchall()[0][0]  # all of it: an unfinished result would block the connection
        if double:
            raise DataError("QUALITY-007", count=double)
        self._joined = " LEFT JOIN register ON addressee = reg_addressee"

    def needs(self, integers: frozenset[str]) -> list[str]:
        """The columns that :meth:`judge` wants to see, where ``integers`` are proved to be whole numbers of 64 bits."""
        plan = self._plan(integers)
        return sorted(plan.texts | plan.numbers | {"row_no", *(["addressee"] if self._joined else [])})

    def judge(self, table: pa.Table, integers: frozenset[str]) -> pa.Table:
        """One column for each expression. Raises DataError QUALITY-005 where one cannot be evaluated: its name only."""
        if not self._named:
            return pa.table({})
        plan = self._plan(integers)
        numbers = {name + NUMBER: table.column(name).cast(pa.int64()) for name in sorted(plan.numbers)}
        texts = {name: table.column(name) for name in table.column_names if name not in plan.numbers - plan.texts}
        show(self._connection, "chunk", pa.table(texts | numbers))
        found = self._try(", ".join(f"{sql} AS {quoted(name)}" for name, sql in plan.named.items()))
        if found is None:
            raise DataError("QUALITY-005", rule=self._guilty(plan.named))
        row_no = table.column("row_no")
        if not found.column("row_no").equals(row_no):
            found = found.take(pc.index_in(row_no, value_set=found.column("row_no").combine_chunks()))
        return found.drop_columns(["row_no"])

    def _plan(self, integers: frozenset[str]) -> _Plan:
        """Few sets of columns ever occur: each is written once."""
        if integers not in self._plans:
            written = {name: with_numbers(sql, integers) for name, sql in self._named.items()}
            read = frozenset[str]().union(*(read_by(sql) for sql in written.values()))
            here = {name for name in read if not needs_register(name)}
            numbers = frozenset(name.removesuffix(NUMBER) for name in here if name.endswith(NUMBER))
            self._plans[integers] = _Plan(written, frozenset(n for n in here if not n.endswith(NUMBER)), numbers)
        return self._plans[integers]

    def _try(self, select: str) -> pa.Table | None:
        """The query's rows; None when it fails. What DuckDB says stays here, since it may tell a value."""
        query = f"SELECT row_no, {select} FROM {dated('chunk', self._as_of)}{self._joined}"  # noqa: S608  # allow-listed
        try:
            return fetch(self._connection, query)
        except duckdb.Error:
            return None

    def _guilty(self, named: Mapping[str, str]) -> str:
        """Names of the expressions that fail alone."""
        guilty = [name.partition("/")[0] for name, sql in named.items() if self._try(f"{sql} AS found") is None]
        return ", ".join(dict.fromkeys(guilty)) or "—"
