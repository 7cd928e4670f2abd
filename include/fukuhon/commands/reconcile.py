"""``fukuhon reconcile``: 突合 as two people do it: one plans and asks, another approves, then it is carried out."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from fukuhon.commands.acting import at_desk, decider
from fukuhon.commands.group import Verb
from fukuhon.commands.options import HERE, AsJson, SiteFolder
from fukuhon.commands.telling import finish, working
from fukuhon.errors import ConfigurationError, DataError, RefusedError

if TYPE_CHECKING:
    from rich.console import Console

    from fukuhon.registration.desk import Desk
    from fukuhon.registration.summary import Summary

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="副本を正本と突き合わせる（突合用ファイル、要領 1.6.3）。")
_SHORTEST = 8


@app.command(cls=Verb, name="plan", help="今日の件数の内で、どの分とキーを求めるかを決め、承認を申請する。")
def plan(*, site: SiteFolder = HERE, as_json: AsJson = False) -> None:
    """Draw a plan and ask for its approval, as the 突合用ファイル出力担当者."""
    from fukuhon.reconciliation import desk_work

    with at_desk(site) as desk, working("突合の計画"):
        desk.actor = decider(desk, "collation_requester").name
        made = desk_work.plan(desk)
    finish(made.as_json(), lambda console: _planned(console, made), as_json=as_json)


@app.command(cls=Verb, name="carry-out", help="承認された計画を実行し、突き合わせる。")
def carry_out(
    *,
    sha256: Annotated[
        str | None,
        typer.Option("--plan", metavar="SHA256", show_default="承認が有効なもの", help="計画（先頭の8桁以上）。"),
    ] = None,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Ask for, release, fetch and compare what the approved plan names."""
    from fukuhon.reconciliation import desk_work

    with at_desk(site) as desk, working("突合"):
        done = desk_work.carry_out(desk, _approved(desk, sha256))
    wrong, lost = done.counts["mismatches"], done.counts["lost"]
    finish(
        done.as_json(),
        lambda console: _carried_out(console, done),
        as_json=as_json,
        failed=DataError("COMMANDS-034", mismatches=wrong, lost=lost) if wrong or lost else None,
    )


def _approved(desk: Desk, wanted: str | None) -> str:
    """The plan that is meant. Raises ConfigurationError COMMANDS-032, RefusedError COMMANDS-033."""
    from fukuhon.ledger import approvals
    from fukuhon.reconciliation.desk_work import APPROVAL, awaited

    if wanted is not None and len(wanted) < _SHORTEST:
        raise ConfigurationError("COMMANDS-032", length=_SHORTEST)
    now = desk.now()
    with desk.ledger.reading() as reader:
        begun = {each.plan_sha256 for each in awaited(reader)}
        found = [
            each
            for each in approvals.find(reader, kind=APPROVAL, state="approved")
            if each.sha256.startswith(wanted or "")
            and (wanted or each.sha256 in begun or (each.valid_until > now and each.used < each.budget))
        ]
    if not found:
        raise RefusedError("COMMANDS-033")
    return found[-1].sha256


def _planned(console: Console, made: Summary) -> None:
    facts = made.facts
    console.print(f"突合の計画：{made.counts['requests']} 件（{facts['plan_sha256']}）")
    console.print(f"誤りが見つからなければ、1万件に {facts['bound']} 件未満と99%の確かさで言えます。")
    console.print(f"特定個人情報取扱責任者が「fukuhon approve {facts['approval']}」で承認します。")


def _carried_out(console: Console, done: Summary) -> None:
    counts = done.counts
    if counts["waiting"]:
        console.print(f"接続端末での出力を待っています：{counts['waiting']} 件（{done.facts['waiting_since']} から）")
        console.print(f"作業票と受取りフォルダー：{done.facts['sheet']}")
    console.print(
        f"求めた回数 {counts['requests']}、突き合わせた記録 {counts['records']:,}、一致 {counts['matches']:,}"
    )
    console.print(f"不一致 {counts['mismatches']:,}、見つからない記録 {counts['lost']:,}、空の分 {counts['empty']}")
    console.print(f"誤りは、1万件に {done.facts['bound']} 件未満と99%の確かさで言えます。")
