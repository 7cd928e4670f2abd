"""``fukuhon receipt``: the receipt of what a person sent at the 中間サーバー接続端末 (seed 1.5.2, methods 1 and 2)."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from fukuhon.commands.acting import at_desk, decider
from fukuhon.commands.group import Verb
from fukuhon.commands.options import HERE, AsJson, SiteFolder
from fukuhon.commands.telling import finish
from fukuhon.commands.wording import STATES
from fukuhon.errors import RefusedError

if TYPE_CHECKING:
    from fukuhon.registration.desk import Desk

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="接続端末で送信したファイルの受付を扱う（要領 1.5.2）。")

FileName = Annotated[str, typer.Option("--file", metavar="ファイル名", help="作業票のファイル名。")]


@app.command(cls=Verb, name="list", help="受付の入力を待っているファイルを出す。")
def list_(*, site: SiteFolder = HERE, as_json: AsJson = False) -> None:
    """Show what waits for its receipt; exit code 1 where that is overdue."""
    from fukuhon.sender import at_terminal
    from fukuhon.server import Outbox

    with at_desk(site, reads=True) as desk:
        now = desk.now()
        with desk.ledger.reading() as reader:
            found = at_terminal(reader, desk.site.limits)
        outbox = Outbox.of(desk.site).folder
    if found is None:
        finish({"waiting": None}, lambda console: console.print("受付を待つファイルはありません。"), as_json=as_json)
        return
    name, late = found.file.name, found.late(now)
    body = {"file": name, "since": found.attempt.started, "expected": found.expected, "due": found.due, "late": late}
    text = (
        f"{name}：{found.attempt.started:%Y-%m-%d %H:%M} に払い出し（{outbox}）。"
        f"受付は {found.due:%Y-%m-%d %H:%M} までに入力してください。"
    )
    finish(
        {"waiting": body},
        lambda console: console.print(text),
        as_json=as_json,
        failed=RefusedError("SENDER-009", file=name, due=found.due) if late else None,
    )


@app.command(cls=Verb, name="enter", help="画面に出た受付番号と受付日時を入力する。")
def enter(
    *,
    file: FileName,
    number: Annotated[str, typer.Option("--number", metavar="受付番号", help="中間サーバー受付番号（22桁）。")],
    received: Annotated[str, typer.Option("--received", metavar="日時", help='受付日時（"2017-05-10 14:05" の形）。')],
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Enter a receipt, as an officer or the administrator."""
    from fukuhon.sender import enter as write

    with at_desk(site) as desk:
        person = decider(desk, "officer", "administrator")
        with desk.ledger.transaction(person.name) as tx:
            done = write(tx, file, number, received, desk.site.limits)
        _clear(desk)
    state = STATES[done.file.state.value]
    text = f"{file} の受付は入力済みです（{state}）。" if done.again else f"{file} の受付を記録しました（{state}）。"
    body = {"file": file, "state": done.file.state.value, "again": done.again}
    finish(body, lambda console: console.print(text), as_json=as_json)


@app.command(cls=Verb, name="close", help="受付を待つのをやめる（システム管理者。理由が要る）。")
def close(
    *,
    file: FileName,
    reason: Annotated[str, typer.Option("--reason", metavar="理由", help="何が起きたか。監査証跡に残る。")],
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """End the wait for a receipt that does not come; the list of results then tells whether the server has the file."""
    from fukuhon.sender import close as end

    with at_desk(site) as desk:
        person = decider(desk, "administrator")
        with desk.ledger.transaction(person.name) as tx:
            closed = end(tx, file, reason, desk.site.limits)
        _clear(desk)
    minutes = desk.site.limits.settle_minutes
    text = f"{file} を結果不明として閉じました。{minutes} 分後に「fukuhon settle」で登録結果一覧を照会して確定します。"
    finish({"file": file, "state": closed.state.value}, lambda console: console.print(text), as_json=as_json)


def _clear(desk: Desk) -> None:
    """Take what is over out of the outbox: nobody is to send it again."""
    from fukuhon.sender import at_terminal
    from fukuhon.server import Outbox

    with desk.ledger.reading() as reader:
        found = at_terminal(reader, desk.site.limits)
    Outbox.of(desk.site).keep_only(found.attempt.id if found else None)
