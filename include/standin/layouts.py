"""The server's own reading of the layout packs: which datasets there are, and what may stand in a record.

One folder a version: ``pack.yaml`` and one file for each 特定個人情報 (docs/layout-packs.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

__all__ = ["DATE", "Dataset", "Item", "Layout", "load_layouts"]

Check = Callable[[str], bool]
# A day of the calendar as an expression; the 29th of February is left to a closer look.
DATE = (
    r"(?!0000)[0-9]{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
    r"|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
)


@dataclass(frozen=True)
class Item:
    """One item: ``fits`` says whether a value may stand in it, ``coded`` whether only listed ones may.

    ``pattern`` is an expression for its values; where it is ``exact``, what matches fits.
    """

    code: str
    name: str
    fits: Check
    pattern: str
    exact: bool
    coded: bool
    may_be_empty: bool
    required: bool
    condition: tuple[str, frozenset[str] | None] | None

    def is_required(self, values: Mapping[str, str | None]) -> bool:
        """Whether the record's other values make this item required."""
        if self.condition is None:
            return self.required
        other, wanted = self.condition
        value = values.get(other)
        return bool(value) if wanted is None else value in wanted


@dataclass(frozen=True)
class Dataset:
    """One dataset of a layout."""

    spi: str
    code: str
    name: str
    key: re.Pattern[str]
    versioned: bool
    publication: str
    items: Mapping[str, Item]
    demanding: tuple[Item, ...]


@dataclass(frozen=True)
class Layout:
    """One version of the layouts, in force from a day to another, both included."""

    version: str
    first: date
    last: date | None
    datasets: Mapping[str, Dataset]

    def in_force(self, day: date) -> bool:
        """Whether the version holds on a day."""
        return self.first <= day and (self.last is None or day <= self.last)


def load_layouts(folder: Path) -> dict[str, Layout]:
    """Load every pack below a folder, by version; a folder that is not there holds none."""
    packs = sorted(folder.glob("*/pack.yaml"))
    return {layout.version: layout for layout in (_pack(path) for path in packs)}


def _pack(path: Path) -> Layout:
    head = yaml.safe_load(path.read_text("utf-8"))
    datasets: dict[str, Dataset] = {}
    for file in sorted(path.parent.glob("TM*.yaml")):
        spi = yaml.safe_load(file.read_text("utf-8"))
        for row in spi["datasets"]:
            datasets[row["code"]] = _dataset(spi["spi"], row)
    return Layout(str(head["version"]), head["effective_from"], head.get("effective_to"), datasets)


def _dataset(spi: str, row: Mapping[str, Any]) -> Dataset:
    items = {item.code: item for item in (_item(one) for one in _flat(row["items"]))}
    return Dataset(
        spi=spi,
        code=row["code"],
        name=row["name"],
        key=re.compile(row["record_key"]["pattern"]),
        versioned=bool(row.get("versioned", False)),
        publication=row.get("publication", "optional"),
        items=items,
        demanding=tuple(item for item in items.values() if item.required or item.condition),
    )


