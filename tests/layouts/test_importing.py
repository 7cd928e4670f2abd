"""A template workbook comes in whole, or every cell that cannot be read is named."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from fukuhon.errors import ConfigurationError
from fukuhon.layouts import LayoutPack, load_pack, read_workbook, write_pack, write_template

MakePack = Callable[..., Path]
PACKS = sorted((Path(__file__).parents[2] / "include/layouts").glob("*/pack.yaml"))


@pytest.fixture
def book(pack: MakePack) -> Workbook:
    """The test's pack as a filled-in workbook."""
    return load_workbook(BytesIO(write_template(load_pack(pack()))))


def saved(book: Workbook, folder: Path) -> Path:
    """The workbook as a file."""
    path = folder / "layout.xlsx"
    book.save(path)
    return path


def told(book: Workbook, folder: Path) -> str:
    """What reading says is wrong."""
    with pytest.raises(ConfigurationError) as caught:
        read_workbook(saved(book, folder))
    assert caught.value.code == "LAYOUTS-007"
    return caught.value.message


def place(book: Workbook, sheet: str, heading: str, row: int) -> Any:
    """A cell by its heading."""
    for cell in book[sheet][1]:
        if cell.value == heading:
            return book[sheet].cell(row, cell.column)
    raise KeyError(heading)


def again(pack: LayoutPack, folder: Path) -> LayoutPack:
    """Through the workbook and back."""
    (folder / "layout.xlsx").write_bytes(write_template(pack))
    write_pack(read_workbook(folder / "layout.xlsx"), folder / "again")
    return load_pack(folder / "again")


def test_a_pack_goes_through_the_workbook_and_comes_back_the_same(pack: MakePack, tmp_path: Path) -> None:
    """Kinds, conditions, code lists, groups, days."""
    before = load_pack(pack())
    assert again(before, tmp_path) == before


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.parent.name)
def test_so_do_the_projects_own_packs(path: Path, tmp_path: Path) -> None:
    """All that is used in them has a place in the template."""
    before = load_pack(path.parent)
    assert again(before, tmp_path) == before


def test_so_does_one_that_another_program_saved(
    book: Workbook, pack: MakePack, tmp_path: Path, by_another_program: Callable[[Path], Path]
) -> None:
    """Formatted cells without content, far below and to the right, are no rows and no headings."""
    found = read_workbook(by_another_program(saved(book, tmp_path)))
    assert found == read_workbook(saved(book, tmp_path))


def test_an_empty_template_is_told_as_empty(tmp_path: Path) -> None:
    """Three sheets without a row."""
    (tmp_path / "layout.xlsx").write_bytes(write_template())
    with pytest.raises(ConfigurationError) as caught:
        read_workbook(tmp_path / "layout.xlsx")
    assert caught.value.message.count("何も書かれていません") == 3


def test_columns_may_stand_in_another_order_below_a_title(book: Workbook, tmp_path: Path) -> None:
    """Headings are looked for; a merged title above them harms nobody."""
    sheet = book["項目"]
    for dimension in ("C", "D"):
        assert sheet[f"{dimension}1"].value in {"項目名", "種類"}
    for row in range(1, sheet.max_row + 1):
        sheet.cell(row, 3).value, sheet.cell(row, 4).value = sheet.cell(row, 4).value, sheet.cell(row, 3).value
    sheet.insert_rows(1)
    sheet["A1"] = "見本市の項目"
    sheet.merge_cells("A1:D1")
    sheet.insert_rows(5)
    assert "TM00000000000001" in read_workbook(saved(book, tmp_path)).spis


def _hide_row(book: Workbook) -> None:
    book["項目"].row_dimensions[4].hidden = True


def _hide_column(book: Workbook) -> None:
    book["項目"].column_dimensions["E"].hidden = True


def _hide_sheet(book: Workbook) -> None:
    book["項目"].sheet_state = "hidden"


def _merge(where: str) -> Callable[[Workbook], None]:
    return lambda book: book["項目"].merge_cells(where)


def _put(sheet: str, heading: str, row: int, value: object, form: str = "", **font: Any) -> Callable[[Workbook], None]:
    def put(book: Workbook) -> None:
        cell = place(book, sheet, heading, row)
        if value is not Ellipsis:
            cell.value = value
        cell.number_format = form or cell.number_format
        if font:
            cell.font = Font(**font)

    return put


