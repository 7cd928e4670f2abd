"""The facts of a reconciliation's report, from its outcome's file and the books."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from fukuhon.calendars import tokyo_day
from fukuhon.errors import DataError
from fukuhon.files import write_bytes
from fukuhon.ledger import Reader, approvals, audit, reconciliations
from fukuhon.reconciliation.desk_work import APPROVAL
from fukuhon.registration.desk import Desk
from fukuhon.reports.quality_report import Judgement
from fukuhon.reports.reconciliation_report import (
    PersonFacts,
    ReconciliationFacts,
    RequestFacts,
    StratumFacts,
    reconciliation_judgement,
    reconciliation_report,
)
from fukuhon.reports.style import Numbers

__all__ = ["reconciliation_facts", "write_reconciliation_report"]

_COUNTS = ("records", "matches", "mismatches", "missing", "lost", "in_flight", "empty", "bound", "bound_by_request")


def write_reconciliation_report(desk: Desk, path: Path, *, plan: str | None = None, outside: bool = False) -> Judgement:
    """Write the report of a plan (by its sha256 or the beginning of it; None: the last one carried out) to ``path``.

    Raises DataError REPORTS-015 where there is no outcome, RetriableError FILES-001, FILES-002.
    """
    facts = reconciliation_facts(desk, plan)
    write_bytes(path, reconciliation_report(facts, outside=outside).encode())
    return reconciliation_judgement(facts, Numbers(outside=outside))


def reconciliation_facts(desk: Desk, plan: str | None = None) -> ReconciliationFacts:
    """All that the report of a plan tells. Raises DataError REPORTS-015 where there is no outcome."""
    outcome = _outcome(desk, plan)
    sha256 = outcome["plan_sha256"]
    at = datetime.fromisoformat(outcome["at"])
    with desk.ledger.reading() as reader:
        rows = reconciliations.find(reader, plan_sha256=sha256)
        people = tuple(_people(reader, sha256, rows))
    return ReconciliationFacts(
        body_name=desk.site.body.name,
        body_code=desk.site.body.code,
        at=at,
        plan_sha256=sha256,
        **{name: outcome[name] for name in _COUNTS},
        strata=tuple(_stratum(desk, at, stratum) for stratum in outcome["strata"]),
        requests=tuple(_request(desk, at, row) for row in rows),
        people=people,
    )


def _outcome(desk: Desk, plan: str | None) -> dict[str, Any]:
    found = []
    for path in desk.folder("collations").glob("outcome-*.json"):
        body: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if plan is None or body["plan_sha256"].startswith(plan):
            found.append(body)
    if not found:
        raise DataError("REPORTS-015", plan=plan or "―")
    return max(found, key=lambda body: datetime.fromisoformat(body["at"]))


def _name(desk: Desk, dataset: str, at: datetime) -> str:
    return desk.packs.in_force(dataset, tokyo_day(at)).name


def _stratum(desk: Desk, at: datetime, stratum: dict[str, Any]) -> StratumFacts:
    return StratumFacts(**{**stratum, "dataset": _name(desk, stratum["dataset"], at)})


def _request(desk: Desk, at: datetime, row: reconciliations.Reconciliation) -> RequestFacts:
    return RequestFacts(
        row.number, _name(desk, row.dataset, at), row.minute, row.state, row.expected or 0, row.records, row.mismatches
    )


def _people(reader: Reader, sha256: str, rows: Sequence[reconciliations.Reconciliation]) -> list[PersonFacts]:
    """Who asked for the plan and approved it, and by which accounts the requests were made, ordered and released."""
    asked = [approval for approval in approvals.find(reader, kind=APPROVAL) if approval.sha256 == sha256]
    found = [PersonFacts("計画の申請", each.asked_by, each.asked_at) for each in asked]
    found += [
        PersonFacts("計画の承認", e.decided_by, e.decided_at) for e in asked if e.decided_by and e.state == "approved"
    ]
    for duty, account in (("突合用ファイルの出力依頼", "asked_by"), ("出力の指示と情報提供の許可", "released_by")):
        users = {getattr(row, account) for row in rows} - {None}
        first = min((row.asked_at for row in rows if row.asked_at), default=None)
        found += [PersonFacts(duty, f"ユーザID {user}", first) for user in sorted(users)]
    actors = {line.actor for row in rows for line in audit.lines(reader, subject=f"reconciliations:{row.id}")}
    done = max((row.ended_at for row in rows if row.ended_at), default=None)
    operators = sorted(actors - {each.asked_by for each in asked})
    return found + [PersonFacts("操作した人または機械", actor, done) for actor in operators]
