"""``fukuhon windows``: every window of the schedule, with the bytes allotted and spent."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fukuhon.commands.acting import at_desk
from fukuhon.commands.options import HERE, AsJson, SiteFolder
from fukuhon.commands.telling import finish, table
from fukuhon.commands.wording import KINDS, bytes_text

if TYPE_CHECKING:
    from datetime import datetime

    from fukuhon.ledger import Reader
    from fukuhon.windows import Window

__all__ = ["windows"]

_STATES = {"past": "終了", "open": "実施中", "coming": "予定"}


def windows(*, site: SiteFolder = HERE, as_json: AsJson = False) -> None:
    """List the windows, soonest first."""
    from fukuhon.windows.schedule import upload_windows

    with at_desk(site, reads=True) as desk:
        found, now = upload_windows(desk.site), desk.now()
        with desk.ledger.reading() as reader:
            rows = [_row(reader, window, now) for window in found]
    listed = [
        (
            row["id"],
            KINDS[row["kind"]],
            row["start"],
            f"{row['end']:%H:%M}",
            _STATES[row["state"]],
            bytes_text(row["bytes_allotted"]),
            bytes_text(row["bytes_spent"]),
            row["planned"],
        )
        for row in rows
    ]
    columns = ("枠", "種類", "始まり", "終わり", "状態", "割当量", "送った量", "送信待ち")
    finish(
        {"now": now, "windows": rows},
        lambda console: console.print(table(columns, listed) if listed else "送信枠はありません。"),
        as_json=as_json,
    )


def _row(reader: Reader, window: Window, now: datetime) -> dict[str, Any]:
    from fukuhon.ledger import FileState, attempts, files, orders

    order = orders.of_window(reader, window.id)
    interval = window.interval
    state = "open" if now in interval else "past" if interval.end <= now else "coming"
    return {
        "id": window.id,
        "kind": window.kind.value,
        "channel": window.channel.value if window.channel else None,
        "start": interval.start,
        "end": interval.end,
        "state": state,
        "bytes_allotted": window.bytes_limit,
        "bytes_spent": attempts.spent(reader, *window.account),
        "planned": len(files.find(reader, window_id=window.id, state=FileState.PLANNED)),
        "order": order.state if order else None,
        "outcome": order.outcome if order else None,
    }
