"""Records as XML text, a column at a time: joins of Arrow strings, no template per row.

A missing item has no element, an empty one has an element without content. Whatever stands between two values, a
closing tag and the opening one that follows it, is one piece for the join.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fukuhon.errors import DataError
from fukuhon.files.characters import escaped, look, value_bytes
from fukuhon.files.joining import Part, When, joined
from fukuhon.files.model import NAMESPACE, Header, Operation, item_columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["ENVELOPE_BYTES", "FOOTER", "opening", "render", "wire_bytes"]

FOOTER = b"</File>\n"

# More than declaration, start and end tag of the root ever take.
ENVELOPE_BYTES = 512

_DIGITS = np.zeros(256, bool)
_DIGITS[ord("0") : ord("9") + 1] = True
_ALPHANUMERICS = _DIGITS.copy()
_ALPHANUMERICS[ord("A") : ord("Z") + 1] = True
_ALPHANUMERICS[ord("a") : ord("z") + 1] = True
_VERSION = r"^[0-9]{1,8}(\.[0-9]{1,4})?$"


def opening(header: Header, records: int) -> bytes:
    """The declaration and the root's start tag.

    The codes need no escaping: their patterns hold letters and digits only.
    """
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<File xmlns="{NAMESPACE}" body="{header.body}" spi="{header.spi}" '
        f'dataset="{header.dataset}" layout="{header.layout}" operation="{header.operation}" records="{records}">\n'
    ).encode()


def render(batch: pa.RecordBatch, operation: Operation, items: Sequence[str] | None = None) -> pa.StringArray:
    """One XML text a record, in the batch's order.

    ``items`` names the item columns (all of the batch's where it is None). Raises DataError FILES-003 for characters
    that may not travel and FILES-004 for addressee numbers, keys or versions that are malformed.
    """
    return joined(_text(_parts(batch, operation, items)), len(batch))


def wire_bytes(
    batch: pa.RecordBatch, items: Sequence[str] | None = None, operation: Operation = Operation.REGISTER
) -> pa.Int64Array:
    """The exact size of each record's text in bytes, without rendering it. Raises as :func:`render`."""
    sizes = np.full(len(batch), len("<Record></Record>\n"), np.int64)
    for part in _parts(batch, operation, items):
        if isinstance(part, str):
            sizes += len(part)
        else:
            sizes += np.asarray(pc.fill_null(pc.add(pc.binary_length(part.values), 2 * len(part.tag) + 5), 0))
    return pa.array(sizes)


def _wire(batch: pa.RecordBatch, name: str) -> pa.StringArray:
    """A column as wire strings (dates as ``YYYY-MM-DD``), with 32-bit offsets."""
    column = batch.column(name)
    return column if column.type == pa.string() else column.cast(pa.string())


class _Column(NamedTuple):
    tag: str
    values: pa.StringArray


def _parts(batch: pa.RecordBatch, operation: Operation, items: Sequence[str] | None) -> Iterator[str | _Column]:
    yield _Column("Addressee", _checked(batch, "addressee", _DIGITS, range(15, 16)))
    yield _Column("Key", _checked(batch, "record_key", _ALPHANUMERICS, range(1, 65)))
    yield from _optional(batch, "record_version", "Version")
    if operation is Operation.DELETE:
        return
    yield from _optional(batch, "publication_from", "PublishedFrom")
    yield from _optional(batch, "publication_to", "PublishedTo")
    yield "<Items>"
    for name in item_columns(batch.schema) if items is None else items:
        yield from _item(batch, name)
    yield "</Items>"


def _optional(batch: pa.RecordBatch, name: str, tag: str) -> Iterator[_Column]:
    if name not in batch.schema.names or batch.column(name).null_count == len(batch):
        return
    column = _wire(batch, name)
    if name == "record_version":
        _refuse_malformed(name, pc.sum(pc.invert(pc.match_substring_regex(column, _VERSION))).as_py())
    yield _Column(tag, column)


def _item(batch: pa.RecordBatch, name: str) -> Iterator[_Column]:
    column = _wire(batch, name)
    if column.null_count < len(column):
        yield _Column(name, escaped(column, look(column, name)))


def _text(parts: Iterator[str | _Column]) -> Iterator[Part]:
    """What a record is joined from; a missing value has no element."""
    yield "<Record>"
    for part in parts:
        if isinstance(part, str):
            yield part
        elif part.values.null_count:
            valid = part.values.is_valid().to_numpy(zero_copy_only=False)
            yield from (When(f"<{part.tag}>", valid), part.values, When(f"</{part.tag}>", valid))
        else:
            yield from (f"<{part.tag}>", part.values, f"</{part.tag}>")
    yield "</Record>\n"


def _checked(batch: pa.RecordBatch, name: str, allowed: np.ndarray[Any, Any], lengths: range) -> pa.StringArray:
    """A key column of which every value has one of the lengths and only the allowed bytes."""
    column = _wire(batch, name)
    counts = np.asarray(pc.fill_null(pc.binary_length(column), 0))
    wrong = (counts < lengths.start) | (counts >= lengths.stop)
    if wrong.any() or not allowed[value_bytes(column)].all():
        pattern = "^[0-9]*$" if allowed is _DIGITS else "^[0-9A-Za-z]*$"
        matches = np.asarray(pc.fill_null(pc.match_substring_regex(column, pattern), fill_value=False))
        _refuse_malformed(name, int((wrong | ~matches).sum()))
    return column


def _refuse_malformed(name: str, count: int | None) -> None:
    if count:
        raise DataError("FILES-004", column=name, count=count)
