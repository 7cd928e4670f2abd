"""Errors returned in the workbook: coloured cells with a comment, and a sheet that leads to each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink

from fukuhon.files.entry.template import ENTRIES, FIRST_ROW, on_a4, write_entry_template

if TYPE_CHECKING:
    from fukuhon.files.entry.reading import Entered
    from fukuhon.layouts import DatasetLayout
    from fukuhon.layouts.cells import CellProblem

__all__ = ["ERRORS", "write_answers"]

ERRORS = "エラー一覧"
_RED = PatternFill("solid", fgColor="FFC7CE")
_MOST = 5000


def write_answers(path: Path, layout: DatasetLayout, entered: Entered, problems: Sequence[CellProblem]) -> bytes:
    """The workbook with its errors shown; of a CSV, a workbook with the same records in the same rows."""
    source: Any = path
    if path.suffix.lower() == ".csv":
        source = BytesIO(write_entry_template(layout))
    book = load_workbook(source, keep_links=False)
    if source is not path:
        problems = _filled(book[ENTRIES], entered, problems)
    if ERRORS in book.sheetnames:
        del book[ERRORS]
    by_cell: dict[tuple[str, int, int], list[str]] = defaultdict(list)
    for problem in problems:
        by_cell[problem.sheet, problem.row, problem.column].append(problem.why)
    listed = book.create_sheet(ERRORS, 0)
    _listed(listed, book, by_cell, len(problems))
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _listed(listed: Any, book: Any, by_cell: dict[tuple[str, int, int], list[str]], count: int) -> None:
    listed.append(
        [f"直すところが{count:,}か所あります。場所を押すと、そのセルに移ります。直してから、もう一度確認してください。"]
    )
    listed.append(["場所", "項目", "内容"])
    for letter, width in (("A", 18), ("B", 30), ("C", 90)):
        listed.column_dimensions[letter].width = width
    for cell in listed[2]:
        cell.font = Font(bold=True)
    for (sheet, row, column), reasons in sorted(by_cell.items())[:_MOST]:
        place = f"{get_column_letter(column)}{row}" if row else ""
        listed.append([f"{sheet} {place}".strip(), _heading(book, sheet, column), "\n".join(reasons)])
        for cell in listed[listed.max_row]:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        if row and sheet in book.sheetnames:
            link = listed.cell(listed.max_row, 1)
            link.hyperlink = Hyperlink(ref=link.coordinate, location=f"'{sheet}'!{place}")
            link.font = Font(color="0017C1", underline="single")
            _marked(book[sheet], place, reasons)
    listed.freeze_panes, listed.print_title_rows = "A3", "2:2"
    on_a4(listed)
    if len(by_cell) > _MOST:
        listed.append([f"ほか{len(by_cell) - _MOST:,}か所"])


def _heading(book: Any, sheet: str, column: int) -> str:
    """What stands over the column of an entry, without the mark of what is required."""
    heading = book[ENTRIES].cell(FIRST_ROW - 1, column).value if sheet == ENTRIES and column else None
    return str(heading or "").removesuffix("　*")


def _marked(sheet: Any, place: str, reasons: Sequence[str]) -> None:
    cell = sheet[place]
    if not hasattr(cell, "comment") or type(cell).__name__ == "MergedCell":
        return
    cell.fill = _RED
    cell.comment = Comment("\n".join(reasons), "fukuhon", width=320, height=80)


def _filled(sheet: Any, entered: Entered, problems: Sequence[CellProblem]) -> list[CellProblem]:
    """Put a CSV's records into the sheet, one row lower (it has two lines of headings), and its problems with them."""
    places = {sheet.cell(1, n).value: n for n in range(1, sheet.max_column + 1)}
    moved = {place: places[key] for key, place in entered.places.items()}
    for key, values in entered.columns.items():
        for row, value in zip(entered.rows, values, strict=True):
            cell = sheet.cell(row + 1, places[key], value)
            cell.data_type, cell.number_format = ("s", "@") if value is not None else ("n", "@")
    shown = type(problems[0]) if problems else None
    assert shown is not None, "answers are written where there are problems"
    return [shown(ENTRIES, each.row + 1, moved.get(each.column, each.column), each.why) for each in problems]
