"""Airflow's steps that wait for a person, as the pages see them: the one file that knows how Airflow keeps them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

__all__ = ["Step", "of_user", "waiting"]

_MOST = 200


@dataclass(frozen=True, slots=True)
class Step:
    """A question that nobody has answered yet."""

    subject: str
    since: datetime


def waiting(dag_ids: Iterable[str], user_id: str) -> list[Step]:
    """The open steps of these dags that ``user_id`` is asked to answer, the oldest first."""
    from airflow.models.hitl import HITLDetail  # noqa: PLC0415 - loaded with the first page
    from airflow.models.taskinstance import TaskInstance  # noqa: PLC0415 - the same
    from airflow.utils.session import create_session  # noqa: PLC0415 - the same

    query = (
        select(HITLDetail.subject, HITLDetail.created_at, HITLDetail.assignees)
        .join(TaskInstance, TaskInstance.id == HITLDetail.ti_id)
        .where(HITLDetail.responded_at.is_(None), TaskInstance.dag_id.in_(list(dag_ids)))
        .where(TaskInstance.state.in_(("awaiting_input", "deferred")))
        .order_by(HITLDetail.created_at)
        .limit(_MOST)
    )
    with create_session() as session:
        return of_user(session.execute(query).all(), user_id)


def of_user(rows: Iterable[Any], user_id: str) -> list[Step]:
    """Those that name the user; one that names nobody is everybody's."""
    return [
        Step(row.subject, row.created_at)
        for row in rows
        if not row.assignees or user_id in {each["id"] for each in row.assignees}
    ]
