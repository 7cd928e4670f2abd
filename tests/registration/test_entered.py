"""Records typed into a workbook: nasty cells are named, good records become the day's snapshot and then a file."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from fukuhon.clock import FixedClock, tokyo
from fukuhon.commands.app import app
from fukuhon.errors import DataError, RefusedError
from fukuhon.files import read_file
from fukuhon.files.entry import entry_columns, entry_rules, read_entries, write_answers, write_entry_template
from fukuhon.ledger import Ledger, files
from fukuhon.registration import initial
from fukuhon.registration.desk import Desk
from fukuhon.registration.entered import check, lay_down, layout_of
from fukuhon.site import load
from rehearsal.records import clean_records

SPI, DATASET = "TM00000000000008", "TK00000800000001"
SITE = f"""
schema: 1
body: {{code: "992011", name: 小村, prefecture: 見本県, group: 2}}
clock: system
folders: {{work: work}}
ledger: {{file: secrets/ledger}}
hash_key: {{file: secrets/hash.key}}
server: {{url: "http://127.0.0.1:9", device: T-1}}
sources:
  - {{id: shots, name: 予防接種の入力, kind: csv, path: "data/shots-{{day}}.csv", history: snapshots, production: true}}
register: {{source: shots, query: register}}
spis:
  - code: {SPI}
    datasets:
      - {{code: {DATASET}, source: shots, query: shots, count_query: shots_count, channel: 3, expectations: own}}
"""
QUERIES = {
    "shots": "SELECT * FROM source",
    "shots_count": "SELECT '全件' AS v, count(*) AS n FROM source",
    "register": "SELECT DISTINCT addressee, '1980-01-01' AS birth_date, '1' AS sex, 'ｱ' AS kana,"
    " '1' AS address_code, '1' AS status, '0' AS dv FROM source",
}
NOW = tokyo(date(2017, 4, 10), 9)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A body whose only source is what a department types in."""
    folder = tmp_path / "site"
    for name in ("secrets", "data", "queries", "rules", "expectations"):
        (folder / name).mkdir(parents=True, mode=0o700)
    texts = {"site.yaml": SITE, "secrets/ledger": f"sqlite:///{folder}/ledger.db", f"rules/{DATASET}.yaml": "{}"}
    texts["expectations/own.yaml"] = f"spi: {SPI}\ndatasets: {{}}\n"
    texts |= {f"queries/{name}.sql": text for name, text in QUERIES.items()}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(0o600)
    site, clock = load(folder), FixedClock(NOW)
    ledger = Ledger.open(site.ledger_url(), clock)
    desk = Desk(site, ledger, clock, "業務 花子")
    (folder / "rules" / f"{DATASET}.yaml").write_text(entry_rules(layout_of(desk, DATASET)), encoding="utf-8")
    yield desk
    ledger.close()


@pytest.fixture
def filled(desk: Desk, tmp_path: Path) -> Callable[..., Path]:
    """A template with clean records, changed by the test before it is saved."""

    def make(change: Callable[[Any, Any], None] = lambda _book, _sheet: None, rows: int = 5) -> Path:
        layout, path = layout_of(desk, DATASET), tmp_path / "接種.xlsx"
        path.write_bytes(write_entry_template(layout))
        book = openpyxl.load_workbook(path)
        records = clean_records(layout, rows)
        for place, column in enumerate(entry_columns(layout), 1):
            for row, value in enumerate(records[column.key].to_pylist(), 3):
                if value is not None:
                    book["入力"].cell(row, place, int(value) if column.kind == "number" else value)
        change(book, book["入力"])
        book.save(path)
        return path

    return make


def problems_of(desk: Desk, path: Path) -> dict[str, str]:
    """What is wrong, by cell."""
    layout = layout_of(desk, DATASET)
    return {each.place.split(" ")[-1]: each.why for each in check(desk, layout, read_entries(path, layout))}


