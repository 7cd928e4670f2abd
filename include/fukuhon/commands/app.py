"""The verbs, in the order in which a day's work needs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer

from fukuhon.commands import (
    attest,
    audit,
    columns,
    exceed,
    layout,
    lease,
    prepare,
    quarantine,
    receipt,
    reconcile,
    report,
    rules,
    service,
    workbook,
)
from fukuhon.commands.approvals import approvals, approve, reject
from fukuhon.commands.backup import backup, restore
from fukuhon.commands.doctor import doctor
from fukuhon.commands.extract import extract
from fukuhon.commands.group import ORDER, Family, Verb, Verbs
from fukuhon.commands.init import init
from fukuhon.commands.plan import plan
from fukuhon.commands.preflight import preflight
from fukuhon.commands.resplit import resplit
from fukuhon.commands.results import results
from fukuhon.commands.send import send
from fukuhon.commands.sender import sender
from fukuhon.commands.settle import settle
from fukuhon.commands.status import status
from fukuhon.commands.stopping import emergency_stop, resume
from fukuhon.commands.trace import trace
from fukuhon.commands.validate import validate
from fukuhon.commands.windows import windows

__all__ = ["app"]

app = typer.Typer(
    cls=Verbs,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="副本登録を行う。終了コード：0 済んだ／1 確認で止まった（失われたものはない）／2 使い方か設定の誤り",
)


def _verb(panel: str, name: str, text: str, function: Callable[..., Any]) -> None:
    ORDER.append(name)
    app.command(name, cls=Verb, rich_help_panel=panel, help=text)(function)


def _family(panel: str, name: str, family: typer.Typer) -> None:
    ORDER.append(name)
    app.add_typer(family, name=name, cls=Family, rich_help_panel=panel)


_verb("始める", "init", "団体のフォルダーを作る：既存システムを試し、列を項目に結び付ける。", init)
_verb("状況", "status", "今日すること、待ち、送信中、異常と直し方を出す。", status)
_verb("状況", "windows", "送信枠の一覧：割当量と送った量。", windows)
_verb("状況", "trace", "ファイル、実行、又は一つの記録の経過を出す。", trace)
_family("準備", "columns", columns.app)
_verb("準備", "extract", "正本を読んで数える（登録はしない）。", extract)
_verb("準備", "validate", "正本を読み、変換し、検査する（登録はしない）。", validate)
_family("準備", "prepare", prepare.app)
_family("準備", "quarantine", quarantine.app)
_family("準備", "workbook", workbook.app)
_verb("準備", "plan", "検査済みのファイルを送信枠に割り当てる。", plan)
_verb("準備", "resplit", "どの送信枠にも入らないファイルを、小さく分け直す。", resplit)
_family("準備", "exceed", exceed.app)
_verb("送信", "preflight", "前提作業が満たされているかを確認する（要領 1.3）。", preflight)
_family("送信", "attest", attest.app)
_verb("送信", "send", "今の送信枠での送信を指示し、終わるまで待つ。", send)
_verb("送信", "sender", "送信プロセスを動かす（合図があるまで終わらない）。", sender)
_family("送信", "receipt", receipt.app)
_family("送信", "lease", lease.app)
_verb("送信", "settle", "結果の分からないファイルを、照会して確定する。", settle)
_verb("送信", "emergency-stop", "新しい送信を始めさせない（送信中のものは終わりまで送る）。", emergency_stop)
_verb("送信", "resume", "停止を解く。", resume)
_verb("確認", "results", "登録結果を確認し、帳簿を締める。", results)
_family("確認", "reconcile", reconcile.app)
_verb("承認", "approvals", "承認を待つ申請の一覧。", approvals)
_verb("承認", "approve", "申請を承認する（申請した人とは別の人）。", approve)
_verb("承認", "reject", "申請を却下する。", reject)
_family("点検と報告", "report", report.app)
_verb("点検と報告", "doctor", "この環境と団体の設定を点検し、直し方を出す。", doctor)
_verb("点検と報告", "backup", "台帳、控え、設定を一つの封をしたファイルに写し、ハッシュ鍵を別に書く。", backup)
_verb("点検と報告", "restore", "バックアップを空の場所に戻す（照合が済むまで送信は止まる）。", restore)
_family("点検と報告", "service", service.app)
_family("点検と報告", "audit", audit.app)
_family("点検と報告", "rules", rules.app)
_family("点検と報告", "layout", layout.app)
