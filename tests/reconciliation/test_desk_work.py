"""突合 by people at the terminal: asked today, brought another day, never asked twice, by two different people."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fukuhon.clock import tokyo
from fukuhon.commands.app import app
from fukuhon.errors import DataError, FatalError, RefusedError
from fukuhon.ledger import FileState, approvals, files, reconciliations
from fukuhon.reconciliation import desk_work
from fukuhon.registration import initial, planning, results
from fukuhon.registration.desk import Desk
from rehearsal.city import make_city, write_site
from rehearsal.terminal_people import work_the_sheet
from rehearsal.town import SPI, Town, standin_for, town_at

DATASET = "TK00000200000001"


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """A town that has registered, on 2017-06-01; 突合 of one of its datasets goes by the terminal."""
    folder = tmp_path / "site"
    write_site(make_city(people=1000, seed=3, days=4, subjects=("tax",)), folder)
    settings = (folder / "site.yaml").read_text(encoding="utf-8")
    changed = re.sub(
        rf"(code: {DATASET}\n(?:.*\n)*?        channel: 3\n)", r"\1        collation: terminal\n", settings
    )
    assert changed.count("collation: terminal") == 1
    (folder / "site.yaml").write_text(changed, encoding="utf-8")
    monkeypatch.setenv("FUKUHON_DATA", str(tmp_path / "data"))
    with standin_for(folder, tmp_path / "standin", "2017-04-11T09:00:00+09:00") as url:
        monkeypatch.setenv("FUKUHON_SERVER_URL", url)
        with town_at(folder, url) as town:
            initial.prepare(town.desk, SPI, tokyo(date(2017, 4, 11)))
            planning.plan(town.desk)
            for day in (13, 14):
                town.send("initial")
                town.at(date(2017, 4, day))
                results.confirm(town.desk)
                planning.plan(town.desk)
            town.at(date(2017, 4, 15), 10)
            results.confirm(town.desk)
            town.at(date(2017, 6, 1))
            yield town


def test_what_people_have_not_brought_waits_and_is_never_asked_twice(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A state with its age, not a failure: the rest is compared, and the files are taken when they lie there."""
    desk = town.desk
    sha256 = _approved(town)

    first = desk_work.carry_out(desk, sha256)
    waiting, done = first.counts["waiting"], first.counts["requests"]
    assert waiting > 0
    assert done > 0
    with monkeypatch.context() as small:
        small.setitem(desk.site.limits.__dict__, "collations_per_day", waiting + done)
        with pytest.raises(RefusedError, match="RECONCILIATION-010"):
            desk_work.plan(desk)
    with desk.ledger.reading() as reader:
        (awaited,) = desk_work.awaited(reader)
        assert {file.state for file in files.find(reader)} <= {FileState.PROCESSED, FileState.PROCESSED_WITH_ERRORS}
    assert (awaited.plan_sha256, len(awaited.numbers)) == (sha256, waiting)
    assert awaited.since.isoformat() == first.facts["waiting_since"]

    town.at(date(2017, 6, 2))
    again = desk_work.carry_out(desk, sha256)
    assert (again.counts["waiting"], again.facts["waiting_since"]) == (waiting, first.facts["waiting_since"])
    assert work_the_sheet(desk.site) == waiting
    assert work_the_sheet(desk.site) == 0
    last = desk_work.carry_out(desk, sha256)

    assert (last.counts["waiting"], last.counts["requests"]) == (0, waiting + done)
    assert last.counts["mismatches"] == last.counts["lost"] == 0
    with desk.ledger.reading() as reader:
        rows = reconciliations.find(reader, plan_sha256=sha256)
        assert {file.state for file in files.find(reader)} == {FileState.RECONCILED}
        assert desk_work.awaited(reader) == []
        (approval,) = approvals.find(reader, kind=desk_work.APPROVAL)
    assert approval.used == len(rows) == waiting + done
    by_hand = [row for row in rows if row.dataset == DATASET]
    assert len({row.number for row in by_hand}) == waiting == len(by_hand)
    assert {(row.asked_by, row.released_by) for row in by_hand} == {("mihontotsugo01", "mihonsekinin01")}


def test_a_wrong_file_holds_up_no_other_request(town: Town) -> None:
    """It is told once the others are done; put right, 突合 goes on."""
    desk = town.desk
    sha256 = _approved(town)
    desk_work.carry_out(desk, sha256)
    work_the_sheet(desk.site)
    inbox = desk.site.work / "terminal" / "collation" / "inbox"
    (one, path), *others = ((place, next(place.iterdir())) for place in sorted(inbox.iterdir()))
    right = path.read_bytes()
    path.write_bytes(right.replace(b'records="', b'records="9'))

    with pytest.raises(DataError, match="SERVER-043"):
        desk_work.carry_out(desk, sha256)
    assert not any(list(place.iterdir()) for place, _ in others)
    (one / path.name).write_bytes(right)
    assert desk_work.carry_out(desk, sha256).counts["waiting"] == 0


def test_only_what_was_approved_is_asked_and_what_differs_is_told(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan changed by a digit, one person in both roles; then one content that is not ours: the verb fails."""
    desk, sha256 = town.desk, _approved(town)
    (path,) = desk.folder("collations").glob("plan-*.json")
    plan = path.read_bytes()
    path.write_bytes(plan.replace(b'"budget": 20', b'"budget": 21'))
    with pytest.raises(FatalError, match="RECONCILIATION-012"):
        desk_work.carry_out(desk, sha256)
    path.write_bytes(plan)
    accounts = desk.site.server.accounts
    with monkeypatch.context() as alone:
        alone.setitem(accounts.__dict__, "collation_manager", accounts.collation_requester)
        with pytest.raises(RefusedError, match="RECONCILIATION-011"):
            desk_work.carry_out(Desk(desk.site, desk.ledger, desk.clock, desk.actor), sha256)

    desk_work.carry_out(desk, sha256)
    work_the_sheet(desk.site)
    inbox = desk.site.work / "terminal" / "collation" / "inbox"
    answer = next(file for file in sorted(inbox.glob("*/*_result.xml")) if b"<I0" in file.read_bytes())
    answer.write_bytes(re.sub(rb"<(I0[0-9]+)>[^<]+<", rb"<\1>9<", answer.read_bytes(), count=1))
    verb = ["reconcile", "carry-out", "--plan", sha256, "--site", str(town.folder), "--json"]
    done = CliRunner().invoke(app, verb)
    told = json.loads(done.stdout)
    assert (done.exit_code, told["error"]["code"], told["counts"]["mismatches"]) == (1, "COMMANDS-034", 1)


def _approved(town: Town) -> str:
    plan = desk_work.plan(town.desk)
    with town.desk.ledger.transaction("responsible") as tx:
        approvals.approve(tx, int(str(plan.facts["approval"])))
    return str(plan.facts["plan_sha256"])
