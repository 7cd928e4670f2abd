"""突合 as two people do it: a plan that one asks for and another approves, then request after request within it.

The plan with its keys lies in a private file; the books and everything that is shown know keyed hashes. Approval is of
the whole plan, by its sha256, with a budget of requests (DESIGN §3.15, §3.16).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa

from fukuhon.calendars import tokyo_day
from fukuhon.errors import FatalError, RefusedError
from fukuhon.files import Fingerprints, read_collation, write_bytes
from fukuhon.ledger import FileState, approvals, files, reconciliations
from fukuhon.reconciliation.comparing import Comparison, compare, confirm
from fukuhon.reconciliation.minutes import (
    COLLATION_MANAGER,
    COLLATION_REQUESTER,
    Actor,
    MatchingRequest,
    Phase,
    rule_on,
)
from fukuhon.reconciliation.outcome import Outcome, sum_up
from fukuhon.reconciliation.planning import KeyRule, Plan, PlannedRequest, Question, make_plan, read_plan
from fukuhon.reconciliation.timing import Span, spans
from fukuhon.records import Holdings
from fukuhon.registration.books import accepted_files, holdings
from fukuhon.registration.desk import Desk
from fukuhon.registration.summary import Summary
from fukuhon.server import CollationRequest
from fukuhon.site import Account

__all__ = ["APPROVAL", "carry_out", "plan"]

APPROVAL = "collation_plan"
_SECOND_LOOKS = 5
_VALID = timedelta(days=7)
_OPERATION = date(2017, 7, 1)
_TO_RECONCILE = frozenset({FileState.PROCESSED, FileState.PROCESSED_WITH_ERRORS})


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

    Begun again after a break, each request goes on from where it stood, and the outcome is of them all.

    Raises RefusedError LEDGER-053 without an approval in force, RECONCILIATION-011 where a request may not be made, and
    FatalError RECONCILIATION-012 where the plan's file is not the plan that was approved.
    """
    path = _plan_path(desk, plan_sha256)
    made = read_plan(path.read_bytes())
    if made.sha256 != plan_sha256:
        raise FatalError("RECONCILIATION-012", plan=plan_sha256[:16])
    with desk.ledger.reading() as reader:
        accepted = accepted_files(reader)
        rows = {(r.dataset, r.key_hash, r.minute): r for r in reconciliations.find(reader, plan_sha256=plan_sha256)}
    with holdings(desk) as held:
        work = _Work(desk, held, spans(accepted))
        for request in made.requests:
            row = rows[request.dataset, request.key_hash, request.minute]
            if row.state != "failed":
                work.one(request, row, plan_sha256)
        outcome = sum_up(work.done, held.counts())
    return _conclude(desk, made, outcome, work)


