"""Reading entered records back: a cell is what it says, or it is named with its place and why."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fukuhon.errors import DataError
from fukuhon.files.entry.template import CODES, ENTRIES, FIRST_ROW, GUIDE, EntryColumn, entry_columns
from fukuhon.layouts.cells import CellProblem, Cells, open_workbook

if TYPE_CHECKING:
    from fukuhon.layouts import DatasetLayout

__all__ = ["Entered", "read_entries"]

_FULL_WIDTH = re.compile("[０-９Ａ-Ｚａ-ｚ－．，]")
_LOOKED_AT = 10


@dataclass
class Entered:
    """What stands in the sheet, column by column, the row of each record, the place of each column, what is wrong."""

    columns: dict[str, list[str | None]]
    rows: list[int]
    places: dict[str, int]
    sheet: str = ENTRIES
    problems: list[CellProblem] = field(default_factory=list)


def read_entries(path: Path, layout: DatasetLayout) -> Entered:
    """Read a workbook (.xlsx) or a CSV of records of ``layout``; what cannot be read stands in ``problems``.

    Raises ConfigurationError LAYOUTS-006 (no workbook), DataError: FILES-020 (no sheet for entries, or one of another
    dataset or version), FILES-021 (a CSV of two encodings, by line).
    """
    rows = _csv_rows(path) if path.suffix.lower() == ".csv" else None
    if rows is not None:
        return _from_rows(path, rows, layout)
    book = open_workbook(path)
    hidden = [name for name in (ENTRIES,) if name in book.sheetnames and book[name].sheet_state != "visible"]
    if ENTRIES not in book.sheetnames:
        raise DataError("FILES-020", file=path.name, why=f"シート「{ENTRIES}」がありません")
    if GUIDE in book.sheetnames:
        _same(path, str(book[GUIDE]["B1"].value), str(book[GUIDE]["B2"].value), layout)
    cells = Cells(book[ENTRIES])
    if hidden:
        cells.report(1, 1, "シートが隠れています。表示してください")
    others = {name for name in book.sheetnames if name not in {ENTRIES, CODES, GUIDE, "エラー一覧"}}
    for name in sorted(others):
        cells.problems.append(CellProblem(name, 0, 0, "知らないシートです。取り除いてください"))
    return _from_sheet(path, cells, layout)


def _same(path: Path, dataset: str, version: str, layout: DatasetLayout) -> None:
    if (dataset, version) != (layout.code, layout.version):
        why = f"{dataset}（版{version}）の入力用です。{layout.code}（版{layout.version}）の入力用に書き写してください"
        raise DataError("FILES-020", file=path.name, why=why)


def _from_sheet(path: Path, cells: Cells, layout: DatasetLayout) -> Entered:
    sheet: Any = cells.sheet
    wanted = {column.key: column for column in entry_columns(layout)}
    header = next((row for row in range(1, _LOOKED_AT + 1) if sheet.cell(row, 1).value == "addressee"), 0)
    if not header:
        raise DataError("FILES-020", file=path.name, why="1行目の項目の番号（addressee …）がありません")
    last, width = cells.extent()
    places = _places(cells, header, [sheet.cell(header, n).value for n in range(1, width + 1)], wanted)
    entered = Entered({key: [] for key in places}, [], places, sheet.title, cells.problems)
    first = header + FIRST_ROW - 1
    for number, row in enumerate(sheet.iter_rows(min_row=first, max_row=last, max_col=width), first):
        if all(cell.value is None for cell in row):
            continue
        entered.rows.append(number)
        for key, place in places.items():
            entered.columns[key].append(_text(cells, row[place - 1], number, place, wanted[key]))
    cells.look_around([header + 1, *entered.rows], [*places.values()], header)
    return entered


def _places(cells: Cells, header: int, found: list[Any], wanted: dict[str, EntryColumn]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, name in enumerate(found, 1):
        if name in places:
            cells.report(header, place, "同じ項目の列が二つあります")
        elif name in wanted:
            places[str(name)] = place
        elif name is not None or any(value is not None for value in _below(cells, header, place)):
            cells.report(header, place, "知らない列です。取り除いてください")
    for key, column in wanted.items():
        if key not in places:
            cells.report(header, 1, f"列「{column.heading}」（{key}）がありません")
    return places


def _below(cells: Cells, header: int, place: int) -> list[Any]:
    return [cells.sheet.cell(row, place).value for row in range(header + 1, header + 20)]


def _text(cells: Cells, cell: Any, row: int, place: int, column: EntryColumn) -> str | None:
    """A cell in wire form; None where it is empty or cannot be taken (told)."""
    value = cell.value
    if value is None:
        return None
    why, text = _taken(value, cell.data_type, column)
    if why:
        cells.report(row, place, why)
        return None
    return text


def _taken(value: Any, data_type: str, column: EntryColumn) -> tuple[str, str | None]:
    """Why a value is not taken, or its text."""
    if data_type == "f":
        return "数式です。値だけを貼り付けてください", None
    if data_type == "e":
        return "エラー値です。値を入れ直してください", None
    if isinstance(value, datetime | date):
        return _day(value, column)
    if isinstance(value, bool | time):
        return "この列には書けない値です。文字列で入れ直してください", None
    if isinstance(value, int | float):
        return _number(value, column)
    return _written(str(value), column)


def _day(value: datetime | date, column: EntryColumn) -> tuple[str, str | None]:
    if column.kind != "date":
        return "日付になっています。セルの書式を「文字列」にして入れ直してください", None
    if isinstance(value, datetime) and value.time() != time.min:
        return "時刻が付いています。日付だけにしてください", None
    return "", f"{value:%Y-%m-%d}"


def _number(value: float, column: EntryColumn) -> tuple[str, str | None]:
    if column.kind == "number":
        whole = isinstance(value, int) or value.is_integer()
        return ("", str(int(value))) if whole else ("整数で書いてください", None)
    if column.kind == "date":
        return "日付が数値になっています。セルの書式を「日付」にするか、2017-04-01 の形で書いてください", None
    return "数値になっています（先頭の0が失われます）。セルの書式を「文字列」にして入れ直してください", None


def _written(text: str, column: EntryColumn) -> tuple[str, str | None]:
    if text != text.strip() or not text:
        return "前後に空白があります。取り除いてください", None
    if any(unicodedata.category(letter) in {"Cc", "Cf"} for letter in text):
        return "改行か、目に見えない文字が入っています。取り除いてください", None
    if column.kind == "code" and column.item is not None:
        value, colon, label = text.partition("：")
        text = value if colon and column.item.codes.get(value) == label else text
    if column.kind not in {"text", "kana"} and _FULL_WIDTH.search(text):
        return "全角の英数字があります。半角で書いてください", None
    return "", text


def _csv_rows(path: Path) -> list[list[str]]:
    """The rows of a CSV, UTF-8 or cp932 as a whole. Raises DataError FILES-020, FILES-021."""
    try:
        data = path.read_bytes()
    except OSError:
        raise DataError("FILES-020", file=path.name, why="ファイルがないか、読む権限がありません") from None
    try:
        return [*csv.reader(io.StringIO(_decoded(path, data), newline=""), strict=True)]
    except csv.Error:
        raise DataError("FILES-020", file=path.name, why="引用符の対応が取れないCSVです") from None


def _decoded(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    kinds = [(number, kind) for number, line in enumerate(data.split(b"\n"), 1) if (kind := _encoding(line))]
    odd = next((number for number, kind in kinds if kind != kinds[0][1]), None)
    try:
        if odd is None:
            return data.decode("cp932")
    except UnicodeDecodeError as error:
        odd = data.count(b"\n", 0, error.start) + 1
    raise DataError("FILES-021", file=path.name, line=odd)


def _encoding(line: bytes) -> str:
    """What a line is written in: Japanese of UTF-8 is three bytes a letter, which cp932 as good as never is."""
    if line.isascii():
        return ""
    try:
        return "utf-8" if max(line.decode("utf-8")) >= "\u0800" else "cp932"
    except UnicodeDecodeError:
        return "cp932"


def _from_rows(path: Path, rows: list[list[str]], layout: DatasetLayout) -> Entered:
    wanted = {column.key: column for column in entry_columns(layout)}
    names = [name.strip() for name in rows[0]] if rows else []
    headings = {column.heading: column.key for column in wanted.values()}
    keys = [name if name in wanted else headings.get(name.removesuffix("　*"), "") for name in names]
    title = path.name
    entered = Entered({}, [], {key: place for place, key in enumerate(keys, 1) if key}, title)
    for place, key in enumerate(keys, 1):
        if not key or keys.count(key) > 1:
            why = "同じ項目の列が二つあります" if key else "知らない列です。取り除いてください"
            entered.problems.append(CellProblem(title, 1, place, why))
    for key, column in wanted.items():
        if key not in keys:
            entered.problems.append(CellProblem(title, 1, 1, f"列「{column.heading}」（{key}）がありません"))
    entered.columns = {key: [] for key in entered.places}
    for number, row in enumerate(rows[1:], 2):
        if not any(row) or row[:1] == [wanted["addressee"].heading + "　*"]:
            continue
        if len(row) != len(names):
            entered.problems.append(
                CellProblem(title, number, 1, f"列が{len(row)}個あります（見出しは{len(names)}個）")
            )
            continue
        entered.rows.append(number)
        for key, place in entered.places.items():
            why, text = _written(row[place - 1], wanted[key]) if row[place - 1] else ("", None)
            entered.columns[key].append(text)
            if why:
                entered.problems.append(CellProblem(title, number, place, why))
    return entered
