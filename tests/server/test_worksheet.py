"""突合 at the terminal: a sheet to type from, a folder a request, and only the answer to that request is taken."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from fukuhon.clock import FixedClock, tokyo
from fukuhon.errors import DataError, FukuhonError, RefusedError, RetriableError
from fukuhon.server.port import CollationRequest
from fukuhon.server.worksheet import SHEET_HTML, SHEET_XLSX, WorksheetCollation

MINUTE = tokyo(date(2017, 4, 12), 22, 5)
REQUEST = CollationRequest("TM00000000000002", "TK00000200000001", "2016", "totsugo01", MINUTE, "1.5")
NAME = "080920170420000000001_result.xml"


@pytest.fixture
def desk(tmp_path: Path) -> WorksheetCollation:
    """Sheet and inbox in a folder."""
    return WorksheetCollation(tmp_path / "c", FixedClock(tokyo(date(2017, 4, 20), 9)), "見本市", "sekinin01")


def answer(
    *,
    key: str = "2016",
    dataset: str = "TK00000200000001",
    minute: str = "22:05",
    records: int = 1,
    said: int | None = None,
) -> bytes:
    """A 突合用ファイル."""
    record = (
        f'<Record spi="TM00000000000002" dataset="{dataset}" layout="2017.1">'
        f"<Addressee>000000000000001</Addressee><Key>{key}</Key><Registered>2017-04-12T{minute}:30+09:00</Registered>"
        "<Items><I0101>1</I0101></Items></Record>"
    )
    count = records if said is None else said
    head = f'<CollationFile xmlns="urn:fukuhon:answers:1" number="{NAME[:21]}" records="{count}">'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}{record * records}</CollationFile>\n'.encode()


def test_the_sheet_has_the_fields_of_the_screen(desk: WorksheetCollation) -> None:
    """In its order; the version cut at the point; one minute twice; private; nothing is a formula."""
    desk.ask(replace(REQUEST, key="=1+1<b>"))
    text = (desk.folder / SHEET_HTML).read_text(encoding="utf-8")
    assert "=1+1&lt;b&gt;" in text
    assert text.count("2017-04-12 22:05") == 2
    sheet = load_workbook(BytesIO((desk.folder / SHEET_XLSX).read_bytes())).active
    assert sheet is not None
    last = [cell for cell in list(sheet.iter_rows())[-1] if cell.value]
    values = [cell.value for cell in last]
    assert values[:5] == ["W00001", "TM00000000000002", "TK00000200000001", "=1+1<b>", "1"]
    assert values[5:] == ["totsugo01", "2017-04-12 22:05", "2017-04-12 22:05", "inbox/W00001"]
    assert {cell.data_type for cell in last} == {"s"}
    assert {(desk.folder / name).stat().st_mode & 0o777 for name in (SHEET_HTML, SHEET_XLSX)} == {0o600}


def test_asking_twice_is_one_request(desk: WorksheetCollation) -> None:
    """Another minute is another one."""
    assert desk.ask(REQUEST).number == desk.ask(REQUEST).number == "W00001"
    assert desk.ask(replace(REQUEST, minute=tokyo(date(2017, 4, 12), 22, 6))).number == "W00002"


@pytest.mark.parametrize("records", [0, 1, 3])
def test_a_whole_file_is_taken_once_and_the_line_goes(desk: WorksheetCollation, tmp_path: Path, records: int) -> None:
    """Under its own name, out of the inbox; an empty minute is an answer too."""
    case = desk.ask(REQUEST)
    assert desk.release(case.number).state == "asked"
    with pytest.raises(RefusedError) as caught:
        desk.fetch(case.number, tmp_path)
    assert caught.value.code == "SERVER-041"
    (desk.inbox / case.number / NAME).write_bytes(answer(records=records))
    assert desk.release(case.number).state == "released"
    path = desk.fetch(case.number, tmp_path)
    assert (path, path.stat().st_mode & 0o777) == (tmp_path / NAME, 0o600)
    assert list((desk.inbox / case.number).iterdir()) == []
    assert case.number not in (desk.folder / SHEET_HTML).read_text(encoding="utf-8")
    assert desk.fetch(case.number, tmp_path) == path


def test_a_file_that_is_being_copied_waits(desk: WorksheetCollation, tmp_path: Path) -> None:
    """Picked up when whole."""
    case = desk.ask(REQUEST)
    (desk.inbox / case.number / NAME).write_bytes(answer()[:200])
    with pytest.raises(RetriableError, match="SERVER-042"):
        desk.fetch(case.number, tmp_path)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (answer(key="2015"), "SERVER-043"),
        (answer(dataset="TK00000200000002"), "SERVER-043"),
        (answer(minute="22:06"), "SERVER-043"),
        (answer(said=2), "SERVER-043"),
        (answer().replace(b'number="0809', b'number="0819'), "SERVER-043"),
        (b"<html></html><a/>", "SERVER-003"),
    ],
)
def test_what_does_not_answer_is_not_taken(desk: WorksheetCollation, tmp_path: Path, content: bytes, code: str) -> None:
    """Another key, dataset or minute, or no such file: it stays where it is, and nothing of it is shown."""
    case = desk.ask(REQUEST)
    (desk.inbox / case.number / NAME).write_bytes(content)
    with pytest.raises(DataError) as caught:
        desk.fetch(case.number, tmp_path)
    assert caught.value.code == code
    assert "2015" not in str(caught.value)
    assert (desk.inbox / case.number / NAME).exists()


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["result.xml"], "IDENTIFIERS-005"),
        (["0601201704200000000001_result.xml"], "IDENTIFIERS-005"),
        ([NAME, "x.txt"], "SERVER-044"),
    ],
)
def test_names_are_checked(desk: WorksheetCollation, tmp_path: Path, names: list[str], code: str) -> None:
    """One file, named by the request's own receipt."""
    case = desk.ask(REQUEST)
    for name in names:
        (desk.inbox / case.number / name).write_bytes(answer())
    with pytest.raises(FukuhonError, match=code):
        desk.fetch(case.number, tmp_path)


def test_one_receipt_answers_one_request(desk: WorksheetCollation, tmp_path: Path) -> None:
    """An empty file says nothing of its request, so its number must not come twice."""
    one, other = desk.ask(REQUEST), desk.ask(replace(REQUEST, key="2015"))
    for case in (one, other):
        (desk.inbox / case.number / NAME).write_bytes(answer(records=0))
    desk.fetch(one.number, tmp_path)
    with pytest.raises(DataError, match="別の依頼"):
        desk.fetch(other.number, tmp_path)
