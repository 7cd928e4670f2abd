"""``fukuhon status``: what is due, what waits, what is on the wire now, and what is wrong and how to mend it."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fukuhon.commands.acting import at_desk
from fukuhon.commands.options import HERE, AsJson, SiteFolder
from fukuhon.commands.telling import finish, table
from fukuhon.commands.wording import KINDS, STATES, bytes_text
from fukuhon.errors import RefusedError

if TYPE_CHECKING:
    from rich.console import Console

    from fukuhon.commands.situation import Situation
    from fukuhon.windows import Window

__all__ = ["status"]

_LISTED = 15


def status(*, site: SiteFolder = HERE, as_json: AsJson = False) -> None:
    """Tell how things stand; the server is not asked. Exit code 1 where something is wrong or overdue."""
    from fukuhon.commands.situation import look

    with at_desk(site, reads=True) as desk:
        found, name = look(desk), desk.site.body.name
    failed = RefusedError("COMMANDS-109", count=len(found.wrong)) if found.wrong else None
    finish(_body(found, name), lambda console: _told(console, found, name), as_json=as_json, failed=failed)


def _body(found: Situation, name: str) -> dict[str, Any]:
    return {
        "body": name,
        "now": found.now,
        "stopped": found.stopped,
        "window": _window(found.window),
        "next_window": _window(found.coming),
        "due": found.due,
        "waiting": found.waiting,
        "on_the_wire": found.on_the_wire,
        "wrong": [
            {"code": a.code, "message": a.message, "next_step": a.next_step, "since": a.due, "lines": a.lines}
            for a in found.wrong
        ],
        "files": found.states,
        "last_run": found.last_run,
    }


def _window(window: Window | None) -> dict[str, Any] | None:
    if window is None:
        return None
    interval = window.interval
    return {"id": window.id, "kind": window.kind.value, "start": interval.start, "end": interval.end}


def _told(console: Console, found: Situation, name: str) -> None:
    console.print(f"{name}　{found.now:%Y-%m-%d %H:%M}　最後の実行 {found.last_run or '—'}")
    _window_text(console, found)
    _due_text(console, found)
    _waiting_text(console, found)
    if found.states:
        console.print("ファイル：" + "、".join(f"{STATES[state]} {count}" for state, count in found.states.items()))
    if not found.wrong:
        console.print("異常：ありません")
    for wrong in found.wrong:
        console.print(f"異常：[{wrong.code}] {wrong.message}")
        for line in wrong.lines:
            console.print(f"　　・{line}")
        console.print(f"　　→ {wrong.next_step}")


def _window_text(console: Console, found: Situation) -> None:
    if found.window:
        interval = found.window.interval
        console.print(f"送信枠：{KINDS[found.window.kind.value]}（{interval.end:%H:%M} まで）")
    elif found.coming:
        console.print(
            f"送信枠：なし（次は {found.coming.interval.start:%Y-%m-%d %H:%M}、{KINDS[found.coming.kind.value]}）"
        )
    wire = found.on_the_wire
    if wire:
        left = wire["window_seconds_left"]
        rest = f"、枠の残り {left / 60:.0f} 分" if left is not None else ""
        console.print(f"送信中：{wire['file']}（{wire['records']:,} 件、{bytes_text(wire['bytes'])}{rest}）")
    else:
        console.print("送信中：なし")


def _due_text(console: Console, found: Situation) -> None:
    if not found.due:
        console.print("今日すること：ありません")
    for each in found.due:
        console.print(f"今日すること：{each['what']}（{each['at']:%m-%d %H:%M}）")


def _waiting_text(console: Console, found: Situation) -> None:
    if not found.waiting:
        console.print("待っているもの：ありません")
        return
    rows = [(each["what"], each["name"], each["since"], each.get("slipped", "")) for each in found.waiting[:_LISTED]]
    console.print(table(("待っているもの", "対象", "いつから", "繰り延べ"), rows))
    if len(found.waiting) > _LISTED:
        console.print(f"ほかに {len(found.waiting) - _LISTED}")
