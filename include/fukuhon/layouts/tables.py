"""A sheet with headings as rows: the headings are looked for, each cell is read as its column says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openpyxl.utils import get_column_letter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fukuhon.layouts.cells import Cells
    from fukuhon.layouts.template import Column

__all__ = ["Row", "table_of"]

_HEADER_ROWS = 10  # a title may stand above the headings
_MOST_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Row:
    """What stands in a row by key, and where: its sheet, its number and the column of each key."""

    values: Mapping[str, Any]
    sheet: str
    number: int
    columns: Mapping[str, int]

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def cell(self, key: str) -> str:
        """Where a key's value stands, for people."""
        return f"シート「{self.sheet}」 {get_column_letter(self.columns[key])}{self.number}"

    def kept(self, *keys: str) -> dict[str, Any]:
        """What there is of ``keys``."""
        return {key: self.values[key] for key in keys if self.values[key] is not None}


def table_of(cells: Cells, columns: tuple[Column, ...]) -> list[Row]:
    """The rows of a sheet that hold anything; what cannot be read is told in ``cells``."""
    header, places = _headings(cells, columns)
    if not places:
        return []
    used = list(places.values())
    last, _ = cells.extent()
    if last > _MOST_ROWS:
        cells.report(_MOST_ROWS, 1, f"行が多すぎます（{_MOST_ROWS:,}行まで）。下の空の行を削除してください")
        return []
    rows = [row for row in range(header + 1, last + 1) if not cells.empty(row, used)]
    cells.look_around(rows, used, header)
    by_key = {column.key: column for column in columns}
    found = []
    for row in rows:
        values = {key: by_key[key].read(cells, row, place) for key, place in places.items()}
        found.append(Row(values, cells.sheet.title, row, places))
    if not found:
        cells.report(header + 1, 1, "何も書かれていません")
    return found


def _headings(cells: Cells, columns: tuple[Column, ...]) -> tuple[int, dict[str, int]]:
    """The row of the headings, and the column of each key."""
    wanted = {column.heading: column.key for column in columns}
    _, width = cells.extent()
    best = max(
        range(1, _HEADER_ROWS + 1),
        key=lambda row: sum(cells.sheet.cell(row, place).value in wanted for place in range(1, width + 1)),
    )
    places: dict[str, int] = {}
    for place in range(1, width + 1):
        heading = cells.sheet.cell(best, place).value
        if heading is None:
            continue
        key = wanted.get(heading) if isinstance(heading, str) else None
        if key is None:
            cells.report(best, place, "知らない見出しです。ひな形の見出しに直すか、列を削除してください")
        elif key in places:
            cells.report(best, place, "同じ見出しが二度あります")
        else:
            places[key] = place
    missing = [heading for heading, key in wanted.items() if key not in places]
    if missing:
        cells.report(best, 1, f"見出しがありません：{'、'.join(missing)}")
        cells.look_around([], list(places.values()), best)
        return best, {}
    return best, places