def _flat(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Spread repeated groups: I0201 of a group becomes I0201_1, I0201_2 …"""
    flat: list[dict[str, Any]] = []
    for row in rows:
        if "group" not in row:
            flat.append(row)
            continue
        own = {one["code"] for one in row["items"]}
        for number in range(1, row["repeat"] + 1):
            flat.extend(_repeated(one, own, number) for one in row["items"])
    return flat


def _repeated(row: dict[str, Any], own: set[str], number: int) -> dict[str, Any]:
    copy = {**row, "code": f"{row['code']}_{number}"}
    condition = row.get("required_when")
    if condition and condition["item"] in own:
        copy["required_when"] = {**condition, "item": f"{condition['item']}_{number}"}
    return copy


def _item(row: Mapping[str, Any]) -> Item:
    kind, required = row["kind"], bool(row.get("required", False))
    return Item(
        code=row["code"],
        name=row["name"],
        fits=_KINDS[kind](row),
        pattern=_PATTERNS[kind](row),
        exact="minimum" not in row and "maximum" not in row and not _is_jisx0213(row),
        coded=kind == "code",
        may_be_empty=kind in {"text", "kana"} and not required,
        required=required,
        condition=_condition(row.get("required_when")),
    )


def _condition(row: Mapping[str, Any] | None) -> tuple[str, frozenset[str] | None] | None:
    if row is None:
        return None
    if row.get("present"):
        return row["item"], None
    wanted = row["equals"]
    return row["item"], frozenset(map(str, wanted if isinstance(wanted, list) else [wanted]))


def _lengths(row: Mapping[str, Any]) -> str:
    if "digits" in row:
        return f"{{{row['digits']}}}"
    return f"{{{row.get('min_length', 1)},{row.get('max_length', '')}}}"


def _digits_pattern(row: Mapping[str, Any]) -> str:
    return f"[0-9]{_lengths(row)}"


def _digits(row: Mapping[str, Any]) -> Check:
    pattern = re.compile(_digits_pattern(row))
    return lambda value: pattern.fullmatch(value) is not None


def _number_pattern(row: Mapping[str, Any]) -> str:
    sign = "-?" if row.get("signed") else ""
    more = f"{{0,{row['digits'] - 1}}}" if "digits" in row else "*"
    return f"0|{sign}[1-9][0-9]{more}"


def _number(row: Mapping[str, Any]) -> Check:
    pattern = re.compile(_number_pattern(row))
    low, high = row.get("minimum"), row.get("maximum")
    if low is None and high is None:
        return lambda value: pattern.fullmatch(value) is not None

    def fits(value: str) -> bool:
        if pattern.fullmatch(value) is None:
            return False
        return (low is None or int(value) >= low) and (high is None or int(value) <= high)

    return fits


def _date(row: Mapping[str, Any]) -> Check:
    unknown = bool(row.get("unknown", False))

    def fits(value: str) -> bool:
        return is_date(value) or (unknown and _unknown_date(value))

    return fits


def is_date(value: str) -> bool:
    """Whether a text is a day as the wire writes it."""
    if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is None:
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _unknown_date(value: str) -> bool:
    """Whether zeros stand for an unknown day, day and month, or all of it."""
    found = re.fullmatch("([0-9]{4})-([0-9]{2})-00", value)
    if found is None:
        return False
    year, month = found.groups()
    return month == "00" or (year != "0000" and 1 <= int(month) <= 12)


def _code(row: Mapping[str, Any]) -> Check:
    return frozenset(map(str, row["codes"])).__contains__


def _text(row: Mapping[str, Any]) -> Check:
    low, high = row.get("min_length", 0), row.get("max_length") or 1 << 30
    allowed = re.compile(f"{_characters(row)}*")
    known = _in_jisx0213 if _is_jisx0213(row) else _any
    return lambda value: low <= len(value) <= high and allowed.fullmatch(value) is not None and known(value)


def _any(_: str) -> bool:
    return True


def _in_jisx0213(value: str) -> bool:
    """Whether every character is of JIS X 0213, or one of three that only differ by the width a code page gave them."""
    try:
        value.translate(_SAME_BUT_WIDTH).encode("euc_jis_2004")
    except UnicodeEncodeError:
        return False
    return True


def _text_pattern(row: Mapping[str, Any]) -> str:
    """Return the text's expression; what XML would have to escape is left to a closer look."""
    low = row.get("min_length", 0) or int(bool(row.get("required", False)))
    return f"(?:(?![<>&\ufffe\uffff]){_characters(row)}){{{low},{row.get('max_length', '')}}}"


def _character_set(row: Mapping[str, Any]) -> str:
    name: str = row.get("characters", "kana" if row["kind"] == "kana" else "jisx0213")
    return name


def _characters(row: Mapping[str, Any]) -> str:
    return _CHARACTERS[_character_set(row)]


def _is_jisx0213(row: Mapping[str, Any]) -> bool:
    return row["kind"] in {"text", "kana"} and _character_set(row) == "jisx0213"


_SAME_BUT_WIDTH = str.maketrans("￠￡￢", "¢£¬")
# Of JIS X 0213 only what cannot be in it: private use, control characters and the replacement character, which are how
# a 外字 or a character without a map shows. The rest is asked of the codec.
_CHARACTERS = {
    "ascii": r"[ -~]",
    "kana": r"[゠-ヿ　]",
    "jisx0213": "[^\\x00-\\x1f\\x7f-\\x9f\\ue000-\\uf8ff\\ufffd\\U000f0000-\\U0010ffff]",
}

_KINDS: dict[str, Callable[[Mapping[str, Any]], Check]] = {
    "digits": _digits,
    "number": _number,
    "date": _date,
    "code": _code,
    "text": _text,
    "kana": _text,
}

_PATTERNS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "digits": _digits_pattern,
    "number": _number_pattern,
    "date": lambda _: DATE,
    "code": lambda row: "|".join(re.escape(str(one)) for one in row["codes"]),
    "text": _text_pattern,
    "kana": _text_pattern,
}
