"""Rules that read one column, evaluated once for each distinct value of it.

An expression of the allow-list says the same of the same value, so a code of which there are four is judged four times
and not a hundred thousand times; and where few values occur, they are remembered from chunk to chunk. What reading the
distinct values proves (`proofs`) is not evaluated even for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from fukuhon.errors import DataError
from fukuhon.quality.engine import fetch
from fukuhon.quality.expressions import dated, quoted
from fukuhon.quality.proofs import Look, holds_for_each

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from fukuhon.quality.model import Rule

__all__ = ["ByValue"]

_REMEMBERED = 65_536


class ByValue:
    """The rules on one column."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule], as_of: date) -> None:
        self._connection = connection
        self._as_of = as_of
        self.rules = tuple(rules)
        self._name = rules[0].columns[0]
        self._known: pa.Table | None = None  # one row a value: the value, and of each rule whether it fails

    def failing(self, values: pa.ChunkedArray, rules: Sequence[Rule]) -> dict[str, pa.ChunkedArray]:
        """The masks over ``values`` of those ``rules`` that some value fails; a missing value is one, too.

        Raises DataError QUALITY-005 where a rule cannot be evaluated.
        """
        encoded = values.combine_chunks().dictionary_encode(null_encoding="encode")
        rules = _unproved(rules, encoded.dictionary)
        if not rules:
            return {}
        judged = self._judged(encoded.dictionary)
        return {
            rule.id: pa.chunked_array([judged.column(rule.id).combine_chunks().take(encoded.indices)])
            for rule in rules
            if pc.any(judged.column(rule.id)).as_py()
        }

    def _judged(self, distinct: pa.Array) -> pa.Table:
        """The rules' masks over distinct values, in their order."""
        known = self._known
        if known is None:
            known = self._evaluated(distinct)
        places = pc.index_in(distinct, value_set=known.column(self._name).combine_chunks())
        if places.null_count:
            new = self._evaluated(distinct.filter(pc.is_null(places)))
            known = pa.concat_tables([known, new]).combine_chunks()
            places = pc.index_in(distinct, value_set=known.column(self._name).combine_chunks())
        self._known = known if len(known) <= _REMEMBERED else None
        return known.take(places)

    def _evaluated(self, distinct: pa.Array) -> pa.Table:
        found = self._try(distinct, self.rules)
        if found is None:  # what DuckDB says stays here, since it may tell a value
            guilty = [rule.id for rule in self.rules if self._try(distinct, [rule]) is None]
            raise DataError("QUALITY-005", rule=", ".join(guilty) or "—")
        return found

    def _try(self, distinct: pa.Array, rules: Sequence[Rule]) -> pa.Table | None:
        """Value and masks; None where a rule cannot be evaluated."""
        values = pa.table({"place": pa.arange(0, len(distinct)), self._name: distinct})
        self._connection.register("distinct_values", values)
        masks = ", ".join(f"{rule.failure} AS {quoted(rule.id)}" for rule in rules)
        query = f"SELECT {masks} FROM {dated('distinct_values', self._as_of)} ORDER BY place"  # noqa: S608  # allow-listed
        try:
            return fetch(self._connection, query).add_column(0, self._name, [distinct])
        except duckdb.Error:
            return None
        finally:
            self._connection.unregister("distinct_values")


def _unproved(rules: Sequence[Rule], distinct: pa.Array) -> list[Rule]:
    look = Look(distinct) if distinct.type == pa.string() and len(distinct) else None
    return [rule for rule in rules if look is None or rule.check is None or not holds_for_each(rule.check, look)]
