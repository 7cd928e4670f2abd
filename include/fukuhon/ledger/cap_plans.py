"""Plans above the daily cap: on which days how many records may go, by which notice of J-LIS (seed 2.1.1).

A plan says what an approval is about; it holds only while its approval does, on its days and up to its count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from fukuhon.ledger import approvals, schema
from fukuhon.ledger.approvals import Approval
from fukuhon.ledger.transactions import Reader, Tx

__all__ = ["APPROVAL", "CapPlan", "NewCapPlan", "agreed", "ask", "find"]

APPROVAL = "cap_plan"
"""The kind of its approvals."""

_p, _a = schema.cap_plans, schema.approvals
_SHOWN_DAYS = 3


@dataclass(frozen=True, slots=True)
class NewCapPlan:
    """What is asked for: the notice's name or number, the days it names, the records that each of them may take."""

    notice: str
    days: tuple[date, ...]
    records: int

    @property
    def sha256(self) -> str:
        """What the approval is bound to."""
        return approvals.digest("\n".join((self.notice, self._written(), str(self.records))))

    def _written(self) -> str:
        return ",".join(day.isoformat() for day in sorted(self.days))

    def subject(self) -> str:
        """In words, for whoever decides."""
        days = [f"{day:%Y-%m-%d}" for day in sorted(self.days)]
        shown = "、".join(days[:_SHOWN_DAYS]) + ("ほか" if len(days) > _SHOWN_DAYS else "")
        return f"{self.notice}：{shown}（{len(days)}日）に1日{self.records:,}件まで"

    def row(self) -> dict[str, object]:
        """As the table has it."""
        return {"sha256": self.sha256, "notice": self.notice, "days": self._written(), "records": self.records}


@dataclass(frozen=True, slots=True)
class CapPlan:
    """A plan as the ledger has it, with its last approval: asked for, approved or rejected."""

    id: int
    notice: str
    days: tuple[date, ...]
    records: int
    approval: Approval


def ask(tx: Tx, new: NewCapPlan, valid_until: datetime) -> CapPlan:
    """Write a plan down and ask for its approval as the transaction's actor; the same plan again is that plan.

    ``valid_until``: until when somebody may decide about it, the end of its last day.
    """
    if tx.row(sa.select(_p.c.id).where(_p.c.sha256 == new.sha256)) is None:
        tx.insert(_p, new.row(), "cap_plan.written", {"sha256": new.sha256, "records": new.records})
    latest = _approvals(tx, new.sha256)
    if not any(one.state == "approved" for one in latest):
        question = approvals.NewApproval(
            kind=APPROVAL, subject=new.subject(), sha256=new.sha256, valid_until=valid_until
        )
        approvals.ask(tx, question)
    return next(plan for plan in find(tx) if plan.approval.sha256 == new.sha256)


def find(reader: Reader) -> list[CapPlan]:
    """All plans in the order in which they were written."""
    found = []
    for row in reader.rows(sa.select(_p).order_by(_p.c.id)):
        asked = _approvals(reader, row.sha256)
        decided = [one for one in asked if one.state == "approved"] or asked
        found.append(CapPlan(row.id, row.notice, _days(row.days), int(row.records), decided[-1]))
    return found


def agreed(reader: Reader) -> dict[date, int]:
    """Records a day by the approved plans, day by day; of two plans for a day the greater one holds."""
    most: dict[date, int] = {}
    for plan in find(reader):
        if plan.approval.state == "approved":
            most |= {day: max(plan.records, most.get(day, 0)) for day in plan.days}
    return most


def _approvals(reader: Reader, sha256: str) -> Sequence[Approval]:
    return reader.load(Approval, sa.select(_a).where(_a.c.kind == APPROVAL, _a.c.sha256 == sha256).order_by(_a.c.id))


def _days(text: str) -> tuple[date, ...]:
    return tuple(date.fromisoformat(day) for day in text.split(","))
