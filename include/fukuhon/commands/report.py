"""``fukuhon report``: documents for people."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fukuhon.commands.acting import at_desk
from fukuhon.commands.group import Verb
from fukuhon.commands.options import HERE, AsJson, SiteFolder
from fukuhon.commands.telling import finish

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="報告書を作る。")


@app.callback()
def _several() -> None:
    """Keep the verb's name although it is the only one."""


@app.command(cls=Verb, name="quality", help="データ品質報告書（HTML）：一回の準備について。")
def quality(
    *,
    run: Annotated[
        int, typer.Option("--run", metavar="番号", min=1, help="実行の番号（「fukuhon status」で分かる）。")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="書く先のファイル。")],
    outside: Annotated[
        bool, typer.Option("--outside", metavar="", help="団体の外に出す版：10未満の件数とファイル名を出さない。")
    ] = False,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Write the data-quality report of a run."""
    from fukuhon.reports.assembling import write_quality_report

    with at_desk(site, reads=True) as desk:
        verdict = write_quality_report(desk, run, out, outside=outside)
    body = {"run": run, "file": out, "level": verdict.level, "sentence": verdict.sentence}
    finish(body, lambda console: console.print(f"{out}：{verdict.sentence}"), as_json=as_json)
