"""What became of a file, a run, a record; and who decides about a file in doubt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fukuhon.ledger import FileState, Holder, Ledger, attempts, files, lease

if TYPE_CHECKING:
    from conftest import Hamlet

DATASET = "TK00000900000001"
ADDRESSEE, KEY = f"77{20:013d}", f"Q{20:05d}"


@pytest.fixture(scope="module")
def prepared(hamlet: Hamlet) -> dict[str, Any]:
    """Everything in scope is prepared and planned: one file of 57 records."""
    made = hamlet.json("prepare", "initial")
    hamlet.json("plan")
    return made


@pytest.fixture
def name(prepared: dict[str, Any]) -> str:
    """The file's name."""
    return str(prepared["files"][0]["name"])


def doubt(hamlet: Hamlet, name: str) -> None:
    """Put the file in doubt: somebody claimed it, and died."""
    ledger = Ledger.open(hamlet.site.ledger_url(), hamlet.site.clock())
    with ledger.transaction("sender") as tx:
        file = next(file for file in files.find(tx) if file.name == name)
        if file.state is FileState.CUT:
            files.place(tx, file.id, "initial-20170412T0900", tx.now, 1)
        fence = lease.acquire(tx, Holder.this_process())
        key = f"attempt-{len(attempts.find(tx, file_id=file.id))}"
        assert lease.claim(tx, file.id, fence, key, requester="gyomu01")
        attempts.doubt_open(tx)
    ledger.close()


def test_run_with_its_sums_and_files(hamlet: Hamlet, prepared: dict[str, Any], name: str) -> None:
    """By number."""
    told = hamlet.json("trace", str(prepared["run"]))
    assert told["run"]["kind"] == "initial"
    assert sum(each["to_register"] for each in told["tallies"]) == 57
    assert [each["name"] for each in told["files"]] == [name]
    assert next(each["event"] for each in told["events"]) == "run.opened"
    assert name in hamlet.run("trace", str(prepared["run"])).stdout


def test_file_with_every_line_of_the_trail(hamlet: Hamlet, name: str) -> None:
    """By name."""
    told = hamlet.json("trace", name)
    assert told["file"]["state"] == "planned"
    assert sum(told["variations"].values()) == 57
    events = [each["event"] for each in told["events"]]
    assert events == ["file.prepared", "file.variations", "file.validated", "file.planned"]
    assert told["events"][0]["actor"] == "業務 花子"
    assert "送信待ち" in hamlet.run("trace", name).stdout


def test_record_is_typed_in_not_written_on_the_command_line(hamlet: Hamlet, name: str) -> None:
    """Through standard input; what is told names neither the person nor the key."""
    result = hamlet.run("trace", "--record", given=f"{DATASET}\n{ADDRESSEE}\n{KEY}\n")
    assert result.exit_code == 0
    assert name in result.stdout
    assert ADDRESSEE not in result.output
    assert KEY not in result.output
    identity = result.stdout.splitlines()[0].split()[-1]
    (found,) = hamlet.json("trace", "--hash", identity)["files"]
    assert (found["file"], found["operation"], found["error"]) == (name, "register", None)
    assert hamlet.json("trace", "--hash", "0" * 64)["files"] == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (f"{DATASET}\n{ADDRESSEE}\n", "COMMANDS-002"),
        ("", "COMMANDS-002"),
        (f"{DATASET}\n{ADDRESSEE}\nno key!\n", "IDENTIFIERS-002"),
        (f"TK00000200000001\n{ADDRESSEE}\n{KEY}\n", "SITE-010"),
    ],
)
def test_record_that_is_none_is_not_repeated(hamlet: Hamlet, prepared: dict[str, Any], given: str, code: str) -> None:
    """Too few lines, or something that can be no key."""
    result = hamlet.run("trace", "--record", given=given)
    assert result.exit_code == (1 if code == "IDENTIFIERS-002" else 2)
    assert code in result.stderr
    assert result.stdout == ""
    assert ADDRESSEE not in result.stderr
    assert "no key!" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["000012345678901"], "COMMANDS-050"),
        ([KEY], "COMMANDS-050"),
        ([], "COMMANDS-050"),
        (["1", "--record"], "COMMANDS-050"),
        (["999"], "COMMANDS-051"),
        (["nothing.xml"], "COMMANDS-051"),
        (["0601201704100000000001"], "COMMANDS-051"),
        (["--hash", "abc"], "COMMANDS-011"),
    ],
)
def test_what_is_no_number_of_ours_is_refused(hamlet: Hamlet, arguments: list[str], code: str) -> None:
    """A person's number is none, and is not repeated."""
    result = hamlet.run("trace", *arguments, "--json")
    assert f'"{code}"' in result.stdout
    assert result.exit_code == (1 if code == "COMMANDS-051" else 2)
    assert "000012345678901" not in result.output


