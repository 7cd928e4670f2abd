"""別紙5 as a workbook in the form of seed 1.4.3: two calendars a month, then the table of confirmed days."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from fukuhon.calendars import is_weekend_or_holiday
from fukuhon.reports.progress_model import MONTHS, PART_NAMES, Days, ProgressRow, ProgressSheet
from fukuhon.reports.sheets import boxed, page, put, save

__all__ = ["COLUMNS", "HEADS", "MARK", "ROWS", "TITLE", "workbook", "write_sheet"]

TITLE = "別紙5　本番用副本初期登録進捗状況確認シート"
MARK = "○"
ROWS = ("初期登録スケジュール案", "アップロード実行日(予定)", "アップロード実行日(実績)")
"""The rows of a calendar, in the form's own words."""

HEADS = ("管理番号", "特定個人情報名コード", "特定個人情報名", "初期登録の対象", "予定", "実績")
COLUMNS = ((1, 1), (2, 7), (8, 20), (21, 24), (25, 28), (29, 32))
"""The columns of the table over those of the calendar: from, to."""

_LAST = 32
_BESIDE = 48  # points of the table that still find room below three months
_WEEKDAYS = "月火水木金土日"
_DAY_FORM = "yyyy/m/d"


def write_sheet(sheet: ProgressSheet, path: Path, made: datetime) -> None:
    """Write ``sheet`` to ``path`` (0600). Raises RetriableError FILES-001, FILES-002."""
    save(workbook(sheet), path, made=made, title=TITLE)


