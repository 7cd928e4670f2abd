"""Verbs that look: what the source delivers, how it is judged, how things stand; and those that stop and go on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Hamlet

DATASET = "TK00000900000001"


@pytest.fixture
def shortened(hamlet: Hamlet) -> Iterator[None]:
    """The count query counts one more than the extract delivers."""
    path = hamlet.folder / "queries" / "grants_count.sql"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("count(*) AS n", "count(*) + (grade = '2') AS n"), encoding="utf-8")
    yield
    path.write_text(text, encoding="utf-8")


def test_extract_counts_by_variation_and_against_the_other_count(hamlet: Hamlet) -> None:
    """Nothing is registered: the ledger has no run afterwards."""
    (found,) = hamlet.json("extract")["datasets"]
    assert found["read"] == {"一部": 29, "全部": 31}
    assert found["out_of_scope"] == {"全部": 1}
    assert found["control"] == {"count_query": {"一部": [29, 29, ""], "全部": [31, 31, ""]}}
    assert found["error"] is None
    assert hamlet.json("status")["last_run"] is None
    assert "31" in hamlet.run("extract").stdout


def test_extract_that_leaves_somebody_out_is_told_with_all_counts(hamlet: Hamlet, shortened: None) -> None:
    """Exit 1; what was read is told all the same."""
    told = hamlet.json("extract", code=1)
    assert told["error"]["code"] == "REGISTRATION-001"
    assert told["datasets"][0]["read"]["一部"] == 29


def test_validate_tells_each_rule_that_failed_and_keeps_the_evidence(hamlet: Hamlet) -> None:
    """Judged as a run would; a hard look before anything is written."""
    told = hamlet.json("validate", "--as-of", "2017-04-10T00:00", "--dataset", DATASET)
    (found,) = told["datasets"]
    assert sum(found["judged"].values()) == 59
    assert sum(found["quarantined"].values()) == 2
    assert [rule["id"] for rule in found["failed_rules"]] == ["layout:I0102:code"]
    assert found["rules"]["declared"] == found["rules"]["run"]
    folder = Path(told["folder"])
    assert (folder / f"evidence-{DATASET}.json").exists()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert hamlet.json("status")["last_run"] is None


def test_validate_says_what_would_stop_a_run(hamlet: Hamlet, shortened: None) -> None:
    """Exit 1, with the evidence of what was seen."""
    told = hamlet.json("validate", code=1)
    assert told["error"]["code"] == told["datasets"][0]["error"]["code"] == "REGISTRATION-001"
    result = hamlet.run("validate")
    assert result.exit_code == 1
    assert "止まる" in result.stdout


def test_windows_with_what_they_allow_and_what_was_spent(hamlet: Hamlet) -> None:
    """In order; an initial window has a volume, the others none."""
    told = hamlet.json("windows")["windows"]
    assert [(row["kind"], row["bytes_allotted"], row["bytes_spent"], row["state"]) for row in told] == [
        ("pretest", None, 0, "coming"),
        ("initial", 1_000_000, 0, "coming"),
        ("differential", None, 0, "coming"),
        ("differential", None, 0, "coming"),
    ]
    assert "1.0 MB" in hamlet.run("windows").stdout


def test_send_outside_of_every_window_says_when_the_next_one_opens(hamlet: Hamlet) -> None:
    """Refusing is normal: exit 1."""
    error = hamlet.json("send", code=1)["error"]
    assert error["code"] == "COMMANDS-020"
    assert "2017-04-10 10:00" in error["message"]


def test_status_before_anything_is_done(hamlet: Hamlet) -> None:
    """What is due today, and nothing else."""
    told = hamlet.json("status")
    assert [each["what"] for each in told["due"]] == ["前提作業の確認"]
    assert told["waiting"] == []
    assert told["on_the_wire"] is None
    assert told["next_window"]["kind"] == "pretest"
    assert "異常：ありません" in hamlet.run("status").stdout


def test_stop_is_told_until_it_is_lifted(hamlet: Hamlet) -> None:
    """Asking twice changes nothing; the trail names who did it."""
    assert hamlet.json("emergency-stop") == {"stopped": True, "sending": []}
    hamlet.json("emergency-stop")
    told = hamlet.json("status", code=1)
    assert told["stopped"]
    assert [each["code"] for each in told["wrong"]] == ["COMMANDS-102"]
    assert "fukuhon resume" in hamlet.run("status").stdout
    assert hamlet.json("resume") == {"stopped": False}
    assert not hamlet.json("status")["stopped"]


def test_instant_that_has_not_come_is_refused(hamlet: Hamlet) -> None:
    """What is read now would count as newer than what is true then."""
    assert hamlet.json("prepare", "pretest", "--as-of", "2017-04-10T09:00", code=2)["error"]["code"] == "COMMANDS-012"
    assert hamlet.json("prepare", "differential", "--day", "2017-04-10", code=2)["error"]["code"] == "COMMANDS-012"
    for wrong in ("yesterday", "2017-04-10T25:00"):
        assert hamlet.json("prepare", "pretest", "--as-of", wrong, code=2)["error"]["code"] == "COMMANDS-011"


def test_differential_waits_for_the_initial_registration(hamlet: Hamlet) -> None:
    """A rule of the domain, exit 1."""
    assert hamlet.json("prepare", "differential", code=1)["error"]["code"] == "REGISTRATION-005"


def test_source_that_is_away_fails_the_run_and_is_told(hamlet: Hamlet) -> None:
    """The run stands in the books as failed; the status says how to find out why."""
    source = hamlet.folder / "data" / "welfare.db"
    source.rename(source.with_suffix(".away"))
    try:
        assert hamlet.json("prepare", "pretest", code=1)["error"]["code"] == "ORIGINALS-001"
    finally:
        source.with_suffix(".away").rename(source)
    told = hamlet.json("status", code=1)["wrong"]
    assert [each["code"] for each in told] == ["COMMANDS-104"]
    number = hamlet.json("status", code=1)["last_run"]
    assert hamlet.json("trace", str(number))["run"]["state"] == "failed"
    nothing = hamlet.json("report", "quality", "--run", str(number), "--out", "never.html", code=1)
    assert nothing["error"]["code"] == "REPORTS-001"


def test_number_where_a_key_should_be_text_names_the_column(hamlet: Hamlet) -> None:
    """The leading zeros would be lost; exit 1, no value told."""
    with sqlite3.connect(hamlet.folder / "data" / "welfare.db") as database:
        database.execute("UPDATE grants SET addressee_no = CAST(addressee_no AS INTEGER)")
    error = hamlet.json("extract", code=1)["error"]
    assert error["code"] == "ORIGINALS-006"
    assert "addressee_no" in error["message"]
    assert "7700" not in str(error)
