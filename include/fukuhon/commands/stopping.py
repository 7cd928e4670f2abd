"""``fukuhon emergency-stop`` and ``fukuhon resume``: nothing more is started, until it is lifted (seed 4.3).

A started upload cannot be interrupted: the running file finishes.
"""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from typing import Annotated

import typer

from fukuhon.commands.acting import at_desk, decider
from fukuhon.commands.options import HERE, AsJson, SiteFolder
from fukuhon.commands.telling import finish

__all__ = ["emergency_stop", "resume"]


def emergency_stop(*, site: SiteFolder = HERE, as_json: AsJson = False) -> None:
    """Ask that nothing more be started."""
    from fukuhon.ledger import FileState, files, orders

    with at_desk(site) as desk:
        with desk.ledger.transaction(desk.actor) as tx:
            orders.stop_request(tx)
        with desk.ledger.reading() as reader:
            running = [file.name for file in files.find(reader, state=FileState.SENDING)]
    after = f"送信中の {running[0]} は最後まで送信されます。" if running else "送信中のファイルはありません。"
    text = f"新しい送信を止めました。{after}再開するには「fukuhon resume」を実行します。"
    finish({"stopped": True, "sending": running}, lambda console: console.print(text), as_json=as_json)


def resume(
    *,
    restored: Annotated[
        str | None,
        typer.Option(
            "--restored", metavar="理由", help="復元後の照合で見つかった受付への対応を決めたあと、再開してよい理由。"
        ),
    ] = None,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Let orders run again; after a restore only once the server's list was compared with the books."""
    from fukuhon import backup
    from fukuhon.ledger import orders

    with at_desk(site) as desk:
        if backup.is_pending(desk):
            if restored:
                decider(desk, "administrator")
            found = backup.look(desk)
            if not restored:
                found.require()
            backup.accept(desk, found, restored)
        with desk.ledger.transaction(desk.actor) as tx:
            orders.stop_lift(tx)
    text = "停止を解きました。停止で終わった枠の残りは「fukuhon plan」で後の枠に割り当てます。"
    finish({"stopped": False}, lambda console: console.print(text), as_json=as_json)