def _drop(book: Workbook) -> None:
    del book["データセット"]


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (_merge("E1:F1"), "シート「項目」 E1：見出しが結合されています（E1:F1）"),
        (_merge("C3:C4"), "シート「項目」 C3：セルが結合されています（C3:C4）"),
        (_hide_row, "シート「項目」 A4：行が隠れています"),
        (_hide_column, "シート「項目」 E1：列が隠れています"),
        (_hide_sheet, "シート「項目」 A1：シートが隠れています"),
        (_drop, "シート「データセット」：このシートがありません"),
        (_put("項目", "桁数", 2, "=2+2"), "シート「項目」 E2：数式です"),
        (_put("項目", "桁数", 2, "#REF!"), "シート「項目」 E2：エラー値です"),
        (_put("項目", "項目名", 2, ..., strike=True), "シート「項目」 C2：取り消し線"),
        (_put("パック", "有効開始日", 2, 42736, "General"), "シート「パック」 B2：日付が数値になっています"),
        (_put("パック", "有効開始日", 2, "平成29年1月1日"), "シート「パック」 B2：日付を 2017-04-01 の形で"),
        (_put("パック", "有効開始日", 2, "2017-02-30"), "シート「パック」 B2：日付を"),
        (_put("パック", "有効開始日", 2, datetime(2017, 1, 1, 9, 0)), "シート「パック」 B2：時刻が付いています"),  # noqa: DTZ001
        (_put("パック", "版", 2, 2017.1), "シート「パック」 A2：数値になっています"),
        (_put("項目", "項目名", 2, "年度 "), "シート「項目」 C2：前後に空白"),
        (_put("項目", "項目名", 2, "　年度"), "シート「項目」 C2：前後に空白"),
        (_put("項目", "項目名", 2, " "), "シート「項目」 C2：前後に空白"),
        (_put("項目", "項目名", 2, "年\n度"), "シート「項目」 C2：改行か"),
        (_put("項目", "項目名", 2, "年\u200b度"), "シート「項目」 C2：改行か、目に見えない文字"),
        (_put("項目", "項目コード", 2, "Ｉ0001"), "シート「項目」 B2：全角の英数字"),
        (_put("項目", "桁数", 2, "４"), "シート「項目」 E2：全角の英数字"),
        (_put("項目", "桁数", 2, 4.5), "シート「項目」 E2：整数で"),
        (_put("項目", "桁数", 2, date(2017, 1, 4)), "シート「項目」 E2：日付になっています"),
        (_put("項目", "条件の値", 5, 1), "シート「項目」 O5：数値になっています"),
        (_put("項目", "条件の値", 5, date(2017, 1, 2)), "シート「項目」 O5：日付になっています"),
        (_put("項目", "種類", 2, "整数"), "シート「項目」 D2：数字、数値、日付、コード、文字、カナ のどれか"),
        (_put("項目", "項目名", 1, "名称"), "シート「項目」 C1：知らない見出し"),
        (_put("項目", "項目名", 1, "種類"), "シート「項目」 D1：同じ見出しが二度"),
        (_put("項目", "備考", 1, None), "シート「項目」 A1：見出しがありません：備考"),
        (_put("データセット", "版番号", 2, True), "シート「データセット」 H2：数値になっています"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(
    book: Workbook, tmp_path: Path, change: Callable[[Workbook], None], wanted: str
) -> None:
    """Sheet, cell and why."""
    change(book)
    assert wanted in told(book, tmp_path)


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (_put("パック", "有効終了日", 2, "2016-12-31"), "シート「パック」 C2：effective_from 以後"),
        (_put("パック", "版", 2, None), "シート「パック」 A2：必要な項目がありません"),
        (_put("パック", "版", 3, "T2"), "シート「パック」 A3：パックは一行だけ"),
        (_put("データセット", "特定個人情報コード", 2, "TM1"), "シート「データセット」 A2：決められた形ではありません"),
        (_put("データセット", "特定個人情報名", 2, None), "シート「データセット」 B2：必要な項目がありません"),
        (_put("データセット", "キーの形", 2, "[0-9"), "シート「データセット」 F2：正規表現"),
        (_put("項目", "データセットコード", 2, "TK2"), "シート「項目」 A2：シート「データセット」にない"),
        (_put("項目", "項目コード", 3, "I0001"), "シート「項目」 B3：同じ項目コードが二度"),
        (_put("項目", "桁数", 2, None), "シート「項目」 B2：digits か max_length"),
        (_put("項目", "条件の項目", 5, "I0999"), "シート「項目」 N5：このデータセットにない項目"),
        (_put("項目", "条件の値", 5, "3"), "シート「項目」 O5：I0003 のコード表にない値"),
        (_put("項目", "条件の値", 5, None), "シート「項目」 O5：条件の項目と値は、両方"),
        (_put("項目", "条件の項目", 9, "I0012"), "シート「項目」 O9：条件の項目と値は"),
        (_put("項目", "コード表", 4, "1=有\n2"), "シート「項目」 P4：「値=意味」の形でない"),
        (_put("項目", "コード表", 4, "1=有\n1=無"), "シート「項目」 P4：同じ値が二度"),
        (_put("項目", "コード表", 4, None), "シート「項目」 B4：code には codes"),
        (_put("項目", "繰り返しの名前", 2, "扶養"), "シート「項目」 R2：必要な項目がありません"),
        (_put("項目", "繰り返し回数", 2, 2), "シート「項目」 R2：繰り返しの名前がありません"),
        (_put("項目", "繰り返し回数", 10, 3), "シート「項目」 R10：一組の中で繰り返し回数が違います"),
        (_put("項目", "項目コード", 9, None), "シート「項目」 B9：必要な項目がありません"),
    ],
)
def test_cells_that_contradict_each_other_are_named(
    book: Workbook, tmp_path: Path, change: Callable[[Workbook], None], wanted: str
) -> None:
    """The model's own rules, told by cell and not by a place in a file that nobody wrote."""
    change(book)
    assert wanted in told(book, tmp_path)


