"""The requests of an approved plan: asked, ordered, released, fetched, compared, each from where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from fukuhon.calendars import tokyo_day
from fukuhon.errors import DataError, RefusedError, RetriableError
from fukuhon.files import Fingerprints, read_collation
from fukuhon.ledger import approvals, reconciliations
from fukuhon.reconciliation.comparing import Comparison, compare, confirm
from fukuhon.reconciliation.minutes import (
    COLLATION_MANAGER,
    COLLATION_REQUESTER,
    Actor,
    MatchingRequest,
    Phase,
    rule_on,
)
from fukuhon.reconciliation.planning import PlannedRequest
from fukuhon.reconciliation.timing import Span
from fukuhon.records import Holdings
from fukuhon.registration.desk import Desk
from fukuhon.server import NOT_ARRIVED, CollationRequest
from fukuhon.site import Account

__all__ = ["APPROVAL", "Asking"]

APPROVAL = "collation_plan"
_SECOND_LOOKS = 5
_OPERATION = date(2017, 7, 1)


@dataclass
class Asking:
    """The requests of a plan, one after the other."""

    desk: Desk
    held: Holdings
    spans: Sequence[Span]

    def __post_init__(self) -> None:
        accounts = self.desk.site.server.accounts
        self.requester, self.manager = _user(accounts.collation_requester), _user(accounts.collation_manager)
        self.done: list[Comparison] = []
        self.waiting: list[reconciliations.Reconciliation] = []
        self.wrong: list[DataError] = []
        self.lost = 0
        self.open = 0

    def one(self, request: PlannedRequest, row: reconciliations.Reconciliation, sha256: str) -> None:
        """One request, from where it stands to what it showed; nothing is asked for twice.

        What people at the terminal have not brought yet is ``waiting``; a file that is not the answer is told at the
        end, so that it holds up no other request.
        """
        try:
            row, path = self._fetched(request, row, sha256)
        except DataError as error:
            self.wrong.append(error)
            return
        if path is None:
            self.waiting.append(row)
            return
        found = self._compare(request, path)
        if row.state == "fetched":
            self._move(row.id, "compared", records=found.returned, mismatches=found.mismatches)
        self.done.append(found)

    def _fetched(
        self, request: PlannedRequest, row: reconciliations.Reconciliation, sha256: str
    ) -> tuple[reconciliations.Reconciliation, Path | None]:
        """The request as far as it comes, and its file; None while a person has still to bring it."""
        collation = self.desk.collation
        if row.state == "planned":
            row = self._ask(request, row, sha256)
        number = row.number or ""
        if row.state == "asked":
            if collation.order(number).state == "asked":  # nobody has ordered it: that is done at the terminal
                return row, None
            row = self._move(row.id, "ordered")
        if row.state == "ordered":
            collation.release(number)
            row = self._move(row.id, "released", released_by=self.manager)
        if row.state == "released":
            try:
                path = collation.fetch(number, self.desk.folder("collations"))
            except (RefusedError, RetriableError) as error:
                if error.code not in NOT_ARRIVED:
                    raise
                return row, None
            row = self._move(row.id, "fetched", path=str(path))
        return row, Path(row.path or "")

    def _ask(
        self, request: PlannedRequest, row: reconciliations.Reconciliation, sha256: str
    ) -> reconciliations.Reconciliation:
        """Ask, and use the approval up only with what was asked: a break between the two costs no request."""
        self._may(request)
        with self.desk.ledger.reading() as reader:
            approvals.require(reader, APPROVAL, sha256, self.desk.now())
        case = self.desk.collation.ask(
            CollationRequest(request.spi, request.dataset, request.key, self.requester, request.minute, request.version)
        )
        with self.desk.ledger.transaction(self.desk.actor) as tx:
            approvals.use(tx, APPROVAL, sha256)
            return reconciliations.move(tx, row.id, "asked", number=case.number, asked_by=self.requester)

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