@dataclass
class _Work:
    """The requests of a plan, one after the other."""

    desk: Desk
    held: Holdings
    spans: Sequence[Span]

    def __post_init__(self) -> None:
        accounts = self.desk.site.server.accounts
        self.requester, self.manager = _user(accounts.collation_requester), _user(accounts.collation_manager)
        self.done: list[Comparison] = []
        self.lost = 0
        self.open = 0

    def one(self, request: PlannedRequest, row: reconciliations.Reconciliation, sha256: str) -> None:
        """One request, from where it stands to what it showed; nothing is asked for twice."""
        collation = self.desk.collation
        if row.state == "planned":
            row = self._ask(request, row, sha256)
        number = row.number or ""
        if row.state == "asked":
            collation.order(number)
            row = self._move(row.id, "ordered")
        if row.state == "ordered":
            collation.release(number)
            row = self._move(row.id, "released", released_by=self.manager)
        if row.state == "released":
            path = collation.fetch(number, self.desk.folder("collations"))
            row = self._move(row.id, "fetched", path=str(path))
        found = self._compare(request, Path(row.path or ""))
        if row.state == "fetched":
            self._move(row.id, "compared", records=found.returned, mismatches=found.mismatches)
        self.done.append(found)

    def _ask(
        self, request: PlannedRequest, row: reconciliations.Reconciliation, sha256: str
    ) -> reconciliations.Reconciliation:
        self._may(request)
        with self.desk.ledger.transaction(self.desk.actor) as tx:
            approvals.use(tx, APPROVAL, sha256)
        case = self.desk.collation.ask(
            CollationRequest(request.spi, request.dataset, request.key, self.requester, request.minute, request.version)
        )
        return self._move(row.id, "asked", number=case.number, asked_by=self.requester)

    def _compare(self, request: PlannedRequest, path: Path) -> Comparison:
        body, spi, dataset = self.desk.site.body.code, request.spi, request.dataset
        with Fingerprints(self.desk.site.hash_key(), body, spi, dataset) as fingerprints:
            layout = self.desk.packs.in_force(dataset, tokyo_day(self.desk.now()))
            found = compare(read_collation(path, layout.item_codes), request, self.held, self.spans, fingerprints)
            self._look_again(found, spi)
        return found

    def _may(self, request: PlannedRequest) -> None:
        span = next(s for s in self.spans if s.start.replace(second=0, microsecond=0) <= request.minute <= s.end)
        phase = Phase.INITIAL if tokyo_day(self.desk.now()) < _OPERATION else Phase.OPERATION
        manager = Actor(self.manager, COLLATION_MANAGER)
        asked = MatchingRequest(
            spi=request.spi,
            dataset=request.dataset,
            key=request.key,
            first=request.minute,
            last=request.minute,
            received=span.start,
            completed=span.end,
            asked=Actor(self.requester, COLLATION_REQUESTER),
            ordered=manager,
            released=manager,
            phase=phase,
        )
        ruling = rule_on(asked)
        if not ruling.allowed:
            raise RefusedError("RECONCILIATION-011", reason=ruling.reason)

    def _look_again(self, found: Comparison, spi: str) -> None:
        """Search for records that were missing in their minute before any is called lost.

        For a few only: each is a request to the server, and many missing ones are more likely processed elsewhere.
        """
        missing = found.findings.filter(pa.compute.equal(found.findings["class"], "missing")).slice(0, _SECOND_LOOKS)
        looked = {
            identity: bool(self.desk.server.record(addressee, spi, found.dataset, key))
            for identity, addressee, key in zip(
                missing["identity_hash"].to_pylist(),
                missing["addressee"].to_pylist(),
                missing["record_key"].to_pylist(),
                strict=True,
            )
        }
        confirmed = confirm(found, looked)
        self.lost += len(confirmed.lost)
        self.open += confirmed.open

    def _move(self, row: int, to: reconciliations.State, **facts: object) -> reconciliations.Reconciliation:
        with self.desk.ledger.transaction(self.desk.actor) as tx:
            return reconciliations.move(tx, row, to, **facts)


def _user(account: Account | None) -> str:
    assert account is not None, "the collation adapter has asked for it before"
    return account.user


def _conclude(desk: Desk, made: Plan, outcome: Outcome, work: _Work) -> Summary:
    """Keep the outcome for reports; where nothing is wrong, lost or open, the files behind the state are reconciled."""
    looked = {"lost": work.lost, "open": work.open, "plan_sha256": made.sha256, "at": desk.now().isoformat()}
    body = outcome.as_json() | looked
    path = desk.folder("collations") / f"outcome-{made.sha256[:16]}.json"
    write_bytes(path, json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True).encode())
    if outcome.records and not (outcome.mismatches or work.lost or work.open):
        with desk.ledger.transaction(desk.actor) as tx:
            for file in files.find(tx, state=_TO_RECONCILE):
                files.move(tx, file.id, FileState.RECONCILED)
    told = ("requests", "records", "matches", "mismatches", "missing", "empty", "lost", "open")
    counts = {name: body[name] for name in told}
    return Summary("reconcile", counts=counts, facts={"bound": outcome.bound, "plan_sha256": made.sha256})
