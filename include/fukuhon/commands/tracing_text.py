"""A file's life, a run and a search, as text for a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fukuhon.commands.telling import table
from fukuhon.commands.wording import EVENTS, KINDS, RUN_STATES, STATES, bytes_text, counts_table

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["file_text", "found_text", "run_text"]

_OUTCOMES = {None: "送信中", "received": "受付", "cut": "回線断", "refused": "拒否", "in_doubt": "結果不明"}


def file_text(console: Console, life: dict[str, Any]) -> None:
    """One file."""
    file, result = life["file"], life["result"]
    console.print(f"{file['name']}：{STATES[file['state']]}")
    size = f"{file['records']:,} 件、{bytes_text(file['bytes'])}"
    console.print(
        f"{KINDS[file['kind']]}、{file['dataset']}、{size}、{file['as_of']:%Y-%m-%d %H:%M} 時点、実行 {file['run_id']}"
    )
    console.print(f"SHA256 {file['sha256']}")
    if file["receipt"]:
        console.print(f"受付番号 {file['receipt']}（{file['received_at']:%Y-%m-%d %H:%M}）")
    if result:
        counts = f"処理件数 {result['processed']:,}、エラー {result['errors']:,}"
        console.print(f"登録結果 {result['status']}、{counts}")
    if life["attempts"]:
        rows = [
            (a["started"], _OUTCOMES[a["outcome"]], a["window_id"], a["bytes_on_wire"], a["receipt"], a["settled"])
            for a in life["attempts"]
        ]
        console.print(table(("送信", "結果", "枠", "送ったバイト", "受付番号", "確定の方法"), rows))
    _events(console, life["events"])


def run_text(console: Console, life: dict[str, Any]) -> None:
    """One run."""
    run = life["run"]
    console.print(f"実行 {run['id']}：{KINDS[run['kind']]}、{run['day']} 分、{RUN_STATES[run['state']]}")
    console.print(f"{run['as_of']:%Y-%m-%d %H:%M} 時点の正本")
    if life["tallies"]:
        console.print(counts_table((f"{each['dataset']} {each['variation']}", each) for each in life["tallies"]))
    if life["files"]:
        rows = [(f["name"], STATES[f["state"]], f["records"], f["bytes"], f["receipt"]) for f in life["files"]]
        console.print(table(("ファイル", "状態", "件数", "バイト", "受付番号"), rows))
    _events(console, life["events"])


def found_text(console: Console, identity: str, found: Sequence[dict[str, Any]]) -> None:
    """A record's files."""
    console.print(f"照合用の値 {identity}")
    if not found:
        console.print("この記録が入ったファイルはありません。")
        return
    rows = [
        (f["file"], f["operation"], f["position"], f["as_of"], STATES[f["state"]], f["receipt"], f["error"])
        for f in found
    ]
    console.print(table(("ファイル", "操作", "位置", "時点", "状態", "受付番号", "エラー"), rows))


def _events(console: Console, events: Sequence[dict[str, Any]]) -> None:
    rows = [
        (event["at"], event["actor"], EVENTS.get(event["event"], event["event"]), _detail(event["detail"]))
        for event in events
    ]
    console.print(table(("日時", "誰が", "何を", "内容"), rows))


def _detail(detail: dict[str, Any]) -> str:
    return "、".join(f"{name}={value}" for name, value in detail.items() if value is not None)
