"""突合 as two people do it: a plan that one asks for and another approves, then request after request within it.

The plan with its keys lies in a private file; the books and everything that is shown know keyed hashes. Approval is of
the whole plan, by its sha256, with a budget of requests (DESIGN §3.15, §3.16).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from fukuhon.calendars import tokyo_day
from fukuhon.errors import FatalError, RefusedError
from fukuhon.files import write_bytes
from fukuhon.ledger import FileState, Reader, approvals, files, reconciliations
from fukuhon.reconciliation.asking import APPROVAL, Asking
from fukuhon.reconciliation.outcome import Outcome, sum_up
from fukuhon.reconciliation.planning import KeyRule, Plan, PlannedRequest, Question, make_plan, read_plan
from fukuhon.reconciliation.timing import spans
from fukuhon.registration.books import accepted_files, holdings
from fukuhon.registration.desk import Desk
from fukuhon.registration.summary import Summary
from fukuhon.server import WorksheetCollation
from fukuhon.site import Site

__all__ = ["APPROVAL", "Awaited", "all_brought", "awaited", "carry_out", "plan"]

_VALID = timedelta(days=7)
_TO_RECONCILE = frozenset({FileState.PROCESSED, FileState.PROCESSED_WITH_ERRORS})
_UNDER_WAY = frozenset({"asked", "ordered", "released", "fetched"})


def plan(desk: Desk) -> Summary:
    """Draw a plan within what is left of today's budget, write it down, and ask for its approval.

    Raises RefusedError: RECONCILIATION-001 where nothing can be asked, RECONCILIATION-010 where today's budget is
    spent.
    """
    now = desk.now()
    with desk.ledger.reading() as reader:
        budget = desk.site.limits.collations_per_day - reconciliations.asked_on(reader, tokyo_day(now))
        asked = {(r.dataset, r.key_hash, r.minute) for r in reconciliations.find(reader)}
        accepted = accepted_files(reader)
    if budget <= 0:
        raise RefusedError("RECONCILIATION-010", budget=desk.site.limits.collations_per_day)
    with holdings(desk) as held:
        question = Question(
            state=held.state(),
            spans=spans(accepted),
            rules={dataset.code: _rule(desk, dataset.code) for dataset in desk.site.datasets()},
            budget=budget,
            seed=f"{desk.site.body.code}{now:%Y%m%d}",
            key=desk.site.hash_key(),
            asked=asked,
        )
        made = make_plan(question)
    write_bytes(_plan_path(desk, made.sha256), made.to_bytes())
    with desk.ledger.transaction(desk.actor) as tx:
        for request in made.requests:
            reconciliations.add(tx, _written(request, made.sha256))
        new = approvals.NewApproval(
            kind=APPROVAL,
            subject=f"突合計画 {len(made.requests)}件",
            sha256=made.sha256,
            valid_until=now + _VALID,
            budget=len(made.requests),
        )
        approval = approvals.ask(tx, new)
    facts = {"plan_sha256": made.sha256, "approval": approval.id, "bound": made.bound, "asked_by": approval.asked_by}
    return Summary("plan_reconciliation", counts={"requests": len(made.requests)}, facts=facts)


def _rule(desk: Desk, dataset: str) -> KeyRule:
    layout = desk.packs.in_force(dataset, tokyo_day(desk.now()))
    return KeyRule(layout.spi, layout.record_key.unique_within == "body")


def _written(request: PlannedRequest, sha256: str) -> reconciliations.NewReconciliation:
    return reconciliations.NewReconciliation(
        plan_sha256=sha256,
        spi=request.spi,
        dataset=request.dataset,
        key_hash=request.key_hash,
        minute=request.minute,
        expected=request.expected,
    )


def _plan_path(desk: Desk, sha256: str) -> Path:
    return desk.folder("collations") / f"plan-{sha256[:16]}.json"


def carry_out(desk: Desk, plan_sha256: str) -> Summary:
    """Ask for, order, release, fetch and compare what the approved plan names.

    Begun again after a break, each request goes on from where it stood, and the outcome is of them all. What people at
    the terminal have still to bring is counted as ``waiting``: called again, only that is looked for.

    Raises RefusedError LEDGER-053 without an approval in force, RECONCILIATION-011 where a request may not be made, and
    FatalError RECONCILIATION-012 where the plan's file is not the plan that was approved. A file that does not answer
    its request raises its DataError (SERVER-003, -043, -044) once all the others are done.
    """
    path = _plan_path(desk, plan_sha256)
    made = read_plan(path.read_bytes())
    if made.sha256 != plan_sha256:
        raise FatalError("RECONCILIATION-012", plan=plan_sha256[:16])
    with desk.ledger.reading() as reader:
        accepted = accepted_files(reader)
        rows = {(r.dataset, r.key_hash, r.minute): r for r in reconciliations.find(reader, plan_sha256=plan_sha256)}
    with holdings(desk) as held:
        work = Asking(desk, held, spans(accepted))
        for request in made.requests:
            row = rows[request.dataset, request.key_hash, request.minute]
            if row.state != "failed":
                work.one(request, row, plan_sha256)
        outcome = sum_up(work.done, held.counts())
    told = _conclude(desk, made, outcome, work)
    if work.wrong:
        raise work.wrong[0]
    return told


def _conclude(desk: Desk, made: Plan, outcome: Outcome, work: Asking) -> Summary:
    """Keep the outcome for reports; where nothing is wrong, lost or open, the files behind the state are reconciled."""
    missing = len(work.waiting) + len(work.wrong)
    looked = {"lost": work.lost, "open": work.open, "waiting": missing}
    body = outcome.as_json() | looked | {"plan_sha256": made.sha256, "at": desk.now().isoformat()}
    path = desk.folder("collations") / f"outcome-{made.sha256[:16]}.json"
    write_bytes(path, json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True).encode())
    if outcome.records and not (outcome.mismatches or work.lost or work.open or missing):
        with desk.ledger.transaction(desk.actor) as tx:
            for file in files.find(tx, state=_TO_RECONCILE):
                files.move(tx, file.id, FileState.RECONCILED)
    told = ("requests", "records", "matches", "mismatches", "missing", "empty", "lost", "open", "waiting")
    facts: dict[str, object] = {"bound": outcome.bound, "plan_sha256": made.sha256}
    if oldest := _oldest(work.waiting):
        facts |= {"waiting_since": oldest.isoformat(), "sheet": str(desk.site.work / "terminal" / "collation")}
    return Summary("reconcile", counts={name: body[name] for name in told}, facts=facts)


def _oldest(rows: Iterable[reconciliations.Reconciliation]) -> datetime | None:
    return min((row.asked_at for row in rows if row.asked_at), default=None)


@dataclass(frozen=True, slots=True)
class Awaited:
    """The requests of a plan that were asked and have no answer: their numbers, and since when the oldest waits."""

    plan_sha256: str
    numbers: tuple[str, ...]
    since: datetime


def awaited(reader: Reader) -> list[Awaited]:
    """What waits for people at the terminal, or for 突合 that was broken off to go on; by plan, the oldest first."""
    plans: dict[str, list[reconciliations.Reconciliation]] = {}
    for row in reconciliations.find(reader):
        if row.state in _UNDER_WAY:
            plans.setdefault(row.plan_sha256, []).append(row)
    found = [
        Awaited(sha256, tuple(row.number or "" for row in rows), since)
        for sha256, rows in plans.items()
        if (since := _oldest(rows))
    ]
    return sorted(found, key=lambda each: each.since)


def all_brought(site: Site, reader: Reader, plan_sha256: str) -> bool:
    """Whether people at the terminal have brought every file that a plan waits for; looks only, takes nothing."""
    account = site.server.accounts.collation_manager
    terminal = WorksheetCollation.of(site, account.user if account else "")
    numbers = (number for each in awaited(reader) if each.plan_sha256 == plan_sha256 for number in each.numbers)
    return all(terminal.has_arrived(number) for number in numbers if terminal.is_mine(number))