def test_the_template_has_lists_dates_and_numbers_in_its_cells(desk: Desk, filled: Callable[..., Path]) -> None:
    """Text for what has leading zeros; codes from a list; a sheet that explains each item."""
    book = openpyxl.load_workbook(filled())
    assert book.sheetnames == ["入力", "コード表", "記入要領"]
    kinds = {form.type for form in book["入力"].data_validations.dataValidation}
    assert kinds == {"list", "date", "whole"}
    assert book["入力"].column_dimensions["A"].number_format == "@"
    assert book["記入要領"]["B1"].value == DATASET


def test_entered_records_become_a_snapshot_and_then_a_file(desk: Desk, filled: Callable[..., Path]) -> None:
    """Checked, laid down, prepared: every record that was typed is in the file, and the sums close."""
    layout = layout_of(desk, DATASET)
    entered = read_entries(filled(), layout)
    assert check(desk, layout, entered) == []
    laid = lay_down(desk, layout, entered)
    assert (laid.records, laid.path.name, laid.path.stat().st_mode & 0o077) == (5, "shots-20170410.csv", 0)
    told = initial.prepare(desk, SPI, tokyo(date(2017, 4, 11)))
    assert (told.counts["read"], told.counts["to_register"], told.counts["quarantined"]) == (5, 5, 0)
    with desk.ledger.reading() as reader:
        (file,) = files.find(reader)
    table = read_file(Path(file.path))
    assert sorted(str(one) for one in table["addressee"].to_pylist()) == [f"{n:015d}" for n in range(1, 6)]


@pytest.mark.parametrize("change", [None, "errors"])
def test_a_workbook_saved_by_another_program_is_read_alike(
    desk: Desk, filled: Callable[..., Path], by_another_program: Callable[[Path], Path], change: str | None
) -> None:
    """Also one that came back with its errors: nothing far below is a record, nothing far right a column."""
    layout, path = layout_of(desk, DATASET), filled()
    if change:
        path = filled(_set("A3", "12345"))
        entered = read_entries(path, layout)
        path.write_bytes(write_answers(path, layout, entered, check(desk, layout, entered)))
    before = read_entries(path, layout)
    assert read_entries(by_another_program(path), layout) == before
    assert len(before.rows) == 5
    assert bool(problems_of(desk, path)) is bool(change)


def _set(cell: str, value: object) -> Callable[[Any, Any], None]:
    def change(_book: Any, sheet: Any) -> None:
        sheet[cell] = value
        sheet[cell].number_format = "General" if not isinstance(value, date) else "yyyy-mm-dd"

    return change


def _merged(_book: Any, sheet: Any) -> None:
    sheet.merge_cells("A2:B2")


def _hidden_row(_book: Any, sheet: Any) -> None:
    sheet.row_dimensions[4].hidden = True


def _hidden_column(_book: Any, sheet: Any) -> None:
    sheet.column_dimensions["C"].hidden = True


def _hidden_sheet(book: Any, sheet: Any) -> None:
    sheet.sheet_state = "hidden"
    book.active = 1


def _twice(_book: Any, sheet: Any) -> None:
    sheet["B4"] = sheet["B3"].value


