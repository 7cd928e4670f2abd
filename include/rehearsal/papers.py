"""The papers of the month as people hand them in, and what the neighbours of the sample city report.

Written by the library; here it is only said which, and when.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from html import escape
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from fukuhon.calendars import tokyo_day
from fukuhon.commands.situation import look
from fukuhon.registration.desk import Desk, open_desk
from fukuhon.reports.assembling import write_quality_report
from fukuhon.reports.day_facts import write_day_sheet
from fukuhon.reports.progress_model import Days, ProgressSheet
from fukuhon.reports.progress_sheet import progress
from fukuhon.reports.progress_xlsx import write_sheet
from fukuhon.reports.reconciliation_facts import write_reconciliation_report
from fukuhon.reports.rollup import roll_up
from fukuhon.reports.rollup_reading import read_area, read_sheets
from fukuhon.reports.rollup_writing import write_rollup
from fukuhon.windows import Part
from rehearsal.judge import Accounts

__all__ = ["day_sheet", "seen", "write_papers"]

_NEIGHBOURS = {"992020": "別見市", "992038": "端見町"}
_SILENT = {"992046": "無音村"}
"""A body that has not reported."""


def day_sheet(site: Path, folder: Path) -> Path:
    """The sheet of the present day, as an officer prints it in the morning."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open_desk(site, "demo") as desk:
        path = folder / f"day-{tokyo_day(desk.now())}.html"
        write_day_sheet(desk, look(desk).wrong, path)
    return path


def write_papers(site: Path, folder: Path, accounts: Accounts) -> list[Path]:
    """Every other paper; returns those to look at, as pages."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open_desk(site, "demo") as desk:
        quality = list(_quality(desk, folder, accounts))
        compared = folder / "reconciliation.html"
        if not compared.exists():
            write_reconciliation_report(desk, compared)
        sheets = sorted((desk.site.work / "reports").glob("progress-*.xlsx"))
        for sheet in sheets:
            shutil.copy(sheet, folder)
        rolled = _rolled_up(desk, folder)
    worst = max(quality, key=lambda page: page.stat().st_size)
    return [worst, compared, *sorted(folder.glob("day-*.html")), *(seen(folder / each.name) for each in sheets), rolled]


def _quality(desk: Desk, folder: Path, accounts: Accounts) -> Iterator[Path]:
    """The data-quality report of each run; those that were written before stay."""
    for run, _ in accounts.runs:
        page = folder / f"quality-{run.key.day}-{run.key.kind}-{run.id:03d}.html"
        if not page.exists():
            write_quality_report(desk, run.id, page)
        yield page


def _rolled_up(desk: Desk, folder: Path) -> Path:
    """The prefecture's view: this city's sheet, a neighbour's that contradicts itself, a good one, and a silence."""
    area, own = folder / "area", progress(desk)
    area.mkdir(mode=0o700, exist_ok=True)
    code, name = desk.site.body.code, desk.site.body.name
    write_sheet(own, area / f"{code}.xlsx", desk.now())
    for (other, called), change in zip(_NEIGHBOURS.items(), (_late, _contradicting), strict=True):
        write_sheet(replace(change(own), body_code=other, body_name=called), area / f"{other}.xlsx", desk.now())
    bodies = {code: name, **_NEIGHBOURS, **_SILENT}
    rows = "".join(f'  - {{code: "{number}", name: {called}}}\n' for number, called in bodies.items())
    listed = area / "area.yaml"
    listed.write_text(f"prefecture: {desk.site.body.prefecture}\nbodies:\n{rows}", encoding="utf-8")
    received, unread = read_sheets(area)
    made = roll_up(read_area(listed), received, unread, tokyo_day(desk.now()), desk.site.calendar())
    write_rollup(made, desk.now(), folder / "rollup.xlsx", folder / "rollup.html")
    return folder / "rollup.html"


def _late(sheet: ProgressSheet) -> ProgressSheet:
    """One 特定個人情報 is still open."""
    last = max(place for place, row in enumerate(sheet.rows) if not row.out)
    rows = [replace(row, actual=None) if place == last else row for place, row in enumerate(sheet.rows)]
    return replace(sheet, rows=tuple(rows))


def _contradicting(sheet: ProgressSheet) -> ProgressSheet:
    """Results confirmed before anything was uploaded."""
    rows = [row if row.out else replace(row, actual=date(2017, 4, 3)) for row in sheet.rows]
    return replace(sheet, rows=tuple(rows), calendars={Part.TAX: sheet.days(Part.TAX), Part.OTHER: Days()})


def seen(workbook: Path) -> Path:
    """A workbook's first sheet as a page beside it: what a printer would show, for those without a spreadsheet."""
    sheet = load_workbook(workbook).worksheets[0]
    page = workbook.with_suffix(".html")
    cells = "".join(f"<tr>{''.join(_row(sheet, number))}</tr>" for number in range(1, sheet.max_row + 1))
    style = "body{font:13px sans-serif}table{border-collapse:collapse}td{border:1px solid #bbb;padding:2px 4px}"
    head = f'<!doctype html><html lang="ja"><meta charset="utf-8"><title>{escape(workbook.stem)}</title>'
    page.write_text(f"{head}<style>{style}</style><table>{cells}</table></html>", encoding="utf-8")
    return page


def _row(sheet: Worksheet, number: int) -> Iterator[str]:
    spans = {(span.min_row, span.min_col): span for span in sheet.merged_cells.ranges}
    covered = {
        (row, column)
        for span in spans.values()
        for row in range(span.min_row, span.max_row + 1)
        for column in range(span.min_col, span.max_col + 1)
    } - spans.keys()
    for column in range(1, sheet.max_column + 1):
        if (number, column) in covered:
            continue
        span, cell = spans.get((number, column)), sheet[f"{get_column_letter(column)}{number}"]
        size = f' colspan="{span.size["columns"]}" rowspan="{span.size["rows"]}"' if span else ""
        colour = str(cell.fill.fgColor.rgb)[-6:] if cell.fill.fill_type == "solid" else "FFFFFF"
        text = escape(_written(cell.value, cell.number_format))
        weight = "bold" if cell.font.bold else "normal"
        yield f'<td{size} style="background:#{colour};font-weight:{weight}">{text}</td>'


def _written(value: object, form: str) -> str:
    """A cell's text; a day as a day, the first of a month as the month where the form shows no day."""
    if isinstance(value, datetime):
        return f"{value:%Y/%m/%d}" if "d" in form.lower() else f"{value.year}年{value.month}月"
    return "" if value is None else str(value)
