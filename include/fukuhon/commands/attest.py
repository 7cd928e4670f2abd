"""``fukuhon attest``: what no screen shows, said by a person with a day and evidence (seed 1.3, item 8)."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from typing import Annotated

import typer

from fukuhon.commands import instants
from fukuhon.commands.acting import at_desk, decider
from fukuhon.commands.group import Verb
from fukuhon.commands.options import HERE, AsJson, SiteFolder
from fukuhon.commands.telling import finish

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="画面では確かめられない前提作業を、人が確認して記録する（要領 1.3）。")


@app.callback()
def _several() -> None:
    """Keep the verb's name although it is the only one."""


@app.command(cls=Verb, name="masters", help="既存システムに、配信マスターと独自マスターを取り込んだことを記録する。")
def masters(
    *,
    source: Annotated[str, typer.Option("--source", metavar="ID", help="既存システム（site.yaml の sources の id）。")],
    on: Annotated[
        str | None, typer.Option("--on", metavar="日付", show_default="今日", help="取り込んだ日（2017-04-03）。")
    ] = None,
    evidence: Annotated[
        str, typer.Option("--evidence", metavar="根拠", help="何で確かめたか（作業報告書の番号など）。監査証跡に残る。")
    ],
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Write down who saw it, for which day and by what; as an officer or the administrator."""
    from fukuhon.calendars import tokyo_day
    from fukuhon.vigilance.attestations import attest_masters

    with at_desk(site) as desk:
        decider(desk, "officer", "administrator")
        said = attest_masters(desk, source, instants.day(on) if on else tokyo_day(desk.now()), evidence)
    text = f"{said.source} のマスターの取込み（{said.on}）を、{said.by} の確認として記録しました。"
    body = {"source": said.source, "on": said.on, "by": said.by, "evidence": said.evidence}
    finish(body, lambda console: console.print(text), as_json=as_json)
