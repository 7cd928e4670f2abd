"""``fukuhon receipt``: a person enters what the screen of the terminal shows, and only the administrator gives up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fukuhon.ledger import FileState, Holder, Ledger, NewFile, RunKey, files, lease, runs
from fukuhon.server import Outbox


@pytest.fixture
def ledger(hamlet: Any) -> Iterator[Ledger]:
    """The hamlet's books."""
    opened = Ledger.open(hamlet.site.ledger_url(), hamlet.site.clock())
    yield opened
    opened.close()


def hand_out(hamlet: Any, ledger: Ledger, name: str) -> datetime:
    """Hand a file of the terminal out as the sender does it; when that was."""
    with ledger.transaction("sender") as tx:
        run = runs.open_run(tx, RunKey("992011", "pretest", tx.now.date(), None, tx.now))
        given: dict[str, Any] = {"spi": "TM00000000000009", "dataset": "TK00000900000001", "kind": "pretest"}
        given |= {"operation": "register", "name": name, "path": name, "sidecar": "", "sha256": "0" * 64}
        given |= {"bytes": 10, "records": 1, "as_of": tx.now, "layout": "2017.1", "channel": 1}
        file_id = files.add(tx, NewFile(run_id=run.id, **given))
        files.move(tx, file_id, FileState.VALIDATED)
        files.place(tx, file_id, "w", tx.now, 1)
        attempt = lease.claim(tx, file_id, lease.acquire(tx, Holder.this_process()), f"key of {name}")
        assert attempt is not None
        place = Outbox.of(hamlet.site).folder / f"{attempt.id:06d}-a"
        Path(place).mkdir(parents=True, mode=0o700)
        return tx.now


def enter(number: str) -> list[str]:
    """The words of the sheet."""
    return ["receipt", "enter", "--file", "a.xml", "--number", number, "--received", "2017-04-10 08:01"]


def test_the_way_of_a_receipt(hamlet: Any, ledger: Ledger) -> None:
    """Listed, refused when mistyped or closed too early or by the wrong person, entered, entered again."""
    hand_out(hamlet, ledger, "a.xml")
    assert hamlet.json("receipt", "list")["waiting"]["file"] == "a.xml"
    number = "0601201704100000000001"
    assert "SENDER-012" in hamlet.run(*enter(number[:-1])).output
    close = ["receipt", "close", "--file", "a.xml", "--reason", "故障"]
    assert "COMMANDS-010" in hamlet.run(*close).output
    assert "SENDER-017" in hamlet.run(*close, user="ichiro").output
    assert "COMMANDS-010" in hamlet.run(*enter(number), user="jiro").output
    hamlet.step("2017-04-10T08:02")
    told = hamlet.json(*enter(number))
    assert (told["state"], told["again"]) == ("waiting", False)
    assert list(Outbox.of(hamlet.site).folder.iterdir()) == []
    assert hamlet.json(*enter(number))["again"]
    assert hamlet.json("receipt", "list")["waiting"] is None


def test_an_overdue_receipt_is_a_failure_and_may_be_closed(hamlet: Any, ledger: Ledger) -> None:
    """Exit code 1; the administrator closes it with a reason, and it is in doubt."""
    late = hand_out(hamlet, ledger, "b.xml") + timedelta(minutes=32)
    hamlet.step(f"{late:%Y-%m-%dT%H:%M}")
    assert "SENDER-009" in hamlet.run("receipt", "list").output
    unreasoned = hamlet.json("receipt", "close", "--file", "b.xml", "--reason", " ", user="ichiro", code=1)
    assert unreasoned["error"]["code"] == "SENDER-018"
    closed = hamlet.json("receipt", "close", "--file", "b.xml", "--reason", "端末の故障", user="ichiro")
    assert closed["state"] == "in_doubt"
