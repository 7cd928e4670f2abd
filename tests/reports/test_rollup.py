"""The prefecture's roll-up: nobody is left out, and everything that cannot be so is named."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook

from fukuhon.clock import tokyo
from fukuhon.errors import ConfigurationError
from fukuhon.identifiers import body_check_digit
from fukuhon.reports.progress_model import Days, ProgressSheet, contradictions
from fukuhon.reports.progress_xlsx import write_sheet
from fukuhon.reports.rollup import AreaList, BodyKind, ListedBody, Received, roll_up
from fukuhon.reports.rollup_reading import read_area, read_sheets
from fukuhon.reports.rollup_writing import write_rollup
from fukuhon.windows import Part

P = SimpleNamespace(**runpy.run_path(str(Path(__file__).parent / "papers.py")))
SHEET: ProgressSheet = P.progress_sheet()
PREFECTURE, CITY, UNION = (five + str(body_check_digit(five)) for five in ("99000", "99201", "99801"))
AREA = AreaList(
    "見本県",
    (
        ListedBody(UNION, "見本広域連合", BodyKind.UNION),
        ListedBody(CITY, "見本市"),
        ListedBody(PREFECTURE, "見本県", BodyKind.PREFECTURE),
    ),
    {},
)
DAY = date(2017, 6, 6)


def done(code: str, name: str, last: date = date(2017, 6, 15)) -> ProgressSheet:
    """A sheet of a body that is through."""
    uploads = Days(*[frozenset({date(2017, 4, 12)})] * 3)
    rows = tuple(row if row.out else replace(row, planned=last, actual=last) for row in SHEET.rows)
    return replace(SHEET, body_code=code, body_name=name, as_of=last, rows=rows, calendars=dict.fromkeys(Part, uploads))


def test_rows_come_in_order_and_the_missing_ones_are_named() -> None:
    """The prefecture's own first, its unions last; who sent nothing has a row, and nothing is counted for it."""
    made = roll_up(AREA, [Received("a.xlsx", SHEET)], [], DAY)
    assert [row.body.name for row in made.rows] == ["見本県", "見本市", "見本広域連合"]
    assert [row.state for row in made.rows] == ["未提出", "進行中", "未提出"]
    assert [body.name for body in made.missing] == ["見本県", "見本広域連合"]
    assert made.judgement().level == "stop"


@pytest.mark.parametrize(
    ("day", "cutoff", "due"),
    [
        (date(2017, 4, 28), date(2017, 5, 9), date(2017, 5, 12)),
        (date(2017, 5, 9), date(2017, 5, 9), date(2017, 5, 12)),
        (date(2017, 5, 10), date(2017, 6, 6), date(2017, 6, 9)),
        (date(2017, 6, 7), None, None),
    ],
)
def test_cutoffs_are_the_seeds(day: date, cutoff: date | None, due: date | None) -> None:
    """5/9 → 5/12, 6/6 → 6/9; later ones wait for the area's completion (seed 1.4.3)."""
    made = roll_up(AREA, [Received("a.xlsx", SHEET)], [], day)
    assert (made.cutoff, made.due) == (cutoff, due)


def test_area_is_complete_only_with_everybody_in_it() -> None:
    """Then the term is the next business day: a Friday's completion is due on Monday. One body's starts none."""
    names = {PREFECTURE: "見本県", CITY: "見本市", UNION: "見本広域連合"}
    sheets = [Received(f"{code}.xlsx", done(code, name, date(2017, 6, 16))) for code, name in names.items()]
    some, everybody = roll_up(AREA, sheets[:2], [], DAY), roll_up(AREA, sheets, [], DAY)
    assert not some.complete
    assert everybody.complete
    assert (everybody.completed_on, everybody.due) == (date(2017, 6, 16), date(2017, 6, 19))
    assert everybody.judgement().level == "ok"


def test_double_body_counts_for_nothing() -> None:
    """Which of the two is right is for the body to say."""
    made = roll_up(AREA, [Received("a.xlsx", SHEET), Received("b.xlsx", SHEET)], [], DAY)
    row = next(row for row in made.rows if row.body.code == CITY)
    assert (row.state, row.in_scope) == ("重複", 0)
    assert {finding.kind for finding in made.findings} == {"double_body"}


def test_body_that_contradicts_itself_is_not_told_to_be_complete() -> None:
    """Though all its rows have their days: the prefecture has to ask first."""
    made = roll_up(AREA, [Received("a.xlsx", done(CITY, "見本町"))], [], DAY)
    row = next(row for row in made.rows if row.body.code == CITY)
    assert row.sheet is not None
    assert row.sheet.complete
    assert (row.state, row.findings) == ("要確認", 1)


