"""The papers of a real desk: what its books say, from preparing to results; what is not confirmed is not shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from fukuhon.clock import ServerClock, tokyo
from fukuhon.errors import DataError
from fukuhon.ledger import FileState, approvals, files
from fukuhon.registration import initial, planning
from fukuhon.registration.desk import Desk, open_desk
from fukuhon.reports.day_facts import day_facts
from fukuhon.reports.progress_model import ProgressRow, ProgressSheet, contradictions
from fukuhon.reports.progress_reading import read_sheet
from fukuhon.reports.progress_sheet import progress, write_progress
from fukuhon.reports.reconciliation_facts import reconciliation_facts
from fukuhon.windows import Part
from rehearsal.city import make_city, write_site

SPI = "TM00000000000002"
MORNING = tokyo(date(2017, 4, 12), 8)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk of a thousand people on the morning of the first window, everything planned."""
    root = tmp_path_factory.mktemp("city")
    write_site(make_city(1000, 5, 1, subjects=("tax",)), root / "site")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("FUKUHON_DATA", str(root / "data"))
        patched.setattr(ServerClock, "now", lambda _: MORNING)
        with open_desk(root / "site", "tester") as desk:
            initial.prepare(desk, SPI, tokyo(date(2017, 4, 12), 0, 0, 1))
            planning.plan(desk)
            yield desk


def test_planned_days_are_the_allotted_ones(desk: Desk, tmp_path: Path) -> None:
    """Nothing is actual yet; the confirmation is planned for the business day after the last upload."""
    sheet = write_progress(desk, tmp_path / "x.xlsx")
    days = sheet.days(Part.TAX)
    assert days.planned == days.proposed == {date(2017, 4, 12), date(2017, 4, 13)}
    assert not days.actual
    row = own(sheet)
    assert (row.code, row.planned, row.actual) == (SPI, date(2017, 4, 14), None)
    assert read_sheet(tmp_path / "x.xlsx", "992011") == sheet
    assert contradictions(sheet) == []


def test_day_tells_windows_with_their_files(desk: Desk) -> None:
    """Bytes, what is spare below the volume, what is held back; the server was not asked."""
    facts = day_facts(desk, [], ask_server=False)
    window = next(each for each in facts.windows if each.kind == "初期登録")
    assert window.files
    assert window.spare is not None
    assert 0 < window.spare < (window.limit or 0)
    assert facts.passwords is None
    assert any(each.what.startswith("留め置き") for each in facts.held)


def test_approval_waits_for_somebody_else(desk: Desk) -> None:
    """Who asked is not who decides."""
    with desk.ledger.transaction("突合 次郎") as tx:
        new = approvals.NewApproval(kind="collation_plan", subject="突合計画 3件", sha256="0" * 64, valid_until=_at(18))
        approvals.ask(tx, new)
    held = [each for each in day_facts(desk, [], ask_server=False).held if each.what.startswith("承認")]
    assert [(each.what, each.who) for each in held] == [("承認：突合の計画", "突合 次郎さん以外の承認者")]


def _at(hour: int) -> datetime:
    return tokyo(date(2017, 4, 12), hour)


def test_reconciliation_without_an_outcome_is_told(desk: Desk) -> None:
    """With the way to one."""
    with pytest.raises(DataError) as caught:
        reconciliation_facts(desk)
    assert caught.value.code == "REPORTS-015"


def own(sheet: ProgressSheet) -> ProgressRow:
    """The one 特定個人情報 that this city registers; the others that the layouts know are out."""
    (row,) = (row for row in sheet.rows if not row.out)
    return row


def test_actual_days_wait_for_the_results(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Received is not enough (seed 1.6.3): each file's result first, then the day, then the 特定個人情報."""
    with desk.ledger.reading() as reader:
        known = [file for file in files.find(reader, kind="initial") if file.state is FileState.PLANNED]
    received = {file.id: _settled(file, FileState.RECEIVED) for file in known}
    _pretend(monkeypatch, received)
    assert not progress(desk).days(Part.TAX).actual
    done = {file.id: _settled(file, FileState.PROCESSED) for file in known}
    _pretend(monkeypatch, {**done, known[-1].id: received[known[-1].id]})
    assert own(progress(desk)).actual is None
    _pretend(monkeypatch, done)
    sheet = progress(desk)
    assert sheet.days(Part.TAX).actual == {date(2017, 4, 12)}
    assert own(sheet).actual == date(2017, 4, 13)


def _settled(file: files.File, state: FileState) -> files.File:
    done = tokyo(date(2017, 4, 13), 1) if state is FileState.PROCESSED else None
    return replace(file, state=state, received_at=_at(10), completed_at=done)


def _pretend(monkeypatch: pytest.MonkeyPatch, known: dict[int, files.File]) -> None:
    monkeypatch.setattr(files, "find", lambda *_, **__: list(known.values()))