def workbook(facts: ProgressSheet) -> Workbook:
    """The form, filled in. No formula, nothing locked: the body goes on by hand."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "別紙5"
    _widths(sheet)
    row = _head(sheet, facts)
    marks = DataValidation(type="list", formula1=f'"{MARK}"', allow_blank=True, showErrorMessage=True)
    marks.error, marks.errorTitle = f"記入できるのは「{MARK}」だけです。", "アップロード実行日"
    for month in facts.months:
        for part, name in PART_NAMES.items():
            row = _calendar(sheet, row, month, name, facts.days(part), marks)
    if sum(map(_high, facts.rows)) > _BESIDE or len(facts.months) > len(MONTHS):
        sheet.row_breaks.append(Break(id=row - 1))
    row = _table(sheet, row, facts.rows)
    sheet.add_data_validation(marks)
    page(sheet, f"A1:AF{row}", f"{facts.body_name}（{facts.body_code}）　別紙5　{_japanese(facts.as_of)}現在")
    return book


def _widths(sheet: Worksheet) -> None:
    sheet.column_dimensions["A"].width = 25
    for column in range(2, _LAST + 1):
        letter = sheet.cell(1, column).column_letter  # type: ignore[union-attr]
        sheet.column_dimensions[letter].width = 4.1


def _head(sheet: Worksheet, facts: ProgressSheet) -> int:
    put(sheet, 1, 1, TITLE, until=_LAST, size=14, bold=True, box=False)
    sheet.row_dimensions[1].height = 26
    put(sheet, 2, 1, "都道府県", fill="head")
    put(sheet, 2, 2, facts.prefecture, until=7)
    put(sheet, 2, 8, "団体コード", until=11, fill="head")
    put(sheet, 2, 12, facts.body_code, until=16, form="@")
    put(sheet, 2, 17, "団体名", until=19, fill="head")
    put(sheet, 2, 20, facts.body_name, until=25)
    put(sheet, 2, 26, "作成日", until=28, fill="head")
    put(sheet, 2, 29, facts.as_of, until=_LAST, side="center", form=_DAY_FORM)
    sheet.row_dimensions[2].height = 20
    put(sheet, 4, 1, "【副本アップロード作業日の予定と実績】", until=_LAST, size=11, bold=True, box=False)
    note = f"実行日に「{MARK}」を記入する。実績は、登録結果を確認し終えた日の分だけを記入する。灰色は土・日・祝日。"
    put(sheet, 5, 1, note, until=_LAST, size=8, box=False)
    return 6


def _calendar(  # noqa: PLR0913, PLR0917 - a block of the form
    sheet: Worksheet, row: int, month: date, name: str, days: Days, marks: DataValidation
) -> int:
    """One calendar from ``row`` on; returns the row after it."""
    put(sheet, row, 1, month, bold=True, fill="head", form='yyyy"年"m"月"')
    put(sheet, row, 2, name, until=_LAST, bold=True, fill="head")
    dates = [month.replace(day=n) for n in range(1, monthrange(month.year, month.month)[1] + 1)]
    for below, label in enumerate(("", "", *ROWS), 1):
        put(sheet, row + below, 1, label or None, size=8.5, wrap=False)
        boxed(sheet, row + below, range(1, len(dates) + 2))
    for column, day in enumerate(dates, 2):
        fill = "closed" if is_weekend_or_holiday(day) else None
        put(sheet, row + 1, column, day.day, side="center", size=8, fill=fill)
        put(sheet, row + 2, column, _WEEKDAYS[day.weekday()], side="center", size=8, fill=fill)
        for below, marked in enumerate((days.proposed, days.planned, days.actual), 3):
            put(sheet, row + below, column, MARK if day in marked else None, side="center", fill=fill)
    last = sheet.cell(row + 5, len(dates) + 1).coordinate
    marks.add(f"{sheet.cell(row + 3, 2).coordinate}:{last}")
    for below in range(6):
        sheet.row_dimensions[row + below].height = 13
    sheet.row_dimensions[row + 6].height = 5
    return row + 7


def _table(sheet: Worksheet, row: int, rows: tuple[ProgressRow, ...]) -> int:
    """The table from ``row`` on; returns its last row."""
    title = "【副本初期登録結果確認完了日の予定と実績(特定個人情報単位)】"
    put(sheet, row, 1, title, until=_LAST, size=11, bold=True, box=False)
    for (first, last), head in zip(COLUMNS[:4], HEADS, strict=False):
        put(sheet, row + 1, first, head, bold=True, side="center", fill="head")
        for below in (1, 2):
            boxed(sheet, row + below, range(first, last + 1))
        sheet.merge_cells(start_row=row + 1, end_row=row + 2, start_column=first, end_column=last)
    put(sheet, row + 1, 25, "結果確認完了日", until=_LAST, bold=True, side="center", fill="head")
    for (first, last), head in zip(COLUMNS[4:], HEADS[4:], strict=True):
        put(sheet, row + 2, first, head, until=last, bold=True, side="center", fill="head")
    at = row + 2
    for at, entry in enumerate(rows, row + 3):
        _entry(sheet, at, entry)
    if rows:
        _checks(sheet, row + 3, at)
    put(sheet, at + 1, 1, "「初期登録の対象」：対象外は x、対象は空欄。", until=_LAST, size=8, box=False)
    return at + 1


def _entry(sheet: Worksheet, row: int, entry: ProgressRow) -> None:
    fill = "closed" if entry.out else None
    values = (entry.number, entry.code, entry.name, "x" if entry.out else None, entry.planned, entry.actual)
    sides = ("center", "left", "left", "center", "center", "center")
    forms = ("0", "@", "@", "@", _DAY_FORM, _DAY_FORM)
    for (first, last), value, side, form in zip(COLUMNS, values, sides, forms, strict=True):
        put(sheet, row, first, value, until=last, side=side, form=form, fill=fill)
    sheet.row_dimensions[row].height = _high(entry)


def _high(entry: ProgressRow) -> float:
    """The height of a row in points: its name may take several lines."""
    return 16.0 * (1 + (len(entry.name) - 1) // 26)


def _checks(sheet: Worksheet, first: int, last: int) -> None:
    scope = DataValidation(type="list", formula1='"x"', allow_blank=True, showErrorMessage=True)
    scope.error, scope.errorTitle = "記入できるのは「x」（対象外）だけです。", "初期登録の対象"
    scope.add(f"U{first}:U{last}")
    dated = DataValidation(
        type="date", operator="greaterThan", formula1="42370", allow_blank=True, showErrorMessage=True
    )
    dated.error, dated.errorTitle = "日付（例：2017/5/31）を記入してください。", "結果確認完了日"
    dated.add(f"Y{first}:AF{last}")
    sheet.add_data_validation(scope)
    sheet.add_data_validation(dated)


def _japanese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
