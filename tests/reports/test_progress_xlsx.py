"""別紙5 written and taken back: as it was, edited by hand, saved by another program, sent by another body."""

from __future__ import annotations

import importlib.util
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from fukuhon.clock import tokyo
from fukuhon.errors import DataError
from fukuhon.reports.progress_model import Days, ProgressRow, ProgressSheet
from fukuhon.reports.progress_reading import read_sheet
from fukuhon.reports.progress_xlsx import workbook, write_sheet
from fukuhon.windows import Part

MADE = tokyo(date(2017, 6, 6), 17)


def _papers() -> ModuleType:
    spec = importlib.util.spec_from_file_location("papers", Path(__file__).parent / "papers.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SHEET: ProgressSheet = _papers().progress_sheet()


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """The example's sheet as a file."""
    path = tmp_path / "別紙5.xlsx"
    write_sheet(SHEET, path, MADE)
    return path


def edited(path: Path, edit: Callable[[Worksheet], None]) -> Path:
    """The same sheet after somebody has opened, changed and saved it."""
    book = load_workbook(path)
    edit(book.worksheets[0])
    book.save(path)
    return path


def cell_of(path: Path, text: str) -> str:
    """Where a text stands."""
    for line in load_workbook(path).worksheets[0].iter_rows():
        for cell in line:
            if cell.value == text:
                return str(cell.coordinate)
    raise AssertionError(text)


def test_sheet_comes_back_as_it_was_written(written: Path) -> None:
    """Nothing is lost, nothing is added; the file is private."""
    assert read_sheet(written, "992011") == SHEET
    assert written.stat().st_mode & 0o777 == 0o600


days = st.dates(date(2017, 3, 1), date(2018, 2, 28))
calendars = st.builds(Days, *[st.frozensets(days, max_size=4)] * 3)
names = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z", "M"]), min_size=1, max_size=20)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tax=calendars, other=calendars, name=names, planned=st.none() | days, actual=st.none() | days)
def test_any_calendar_comes_back(  # noqa: PLR0917 - what a sheet consists of
    tmp_path: Path, tax: Days, other: Days, name: str, planned: date | None, actual: date | None
) -> None:
    """Whatever days are marked, in whatever months; names that begin like formulas included."""
    calendars = {part: each for part, each in ((Part.OTHER, other), (Part.TAX, tax)) if each.all()}
    row = ProgressRow(1, "TM00000000000001", name, planned=planned, actual=actual)
    sheet = replace(SHEET, calendars=calendars, rows=(row,))
    path = tmp_path / "any.xlsx"
    write_sheet(sheet, path, MADE)
    assert read_sheet(path) == sheet


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "'=", "＝", "\t="])
def test_text_that_looks_like_a_formula_is_none(tmp_path: Path, start: str) -> None:
    """No cell is a formula, and the name comes back."""
    name = f"{start}HYPERLINK(1)"
    sheet = replace(SHEET, body_name=name.strip())
    book = workbook(sheet)
    assert all(cell.data_type != "f" for line in book.worksheets[0].iter_rows() for cell in line)
    path = tmp_path / "x.xlsx"
    write_sheet(sheet, path, MADE)
    assert read_sheet(path).body_name == name.strip()


def test_form_is_the_seeds(written: Path) -> None:
    """A4 landscape on one page's width, its print area, the words of the form, no lock."""
    sheet = load_workbook(written).worksheets[0]
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize or 0)) == ("landscape", 9)
    assert sheet.print_area.startswith("'別紙5'!$A$1:$AF$")
    assert not sheet.protection.sheet
    texts = [cell.value for line in sheet.iter_rows() for cell in line if isinstance(cell.value, str)]
    assert texts.count("アップロード実行日(実績)") == 6
    assert texts.count("税情報") == texts.count("税情報以外") == 3
    assert "【副本初期登録結果確認完了日の予定と実績(特定個人情報単位)】" in texts
    assert {cell.font.name for line in sheet.iter_rows() for cell in line if cell.value is not None} == {"游ゴシック"}


def test_other_programs_forms_are_understood(written: Path) -> None:
    """Codes as numbers, dates as text, other marks, 元号, full width: read in the one way there is."""

    def edit(sheet: Worksheet) -> None:
        sheet[cell_of(written, "992011")] = 992011.0
        sheet["AC2"] = "平成29年6月6日"
        for line in sheet.iter_rows():
            for cell in line:
                if cell.value == "○":
                    cell.value = "●"
                elif cell.value == datetime(2017, 5, 31):  # noqa: DTZ001 - what a spreadsheet holds
                    cell.value = "２０１７／５／３１"
                elif cell.value == "x":
                    cell.value = "×"
                elif cell.value == datetime(2017, 4, 1):  # noqa: DTZ001 - the same
                    cell.value = "4月"

    assert read_sheet(edited(written, edit)) == SHEET


