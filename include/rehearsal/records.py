"""Records of any dataset, made from its layout alone: clean ones, and ones with one fault for each base check.

Values come column by column out of small pools, so that ten thousand records of 250 items take a second or two. Clean
means that the layout finds nothing: rules of a department are not known here.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from fukuhon.layouts import BaseCheck, DatasetLayout, Item, base_checks

__all__ = ["Fault", "clean_records", "key_of", "planted"]

_POOL = 64
_ABSENT = 5
"""One value in so many is missing where it may be."""
_CHARACTERS = {
    "ascii": "ABCXYZ0189-/ ",
    "kana": "アイウエオカキクケコサシスセソヤマダー",
    "jisx0213": "税福祉住民課ア1あ",
}
UNIQUE = "layout:record_key:unique"


@dataclass(frozen=True, slots=True)
class Fault:
    """A planted fault: the number of the record's row, and the one rule that has to find it."""

    row_no: int
    rule: str


def clean_records(layout: DatasetLayout, rows: int, seed: int = 1) -> pa.Table:
    """Mapped records (docs/rules.md) in which the layout's checks find nothing; the same seed gives the same."""
    random = np.random.default_rng(seed)
    day = pa.array([date(2016, 4, 1)] * rows, pa.date32())
    columns: dict[str, Any] = {
        "row_no": pa.array(range(1, rows + 1), pa.int64()),
        "scope": pa.nulls(rows, pa.string()),
        "withhold": pa.nulls(rows, pa.string()),
        "variation": pa.array(["全部"] * rows),
        "addressee": pa.array([f"{row:015d}" for row in range(1, rows + 1)]),
        "record_key": pa.array([key_of(layout.record_key.pattern, row) for row in range(1, rows + 1)]),
        "record_version": pa.array(["1.0"] * rows) if layout.versioned else pa.nulls(rows, pa.string()),
        "publication_from": pa.nulls(rows, pa.date32()) if layout.publication == "none" else day,
        "publication_to": pa.nulls(rows, pa.date32()) if layout.publication == "none" else day,
    }
    for item in layout.items:
        pool = pa.array(_values(item, random), pa.string())
        column = pool.take(pa.array(random.integers(0, len(pool), rows)))
        if not item.required and item.required_when is None:
            column = _without(column, random.integers(0, _ABSENT, rows) == 0)
        columns[item.code] = column
    for item in layout.items:
        if item.required_when is not None:
            asked = _asked(item, columns)
            columns[item.code] = _without(columns[item.code], ~asked & (random.integers(0, 2, rows) == 0))
    return pa.table(columns)


def planted(layout: DatasetLayout, records: pa.Table, each: int = 1) -> tuple[pa.Table, list[Fault]]:
    """The records with ``each`` faults for every check of the layout, no two in one record, and what has to be found.

    A check of a condition is planted where the condition holds. Raises ValueError where there are too few records.
    """
    columns = {name: records.column(name).to_pylist() for name in records.column_names}
    free = iter(range(records.num_rows))
    faults: list[Fault] = []
    late: list[int] = []
    for check in base_checks(layout):
        for _ in range(each):
            row = _row(check, columns, free, late)
            columns[check.item][row] = _FAULTS[check.kind](check, layout)
            faults.append(Fault(row + 1, check.id))
    one, other = (_next(free, late) for _ in range(2))
    for name in ("addressee", "record_key", "record_version"):
        columns[name][other] = columns[name][one]
    faults += [Fault(one + 1, UNIQUE), Fault(other + 1, UNIQUE)]
    return pa.table(
        {name: pa.array(values, records.schema.field(name).type) for name, values in columns.items()}
    ), faults


def key_of(pattern: str, number: int) -> str:
    """The ``number``-th text that a simple key pattern matches; other numbers give others, as far as it has room.

    Only classes, plain characters and counts are understood. Raises ValueError for anything else.
    """
    places = [*_places(pattern)]
    text = ""
    for alphabet in reversed(places):
        number, digit = divmod(number, len(alphabet))
        text = alphabet[digit] + text
    return text


def _places(pattern: str) -> Iterator[str]:
    token = re.compile(r"(?:\[([^\]^\\]+)\]|([^\\\[\](){}|?*+.^$]))(?:\{(\d+)(?:,\d+)?\})?")
    at = 0
    while at < len(pattern):
        found = token.match(pattern, at)
        if found is None:
            raise ValueError(f"a key pattern that is not simple: {pattern}")
        characters, plain, count = found.groups()
        yield from [_alphabet(characters) if characters else plain] * int(count or 1)
        at = found.end()


