"""``fukuhon settle``: a file in doubt is settled by looking; where that is not unique, two people decide (DESIGN §3.1).

Without a file it looks. With a file and what is said to be true of it, the first person's call asks for the approval;
once another person has given it (``fukuhon approve``), the same call carries it out.
"""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fukuhon.commands.acting import at_desk, decider
from fukuhon.commands.options import HERE, AsJson, SiteFolder
from fukuhon.commands.telling import finish, table, working
from fukuhon.errors import ConfigurationError, RefusedError

if TYPE_CHECKING:
    from fukuhon.identifiers import ReceiptNumber
    from fukuhon.ledger import File
    from fukuhon.registration.desk import Desk

__all__ = ["settle"]

_VALID = timedelta(days=7)
_ANSWERS = {
    "received": "届いていました",
    "cut": "届いていません（後の枠で送り直します）",
    "several": "候補が複数あります。二人で決めてください",
    "too_early": "まだ照会できません（確定までの待ち時間の内です）",
    "not_asked": "今日はこれ以上照会できません",
}


def settle(
    *,
    file: Annotated[str | None, typer.Option("--file", metavar="ファイル名", help="人が決めるときの対象。")] = None,
    receipt: Annotated[str | None, typer.Option("--receipt", metavar="受付番号", help="この番号で届いていた。")] = None,
    not_received: Annotated[bool, typer.Option("--not-received", metavar="", help="届いていなかった。")] = False,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Look for the files in doubt, or let two people decide about one."""
    if file is None:
        if receipt or not_received:
            raise ConfigurationError("COMMANDS-030")
        _look(site, as_json=as_json)
        return
    if bool(receipt) == not_received:
        raise ConfigurationError("COMMANDS-030")
    with at_desk(site) as desk:
        told = _decide(desk, file, receipt)
    text = (
        f"申請 {told['approval']} を出しました。別の担当者が「fukuhon approve {told['approval']}」で承認したら、"
        "同じコマンドをもう一度実行してください。"
        if told["state"] == "asked"
        else f"{file} を確定しました（{told['file_state']}）。"
    )
    finish(told, lambda console: console.print(text), as_json=as_json)


def _look(site: Any, *, as_json: bool) -> None:
    from fukuhon.sender import settle as look

    with at_desk(site) as desk, working("登録結果一覧の照会"):
        found = look(desk.ledger, desk.server, desk.site.limits.settle_minutes, desk.actor)
    rest = [one.file for one in found if one.answer not in {"received", "cut"}]
    rows = [(one.file, _ANSWERS[one.answer], "、".join(one.receipts)) for one in found]
    finish(
        {"files": found},
        lambda console: console.print(
            table(("ファイル", "照会の結果", "受付番号"), rows) if rows else "結果不明のファイルはありません。"
        ),
        as_json=as_json,
        failed=RefusedError("COMMANDS-101", file="、".join(rest)) if rest else None,
    )


def _decide(desk: Desk, name: str, receipt: str | None) -> dict[str, object]:
    """Ask for the approval, or carry out what was approved."""
    from fukuhon.identifiers import ReceiptNumber
    from fukuhon.ledger import approvals
    from fukuhon.sender import decide, question

    person = decider(desk)
    number = ReceiptNumber.parse(receipt) if receipt else None
    with desk.ledger.transaction(person.name) as tx:
        file = _in_doubt(tx, name)
        try:
            approvals.require(tx, "settle", question(file, number))
        except RefusedError:
            asked = approvals.ask(tx, _question(file, number, tx.now + _VALID))
            return {"state": "asked", "file": file.name, "approval": asked.id}
        decide(tx, file.id, number)
        return {"state": "settled", "file": file.name, "file_state": "received" if number else "cut"}


def _in_doubt(reader: Any, name: str) -> File:
    from fukuhon.ledger import FileState, files

    for file in files.find(reader, state=FileState.IN_DOUBT):
        if file.name == name:
            return file
    raise RefusedError("COMMANDS-031")


def _question(file: File, number: ReceiptNumber | None, until: Any) -> Any:
    from fukuhon.ledger.approvals import NewApproval
    from fukuhon.sender import question

    what = f"受付番号 {number} で届いていた" if number else "届いていなかった"
    return NewApproval(kind="settle", subject=f"{file.name}：{what}", sha256=question(file, number), valid_until=until)
