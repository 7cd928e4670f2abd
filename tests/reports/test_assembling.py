"""The report of a real run: what the books, the evidence and the files say of it, and of one that was stopped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from fukuhon.clock import ServerClock, tokyo
from fukuhon.errors import DataError, FatalError
from fukuhon.ledger import RunKey, runs
from fukuhon.registration import initial
from fukuhon.registration.desk import Desk, open_desk
from fukuhon.reports.assembling import quality_facts, write_quality_report
from fukuhon.reports.quality_report import equations
from rehearsal.city import make_city, write_site

SPI = "TM00000000000002"
AS_OF = tokyo(date(2017, 4, 12), 0, 0, 1)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk of a thousand people whose clock stands still; one run went through, the next was stopped."""
    root = tmp_path_factory.mktemp("city")
    write_site(make_city(1000, 5, 1, subjects=("tax",)), root / "site")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("FUKUHON_DATA", str(root / "data"))
        patched.setattr(ServerClock, "now", lambda _: tokyo(date(2017, 4, 12), 9))
        with open_desk(root / "site", "tester") as desk:
            initial.prepare(desk, SPI, AS_OF)
            _lose_somebody(root / "site")
            with pytest.raises(DataError):
                initial.prepare(desk, SPI, tokyo(date(2017, 4, 12), 0, 0, 2))
            yield desk


def _lose_somebody(folder: Path) -> None:
    """The other count of the second dataset finds more than the extract."""
    path = folder / "queries" / "notice_count.sql"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("COUNT(*) - SUM", "COUNT(*) + 1 - SUM"), encoding="utf-8")


def test_facts_of_a_run_agree_with_its_books(desk: Desk) -> None:
    """Every sum closes, every declared rule is among the rules, every file is named."""
    facts = quality_facts(desk, 1)
    assert (facts.run.kind, facts.run.spi, facts.run.spi_name) == ("初期登録", SPI, "地方税")
    assert facts.run.day == date(2017, 4, 12)
    assert [each.name for each in facts.datasets] == ["個人住民税課税情報", "個人住民税納付情報"]
    told = equations(facts.total)
    assert len(told) > 4
    assert all(each.closes for each in told)
    assert all(each.complete for each in facts.evidence)
    assert sum(each.declared for each in facts.evidence) == len(facts.rules)
    assert {rule.origin for rule in facts.rules} == {"layout", "reviewed"}
    assert sum(file.records for file in facts.files) == facts.total["filed"]


def test_counts_taken_another_way_agree(desk: Desk) -> None:
    """One for each variation of each dataset."""
    controls = quality_facts(desk, 1).controls
    assert len(controls) > 5
    assert all(control.agrees for control in controls)
    assert {control.basis for control in controls} == {"件数の問合せ"}


def test_rules_on_classes_come_with_their_classes(desk: Desk) -> None:
    """What each class is, even where nothing was there to compare with."""
    tables = [rule for rule in quality_facts(desk, 1).rules if rule.kind == "table"]
    assert tables
    assert all(rule.classes for rule in tables)
    assert all(one.before is None for rule in tables for one in rule.classes if not rule.compared)


def test_run_that_was_stopped_is_told_as_far_as_it_is_known(desk: Desk) -> None:
    """No accounting, no file; but which count is wrong, and that nothing is sent."""
    facts = quality_facts(desk, 2)
    assert facts.files == ()
    assert {"read", "in_scope", "quarantined"} <= set(facts.total)
    assert "to_register" not in facts.total
    wrong = [control for control in facts.controls if not control.agrees]
    assert {control.dataset for control in wrong} == {"TK00000200000002"}
    assert all(control.extracted == control.control[0] - 1 for control in wrong)


def test_report_is_written_private_and_tells_its_verdict(desk: Desk, tmp_path: Path) -> None:
    """Whole or not at all, 0600."""
    fine, stopped = tmp_path / "fine.html", tmp_path / "stopped.html"
    assert write_quality_report(desk, 1, fine).level == "partial"
    assert write_quality_report(desk, 2, stopped).level == "stop"
    assert write_quality_report(desk, 1, fine, outside=True).level == "partial"
    assert fine.stat().st_mode & 0o777 == 0o600
    assert "見本市" in stopped.read_text(encoding="utf-8")


def test_trend_leaves_the_pretest_out(desk: Desk) -> None:
    """The runs that went through, one point a day."""
    assert [point.day for point in quality_facts(desk, 1).trend] == [date(2017, 4, 12)]


def test_run_without_a_judgement_has_no_report(desk: Desk) -> None:
    """A run that never came so far, and one that there never was."""
    at: datetime = tokyo(date(2017, 4, 12), 0, 0, 3)
    with desk.ledger.transaction("tester") as tx:
        run = runs.open_run(tx, RunKey(desk.site.body.code, "initial", date(2017, 4, 11), SPI, at))
    with pytest.raises(DataError) as nothing:
        quality_facts(desk, run.id)
    assert nothing.value.code == "REPORTS-001"
    with pytest.raises(FatalError):
        quality_facts(desk, 99)