def test_stranger_and_other_name_are_named() -> None:
    """A body that is not on the list, and one whose name differs from the list's."""
    stranger = replace(SHEET, body_code="011002", body_name="別の市")
    renamed = replace(SHEET, body_name="見本町")
    made = roll_up(AREA, [Received("a.xlsx", stranger), Received("b.xlsx", renamed)], [], DAY)
    assert [finding.kind for finding in made.findings] == ["unknown_body", "other_name"]


def _row(**facts: object) -> Callable[[ProgressSheet], ProgressSheet]:
    return lambda sheet: replace(sheet, rows=(replace(sheet.rows[0], **facts), *sheet.rows[1:]))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (_row(planned=None), "actual_without_planned"),
        (_row(actual=date(2017, 5, 1)), "confirmed_before_uploaded"),
        (_row(actual=date(2017, 6, 7)), "actual_in_future"),
        (_row(out=True), "out_but_dated"),
        (_row(code="TM000000000000001"), "unknown_code"),
        (_row(code="TM00000000000002", actual=None), "code_twice"),
        (lambda s: replace(s, calendars={}), "confirmed_before_uploaded"),
        (
            lambda s: replace(s, calendars=s.calendars | {Part.OTHER: Days(actual=frozenset({date(2017, 5, 29)}))}),
            "actual_without_planned",
        ),
        (
            lambda s: replace(s, calendars=s.calendars | {Part.TAX: Days(*[frozenset({date(2017, 4, 12)})] * 3)}),
            "uploaded_unconfirmed",
        ),
    ],
)
def test_each_contradiction_is_named(change: Callable[[ProgressSheet], ProgressSheet], kind: str) -> None:
    """The example has none; one change brings the one it is about."""
    assert contradictions(SHEET) == []
    assert kind in {each.kind for each in contradictions(change(SHEET))}


def test_code_that_the_prefecture_does_not_know_is_named() -> None:
    """Where it has a list."""
    known = {row.code: row.name for row in SHEET.rows[:2]}
    assert [each.kind for each in contradictions(SHEET, known)] == ["unknown_code"]


def test_workbook_and_page_tell_the_same(tmp_path: Path) -> None:
    """Totals by kind of body, what is to be asked; what looks like a formula or a tag is neither."""
    folder = tmp_path / "sheets"
    write_sheet(SHEET, folder / "=evil<b>.xlsx", tokyo(DAY, 9))
    (folder / "broken.xlsx").write_bytes(b"no workbook")
    (folder / "~$open.xlsx").write_bytes(b"")
    received, unread = read_sheets(folder)
    assert ([each.file for each in received], [each.code for each in unread]) == (["=evil<b>.xlsx"], ["REPORTS-010"])
    made = roll_up(AREA, received, unread, DAY)
    write_rollup(made, tokyo(DAY, 17), tmp_path / "out.xlsx", tmp_path / "out.html")
    book = load_workbook(tmp_path / "out.xlsx")
    assert book.sheetnames == ["団体別", "特定個人情報別", "確認事項"]
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert all(cell.data_type != "f" for cell in cells)
    assert "'=evil<b>.xlsx" in {cell.value for cell in cells}
    totals = [[cell.value for cell in line] for line in book["団体別"].iter_rows()]
    assert next(line for line in totals if line[0] == "見本県　合計（3団体）")[4:11] == [2, 1, 1, 0, 0, 3, 1]
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert "<b>.xlsx" not in page
    assert "REPORTS-010" in page
    assert "2017年6月9日（金）" in page


def test_list_of_bodies_is_read_or_everything_wrong_in_it_told(tmp_path: Path) -> None:
    """All problems in one error."""
    path = tmp_path / "area.yaml"
    text = f'prefecture: 見本県\nbodies:\n- {{code: "{PREFECTURE}", name: 見本県, kind: prefecture}}\n'
    path.write_text(text + f'- {{code: "{CITY}", name: 見本市}}\n', encoding="utf-8")
    assert [body.kind for body in read_area(path).bodies] == [BodyKind.PREFECTURE, BodyKind.MUNICIPALITY]
    path.write_text(text + '- {code: "992012", kind: village}\n- 1\n', encoding="utf-8")
    with pytest.raises(ConfigurationError):
        read_area(path)
    path.write_text(text + '- {code: "992012", kind: village}\n', encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_area(path)
    assert caught.value.code == "REPORTS-016"
    assert caught.value.message.count("2番目") == 3


def test_folder_without_sheets_is_told(tmp_path: Path) -> None:
    """Rather than an empty roll-up."""
    with pytest.raises(ConfigurationError) as caught:
        read_sheets(tmp_path)
    assert caught.value.code == "REPORTS-017"
