"""Steps that wait for a person: the right role, two people, and a row in the ledger."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, TaskAwaitingInput, TaskDeferred

from fukuhon.clock import TOKYO, FixedClock
from fukuhon.errors import RefusedError
from fukuhon.ledger import Ledger, approvals
from fukuhon.site import load
from fukuhon_airflow import people
from fukuhon_airflow.duties import Nothing
from fukuhon_airflow.people import ApproveOperator, AskOperator
from fukuhon_airflow.triggers import DecisionTrigger

SAMPLE = Path(__file__).resolve().parents[2] / "include" / "sites" / "sample"
NOW = datetime(2017, 6, 1, 10, tzinfo=TOKYO)
CLERK, CHIEF, OFFICER = "totsugo", "sekinin", "gyomu"


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The sample site on a day of its own, an empty ledger; what Airflow is told to ask."""
    clock = FixedClock(NOW)
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}", clock)
    told: list[dict[str, Any]] = []
    monkeypatch.setattr(people, "open_site", lambda _: load(SAMPLE))
    monkeypatch.setattr(people, "site_clock", lambda _: clock)
    monkeypatch.setattr(people, "open_ledger", lambda _: ledger)
    monkeypatch.setattr("airflow.providers.standard.operators.hitl.upsert_hitl_detail", lambda **row: told.append(row))
    return told


def context(kind: str = "scheduled", user: str | None = None, approval: int = 1) -> Any:
    """A task's context."""
    run = SimpleNamespace(run_type=kind, triggering_user_name=user)
    ti = SimpleNamespace(id="id", xcom_pull=lambda task_ids: {"facts": {"approval": approval}})
    return {"dag_run": run, "ti": ti, "task_instance": ti}


def answer(user: str, choice: str) -> dict[str, Any]:
    """What Airflow hands over once somebody has answered."""
    return {
        "chosen_options": [choice],
        "params_input": {},
        "responded_at": NOW,
        "responded_by_user": {"id": user, "name": user},
    }


def ask() -> AskOperator:
    """The step of who asks."""
    return AskOperator(task_id="ask", folder="site", role="collation_requester", subject="s")


def approve() -> ApproveOperator:
    """The step of who approves."""
    return ApproveOperator(task_id="approve", folder="site", role="collation_manager", of="plan", subject="s")


def wish(by: str = "突合 次郎") -> int:
    """Something that waits for its approval."""
    new = approvals.NewApproval(
        kind="collation_plan", subject="p", sha256="0" * 64, valid_until=NOW + timedelta(days=1), budget=3
    )
    with people.open_ledger("site").transaction(by) as tx:
        return approvals.ask(tx, new).id


def state(approval_id: int) -> str:
    """How it stands."""
    with people.open_ledger("site").reading() as reader:
        return approvals.get(reader, approval_id).state


