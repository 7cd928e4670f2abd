"""The whole road by hand: every verb of a registration, in the order in which people use them."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Hamlet


@pytest.mark.timeout(240)
def test_a_registration_goes_from_the_source_to_the_comparison(
    hamlet: Hamlet, sender: subprocess.Popen[str], tmp_path: Path
) -> None:
    """Prepare, send, confirm, reconcile: each by its verb, each telling what the books then hold."""
    assert hamlet.json("preflight")["counts"]["items"] > 8
    assert hamlet.json("status")["due"] == []
    made = hamlet.json("prepare", "pretest")
    assert made["counts"]["to_register"] == 5
    assert hamlet.json("prepare", "pretest")["run"] == made["run"], "the same again is the same run"
    assert hamlet.json("plan")["counts"]["placed"] == 1
    hamlet.step("2017-04-10T10:00")
    sent = hamlet.send("2017-04-10T12:00")
    assert (sent["outcome"], sent["received"]) == ("nothing_left", 1)
    hamlet.step("2017-04-11T09:00")
    assert hamlet.json("results")["counts"] == {
        "asked": 1, "finished": 1, "waiting": 0, "rejected_whole": 0, "processed": 5, "errors": 0
    }  # fmt: skip
    _initial(hamlet)
    _reconciled(hamlet)
    _differential(hamlet)
    report = hamlet.json("report", "quality", "--run", "2", "--out", str(tmp_path / "quality.html"))
    assert report["level"] == "partial"
    assert "小村" in (tmp_path / "quality.html").read_text(encoding="utf-8")
    assert hamlet.json("audit", "verify")["lines"] > 50
    wrong = hamlet.json("status", code=1)["wrong"]
    assert [each["code"] for each in wrong] == ["VIGILANCE-017"], "two grants are held back since April"
    assert hamlet.control("bodies/992011/violations") == []
    second = subprocess.run(sender.args, capture_output=True, text=True, check=False, timeout=60)
    assert json.loads(second.stdout)["error"]["code"] == "SENDER-001", "never a second one"
    assert second.returncode == 1
    sender.send_signal(signal.SIGTERM)
    output, _ = sender.communicate(timeout=30)
    assert json.loads(output) == {"ended": True}


def _initial(hamlet: Hamlet) -> None:
    hamlet.step("2017-04-12T08:00")
    made = hamlet.json("prepare", "initial")
    counts = {name: made["counts"][name] for name in ("read", "out_of_scope", "quarantined", "to_register")}
    assert counts == {"read": 60, "out_of_scope": 1, "quarantined": 2, "to_register": 57}
    hamlet.json("plan")
    hamlet.step("2017-04-12T09:00")
    assert hamlet.json("send", "--no-wait")["state"] == "open"
    assert hamlet.send("2017-04-12T12:00")["received"] == 1
    hamlet.step("2017-04-13T09:00")
    assert hamlet.json("results")["counts"]["processed"] == 57
    hamlet.control("bodies/992011/initial_complete", done=True)


def _reconciled(hamlet: Hamlet) -> None:
    hamlet.step("2017-04-20T10:00")
    refused = hamlet.json("reconcile", "plan", code=1)["error"]["code"]
    assert refused == "COMMANDS-010", "an officer does not ask for 突合用ファイル"
    planned = hamlet.json("reconcile", "plan", user="jiro")
    number = str(planned["facts"]["approval"])
    assert [each["id"] for each in hamlet.json("approvals")["approvals"]] == [planned["facts"]["approval"]]
    assert hamlet.json("reconcile", "carry-out", code=1)["error"]["code"] == "COMMANDS-033"
    assert hamlet.json("approve", number, user="jiro", code=1)["error"]["code"] == "COMMANDS-010"
    assert hamlet.json("approve", number, user="root", code=1)["error"]["code"] == "SITE-008"
    assert hamlet.json("approve", number, user="mitsuko")["approval"]["decided_by"] == "責任 三子"
    done = hamlet.json("reconcile", "carry-out", user="jiro")
    assert done["counts"]["mismatches"] == done["counts"]["lost"] == 0
    assert done["counts"]["matches"] > 0
    assert hamlet.json("approvals")["approvals"] == []


def _differential(hamlet: Hamlet) -> None:
    hamlet.step("2017-05-09T08:00")
    assert "2017-05-08" in str(hamlet.json("status", code=1)["due"])
    made = hamlet.json("prepare", "differential", "--day", "2017-05-08")
    assert (made["counts"]["to_register"], made["counts"]["to_delete"]) == (1, 0)
    hamlet.json("plan")
    assert hamlet.send("2017-05-09T21:00")["received"] == 1
    hamlet.step("2017-05-10T09:00")
    assert hamlet.json("results")["counts"]["processed"] == 1
    assert hamlet.json("prepare", "differential")["counts"]["to_register"] == 0, "yesterday is the default"