def test_a_sheet_saved_by_another_program_is_the_same(
    written: Path, by_another_program: Callable[[Path], Path]
) -> None:
    """Shared texts, no extent, a formatted cell at the far end."""
    assert read_sheet(by_another_program(written)) == SHEET


def test_another_citys_sheet_is_refused_by_its_cell(written: Path) -> None:
    """The code says whose it is."""
    with pytest.raises(DataError) as caught:
        read_sheet(written, "011002")
    assert (caught.value.code, caught.value.facts["cell"]) == ("REPORTS-013", "L2")


def _set(text: str, value: object, right: int = 0, below: int = 0) -> Callable[[Path], str]:
    """Write ``value`` at the cell that says ``text``, or beside it; returns the cell's name."""

    def edit(path: Path) -> str:
        book = load_workbook(path)
        sheet = book.worksheets[0]
        at = sheet[cell_of(path, text)]
        target = sheet.cell(at.row + below, at.column + right)
        target.value = value
        book.save(path)
        return str(target.coordinate)

    return edit


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (_set("992011", "992012"), "REPORTS-012"),
        (_set("アップロード実行日(予定)", "済", right=3), "REPORTS-012"),
        (_set("アップロード実行日(予定)", "○", right=31), "REPORTS-012"),
        (_set("アップロード実行日(予定)", "予定の行"), "REPORTS-012"),
        (_set("TM00000000000001", "五月末", right=23), "REPORTS-012"),
        (_set("TM00000000000001", 20170531, right=23), "REPORTS-012"),
        (_set("TM00000000000001", "2017/2/30", right=23), "REPORTS-012"),
        (_set("TM00000000000001", "対象", right=19), "REPORTS-012"),
        (_set("TM00000000000001", "=A1", right=23), "REPORTS-014"),
        (_set("土", "月"), "REPORTS-012"),
    ],
)
def test_cell_that_cannot_be_read_is_named(written: Path, edit: Callable[[Path], str], code: str) -> None:
    """The error names the very cell, and what stands there is not repeated."""
    cell = edit(written)
    with pytest.raises(DataError) as caught:
        read_sheet(written)
    assert caught.value.code == code
    assert caught.value.facts["cell"] == cell
    assert "五月末" not in caught.value.message


def test_code_that_is_left_out_is_asked_for_at_its_label(written: Path) -> None:
    """The label's cell: where the value belongs depends on how cells are joined."""
    _set("992011", None)(written)
    with pytest.raises(DataError) as caught:
        read_sheet(written)
    assert (caught.value.code, caught.value.facts["cell"]) == ("REPORTS-012", "H2")


def test_calendar_of_another_year_is_noticed(written: Path) -> None:
    """Its weekdays do not fit."""
    _set("税情報以外", datetime(2018, 4, 1), right=-1)(written)  # noqa: DTZ001 - what a spreadsheet holds
    with pytest.raises(DataError) as caught:
        read_sheet(written)
    assert caught.value.code == "REPORTS-012"
    assert "曜日" in caught.value.message


def test_what_is_no_such_sheet_is_refused(tmp_path: Path, written: Path) -> None:
    """Text, another workbook, a document type, a form without its table."""
    text = tmp_path / "text.xlsx"
    text.write_text("管理番号,コード", encoding="cp932")
    other = edited(written, lambda sheet: sheet.__setitem__("A1", "別の様式"))
    for path, code in ((text, "REPORTS-010"), (tmp_path / "absent.xlsx", "REPORTS-010"), (other, "REPORTS-011")):
        with pytest.raises(DataError) as caught:
            read_sheet(path)
        assert caught.value.code == code


def test_document_type_is_refused(tmp_path: Path, written: Path) -> None:
    """No entity is ever resolved."""
    evil = tmp_path / "evil.xlsx"
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(evil, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/workbook.xml":
                data = b'<!DOCTYPE x [<!ENTITY a "b">]>' + data
            new.writestr(name, data)
    with pytest.raises(DataError) as caught:
        read_sheet(evil)
    assert caught.value.code == "REPORTS-010"


def test_months_are_those_of_the_form_and_those_used() -> None:
    """April to June 2017, and any other with a mark."""
    late = replace(SHEET, calendars={Part.TAX: Days(planned=frozenset({date(2017, 8, 1)}))})
    assert [month.month for month in late.months] == [4, 5, 6, 8]
    assert SHEET.months[0] + timedelta(days=30) == SHEET.months[1]
