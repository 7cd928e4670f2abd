"""Steps that wait for a person, by our own policy: the right role, never the person who asked, no default on timeout.

The task is parked without a slot. The answer becomes a row of the ledger, which is what the library asks for later: a
decision made on our own page or on the command line lets the parked task go on as well.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import conf
from airflow.sdk.exceptions import AirflowFailException, TaskAwaitingInput

from fukuhon_airflow.duties import Facts, Nothing
from fukuhon_airflow.library import open_ledger, open_site, site_clock
from fukuhon_airflow.retries import RETRIES, retry_delay
from fukuhon_airflow.triggers import DecisionTrigger

if TYPE_CHECKING:
    from airflow.sdk import Context

    from fukuhon.site import Person

__all__ = ["ApproveOperator", "AskOperator"]


class PersonOperator(HITLOperator):
    """Waits for the answer of a person in one role of the site."""

    def __init__(self, *, folder: str, role: str, **kwargs: Any) -> None:
        super().__init__(multiple=False, retries=RETRIES, retry_delay=retry_delay(), **kwargs)
        self.folder = folder
        self.role = role

    def execute(self, context: Context) -> Any:
        """Ask those who hold the role today."""
        self.assigned_users = self._users() or None
        return super().execute(context)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Facts:
        """Take the answer. Raises AirflowFailException when it came from somebody without the role."""
        answer = super().execute_complete(context, event)
        return self.answered(context, self._person(answer["responded_by_user"]["name"]), answer["chosen_options"][0])

    def answered(self, context: Context, person: Person, choice: str) -> Facts:
        """What the answer means."""
        raise NotImplementedError

    def on_kill(self) -> None:
        """Nothing: whoever has answered has answered."""

    def _users(self) -> list[Any]:
        # Only SimpleAuthManager's user ids are the names that site.yaml knows; elsewhere the answer is checked.
        if "simple" not in conf.get("core", "auth_manager", fallback="").lower():
            return []
        today = site_clock(self.folder).now().date()
        people = open_site(self.folder).people
        return [
            {"id": each.ui_user, "name": each.name}
            for each in people
            if each.role == self.role and each.ui_user and each.valid_on(today)
        ]

    def _person(self, user: str) -> Person:
        today = site_clock(self.folder).now().date()
        person = open_site(self.folder).person_for(today, ui_user=user)
        if person.role != self.role:
            raise AirflowFailException("この手続きを行う役割ではありません。役割のある方が実行してください。")
        return person


class AskOperator(PersonOperator):
    """Lets the person whose task it is ask for it. Who has started the run by hand has asked by that."""

    ASK, PASS = "依頼する", "見送る"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(options=[self.ASK, self.PASS], **kwargs)

    def execute(self, context: Context) -> Any:
        """Ask, unless somebody has."""
        run = context["dag_run"]
        if run.run_type == "manual" and run.triggering_user_name:
            return {"asked_by": self._person(run.triggering_user_name).name}
        return super().execute(context)

    def answered(self, context: Context, person: Person, choice: str) -> Facts:  # noqa: ARG002 - as the base has it
        """Go on, or skip the rest."""
        if choice == self.PASS:
            raise Nothing("見送られました。")
        return {"asked_by": person.name}


class ApproveOperator(PersonOperator):
    """Writes a person's decision about what an earlier task has asked for into the ledger.

    ``of``: the id of the task that has asked for it (``approval`` among its facts).
    """

    APPROVE, REJECT = "承認", "却下"

    def __init__(self, *, of: str, **kwargs: Any) -> None:
        super().__init__(options=[self.APPROVE, self.REJECT], **kwargs)
        self.of = of

    def execute(self, context: Context) -> Any:
        """Ask, unless it has been decided: on the command line, or before a retry of this task.

        Airflow parks such a task until *its* page is answered; we defer it instead, which that page answers just as
        well, and which also ends when the ledger's row is decided.
        """
        approval_id = self._asked(context)
        decided = self._decided(approval_id)
        if decided is not None:
            return decided
        with suppress(TaskAwaitingInput):
            super().execute(context)
        self.defer(trigger=DecisionTrigger(self.folder, approval_id), method_name="execute_complete")
        return None

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Facts:
        """Take the answer of Airflow's page, or the decision that was made elsewhere.

        Raises AirflowFailException where the time to decide has passed.
        """
        if "chosen_options" in event:
            return super().execute_complete(context, event)
        decided = self._decided(self._asked(context))
        if decided is None:
            raise AirflowFailException("承認の期限が過ぎました。計画を作り直し、申請し直してください。")
        return decided

    def answered(self, context: Context, person: Person, choice: str) -> Facts:
        """Approve or reject. Raises RefusedError (LEDGER-050) by who asked.

        Where it was decided while this task waited, on the page or on the command line, that decision stands.
        """
        from fukuhon.ledger import approvals  # noqa: PLC0415 - dag files stay light

        approval_id = self._asked(context)
        if (decided := self._decided(approval_id)) is not None:
            return decided
        with open_ledger(self.folder).transaction(person.name) as tx:
            if choice == self.APPROVE:
                approvals.approve(tx, approval_id)
            else:
                approvals.reject(tx, approval_id, "画面で却下")
        return self._decided(approval_id) or {}

    def _asked(self, context: Context) -> int:
        return int(context["ti"].xcom_pull(task_ids=self.of)["facts"]["approval"])

    def _decided(self, approval_id: int) -> Facts | None:
        from fukuhon.ledger import approvals  # noqa: PLC0415 - dag files stay light

        with open_ledger(self.folder).reading() as reader:
            found = approvals.get(reader, approval_id)
        if found.state == "rejected":
            raise Nothing("却下されました。")
        return {"approval": approval_id, "approved_by": found.decided_by} if found.state == "approved" else None
