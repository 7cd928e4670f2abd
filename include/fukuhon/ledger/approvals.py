"""What needs two people: who asked, who approved (never the same), of what exactly (sha256), until when, how often."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from fukuhon.errors import FatalError, RefusedError
from fukuhon.ledger import schema
from fukuhon.ledger.transactions import Event, Reader, Tx

__all__ = ["Approval", "NewApproval", "approve", "ask", "digest", "find", "get", "reject", "require", "use"]

_t = schema.approvals


@dataclass(frozen=True, slots=True, kw_only=True)
class NewApproval:
    """What is to be approved: exactly which content (sha256), until when, and how often the approval may be used."""

    kind: str
    subject: str
    sha256: str
    valid_until: datetime
    budget: int = 1
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """An approval as the ledger has it, asked for or decided."""

    id: int
    kind: str
    subject: str
    sha256: str
    state: Literal["asked", "approved", "rejected"]
    asked_by: str
    asked_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    valid_until: datetime
    budget: int
    used: int
    reason: str | None


def digest(content: str | bytes) -> str:
    """The sha256 of what is to be approved."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def ask(tx: Tx, new: NewApproval) -> Approval:
    """Ask for an approval as the transaction's actor.

    The same question by the same person while one is open is that question.
    """
    same = [_t.c.kind == new.kind, _t.c.sha256 == new.sha256, _t.c.state == "asked", _t.c.asked_by == tx.actor]
    found = tx.load_one(Approval, sa.select(_t).where(*same, _t.c.valid_until > tx.now))
    if found is not None:
        return found
    values = {**asdict(new), "state": "asked", "asked_by": tx.actor, "asked_at": tx.now}
    detail = {"kind": new.kind, "sha256": new.sha256, "budget": new.budget, "valid_until": new.valid_until}
    return get(tx, tx.insert(_t, values, "approval.asked", detail))


def approve(tx: Tx, approval_id: int) -> Approval:
    """Approve as the transaction's actor.

    Raises RefusedError: LEDGER-050 by who asked, LEDGER-051 once decided, LEDGER-052 too late.
    """
    return _decide(tx, approval_id, "approved", None)


def reject(tx: Tx, approval_id: int, reason: str) -> Approval:
    """Reject as the transaction's actor, with a reason. Raises RefusedError as ``approve`` does."""
    return _decide(tx, approval_id, "rejected", reason)


def _decide(tx: Tx, approval_id: int, state: Literal["approved", "rejected"], reason: str | None) -> Approval:
    asked = get(tx, approval_id)
    if asked.asked_by == tx.actor:
        raise RefusedError("LEDGER-050", id=approval_id)
    if asked.state != "asked":
        raise RefusedError("LEDGER-051", id=approval_id)
    if tx.now >= asked.valid_until:
        raise RefusedError("LEDGER-052", id=approval_id)
    values: dict[str, object] = {"state": state, "decided_by": tx.actor, "decided_at": tx.now}
    if reason is not None:
        values["reason"] = reason
    tx.record(
        Event(f"approval.{state}", f"approvals:{approval_id}", {"kind": asked.kind}),
        sa.update(_t).where(_t.c.id == approval_id).values(**values),
    )
    return get(tx, approval_id)


def require(reader: Reader, kind: str, sha256: str, now: datetime | None = None) -> Approval:
    """The approval of exactly this content that is in force and has uses left.

    ``now`` may be left out in a transaction.

    Raises RefusedError (LEDGER-053) where there is none.
    """
    at = reader.now if isinstance(reader, Tx) else now
    if at is None:
        raise ValueError("a reader without a transaction needs the instant")
    query = sa.select(_t).where(
        _t.c.kind == kind, _t.c.sha256 == sha256, _t.c.state == "approved", _t.c.used < _t.c.budget
    )
    found = reader.load_one(Approval, query.where(_t.c.valid_until > at).order_by(_t.c.id))
    if found is None:
        raise RefusedError("LEDGER-053", kind=kind)
    return found


def use(tx: Tx, kind: str, sha256: str) -> Approval:
    """Use the approval once. Raises RefusedError (LEDGER-053) where there is none, or nothing of it is left."""
    found = require(tx, kind, sha256)
    change = sa.update(_t).where(_t.c.id == found.id).values(used=_t.c.used + 1)
    tx.record(Event("approval.used", f"approvals:{found.id}", {"kind": kind}), change)
    return get(tx, found.id)


def get(reader: Reader, approval_id: int) -> Approval:
    """One approval. Raises FatalError (LEDGER-011) when there is none."""
    found = reader.load_one(Approval, sa.select(_t).where(_t.c.id == approval_id))
    if found is None:
        raise FatalError("LEDGER-011", what="approval", id=approval_id)
    return found


def find(reader: Reader, *, state: str | None = None, kind: str | None = None) -> Sequence[Approval]:
    """The approvals that match all that is given, in the order in which they were asked for."""
    query = sa.select(_t).order_by(_t.c.id)
    for column, value in ((_t.c.state, state), (_t.c.kind, kind)):
        if value is not None:
            query = query.where(column == value)
    return reader.load(Approval, query)
