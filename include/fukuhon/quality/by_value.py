"""Rules that read one column, evaluated once for each distinct value of it.

An expression of the allow-list says the same of the same value, so a code of which there are four is judged four times
and not a hundred thousand times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from fukuhon.quality.engine import fetch
from fukuhon.quality.expressions import dated, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from fukuhon.quality.model import Rule

__all__ = ["failing_by_value"]


def failing_by_value(
    connection: duckdb.DuckDBPyConnection, values: pa.ChunkedArray, rules: Sequence[Rule], as_of: date
) -> dict[str, pa.ChunkedArray]:
    """The masks over ``values`` of those ``rules`` that some value fails; all read the one column.

    Raises duckdb.Error where a rule cannot be evaluated.
    """
    name = rules[0].columns[0]
    encoded = values.unify_dictionaries() if pa.types.is_dictionary(values.type) else _encoded(values)
    distinct = pa.table({"place": pa.arange(0, len(encoded.dictionary)), name: encoded.dictionary})
    connection.register("distinct_values", distinct)
    masks = ", ".join(f"{rule.failure} AS {quoted(rule.id)}" for rule in rules)
    query = f"SELECT {masks} FROM {dated('distinct_values', as_of)} ORDER BY place"  # noqa: S608  # allow-listed
    try:
        failing = fetch(connection, query)
    finally:
        connection.unregister("distinct_values")
    return {
        rule: pa.chunked_array([column.combine_chunks().take(encoded.indices)])
        for rule, column in zip(failing.column_names, failing.columns, strict=True)
        if pc.any(column).as_py()
    }


def _encoded(values: pa.ChunkedArray) -> pa.DictionaryArray:
    """The values by number; missing is a value, too."""
    return values.combine_chunks().dictionary_encode(null_encoding="encode")