def test_two_people_decide_about_a_file_in_doubt(hamlet: Hamlet, name: str) -> None:
    """One says what is true of it, another approves, then the same call carries it out."""
    doubt(hamlet, name)
    assert next(each["code"] for each in hamlet.json("status", code=1)["wrong"]) == "COMMANDS-101"
    early = hamlet.json("settle", code=1)
    assert (early["files"][0]["answer"], early["error"]["code"]) == ("too_early", "COMMANDS-101")
    call = ("settle", "--file", name, "--not-received")
    assert hamlet.json(*call, user="backup", code=1)["error"]["code"] == "SITE-008"
    asked = hamlet.json(*call, user="ichiro")
    assert asked["state"] == "asked"
    assert hamlet.json(*call, user="ichiro")["approval"] == asked["approval"]
    number = str(asked["approval"])
    assert hamlet.json("approve", number, user="ichiro", code=1)["error"]["code"] == "LEDGER-050"
    assert hamlet.json("approve", number, user="hanako", code=1)["error"]["code"] == "COMMANDS-010"
    hamlet.json("approve", number, user="mitsuko")
    assert hamlet.json(*call, user="ichiro") == {"state": "settled", "file": name, "file_state": "cut"}
    told = hamlet.json("trace", name)
    assert told["file"]["state"] == "cut"
    assert told["attempts"][0]["settled"] == "people"
    assert [each["decided_by"] for each in told["approvals"]] == ["責任 三子"]
    assert "回線断" in hamlet.run("trace", name).stdout


def test_what_was_rejected_is_not_carried_out(hamlet: Hamlet, name: str) -> None:
    """The next call asks anew."""
    doubt(hamlet, name)
    call = ("settle", "--file", name, "--not-received")
    first = hamlet.json(*call)
    rejected = hamlet.json("reject", str(first["approval"]), "--reason", "確認中", user="mitsuko")["approval"]
    assert (rejected["state"], rejected["reason"]) == ("rejected", "確認中")
    second = hamlet.json(*call)
    assert (second["state"], second["approval"] > first["approval"]) == ("asked", True)
    assert "却下" in hamlet.run("approvals", "--all").stdout


def test_look_settles_once_the_time_is_over(hamlet: Hamlet, name: str) -> None:
    """The server's list shows nothing of it: it goes again, later."""
    hamlet.step("2017-04-10T08:30")
    (found,) = hamlet.json("settle")["files"]
    assert (found["file"], found["answer"]) == (name, "cut")
    assert hamlet.json("settle")["files"] == []
    assert "結果不明のファイルはありません" in hamlet.run("settle").stdout


def test_decision_names_a_file_and_one_thing_that_is_true(hamlet: Hamlet) -> None:
    """Wrong usage otherwise; and a file that is in no doubt needs no decision."""
    for arguments in (["--file", "a.xml"], ["--receipt", "1"], ["--file", "a.xml", "--receipt", "1", "--not-received"]):
        assert hamlet.json("settle", *arguments, code=2)["error"]["code"] == "COMMANDS-030"
    assert hamlet.json("settle", "--file", "a.xml", "--not-received", code=1)["error"]["code"] == "COMMANDS-031"
    wrong = hamlet.json("settle", "--file", "a.xml", "--receipt", "12", code=1)["error"]["code"]
    assert wrong == "IDENTIFIERS-002"


def test_report_of_the_run_holds_no_personal_value(hamlet: Hamlet, prepared: dict[str, Any], tmp_path: Path) -> None:
    """For people here, and the version that leaves the site."""
    for more in ([], ["--outside"]):
        out = tmp_path / f"report{len(more)}.html"
        told = hamlet.json("report", "quality", "--run", str(prepared["run"]), "--out", str(out), *more)
        assert told["level"] == "partial"
        assert out.stat().st_mode & 0o777 == 0o600
        text = out.read_text(encoding="utf-8")
        assert "福祉手当" in text
        assert ADDRESSEE not in text
        assert KEY not in text
