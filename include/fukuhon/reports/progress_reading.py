"""別紙5 taken back: as we wrote it, edited by hand, saved by another program, or sent by another body."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from fukuhon.errors import DataError
from fukuhon.identifiers import BodyCode
from fukuhon.reports.grid import Grid, Place, named, open_sheet, plain
from fukuhon.reports.progress_model import PART_NAMES, Days, ProgressRow, ProgressSheet
from fukuhon.reports.progress_xlsx import HEADS, ROWS
from fukuhon.windows import Part

__all__ = ["read_sheet"]

_FORM = "本番用副本初期登録進捗状況確認シート"
_LABELS = {"都道府県", "団体コード", "団体名", "作成日"}
# However the mark was typed: ○ ◯ 〇 ● ◎ o レ ✓ 1; told apart after NFKC.
_MARKS = frozenset("○◯〇●◎oOレ✓✔1")
_OUT = frozenset({"x", "X", "×", "✕", "╳"})
_WEEKDAYS = "月火水木金土日"


def read_sheet(path: Path, body: str | None = None) -> ProgressSheet:
    """Read a body's sheet; of the body with the code ``body``, where it is given.

    Raises DataError: REPORTS-010 (no workbook), REPORTS-011 (not this form), REPORTS-012 (a cell that cannot be read,
    with its place), REPORTS-013 (another body's sheet), REPORTS-014 (a formula).
    """
    grid = open_sheet(path, _FORM)
    code = _body(grid, body)
    as_of = _as_of(grid)
    return ProgressSheet(
        body_code=code,
        body_name=_beside(grid, "団体名"),
        prefecture=_beside(grid, "都道府県"),
        as_of=as_of,
        calendars=_calendars(grid, as_of),
        rows=tuple(_rows(grid)),
    )


def _beside(grid: Grid, label: str) -> str:
    place, _ = grid.beside(grid.one(label), _LABELS)
    return grid.text(place)


def _body(grid: Grid, expected: str | None) -> str:
    place, _ = grid.beside(grid.one("団体コード"), _LABELS)
    text = plain(grid.text(place)).removesuffix(".0").zfill(6)  # a code that became a number has lost its zero
    try:
        code = str(BodyCode.parse(text))
    except DataError:
        raise grid.refusal(place, "6桁の団体コード（検査数字を含む）") from None
    if expected is not None and code != expected:
        raise DataError("REPORTS-013", file=grid.file, cell=named(place), given=code, expected=expected)
    return code


def _as_of(grid: Grid) -> date:
    place, _ = grid.beside(grid.one("作成日"), _LABELS)
    found = grid.day(place)
    assert found is not None, "a cell that was found holds something"
    return found


@dataclass(frozen=True)
class _Block:
    """One calendar: its month and part, its columns by day, and the rows of its three lines."""

    month: date
    part: Part
    columns: dict[int, int]
    lines: tuple[int, int, int]
    label: int


def _calendars(grid: Grid, as_of: date) -> dict[Part, Days]:
    found: dict[Part, list[frozenset[date]]] = {part: [frozenset()] * 3 for part in PART_NAMES}
    seen: set[tuple[date, Part]] = set()
    for place in grid.find(ROWS[0]):
        block = _block(grid, place, as_of)
        if (block.month, block.part) in seen:
            raise grid.refusal(place, "同じ月・同じ区分のカレンダーは一つ")
        seen.add((block.month, block.part))
        marked = [_marked(grid, block, line) for line in block.lines]
        found[block.part] = [before | new for before, new in zip(found[block.part], marked, strict=True)]
    if not seen:
        raise DataError("REPORTS-011", file=grid.file, what=ROWS[0])
    return {part: Days(*lines) for part, lines in found.items() if any(lines)}


def _block(grid: Grid, first: Place, as_of: date) -> _Block:
    row, column = first
    for below, label in enumerate(ROWS):
        if plain(grid.cells.get((row + below, column))) != plain(label):
            raise grid.refusal((row + below, column), f"「{label}」の行")
    head = next((above for above in range(row - 1, max(row - 5, 0), -1) if (above, column) in grid.cells), None)
    if head is None:
        raise grid.refusal((max(row - 3, 1), column), "カレンダーの月（例：2017年4月）")
    month = _month(grid, (head, column), as_of)
    columns = _columns(grid, range(head + 1, row), column, month)
    return _Block(month, _part(grid, head, column), columns, (row, row + 1, row + 2), column)


def _month(grid: Grid, place: Place, as_of: date) -> date:
    value = grid.cells[place]
    if isinstance(value, datetime | date):
        return date(value.year, value.month, 1)
    match = re.fullmatch(r"(?:(?P<era>平成|令和)?(?P<year>\d{1,4})年)?(?P<month>\d{1,2})月", plain(value))
    if not match or not 1 <= int(match["month"]) <= 12:
        raise grid.refusal(place, "カレンダーの月（例：2017年4月）")
    year = int(match["year"]) if match["year"] else as_of.year
    year += {"平成": 1988, "令和": 2018}.get(match["era"] or "", 0)
    return date(year, int(match["month"]), 1)


def _part(grid: Grid, row: int, column: int) -> Part:
    texts = {at: plain(value) for (line, at), value in grid.cells.items() if line == row and at > column}
    for part in (Part.OTHER, Part.TAX):  # the longer word first: 税情報 begins both
        if any(text.startswith(PART_NAMES[part]) for text in texts.values()):
            return part
    raise grid.refusal((row, column + 1), "「税情報以外」または「税情報」")


def _columns(grid: Grid, rows: range, label: int, month: date) -> dict[int, int]:
    """The column of each day; every day of the month, each with its own weekday, or the calendar is another one."""
    if len(rows) < 2:
        raise grid.refusal((rows.start, label + 1), "日と曜日の行")
    days, weekdays = rows.start, rows.start + 1
    columns = {at: grid.whole((days, at), "日") for line, at in grid.cells if line == days and at > label}
    last = monthrange(month.year, month.month)[1]
    if sorted(columns.values()) != list(range(1, last + 1)):
        raise grid.refusal((days, label + 1), f"1日から{last}日まで")
    for at, number in columns.items():
        expected = _WEEKDAYS[month.replace(day=number).weekday()]
        if plain(grid.cells.get((weekdays, at))) != expected:
            raise grid.refusal((weekdays, at), f"曜日「{expected}」（{month.year}年{month.month}月{number}日）")
    return dict(sorted(columns.items()))


def _marked(grid: Grid, block: _Block, row: int) -> frozenset[date]:
    found = set()
    for line, at in grid.cells:
        if line != row or at <= block.label:
            continue
        if at not in block.columns:
            raise grid.refusal((row, at), "空欄（日の列の外）")
        if plain(grid.cells[row, at]).removesuffix(".0") not in _MARKS:
            raise grid.refusal((row, at), "「○」または空欄")
        found.add(block.month.replace(day=block.columns[at]))
    return frozenset(found)


def _rows(grid: Grid) -> list[ProgressRow]:
    top = grid.one(HEADS[0])
    at = {head: _column(grid, head, top[0]) for head in HEADS}
    found: list[ProgressRow] = []
    for row in range(top[0] + 2, max(line for line, _ in grid.cells) + 1):
        filled = {head for head in HEADS if (row, at[head]) in grid.cells}
        if not filled & set(HEADS[1:]):  # the note below the table, or an empty line
            continue
        found.append(_row(grid, row, at))
    if not found:
        raise grid.refusal((top[0] + 2, at[HEADS[1]]), "特定個人情報名コード")
    return found


def _column(grid: Grid, head: str, row: int) -> int:
    found = [column for line, column in grid.find(head) if row <= line <= row + 1]
    if not found:
        raise DataError("REPORTS-011", file=grid.file, what=head)
    return found[0]


def _row(grid: Grid, row: int, at: dict[str, int]) -> ProgressRow:
    code = plain(grid.text((row, at[HEADS[1]])))
    name = grid.text((row, at[HEADS[2]]))
    if not code or len(code) > 40:
        raise grid.refusal((row, at[HEADS[1]]), "特定個人情報名コード")
    if not name or len(name) > 300:
        raise grid.refusal((row, at[HEADS[2]]), "特定個人情報名")
    out = plain(grid.text((row, at[HEADS[3]])))
    if out and out not in _OUT:
        raise grid.refusal((row, at[HEADS[3]]), "「x」（対象外）または空欄")
    return ProgressRow(
        number=grid.whole((row, at[HEADS[0]]), "管理番号"),
        code=code,
        name=name,
        out=bool(out),
        planned=grid.day((row, at[HEADS[4]])),
        actual=grid.day((row, at[HEADS[5]])),
    )
