"""Names for people: kinds, states, counts; and a use case's summary as text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from fukuhon.commands.telling import table

if TYPE_CHECKING:
    from rich.console import Console

    from fukuhon.registration.summary import Summary

__all__ = [
    "COUNTS",
    "EVENTS",
    "KINDS",
    "OUTCOMES",
    "RUN_STATES",
    "STATES",
    "bytes_text",
    "counts_table",
    "summary_text",
]

KINDS = {
    "pretest": "事前の副本アップロード",
    "initial": "初期登録",
    "differential": "差分登録",
    "deletion": "削除",
}
RUN_STATES = {"open": "準備中", "done": "準備済み", "failed": "失敗"}
STATES = {
    "prepared": "作成済み",
    "validated": "検査済み（未計画）",
    "planned": "送信待ち",
    "sending": "送信中",
    "received": "受付済み",
    "waiting": "処理待ち",
    "processed": "処理完了",
    "processed_with_errors": "処理完了（エラーあり）",
    "rejected_whole": "処理エラー（全件）",
    "reconciled": "突合済み",
    "closed": "完了",
    "cut": "回線断（再送待ち）",
    "in_doubt": "結果不明",
    "unplaceable": "入る枠なし",
    "superseded": "作り直し",
}
EVENTS = {
    **{f"file.{state}": name for state, name in STATES.items()},
    "file.variations": "業務区分ごとの件数",
    "file.outcome": "処理結果の内訳",
    "file.slipped": "翌日以降へ持ち越し",
    "file.cleared": "送信済みファイルの消去",
    "attempt.begun": "送信の開始",
    "attempt.ended": "送信の結果",
    "run.opened": "準備の開始",
    "run.opened_again": "準備のやり直し",
    "run.done": "準備の完了",
    "run.failed": "準備の失敗",
    "tally.put": "件数の記入",
    "approval.asked": "承認の申請",
    "approval.approved": "承認",
    "approval.rejected": "却下",
    "approval.used": "承認の使用",
}
"""Lines of the trail about files, runs and approvals; one that is not here is shown by its own name."""
OUTCOMES = {
    "window_over": "枠の終わりまで送信しました（残りがあります）",
    "nothing_left": "送信待ちを全て送信しました",
    "stopped": "停止の指示により終わりました",
    "in_doubt": "結果の分からないファイルがあるため終わりました",
    "failed": "送信を続けられませんでした",
}
COUNTS = {
    "read": "読込",
    "out_of_scope": "対象外",
    "in_scope": "対象",
    "unchanged": "変更なし",
    "to_register": "登録",
    "to_delete": "削除",
    "quarantined": "留め置き",
    "withheld": "保留",
}


def counts_table(by_dataset: Iterable[tuple[str, Any]]) -> Any:
    """The counts of a preparation by dataset."""
    rows = [(dataset, *(counts.get(name, 0) for name in COUNTS)) for dataset, counts in by_dataset]
    return table(("データセット", *COUNTS.values()), rows)


def summary_text(console: Console, summary: Summary) -> None:
    """A prepared run for a person."""
    console.print(f"実行 {summary.run}")
    console.print(counts_table(summary.by_dataset.items()))
    if not summary.files:
        console.print("作成したファイルはありません。")
        return
    rows = [(file.name, file.operation, file.records, file.bytes) for file in summary.files]
    console.print(table(("ファイル", "操作", "件数", "バイト"), rows))
    console.print("次は「fukuhon plan」で送信枠に割り当てます。")


def bytes_text(count: int | None) -> str:
    """A size for a person."""
    if count is None:
        return "—"
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:,.1f} {unit}"
    return f"{count:,} B"
