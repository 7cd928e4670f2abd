"""``fukuhon send``: orders what is planned to be sent in the window that is open now, and waits until that has ended.

The order is one for each window, whoever asks: called again, it finds the order that exists and watches it. Only the
sender puts bytes on the wire.
"""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from fukuhon.commands.acting import at_desk
from fukuhon.commands.options import HERE, AsJson, SiteFolder
from fukuhon.commands.telling import finish, note, working
from fukuhon.commands.wording import OUTCOMES, bytes_text
from fukuhon.errors import FukuhonError, RefusedError

if TYPE_CHECKING:
    from rich.console import Console

    from fukuhon.ledger import Ledger
    from fukuhon.ledger.orders import OrderState
    from fukuhon.registration.desk import Desk
    from fukuhon.windows import Window

__all__ = ["send"]

_LOOK_S = 0.5


def send(
    *,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", metavar="", help="指示だけを書き、終わるのを待たない。")
    ] = False,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Write the order of the open window and wait until it has ended."""
    from fukuhon.ledger import orders

    with at_desk(site) as desk, working("送信") as progress:
        window = _open_window(desk)
        with desk.ledger.transaction(desk.actor) as tx:
            order = orders.request(tx, window.interval, window.id, window.kind.value, window.channel)
        if not _sender_lives(desk.ledger):
            note("送信プロセスが見当たりません。「fukuhon sender」を起動すると送信が始まります。")
        state = orders.wait_state(desk.ledger, order.id)
        if not no_wait:
            state = _watched(desk.ledger, order.id, progress)
    body = {
        "window": window.id,
        "start": order.start,
        "end": order.end,
        "order": order.id,
        "state": state.order.state,
        "outcome": state.order.outcome,
        "sending": state.sending,
        "received": state.received,
        "bytes": state.bytes_sent,
    }
    finish(body, lambda console: _told(console, state), as_json=as_json, failed=_failure(state))


def _open_window(desk: Desk) -> Window:
    """The window that is open now. Raises RefusedError: COMMANDS-020 (none is, the next one opens …), COMMANDS-021."""
    from fukuhon.windows import current
    from fukuhon.windows.schedule import upload_windows

    windows, now = upload_windows(desk.site), desk.now()
    window = current(windows, now)
    if window is not None:
        return window
    coming = next((each for each in windows if each.interval.start > now), None)
    if coming is None:
        raise RefusedError("COMMANDS-021", now=now)
    raise RefusedError("COMMANDS-020", now=now, start=coming.interval.start, end=coming.interval.end)


def _sender_lives(ledger: Ledger) -> bool:
    from fukuhon.ledger import lease

    with ledger.reading() as reader:
        holder = lease.holder(reader)
    return holder is not None and not lease.holder_is_dead(holder)


def _watched(ledger: Ledger, order: int, progress: Callable[[str], None]) -> OrderState:
    from fukuhon.ledger import orders

    while not (state := orders.wait_state(ledger, order)).ended:
        sending = f"{state.sending} を送信中" if state.sending else "待機中"
        progress(f"{sending}（受付済み {state.received}、{bytes_text(state.bytes_sent)}）")
        time.sleep(_LOOK_S)
    return state


def _failure(state: OrderState) -> FukuhonError | None:
    outcome = state.order.outcome
    if outcome == "stopped":
        return RefusedError("COMMANDS-022", window=state.order.window_id)
    if outcome == "in_doubt":
        return RefusedError("COMMANDS-101", file=state.sending or "—")
    if outcome == "failed":
        return RefusedError(state.order.reason or "SENDER-007")
    return None


def _told(console: Console, state: OrderState) -> None:
    order = state.order
    ended = OUTCOMES[order.outcome] if order.outcome else "送信の指示を書きました"
    console.print(f"{order.start:%Y-%m-%d %H:%M}–{order.end:%H:%M}（{order.window_id}）：{ended}")
    console.print(f"受付済み {state.received} ファイル、{bytes_text(state.bytes_sent)}")
