"""What the columns of an extract must be: the contract between a source and the rules.

A key that arrives as a number has lost its leading zeros somewhere, and nobody can tell where: such a column is
refused, not converted. Columns that are declared numbers or dates become one Arrow type each, whatever the source
calls them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from fukuhon.errors import DataError

__all__ = ["ARROW_TYPES", "ColumnKind", "Columns", "conform", "kind_of", "require_names"]

ColumnKind = Literal["text", "integer", "decimal", "date", "boolean"]
Columns = Mapping[str, ColumnKind]

ARROW_TYPES: dict[ColumnKind, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "decimal": pa.decimal128(38, 4),
    "date": pa.date32(),
    "boolean": pa.bool_(),
}
_WORDS = {
    "text": "文字",
    "integer": "整数",
    "decimal": "数",
    "real": "浮動小数",
    "date": "日付",
    "timestamp": "日時",
    "boolean": "真偽",
    "binary": "バイナリ",
    "unknown": "不明な型",
}
# What may become what without guessing; text only where the source writes numbers or dates as text by its nature.
_CONVERTIBLE: dict[ColumnKind, frozenset[str]] = {
    "text": frozenset({"text"}),
    "integer": frozenset({"integer", "decimal"}),
    "decimal": frozenset({"integer", "decimal", "real"}),
    "date": frozenset({"date", "timestamp", "text"}),
    "boolean": frozenset({"boolean", "integer"}),
}


def kind_of(kind: pa.DataType) -> str:
    """The word of our small vocabulary for an Arrow type."""
    types = pa.types
    if isinstance(kind, pa.BaseExtensionType):
        name = getattr(kind, "type_name", "")
        return "decimal" if name == "numeric" else "unknown"
    tests = (
        ("text", lambda t: types.is_string(t) or types.is_large_string(t) or types.is_string_view(t)),
        ("integer", types.is_integer),
        ("decimal", types.is_decimal),
        ("real", types.is_floating),
        ("date", types.is_date),
        ("timestamp", types.is_timestamp),
        ("boolean", types.is_boolean),
        ("binary", lambda t: types.is_binary(t) or types.is_large_binary(t)),
    )
    return next((word for word, test in tests if test(kind)), "unknown")


def require_names(names: Sequence[str], columns: Columns, source: str) -> None:
    """Raise DataError ORIGINALS-005 (missing columns) or ORIGINALS-010 (a name that stands twice)."""
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError("ORIGINALS-010", source=source, columns="、".join(twice))
    missing = [name for name in columns if name not in names]
    if missing:
        raise DataError("ORIGINALS-005", source=source, columns="、".join(missing))


def conform(name: str, values: pa.Array, wanted: ColumnKind, source: str) -> pa.Array:
    """One column as the type it was declared to have.

    Raises DataError ORIGINALS-006 (another kind of thing arrived) or ORIGINALS-007 (values that cannot be read so);
    neither tells a value.
    """
    target = ARROW_TYPES[wanted]
    if values.type == target:
        return values
    if values.null_count == len(values):
        return pa.nulls(len(values), target)
    arrived = kind_of(values.type)
    if arrived not in _CONVERTIBLE[wanted]:
        raise mismatch(name, wanted, arrived, source)
    try:
        return _cast(values, target)
    except pa.ArrowInvalid:
        raise DataError("ORIGINALS-007", source=source, column=name, wanted=_WORDS[wanted]) from None


def mismatch(name: str, wanted: ColumnKind, arrived: str, source: str) -> DataError:
    """The error for a column of another kind; a text that arrived as a number has its own words."""
    code = "ORIGINALS-006" if wanted == "text" and arrived in {"integer", "decimal", "real"} else "ORIGINALS-012"
    return DataError(code, source=source, column=name, wanted=_WORDS[wanted], arrived=_WORDS[arrived])


def _cast(values: pa.Array, target: pa.DataType) -> pa.Array:
    if isinstance(values.type, pa.BaseExtensionType):
        values = values.storage
    if pa.types.is_integer(target) and kind_of(values.type) == "text":
        values = values.cast(pa.decimal128(38, 4))
    if pa.types.is_boolean(target):
        return pc.not_equal(values, pa.scalar(0, values.type))
    return values.cast(target)