def test_only_those_in_the_role_are_asked(asked: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else's answer is taken by the page, and nothing is chosen by time."""
    monkeypatch.setattr(people.conf, "get", lambda *_, **__: "…SimpleAuthManager")
    with pytest.raises(TaskAwaitingInput):
        ask().execute(context())

    (row,) = asked
    assert [user["id"] for user in row["assigned_users"]] == [CLERK]
    assert row["defaults"] is None


def test_who_starts_it_by_hand_has_asked(asked: list[dict[str, Any]]) -> None:
    """No second question."""
    assert ask().execute(context("manual", CLERK)) == {"asked_by": "突合 次郎"}
    assert asked == []


@pytest.mark.parametrize("user", [OFFICER, CHIEF])
def test_a_run_by_hand_of_somebody_else_fails(asked: list[dict[str, Any]], user: str) -> None:
    """Who may see the button may not be who may ask."""
    with pytest.raises(AirflowFailException):
        ask().execute(context("manual", user))


def test_the_answer_names_who_asked_or_skips_the_rest(asked: list[dict[str, Any]]) -> None:
    """A refusal to ask is no failure."""
    assert ask().execute_complete(context(), answer(CLERK, "依頼する")) == {"asked_by": "突合 次郎"}
    with pytest.raises(Nothing):
        ask().execute_complete(context(), answer(CLERK, "見送る"))


def test_an_approval_is_a_row_of_the_ledger(asked: list[dict[str, Any]]) -> None:
    """The library looks there, not at Airflow."""
    wanted = wish()
    facts = approve().execute_complete(context(approval=wanted), answer(CHIEF, "承認"))

    assert facts == {"approval": wanted, "approved_by": "責任 三子"}
    assert state(wanted) == "approved"


def test_a_rejection_is_one_too(asked: list[dict[str, Any]]) -> None:
    """And what would follow is skipped."""
    wanted = wish()
    with pytest.raises(Nothing):
        approve().execute_complete(context(approval=wanted), answer(CHIEF, "却下"))
    assert state(wanted) == "rejected"


def test_nobody_approves_what_they_asked_for(asked: list[dict[str, Any]]) -> None:
    """Whatever the page allowed."""
    wanted = wish(by="責任 三子")
    with pytest.raises(RefusedError) as refused:
        approve().execute_complete(context(approval=wanted), answer(CHIEF, "承認"))
    assert refused.value.code == "LEDGER-050"
    assert state(wanted) == "asked"


@pytest.mark.parametrize("user", [CLERK, OFFICER])
def test_another_role_s_answer_decides_nothing(asked: list[dict[str, Any]], user: str) -> None:
    """Where the page could not know the roles, the task looks."""
    wanted = wish()
    with pytest.raises(AirflowFailException):
        approve().execute_complete(context(approval=wanted), answer(user, "承認"))
    assert state(wanted) == "asked"


def test_what_is_decided_is_not_asked_again(asked: list[dict[str, Any]]) -> None:
    """On the command line, or before Airflow tried the task again."""
    wanted = wish()
    with people.open_ledger("site").transaction("責任 三子") as tx:
        approvals.approve(tx, wanted)

    assert approve().execute(context(approval=wanted))["approved_by"] == "責任 三子"
    assert asked == []


def test_a_decision_made_elsewhere_while_the_step_waited_stands(asked: list[dict[str, Any]]) -> None:
    """Who has approved on our own page answers Airflow's question, too: it does not fail as decided twice."""
    wanted = wish()
    with people.open_ledger("site").transaction("責任 三子") as tx:
        approvals.approve(tx, wanted)

    facts = approve().execute_complete(context(approval=wanted), answer(CHIEF, "承認"))
    assert facts == {"approval": wanted, "approved_by": "責任 三子"}


def test_an_approval_waits_for_the_ledger_as_well_as_for_airflow_s_page(asked: list[dict[str, Any]]) -> None:
    """Airflow's question is written, and the task parked with a look at the ledger's row."""
    wanted = wish()
    with pytest.raises(TaskDeferred) as deferred:
        approve().execute(context(approval=wanted))

    (row,) = asked
    assert row["options"] == ["承認", "却下"]
    assert isinstance(deferred.value.trigger, DecisionTrigger)
    assert (deferred.value.trigger.approval_id, deferred.value.method_name) == (wanted, "execute_complete")


def test_a_decision_on_our_own_page_lets_the_parked_task_go_on(asked: list[dict[str, Any]]) -> None:
    """Approved: with who did it. Rejected: what follows is skipped. Past its time: a failure, no approval."""
    wanted, refused = wish(), wish(by="業務 花子")
    with people.open_ledger("site").transaction("責任 三子") as tx:
        approvals.approve(tx, wanted)
        approvals.reject(tx, refused, "不要")

    assert approve().execute_complete(context(approval=wanted), {"approval": wanted})["approved_by"] == "責任 三子"
    with pytest.raises(Nothing):
        approve().execute_complete(context(approval=refused), {"approval": refused})
    late = wish(by="管理 一郎")
    with pytest.raises(AirflowFailException, match="期限"):
        approve().execute_complete(context(approval=late), {"approval": late})
