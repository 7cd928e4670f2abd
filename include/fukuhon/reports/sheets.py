"""What the XLSX documents share: fonts, borders, A4 pages, cells that no program takes for a formula, whole files."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from fukuhon.files import write_bytes

__all__ = ["BOX", "FILLS", "FONT", "boxed", "escaped", "page", "put", "save", "unescaped"]

FONT = "游ゴシック"
_STARTS = "=+-@＝＋－＠\t\r"
_LINE = Side(style="thin", color="949497")
BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
FILLS = {
    "head": PatternFill("solid", fgColor="E8F1FE"),
    "soft": PatternFill("solid", fgColor="F8F8FB"),
    "closed": PatternFill("solid", fgColor="E4E4E7"),
    "warn": PatternFill("solid", fgColor="FBF5E0"),
    "bad": PatternFill("solid", fgColor="FDEEEE"),
    "good": PatternFill("solid", fgColor="E6F5EC"),
}
_SIDES = {"left": "left", "center": "center", "right": "right"}


def escaped(text: str) -> str:
    """``text`` so that no spreadsheet takes it for a formula: an apostrophe before what would start one."""
    return f"'{text}" if text and (text[0] in _STARTS or (text[0] == "'" and text[1:2] in (*_STARTS, "'"))) else text


def unescaped(text: str) -> str:
    """The text that :func:`escaped` was given."""
    return text[1:] if text[:1] == "'" and text[1:2] and text[1] in (*_STARTS, "'") else text


def put(  # noqa: PLR0913 - how a cell looks
    sheet: Worksheet,
    row: int,
    column: int,
    value: object = None,
    *,
    until: int | None = None,
    size: float = 9,
    bold: bool = False,
    side: str = "left",
    fill: str | None = None,
    box: bool = True,
    form: str | None = None,
    wrap: bool = True,
) -> Cell:
    """Write one cell, merged up to the column ``until``. Texts are escaped; an instant is written without its zone."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell), "nothing is written into the middle of a merged cell"
    if isinstance(value, str):
        cell.value = escaped(value)
        cell.data_type = "s"
    elif value is not None:
        cell.value = value.replace(tzinfo=None) if isinstance(value, datetime) else value  # type: ignore[assignment]
    cell.font = Font(name=FONT, size=size, bold=bold)
    cell.alignment = Alignment(horizontal=_SIDES[side], vertical="center", wrap_text=wrap)
    if form:
        cell.number_format = form
    if fill:
        cell.fill = FILLS[fill]
    if box:
        boxed(sheet, row, range(column, (until or column) + 1))
    if until and until > column:
        sheet.merge_cells(start_row=row, end_row=row, start_column=column, end_column=until)
    return cell


def boxed(sheet: Worksheet, row: int, columns: Iterable[int]) -> None:
    """Draw the borders of cells, those that a merge hides too: else a merged cell has only half of them."""
    for column in columns:
        sheet.cell(row, column).border = BOX


def page(sheet: Worksheet, area: str, foot: str) -> None:
    """A4 landscape, one page wide, with its print area; page numbers in the foot."""
    sheet.print_area = area
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    sheet.print_options.horizontalCentered = True
    sheet.sheet_view.showGridLines = False
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.footer = 0.5, 0.6, 0.3
    footer = sheet.oddFooter
    assert footer is not None, "openpyxl gives every sheet one"
    for item, text in ((footer.left, foot.replace("&", "&&")), (footer.right, "&P / &N")):
        item.text, item.size = text, 8


def save(book: Workbook, path: Path, *, made: datetime, title: str) -> None:
    """Write a workbook, whole or not at all (0600). Raises RetriableError FILES-001, FILES-002."""
    book.properties.title, book.properties.creator = title, "fukuhon"
    book.properties.created = book.properties.modified = made.replace(tzinfo=None)
    stream = io.BytesIO()
    book.save(stream)
    write_bytes(path, stream.getvalue())
