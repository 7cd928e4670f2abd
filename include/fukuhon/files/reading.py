"""Reading a 特定個人情報ファイル, or the 突合用ファイル that the server answers, back into columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from fukuhon.errors import DataError
from fukuhon.files.model import ANSWERS, NAMESPACE, Header, Operation
from fukuhon.files.parsing import Element, Records, Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["CollationFile", "read_batches", "read_collation", "read_file", "read_header"]

_AT_ONCE = 16_384
_COLLATION_BYTES = 256 << 20

_FIELDS: dict[str, tuple[str, pa.DataType]] = {
    "Addressee": ("addressee", pa.string()),
    "Key": ("record_key", pa.string()),
    "Version": ("record_version", pa.string()),
    "PublishedFrom": ("publication_from", pa.date32()),
    "PublishedTo": ("publication_to", pa.date32()),
}
_HELD: dict[str, tuple[str, pa.DataType]] = {**_FIELDS, "Registered": ("registered", pa.timestamp("us", "Asia/Tokyo"))}
_HELD_ATTRIBUTES = ("spi", "dataset", "layout")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CollationFile:
    """FI_DBM_0016: what the server holds of one minute.

    ``number`` is the 突合 request's own, never a registration receipt.
    """

    number: str
    records: pa.Table

    @property
    def items(self) -> tuple[str, ...]:
        """The item codes that came back."""
        others = {name for name, _ in _HELD.values()} | set(_HELD_ATTRIBUTES)
        return tuple(name for name in self.records.column_names if name not in others)


def read_file(source: Source, items: Sequence[str] | None = None) -> pa.Table:
    """All records of a file as a table: the keys, the days of publication, then the items.

    The items are in the order named, sorted by code where none are named.

    Raises DataError FILES-007 … FILES-011 for anything but a well-formed file in our form, RetriableError FILES-002
    when it cannot be read.
    """
    records = Records(source, "File", NAMESPACE)
    rows = list(_rows(records, _FIELDS))
    _compare_counts(records, len(rows))
    return _table(rows, _FIELDS, (), _codes(rows) if items is None else items, records)


def read_batches(source: Source, items: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """As :func:`read_file`, by batches: memory is bounded by one of them.

    An item that is not among ``items`` raises FILES-009.
    """
    records = Records(source, "File", NAMESPACE)
    rows: list[Row] = []
    for row in _rows(records, _FIELDS):
        rows.append(row)
        if len(rows) == _AT_ONCE:
            yield from _table(rows, _FIELDS, (), items, records).to_batches()
            rows.clear()
    if rows:
        yield from _table(rows, _FIELDS, (), items, records).to_batches()
    _compare_counts(records, records.number)


def read_header(source: Source) -> tuple[Header, int]:
    """A file's header and its count of records, without reading further than the first record."""
    records = Records(source, "File", NAMESPACE)
    next(iter(records), None)
    at = records.attributes
    try:
        header = Header(at["body"], at["spi"], at["dataset"], at["layout"], Operation(at["operation"]))
        return header, int(at["records"])
    except (KeyError, ValueError):
        raise records.refuse("File") from None


def read_collation(source: Source, items: Sequence[str] | None = None) -> CollationFile:
    """Read a 突合用ファイル. An empty one is no error: an empty minute proves nothing. Raises as :func:`read_file`."""
    records = Records(source, "CollationFile", ANSWERS, _COLLATION_BYTES)
    rows = list(_rows(records, _HELD, _HELD_ATTRIBUTES))
    _compare_counts(records, len(rows))
    table = _table(rows, _HELD, _HELD_ATTRIBUTES, _codes(rows) if items is None else items, records)
    return CollationFile(records.attributes.get("number", ""), table)


def _rows(records: Records, fields: dict[str, Any], attributes: Sequence[str] = ()) -> Iterator[Row]:
    for record in records:
        row: Row = {str(name): str(value) for name, value in record.attrib.items()}
        if set(row) != set(attributes):
            raise records.refuse("Record")
        for child in record:
            _take(row, child, fields, records)
        if "addressee" not in row or "record_key" not in row:
            raise records.refuse("Addressee, Key")
        yield row


def _take(row: Row, child: Element, fields: dict[str, Any], records: Records) -> None:
    name = _name(child, records)
    if name == "Items":
        for item in child:
            _put(row, _name(item, records), item, records)
    elif name in fields:
        _put(row, fields[name][0], child, records)
    else:
        raise records.refuse(name)


def _name(element: Element, records: Records) -> str:
    """The element's local name.

    Comments, instructions and entities have none and are refused, as is text between elements.
    """
    tag = element.tag
    if callable(tag) or (element.tail and element.tail.strip()):
        raise records.refuse("text")
    return str(tag).rpartition("}")[2]


def _put(row: Row, column: str, element: Element, records: Records) -> None:
    if column in row or len(element) or element.keys():
        raise records.refuse(column)
    row[column] = element.text or ""


def _codes(rows: Iterable[Row]) -> list[str]:
    known = {column for column, _ in _HELD.values()} | set(_HELD_ATTRIBUTES)
    return sorted({name for row in rows for name in row} - known)


def _table(
    rows: list[Row],
    fields: dict[str, tuple[str, pa.DataType]],
    attributes: Sequence[str],
    items: Sequence[str],
    records: Records,
) -> pa.Table:
    columns = dict(fields.values()) | dict.fromkeys((*attributes, *items), pa.string())
    if unknown := {name for row in rows for name in row} - set(columns):
        raise records.refuse(min(unknown))
    try:
        arrays = [pa.array([_typed(row.get(name), kind) for row in rows], kind) for name, kind in columns.items()]
    except ValueError:
        raise records.refuse("date") from None
    return pa.table(dict(zip(columns, arrays, strict=True)))


def _typed(text: str | None, kind: pa.DataType) -> str | date | datetime | None:
    if text is None or kind == pa.string():
        return text
    if kind == pa.date32():
        return date.fromisoformat(text)
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant says its offset")
    return instant


def _compare_counts(records: Records, read: int) -> None:
    said = records.attributes.get("records", "")
    if said != str(read):
        raise DataError("FILES-011", file=records.name, said=said or "-", read=read)
