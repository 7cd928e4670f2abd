"""A machine put back together with its books: database, work folder and every mark of ours are of the same moment."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from fukuhon import backup
from fukuhon.clock import tokyo
from fukuhon.commands import acting
from fukuhon.commands.app import app
from fukuhon.errors import RefusedError
from fukuhon.ledger import audit, orders
from fukuhon.ledger.copying import RESTORED
from fukuhon.registration import planning, pretest
from fukuhon.sender import compare
from fukuhon.vigilance import preflight
from rehearsal.city import make_city, write_site
from rehearsal.town import standin_for, town_at

DAY = date(2017, 4, 10)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, Path, str]]:
    """A site, the folder of its books and its work, and its server."""
    folder, data = tmp_path / "site", tmp_path / "data"
    write_site(make_city(people=1000, seed=3, days=1, subjects=("tax",)), folder)
    settings = folder / "site.yaml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("ui_user: kanri,", "os_user: ichiro, ui_user: kanri,"), encoding="utf-8")
    monkeypatch.setenv("FUKUHON_DATA", str(data))
    with standin_for(folder, tmp_path / "standin") as url:
        monkeypatch.setenv("FUKUHON_SERVER_URL", url)
        yield folder, data, url


def resume(folder: Path, user: str, *options: str, monkeypatch: pytest.MonkeyPatch) -> Result:
    """``fukuhon resume`` of a user."""
    monkeypatch.setattr(acting, "os_user", lambda: user)
    return CliRunner().invoke(app, ["resume", *options, "--json", "--site", str(folder)])


@pytest.mark.timeout(240)
def test_nothing_goes_twice_from_books_of_before(
    place: tuple[Path, Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sender refuses before the first file, the preflight refuses, until the administrator says why to go on."""
    (folder, data, url), officer = place, acting.os_user()
    with town_at(folder, url) as town:
        pretest.prepare(town.desk, tokyo(DAY))
        planning.plan(town.desk)
    shutil.copytree(data, tmp_path / "snapshot")
    with town_at(folder, url) as town:
        _, order = town.order("pretest")
        town.until(lambda: orders.wait_state(town.desk.ledger, order.id).received == 2)
        assert town.uploads() == 2
        assert not backup.is_pending(town.desk)

    shutil.rmtree(data)
    shutil.copytree(tmp_path / "snapshot", data)
    with town_at(folder, url) as town:
        assert not backup.is_pending(town.desk), "nothing here tells"
        _, order = town.order("pretest")
        town.until(lambda: orders.wait_state(town.desk.ledger, order.id).ended)
        assert orders.wait_state(town.desk.ledger, order.id).order.reason == "SENDER-021"
        assert town.uploads() == 2
        refused = preflight.look(town.desk).refused
        assert refused is not None
        assert refused.code == "SENDER-021"

        done = resume(folder, officer, monkeypatch=monkeypatch)
        assert (done.exit_code, json.loads(done.stdout)["error"]["code"]) == (1, "SENDER-021")
        done = resume(folder, officer, "--restored", "確かめた", monkeypatch=monkeypatch)
        assert (done.exit_code, json.loads(done.stdout)["error"]["code"]) == (1, "COMMANDS-010")
        done = resume(folder, "ichiro", "--restored", "登録済みと確かめた", monkeypatch=monkeypatch)
        assert (done.exit_code, json.loads(done.stdout)) == (0, {"stopped": False})

        with town.desk.ledger.reading() as reader:
            assert not orders.stop_requested(reader)
            told = audit.latest(reader, RESTORED)
        assert told is not None
        assert (told.actor, told.detail["reason"], told.detail["unknown"]) == ("管理 一郎", "登録済みと確かめた", 2)
        town.at(DAY, 20)
        assert compare(town.desk.ledger, town.desk.server, "test").unknown == ()


@pytest.mark.timeout(240)
def test_what_was_registered_at_the_terminal_past_the_books_is_accepted_once(
    place: tuple[Path, Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Books of their own that know nothing of it: to them it looks the same, and a person says that it is well."""
    folder, data, url = place
    with town_at(folder, url) as town:  # begins the books
        assert compare(town.desk.ledger, town.desk.server, "test").unknown == ()
    shutil.copytree(data, tmp_path / "ours")
    with town_at(folder, url) as town:
        pretest.prepare(town.desk, tokyo(DAY))
        planning.plan(town.desk)
        town.send("pretest")
    shutil.rmtree(data)
    shutil.copytree(tmp_path / "ours", data)
    with town_at(folder, url) as town:
        with pytest.raises(RefusedError, match="SENDER-021"):
            preflight.check(town.desk)
        assert resume(folder, "ichiro", "--restored", "端末から登録", monkeypatch=monkeypatch).exit_code == 0
        town.at(date(2017, 4, 11), 8)
        found = preflight.look(town.desk)
        assert found.summary.facts["unknown_receipts"] == []
