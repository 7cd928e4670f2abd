"""``fukuhon audit verify``: is the trail whole?"""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from fukuhon.commands.acting import at_desk
from fukuhon.commands.group import Verb
from fukuhon.commands.options import HERE, AsJson, SiteFolder
from fukuhon.commands.telling import finish
from fukuhon.errors import ConfigurationError

if TYPE_CHECKING:
    from fukuhon.ledger.audit import Tail

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="監査証跡を調べる。")


@app.callback()
def _several() -> None:
    """Keep the verb's name although it is the only one."""


@app.command(cls=Verb, name="verify", help="監査証跡の鎖が、書き換えも欠落もなくつながっているかを調べる。")
def verify(
    *,
    anchor: Annotated[
        str | None,
        typer.Option("--anchor", metavar="行:ハッシュ", help="前に控えた末尾。今もその行であることを確かめる。"),
    ] = None,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Check the whole chain and tell its tail, to be written down somewhere else."""
    from fukuhon.ledger import audit

    wanted = _tail(anchor) if anchor else None
    with at_desk(site, reads=True) as desk, desk.ledger.reading() as reader:
        last = audit.verify(reader, wanted)
    text = f"監査証跡 {last.seq:,} 行は全てつながっています。末尾の控え：{last.seq}:{last.hash}"
    finish({"lines": last.seq, "tail": f"{last.seq}:{last.hash}"}, lambda console: console.print(text), as_json=as_json)


def _tail(text: str) -> Tail:
    from fukuhon.ledger.audit import Tail

    if not re.fullmatch(r"[0-9]{1,18}:[0-9a-f]{64}", text):
        raise ConfigurationError("COMMANDS-011", what="末尾の控え", form="120:0a1b…（64桁）")
    seq, _, digest = text.partition(":")
    return Tail(int(seq), digest)
