"""``fukuhon approvals``, ``approve`` and ``reject``: what needs two people (DESIGN §3.15).

Who asked never decides; who decides holds the role that the matter needs. Airflow's page writes the same rows.
"""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from fukuhon.commands.acting import at_desk, decider
from fukuhon.commands.matters import MATTERS, deciders
from fukuhon.commands.options import HERE, AsJson, SiteFolder
from fukuhon.commands.telling import finish, table

if TYPE_CHECKING:
    from fukuhon.ledger.approvals import Approval

__all__ = ["approvals", "approve", "reject"]

_STATES = {"asked": "承認待ち", "approved": "承認", "rejected": "却下"}

Number = Annotated[int, typer.Argument(metavar="番号", help="申請の番号（「fukuhon approvals」で分かる）。")]


def approvals(
    *,
    everything: Annotated[
        bool, typer.Option("--all", metavar="", help="承認待ちだけでなく、済んだものも出す。")
    ] = False,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Tell what waits for a decision."""
    from fukuhon.ledger import approvals as books

    with at_desk(site, reads=True) as desk, desk.ledger.reading() as reader:
        found = books.find(reader, state=None if everything else "asked")
    if not found:
        finish({"approvals": []}, lambda console: console.print("承認待ちの申請はありません。"), as_json=as_json)
        return
    finish({"approvals": found}, lambda console: console.print(_listed(found)), as_json=as_json)


def approve(number: Number, *, site: SiteFolder = HERE, as_json: AsJson = False) -> None:
    """Approve as the person whom the operating system's user is."""
    from fukuhon.ledger import approvals as books

    with at_desk(site) as desk:
        with desk.ledger.reading() as reader:
            asked = books.get(reader, number)
        person = decider(desk, *deciders(asked.kind))
        with desk.ledger.transaction(person.name) as tx:
            decided = books.approve(tx, number)
    _told(decided, as_json=as_json)


def reject(
    number: Number,
    *,
    reason: Annotated[str, typer.Option("--reason", metavar="理由", help="なぜ却下するか（個人の値は書かない）。")],
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Reject, with a reason."""
    from fukuhon.ledger import approvals as books

    with at_desk(site) as desk:
        with desk.ledger.reading() as reader:
            asked = books.get(reader, number)
        person = decider(desk, *deciders(asked.kind))
        with desk.ledger.transaction(person.name) as tx:
            decided = books.reject(tx, number, reason)
    _told(decided, as_json=as_json)


def _told(decided: Approval, *, as_json: bool) -> None:
    text = f"申請 {decided.id}（{MATTERS.get(decided.kind, decided.kind)}）：{_STATES[decided.state]}"
    finish({"approval": decided}, lambda console: console.print(text), as_json=as_json)


def _listed(found: Sequence[Approval]) -> object:
    rows = [
        (str(a.id), MATTERS.get(a.kind, a.kind), a.subject, _STATES[a.state], a.asked_by, a.asked_at, a.valid_until)
        for a in found
    ]
    return table(("番号", "事項", "内容", "状態", "申請者", "申請日時", "期限"), rows)