def test_all_is_told_at_once_in_the_order_of_the_sheets(book: Workbook, tmp_path: Path) -> None:
    """One round for the officer, not ten."""
    for change in (
        _put("項目", "桁数", 2, "=1"),
        _hide_row,
        _put("パック", "版", 2, 1),
        _put("項目", "項目名", 3, "x "),
    ):
        change(book)
    places = [line.strip().partition("：")[0] for line in told(book, tmp_path).splitlines()[1:]]
    assert places == ["シート「パック」 A2", "シート「項目」 A4", "シート「項目」 E2", "シート「項目」 C3"]


def test_what_stands_twice_or_under_two_names_is_told(book: Workbook, tmp_path: Path) -> None:
    """Datasets and their 特定個人情報."""
    first = [cell.value for cell in book["データセット"][2]]
    book["データセット"].append(["TM00000000000009", "別", *first[2:]])
    book["データセット"].append([first[0], "別の名前", "TK00000100000005", *first[3:]])
    message = told(book, tmp_path)
    assert "シート「データセット」 C3：同じデータセットコードが、ほかの特定個人情報にも" in message
    assert "シート「データセット」 B4：同じ特定個人情報コードの名前が、前の行と違います" in message
    assert "シート「データセット」 C4：少なくとも 1 件必要です" in message or "C4" in message


def packed(**parts: bytes) -> bytes:
    """A ZIP of these parts."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (None, "ファイルがない"),
        (b"", "XLSXではない"),
        (b"\xd0\xcf\x11\xe0 old or locked", "XLSXではない"),
        (packed(a=b"x"), "中身が壊れている"),
        (packed(**{"xl/workbook.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "文書型"),
        (packed(**{"xl/workbook.xml": b" " * (100 * 2**20 + 1)}), "大きすぎる"),
    ],
)
def test_what_is_no_workbook_or_would_explode_is_refused(tmp_path: Path, data: bytes | None, why: str) -> None:
    """Before it is read."""
    path = tmp_path / "layout.xlsx"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(ConfigurationError, match=f"LAYOUTS-006.*{why}"):
        read_workbook(path)


def test_an_existing_pack_is_not_overwritten(book: Workbook, tmp_path: Path, pack: MakePack) -> None:
    """The old one may be in force."""
    imported = read_workbook(saved(book, tmp_path))
    with pytest.raises(ConfigurationError, match="LAYOUTS-008"):
        write_pack(imported, pack())
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="LAYOUTS-012"):
        write_pack(imported, tmp_path / "file" / "T9")


NASTY = st.none() | st.booleans() | st.integers(-5, 50_000) | st.floats(allow_nan=False, allow_infinity=False)
NASTY |= st.dates(date(1900, 3, 1), date(2100, 1, 1)) | st.text("=1１I0 　年\n\u200b・#", max_size=8)
NASTY |= st.sampled_from(["可", "必須", "コード", "1=a", "I0003", "TK00000100000001", "あるとき"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["パック", "データセット", "項目"]), st.integers(1, 12), st.integers(1, 20), NASTY),
        max_size=4,
    )
)
def test_whatever_is_typed_it_is_read_or_named(
    pack: MakePack, tmp_path: Path, typed: list[tuple[str, int, int, object]]
) -> None:
    """Never another exception; what is read can be loaded as a pack."""
    book = load_workbook(BytesIO(write_template(load_pack(pack()))))
    for sheet, row, column, value in typed:
        book[sheet].cell(row, column).value = value
    try:
        imported = read_workbook(saved(book, tmp_path))
    except ConfigurationError as error:
        message = error.message
    else:
        message = ""
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        write_pack(imported, folder)
        load_pack(folder)
    assert not message or "シート「" in message
