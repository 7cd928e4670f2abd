"""``fukuhon exceed``: one person asks for a plan above the daily cap, another approves; the list shows both."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Hamlet

ASKED = ("exceed", "ask", "--notice", "通信（見本）第12号", "--day", "2017-05-10", "--day", "2017-05-09")


def test_a_plan_is_asked_for_by_one_and_approved_by_another(hamlet: Hamlet) -> None:
    """Days in their order; an officer decides nothing; the same plan again is the one that is approved."""
    assert hamlet.json("exceed", "list") == {"plans": []}
    assert "計画はありません" in hamlet.run("exceed", "list").output
    told = hamlet.json(*ASKED, "--records", "400")
    assert told["counts"] == {"days": 2, "records": 400}
    facts = told["facts"]
    assert (facts["days"], facts["state"]) == (["2017-05-09", "2017-05-10"], "asked")
    number = str(facts["approval"])

    text = hamlet.run(*ASKED, "--records", "400").output
    assert "1日400件まで" in text
    assert f"fukuhon approve {number}" in text
    assert hamlet.json("approve", number, code=1)["error"]["code"] == "COMMANDS-010"
    hamlet.json("approve", number, user="ichiro")

    assert "fukuhon plan" in hamlet.run(*ASKED, "--records", "400").output
    (plan,) = hamlet.json("exceed", "list")["plans"]
    approval = plan["approval"]
    assert (approval["state"], approval["asked_by"], approval["decided_by"]) == ("approved", "業務 花子", "管理 一郎")
    listed = hamlet.run("exceed", "list").output
    for word in ("通信（見本）第12号", "05-09、05-10", "承認", "業務 花子", "管理 一郎"):
        assert word in listed


def test_who_asked_never_approves(hamlet: Hamlet) -> None:
    """Not even the administrator, who may decide about what others ask for."""
    asked = hamlet.json(*ASKED, "--records", "500", user="ichiro")
    number = str(asked["facts"]["approval"])
    error = hamlet.json("approve", number, user="ichiro", code=1)["error"]
    assert error["code"].startswith("LEDGER-")
    assert hamlet.json("exceed", "list")["plans"][-1]["approval"]["state"] == "asked"


def test_what_may_not_be_asked_for_is_refused(hamlet: Hamlet) -> None:
    """A day that is past, a notice without a name, nobody of the body, no day at all, no records."""
    past = ("exceed", "ask", "--notice", "第12号", "--day", "2017-04-07", "--records", "400")
    assert hamlet.json(*past, code=1)["error"]["code"] == "REGISTRATION-006"
    nameless = ("exceed", "ask", "--notice", " ", "--day", "2017-05-09", "--records", "400")
    assert hamlet.json(*nameless, code=1)["error"]["code"] == "REGISTRATION-008"
    assert hamlet.run(*ASKED, "--records", "400", user="nobody").exit_code == 1
    assert hamlet.run(*ASKED, "--records", "0").exit_code == 2
    assert hamlet.run("exceed", "ask", "--notice", "第12号", "--records", "400").exit_code == 2
