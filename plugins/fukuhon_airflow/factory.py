"""One set of dags for each site: what all of them have in common is said here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal

from airflow.sdk import DAG

from fukuhon_airflow.sites import Duty, SiteFolder

__all__ = ["OWNER", "UPLOAD_POOL", "RunType", "Tag", "duty_dag"]

OWNER = "業務担当者"
UPLOAD_POOL = "upload"
"""One slot, deferred tasks counted: the queue that officers see. The lock is the sender's lease."""

# Before every occasion of any site; what bounds the runs is each timetable's own list.
_FIRST = datetime(2015, 1, 1, tzinfo=UTC)

RunType = Literal["manual", "scheduled", "backfill", "asset_triggered"]


class Tag(StrEnum):
    """The tags by which officers find their dags."""

    CHECK = "点検"
    PREPARE = "準備"
    SEND = "送信"
    CONFIRM = "結果確認"
    RECONCILE = "突合"
    REPORT = "報告"
    BY_HAND = "手動"


def duty_dag(  # noqa: PLR0913 - each says something that differs between dags
    site: SiteFolder,
    duty: Duty,
    *,
    title: str,
    doc: str,
    tags: Iterable[Tag],
    runs: Iterable[RunType],
    schedule: Any = None,
    params: dict[str, Any] | None = None,
) -> DAG:
    """A dag of one duty of one site: ASCII id, Japanese name and explanation, one run at a time.

    ``runs``: the kinds of run that are allowed.
    """
    from airflow.sdk.api.datamodels._generated import DagRunType  # noqa: PLC0415 - the SDK exports no other name

    return DAG(
        dag_id=site.dag_id(duty),
        dag_display_name=site.display(title),
        doc_md=doc,
        tags=[*tags],
        schedule=schedule,
        start_date=_FIRST,
        catchup=True,
        max_active_runs=1,
        allowed_run_types=[DagRunType(kind) for kind in runs],
        default_args={"owner": OWNER},
        is_paused_upon_creation=False,
        params=params,
    )