def _alphabet(characters: str) -> str:
    """The characters of a class, digits first."""
    spread = re.sub(r"(.)-(.)", lambda m: "".join(map(chr, range(ord(m[1]), ord(m[2]) + 1))), characters)
    return "".join(sorted(set(spread)))


def _values(item: Item, random: np.random.Generator) -> list[str]:
    if item.kind == "code":
        return [*item.codes]
    if item.kind == "date":
        days = [date(2000, 1, 1) + timedelta(days=int(n)) for n in random.integers(0, 6000, _POOL)]
        return [f"{day}" for day in days] + (["1950-05-00", "1950-00-00", "0000-00-00"] if item.unknown else [])
    if item.kind == "number":
        return _numbers(item, random)
    characters = string.digits if item.kind == "digits" else _CHARACTERS[item.characters]
    lengths = random.integers(max(item.shortest, 1), item.longest + 1, _POOL)
    return ["".join(random.choice([*characters], int(length))) for length in lengths]


def _numbers(item: Item, random: np.random.Generator) -> list[str]:
    most = 10 ** min(item.digits or 1, 15) - 1
    low = item.minimum if item.minimum is not None else (-most if item.signed else 0)
    high = min(most, item.maximum if item.maximum is not None else most)
    return [str(number) for number in (low, high, *random.integers(low, high + 1, _POOL))]


def _without(column: Any, absent: NDArray[np.bool_]) -> Any:
    return pc.if_else(pa.array(absent), pa.scalar(None, pa.string()), column)


def _asked(item: Item, columns: Mapping[str, Any]) -> NDArray[np.bool_]:
    """Where the other item demands this one; it may only be missing elsewhere."""
    assert item.required_when is not None
    other = columns[item.required_when.item]
    if item.required_when.present:
        return np.asarray(pc.is_valid(other))
    return np.asarray(pc.fill_null(pc.is_in(other, value_set=pa.array(item.required_when.equals)), False))


def _next(free: Iterator[int], late: list[int]) -> int:
    if late:
        return late.pop()
    row = next(free, None)
    if row is None:
        raise ValueError("too few records to plant a fault for every check")
    return row


def _row(check: BaseCheck, columns: Mapping[str, list[Any]], free: Iterator[int], late: list[int]) -> int:
    """A record that has no fault yet, and in which this one can be.

    A condition has to hold; a value that spoils another one has to be there, or it would ask for other items.
    """
    passed: list[int] = []
    while True:
        row = _next(free, late)
        if _fits(check, columns, row):
            late.extend(passed)
            return row
        passed.append(row)


def _fits(check: BaseCheck, columns: Mapping[str, list[Any]], row: int) -> bool:
    if check.kind == "required":
        return True
    if check.kind != "required_when":
        return columns[check.item][row] is not None
    other, equals = columns[str(check.parameters["item"])][row], check.parameters.get("equals")
    return bool(other) if equals is None else other in equals  # type: ignore[operator]


def _too_long(check: BaseCheck, layout: DatasetLayout) -> str:
    characters = _CHARACTERS[layout.item(check.item).characters]
    longest = check.parameters["longest"]
    assert isinstance(longest, int)
    return characters[0] * (longest + 1)


def _outside(check: BaseCheck, _: DatasetLayout) -> str:
    low, high = check.parameters["minimum"], check.parameters["maximum"]
    assert isinstance(low, int | None)
    if low is not None and low > 0:
        return str(low - 1)
    assert isinstance(high, int)
    return str(high + 1)


def _foreign(check: BaseCheck, layout: DatasetLayout) -> str:
    """One character that is not allowed; of 外字, one of the private area."""
    item = layout.item(check.item)
    wrong = {"ascii": "あ", "kana": "A", "jisx0213": "\ue000"}[item.characters]
    return wrong * max(item.shortest, 1)


_FAULTS: dict[str, Callable[[BaseCheck, DatasetLayout], str | None]] = {
    "required": lambda *_: None,
    "required_when": lambda *_: None,
    "pattern": lambda *_: "?",
    "date": lambda *_: "2017-02-30",
    "code": lambda *_: "?",
    "length": _too_long,
    "range": _outside,
    "characters": _foreign,
}
