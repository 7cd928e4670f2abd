"""``fukuhon lease``: who may put bytes on the wire, and the taking over that two people decide (DESIGN §3.2 c).

The lease passes on by itself where its holder gave it back or is proven dead. A holder on a host that is gone can be
proven nothing: then one person asks, another approves, and the first one's second call takes it over.
"""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import typer

from fukuhon.commands.acting import at_desk, decider
from fukuhon.commands.group import Verb
from fukuhon.commands.options import HERE, AsJson, SiteFolder
from fukuhon.commands.telling import finish
from fukuhon.errors import RefusedError

if TYPE_CHECKING:
    from rich.console import Console

    from fukuhon.registration.desk import Desk

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="送信権：誰が送信してよいか。引き継ぎは二人で決める。")
_VALID = timedelta(days=1)


@app.command(cls=Verb, name="show", help="送信権を持つ送信プロセスと、その生死を出す。")
def show(*, site: SiteFolder = HERE, as_json: AsJson = False) -> None:
    """Tell who holds the lease, and what is on the wire or in doubt."""
    from fukuhon.ledger import files, lease
    from fukuhon.ledger.states import ON_THE_WIRE

    with at_desk(site, reads=True) as desk, desk.ledger.reading() as reader:
        holder = lease.holder(reader)
        body: dict[str, Any] = {
            "fence": lease.fence_number(reader),
            "holder": None if holder is None else {"host": holder.host, "pid": holder.pid},
            "dead": holder is not None and lease.holder_is_dead(holder),
            "on_the_wire": [
                {"file": file.name, "state": file.state.value} for file in files.find(reader, state=ON_THE_WIRE)
            ],
        }
    finish(body, lambda console: _shown(console, body), as_json=as_json)


@app.command(cls=Verb, name="take-over", help="生死を確かめられない送信プロセスから、送信権を引き継ぐ（二人で）。")
def take_over(*, site: SiteFolder = HERE, as_json: AsJson = False) -> None:
    """Ask for the approval; once another person has given it, take the lease over on the host of the new sender."""
    with at_desk(site) as desk:
        told = _take_over(desk)
    if told["state"] == "asked":
        text = (
            f"申請 {told['approval']} を出しました。元の送信プロセスが止まっていることを確かめてから、別の担当者が"
            f"「fukuhon approve {told['approval']}」で承認し、同じコマンドをもう一度実行してください。"
        )
    else:
        text = (
            f"送信権を引き継ぎました（結果不明のファイル {told['doubts']} 件）。"
            "この機械で「fukuhon sender」を起動してください。"
        )
    finish(told, lambda console: console.print(text), as_json=as_json)


def _take_over(desk: Desk) -> dict[str, Any]:
    """Ask, or carry out what was approved. Raises RefusedError COMMANDS-061 where nobody has to be asked."""
    from fukuhon.ledger import Holder, approvals, lease

    person = decider(desk)
    with desk.ledger.transaction(person.name) as tx:
        holder, fence = lease.holder(tx), lease.fence_number(tx)
        if holder is None or lease.holder_is_dead(holder):
            raise RefusedError("COMMANDS-061")
        sha256 = lease.question(fence)
        try:
            approvals.require(tx, "lease", sha256)
        except RefusedError:
            subject = f"{holder.host} の送信プロセス {holder.pid}（{fence} 番）からの引継ぎ"
            new = approvals.NewApproval(kind="lease", subject=subject, sha256=sha256, valid_until=tx.now + _VALID)
            return {"state": "asked", "approval": approvals.ask(tx, new).id, "fence": fence}
        # By this process, which is about to end: the sender on this host finds its holder dead, and goes on.
        taken = lease.take_over(tx, Holder.this_process())
        return {"state": "taken_over", "fence": taken.number, "doubts": len(taken.doubts)}


def _shown(console: Console, body: dict[str, Any]) -> None:
    holder = body["holder"]
    if holder is None:
        console.print(f"送信権：誰も持っていません（{body['fence']} 番）。")
    else:
        alive = (
            "終わっています（次の送信プロセスが引き継ぎます）"
            if body["dead"]
            else "動いているか、ここからは確かめられません"
        )
        console.print(f"送信権：{holder['host']} の送信プロセス {holder['pid']}（{body['fence']} 番）。{alive}。")
    for file in body["on_the_wire"]:
        console.print(f"{'結果不明' if file['state'] == 'in_doubt' else '送信中'}：{file['file']}")
