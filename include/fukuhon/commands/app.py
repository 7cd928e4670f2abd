"""The verbs, in the order in which a day's work needs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer

from fukuhon.commands import audit, prepare
from fukuhon.commands.group import Family, Verb, Verbs
from fukuhon.commands.plan import plan
from fukuhon.commands.preflight import preflight
from fukuhon.commands.results import results
from fukuhon.commands.send import send
from fukuhon.commands.sender import sender
from fukuhon.commands.stopping import emergency_stop, resume

__all__ = ["app"]

app = typer.Typer(
    cls=Verbs,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="副本登録を行う。終了コード：0 済んだ／1 確認で止まった（失われたものはない）／2 使い方か設定の誤り",
)


def _verb(panel: str, name: str, text: str, function: Callable[..., Any]) -> None:
    app.command(name, cls=Verb, rich_help_panel=panel, help=text)(function)


def _family(panel: str, name: str, family: typer.Typer) -> None:
    app.add_typer(family, name=name, cls=Family, rich_help_panel=panel)


_family("準備", "prepare", prepare.app)
_verb("準備", "plan", "検査済みのファイルを送信枠に割り当てる。", plan)
_verb("送信", "preflight", "前提作業が満たされているかを確認する（要領 1.3）。", preflight)
_verb("送信", "send", "今の送信枠での送信を指示し、終わるまで待つ。", send)
_verb("送信", "sender", "送信プロセスを動かす（合図があるまで終わらない）。", sender)
_verb("送信", "emergency-stop", "新しい送信を始めさせない（送信中のものは終わりまで送る）。", emergency_stop)
_verb("送信", "resume", "停止を解く。", resume)
_verb("確認", "results", "登録結果を確認し、帳簿を締める。", results)
_family("点検と報告", "audit", audit.app)
