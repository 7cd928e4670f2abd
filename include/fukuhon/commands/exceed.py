"""``fukuhon exceed``: plans above the daily cap, by a notice of J-LIS; one person asks, another approves."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from fukuhon.commands.acting import at_desk, decider
from fukuhon.commands.group import Verb
from fukuhon.commands.options import HERE, AsJson, SiteFolder
from fukuhon.commands.telling import finish, table

if TYPE_CHECKING:
    from rich.console import Console

    from fukuhon.ledger.cap_plans import CapPlan
    from fukuhon.registration.summary import Summary

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="1日の登録上限（5%）を超える日の計画（要領 2.1.1）。")
_STATES = {"asked": "承認待ち", "approved": "承認", "rejected": "却下"}


@app.command(cls=Verb, name="ask", help="通知された日程の計画を書き、承認を申請する。")
def ask(
    *,
    notice: Annotated[str, typer.Option("--notice", metavar="通知", help="J-LISの通知の名称又は番号。")],
    day: Annotated[
        list[str], typer.Option("--day", metavar="年月日", help="通知された日（2017-06-06）。何度でも書ける。")
    ],
    records: Annotated[int, typer.Option("--records", metavar="件数", min=1, help="それぞれの日に送れる件数。")],
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Ask for a plan as the person whom the operating system's user is."""
    from fukuhon.calendars import parse_day
    from fukuhon.registration import exceeding

    days = [parse_day(each) for each in day]
    with at_desk(site) as desk:
        desk.actor = decider(desk).name
        made = exceeding.ask(desk, notice, days, records)
    finish(made.as_json(), lambda console: _asked(console, made), as_json=as_json)


@app.command(cls=Verb, name="list", help="上限を超える日の計画の一覧。")
def list_(*, site: SiteFolder = HERE, as_json: AsJson = False) -> None:
    """List the plans with their approvals."""
    from fukuhon.ledger import cap_plans

    with at_desk(site, reads=True) as desk, desk.ledger.reading() as reader:
        found = cap_plans.find(reader)
    finish(
        {"plans": found},
        lambda console: console.print(_listed(found) if found else "上限を超える日の計画はありません。"),
        as_json=as_json,
    )


def _asked(console: Console, made: Summary) -> None:
    facts = made.facts
    console.print(f"{facts['notice']}：{made.counts['days']}日、1日{made.counts['records']:,}件まで")
    if facts["state"] == "approved":
        console.print("この計画は承認されています。「fukuhon plan」で割り当て直してください。")
    else:
        console.print(f"別の担当者が「fukuhon approve {facts['approval']}」で承認すると、その日に限って送れます。")


def _listed(found: list[CapPlan]) -> object:
    rows = [
        (
            plan.notice,
            "、".join(f"{day:%m-%d}" for day in plan.days),
            f"{plan.records:,}",
            _STATES[plan.approval.state],
            plan.approval.asked_by,
            plan.approval.decided_by or "",
        )
        for plan in found
    ]
    return table(("通知", "日", "1日の件数", "状態", "申請者", "決裁者"), rows)