@pytest.mark.parametrize(
    ("change", "cell", "word"),
    [
        (_merged, "A2", "結合"),
        (_hidden_row, "A4", "隠れて"),
        (_hidden_column, "C1", "隠れて"),
        (_hidden_sheet, "A1", "シートが隠れて"),
        (_twice, "B4", "重ならない"),
        (_set("A3", 1), "A3", "先頭の0"),
        (_set("A3", "=1+1"), "A3", "数式"),
        (_set("A3", "000000000000001 "), "A3", "空白"),
        (_set("A3", "０00000000000001"), "A3", "全角"),
        (_set("A3", "12345"), "A3", "15桁"),
        (_set("A3", datetime(2017, 4, 1)), "A3", "日付になって"),  # noqa: DTZ001  # as a workbook has it
        (_set("E3", "99"), "E3", "コード表"),
        (_set("F3", 1.5), "F3", "整数"),
        (_set("G3", 42000), "G3", "日付が数値"),
        (_set("G3", "2017-02-30"), "G3", "暦にある日付"),
        (_set("G3", None), "G3", "がある"),
        (_set("Z1", "覚書"), "Z1", "知らない列"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_cell_that_cannot_be_taken_is_named(
    desk: Desk, filled: Callable[..., Path], change: Callable[[Any, Any], None], cell: str, word: str
) -> None:
    """By its place, in words that say what to do."""
    found = problems_of(desk, filled(change))
    assert word in found[cell]


def test_a_text_that_begins_with_an_equals_sign_stays_text(
    desk: Desk, filled: Callable[..., Path], tmp_path: Path
) -> None:
    """No formula, since the cell says that it is text: taken as it is, laid down as it is, returned as it is."""

    def change(_book: Any, sheet: Any) -> None:
        for cell in ("K3", "A4"):
            sheet[cell] = "=1+1"
            sheet[cell].data_type = "s"

    layout, path = layout_of(desk, DATASET), filled(change)
    entered = read_entries(path, layout)
    assert entered.columns["I0807"][0] == "=1+1"
    problems = check(desk, layout, entered)
    assert {each.place for each in problems} == {"シート「入力」 A4"}
    answers = tmp_path / "answers.xlsx"
    answers.write_bytes(write_answers(path, layout, entered, problems))
    assert {openpyxl.load_workbook(answers)["入力"][cell].data_type for cell in ("K3", "A4")} == {"s"}


def _saved_elsewhere(book: Any, sheet: Any) -> None:
    """What another program does on saving: a row of cells that are styled and empty, widths repeated to the edge."""
    for place in range(1, 60):
        sheet.cell(9, place).number_format = "@"
    sheet.column_dimensions.group("Q", "XFD", hidden=False)
    book.calculation.fullCalcOnLoad = True
    book.create_sheet("エラー一覧", 0)


def test_a_workbook_saved_by_another_program_reads_the_same(desk: Desk, filled: Callable[..., Path]) -> None:
    """Empty styled cells and an old list of errors are no entries."""
    layout = layout_of(desk, DATASET)
    before = read_entries(filled(), layout)
    after = read_entries(filled(_saved_elsewhere), layout)
    assert (after.problems, after.rows, after.columns) == ([], before.rows, before.columns)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not here")
def test_a_workbook_saved_by_libreoffice_reads_the_same(
    desk: Desk, filled: Callable[..., Path], tmp_path: Path
) -> None:
    """Opened and saved again by the program itself."""
    layout, path = layout_of(desk, DATASET), filled()
    before = read_entries(path, layout)
    saved = tmp_path / "saved"
    user = f"-env:UserInstallation={(tmp_path / 'user').as_uri()}"
    command = ["soffice", "--headless", user, "--convert-to", "xlsx", "--outdir", str(saved), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    after = read_entries(saved / path.name, layout)
    assert (after.problems, after.rows, after.columns) == ([], before.rows, before.columns)


def test_a_workbook_of_the_1904_date_system_is_read_right(desk: Desk, filled: Callable[..., Path]) -> None:
    """The same day, whatever day the program counts from."""

    def change(book: Any, sheet: Any) -> None:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
        sheet["G3"] = datetime(2017, 4, 1)  # noqa: DTZ001  # as a workbook has it
        sheet["G3"].number_format = "yyyy-mm-dd"

    layout = layout_of(desk, DATASET)
    assert read_entries(filled(change), layout).columns["I0803"][0] == "2017-04-01"


def test_errors_come_back_in_the_workbook(desk: Desk, filled: Callable[..., Path], tmp_path: Path) -> None:
    """A coloured cell with a comment, and a sheet in front that leads to it."""
    layout, path = layout_of(desk, DATASET), filled(_set("A3", 1))
    entered = read_entries(path, layout)
    answers = tmp_path / "answers.xlsx"
    answers.write_bytes(write_answers(path, layout, entered, check(desk, layout, entered)))
    book = openpyxl.load_workbook(answers)
    assert book.sheetnames[0] == "エラー一覧"
    assert book["エラー一覧"]["A3"].hyperlink.location == "'入力'!A3"
    assert book["エラー一覧"]["B3"].value == "団体内統合宛名番号"
    assert "先頭の0" in book["入力"]["A3"].comment.text
    assert book["入力"]["A3"].fill.fgColor.rgb.endswith("FFC7CE")


def test_a_csv_is_one_encoding_or_refused_by_line(desk: Desk, tmp_path: Path) -> None:
    """UTF-8 or cp932 as a whole; a line of another encoding is named."""
    layout, path = layout_of(desk, DATASET), tmp_path / "接種.csv"
    head = ",".join(column.key for column in entry_columns(layout))
    line = "000000000000001,12345678901,,,11,1,2017-04-01,3,2,,,500,0,,ア\r\n"
    for encoding in ("utf-8", "utf-8-sig", "cp932"):
        path.write_bytes(f"{head}\r\n{line}".encode(encoding))
        assert problems_of(desk, path) == {}
    path.write_bytes(f"{head}\r\n{line}".encode() + line.replace("ア", "イ").encode("cp932"))
    with pytest.raises(DataError, match="FILES-021") as caught:
        read_entries(path, layout)
    assert "3行目" in caught.value.message


def test_a_workbook_of_another_version_is_refused(desk: Desk, filled: Callable[..., Path]) -> None:
    """The template says for which dataset and version it is."""

    def change(book: Any, _sheet: Any) -> None:
        book["記入要領"]["B2"] = "2016.1"

    with pytest.raises(DataError, match="FILES-020"):
        read_entries(filled(change), layout_of(desk, DATASET))


def test_a_source_that_is_a_database_takes_no_workbook(desk: Desk, filled: Callable[..., Path]) -> None:
    """Only a CSV of one file in UTF-8 is laid down."""
    settings = desk.site.folder / "site.yaml"
    text = settings.read_text(encoding="utf-8").replace("history: snapshots", "history: snapshots, encoding: cp932")
    settings.write_text(text, encoding="utf-8")
    desk.site = load(desk.site.folder)
    layout = layout_of(desk, DATASET)
    with pytest.raises(RefusedError, match="REGISTRATION-046"):
        lay_down(desk, layout, read_entries(filled(), layout))


def test_the_verbs_make_the_template_and_return_the_errors(desk: Desk, tmp_path: Path) -> None:
    """``workbook template``, then ``workbook check``: exit 1, and the workbook with its errors beside the first."""
    path, site = tmp_path / "入力.xlsx", ["--site", str(desk.site.folder), "--json"]
    made = CliRunner().invoke(app, ["workbook", "template", DATASET, "--out", str(path), *site])
    assert made.exit_code == 0, made.output
    book = openpyxl.load_workbook(path)
    book["入力"]["A3"] = 1
    book.save(path)
    checked = CliRunner().invoke(app, ["workbook", "check", str(path), "--dataset", DATASET, *site])
    assert (checked.exit_code, json.loads(checked.stdout)["error"]["code"]) == (1, "FILES-022")
    assert path.with_name("入力_確認結果.xlsx").exists()


def test_a_decision_names_its_records() -> None:
    """Neither reference nor rule: wrong usage."""
    wanted = ["quarantine", "release", "--dataset", DATASET, "--reason", "よい", "--until", "2017-06-30", "--json"]
    told = CliRunner().invoke(app, wanted)
    assert (told.exit_code, json.loads(told.stdout)["error"]["code"]) == (2, "COMMANDS-070")
