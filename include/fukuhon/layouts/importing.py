"""From a filled-in template workbook to a pack: every cell that cannot be read is named, and nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from fukuhon.errors import ConfigurationError
from fukuhon.layouts.cells import CellProblem, Cells, open_workbook
from fukuhon.layouts.reading import Header, Spi, header_checks, spi_checks
from fukuhon.layouts.tables import Row, table_of
from fukuhon.layouts.template import ANY_VALUE, DATASETS, ITEMS, PACK, SHEETS
from fukuhon.site.documents import Check, Document, Place, Problem

__all__ = ["ImportedPack", "read_workbook"]

Entry = dict[str, Any]
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class ImportedPack:
    """A pack as the data of its files: ``pack.yaml``, and one document for each SPI code."""

    header: Mapping[str, Any]
    spis: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class _Sheets(Document):
    """Data whose places are cells of a workbook."""

    cells: Mapping[Place, str] = field(default_factory=dict)

    def told(self, problems: Any) -> str:
        """The problems by cell, in the order of the sheets."""
        found = {(self._order(problem.place), self._cell(problem.place), problem.text) for problem in problems}
        return "".join(f"\n  {cell}：{text}" for _, cell, text in sorted(found))

    def _nearest(self, place: Place) -> Place:
        return next((place[:end] for end in range(len(place), -1, -1) if place[:end] in self.cells), ())

    def _cell(self, place: Place) -> str:
        return self.cells.get(self._nearest(place), f"シート「{SHEETS[0]}」")

    def _order(self, place: Place) -> int:
        return list(self.cells).index(self._nearest(place)) if self._nearest(place) in self.cells else -1


def read_workbook(path: Path) -> ImportedPack:
    """Read a template workbook that was filled in.

    Raises ConfigurationError LAYOUTS-006 (no workbook) or LAYOUTS-007: every cell that could not be read, with its
    sheet and why; where all could be read, every cell that contradicts the model or another cell.
    """
    book = open_workbook(path)
    problems: list[CellProblem] = []
    tables: list[list[Row]] = []
    for title, columns in zip(SHEETS, (PACK, DATASETS, ITEMS), strict=True):
        if title not in book.sheetnames:
            problems.append(CellProblem(title, 0, 0, "このシートがありません"))
            tables.append([])
            continue
        cells = Cells(book[title])
        if cells.sheet.sheet_state != "visible":
            cells.report(1, 1, "シートが隠れています。表示してください")
        tables.append(table_of(cells, columns))
        problems += cells.problems
    if problems:
        raise _unread(path, "".join(f"\n  {problem.wording}" for problem in problems))
    return _assembled(path, *tables)


def _unread(path: Path, told: str) -> ConfigurationError:
    return ConfigurationError("LAYOUTS-007", file=path, problems=told)


@dataclass
class _Assembly:
    """Documents under way: data, and the cell of each place."""

    path: Path
    data: dict[str, Any]
    cells: dict[Place, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def mark(self, place: Place, row: Row, key: str) -> None:
        """Remember the cell of a key of a row as that of a place."""
        self.cells[place] = row.cell(key)

    def told(self, model: type[Model], checks: Iterable[Check[Model]]) -> str:
        """What is wrong with the data as a model, by cell; empty where nothing is."""
        known = {place[:end]: 1 for place in self.cells for end in range(len(place) + 1)}
        try:
            _Sheets(self.path, self.data, known, tuple(self.problems), cells=self.cells).build(
                model, "LAYOUTS-007", checks
            )
        except ConfigurationError as error:
            return str(error.facts["problems"])
        return ""


def _assembled(path: Path, pack: list[Row], datasets: list[Row], items: list[Row]) -> ImportedPack:
    header = _header(path, pack[0])
    if len(pack) > 1:
        header.problems.append(Problem(("#",), "パックは一行だけです"))
        header.mark(("#",), pack[1], "version")
    spis: dict[str, _Assembly] = {}
    places: dict[str, tuple[_Assembly, int]] = {}
    for row in datasets:
        entry = {"spi": row["spi"], **({"name": row["spi_name"]} if row["spi_name"] else {}), "datasets": []}
        spi = spis.setdefault(str(row["spi"]), _Assembly(path, entry))
        home = places.setdefault(str(row["code"]), (spi, _dataset(spi, row)))
        if home[0] is not spi:
            spi.problems.append(Problem(("datasets", -1), "同じデータセットコードが、ほかの特定個人情報にもあります"))
            spi.mark(("datasets", -1), row, "code")
    _items(header, places, items)
    told = header.told(Header, header_checks)
    for spi in spis.values():
        told += spi.told(Spi, spi_checks)
    if told:
        raise _unread(path, told)
    return ImportedPack(header.data, {code: spi.data for code, spi in spis.items()})


def _header(path: Path, row: Row) -> _Assembly:
    assembly = _Assembly(path, row.kept(*(column.key for column in PACK)))
    assembly.mark((), row, "version")
    for column in PACK:
        assembly.mark((column.key,), row, column.key)
    return assembly


def _dataset(spi: _Assembly, row: Row) -> int:
    """Add a dataset; its number."""
    number = len(spi.data["datasets"])
    place: Place = ("datasets", number)
    if not number:
        spi.mark((), row, "spi")
        spi.mark(("spi",), row, "spi")
        spi.mark(("name",), row, "spi_name")
    elif row["spi_name"] != spi.data.get("name"):
        spi.problems.append(Problem((*place, "spi_name"), "同じ特定個人情報コードの名前が、前の行と違います"))
    key = {"name": row["key_name"], "pattern": row["key_pattern"], "unique_within": row["key_within"]}
    spi.data["datasets"].append(
        {
            **row.kept("code", "name"),
            "record_key": {name: value for name, value in key.items() if value is not None},
            **row.kept("versioned", "publication", "note"),
            "items": [],
        }
    )
    spi.mark(place, row, "code")
    for column in DATASETS:
        below = ("record_key", _KEYS[column.key]) if column.key in _KEYS else (column.key,)
        spi.mark((*place, *below), row, column.key)
    return number


_KEYS = {"key_name": "name", "key_pattern": "pattern", "key_within": "unique_within"}


def _items(header: _Assembly, places: Mapping[str, tuple[_Assembly, int]], rows: list[Row]) -> None:
    """Hang each item under its dataset; rows of one repeated group that follow each other go together."""
    before: tuple[object, object] | None = None
    for row in rows:
        home = places.get(str(row["dataset"]))
        if home is None:
            header.problems.append(Problem(("items", row.number), "シート「データセット」にないデータセットコードです"))
            header.mark(("items", row.number), row, "dataset")
            continue
        spi, number = home
        entries = spi.data["datasets"][number]["items"]
        place: Place = ("datasets", number, "items")
        now = (row["dataset"], row["group"])
        if row["group"] is None:
            _item(spi, row, entries, place)
        else:
            if now != before:
                entries.append({"group": row["group"], **row.kept("repeat"), "items": []})
                spi.mark((*place, len(entries) - 1), row, "group")
                spi.mark((*place, len(entries) - 1, "repeat"), row, "repeat")
            elif row["repeat"] != entries[-1].get("repeat"):
                spi.problems.append(Problem((*place, "#", row.number), "一組の中で繰り返し回数が違います"))
                spi.mark((*place, "#", row.number), row, "repeat")
            _item(spi, row, entries[-1]["items"], (*place, len(entries) - 1, "items"))
        before = now


def _item(spi: _Assembly, row: Row, entries: list[Entry], above: Place) -> None:
    place: Place = (*above, len(entries))
    spi.mark(place, row, "code")
    for column in ITEMS:
        spi.mark((*place, column.key), row, column.key)
    plain = ("code", "name", "kind", "digits", "min_length", "max_length", "minimum", "maximum")
    entry = row.kept(*plain, "signed", "unknown", "characters", "required", "note")
    if row["repeat"] is not None and row["group"] is None:
        spi.problems.append(Problem((*place, "repeat"), "繰り返しの名前がありません"))
    entry |= _condition(spi, row, place) | _codes(spi, row, place)
    entries.append(entry)


def _condition(spi: _Assembly, row: Row, place: Place) -> Entry:
    item, values = row["when_item"], row["when_equals"]
    if (item is None) != (values is None):
        spi.problems.append(
            Problem((*place, "when_item" if item is None else "when_equals"), "条件の項目と値は、両方を書きます")
        )
    if item is None or values is None:
        return {}
    for key, other in (("item", "when_item"), ("equals", "when_equals")):
        spi.mark((*place, "required_when", key), row, other)
    spi.mark((*place, "required_when"), row, "when_item")
    return {
        "required_when": {
            "item": item,
            **({"present": True} if values == ANY_VALUE else {"equals": values.split("・")}),
        }
    }


def _codes(spi: _Assembly, row: Row, place: Place) -> Entry:
    if row["codes"] is None:
        return {}
    codes: dict[str, str] = {}
    for line in row["codes"].split("\n"):
        value, sign, label = line.partition("=")
        if not sign or not value or not label or value != value.strip() or label != label.strip():
            spi.problems.append(
                Problem((*place, "codes"), "「値=意味」の形でない行があります（前後に空白も置けません）")
            )
        if value in codes:
            spi.problems.append(Problem((*place, "codes"), "同じ値が二度あります"))
        codes[value] = label
    return {"codes": codes}
