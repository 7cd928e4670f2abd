"""``fukuhon standin up | clock | down``: a stand-in to try a site of one's own against."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="代行サーバー（練習用）を動かし、その時計を進める。")

SiteFolder = Annotated[Path, typer.Option("--site", envvar="FUKUHON_SITE", help="団体のフォルダー。")]
AsJson = Annotated[bool, typer.Option("--json", help="結果を JSON で出す。")]


@app.command("up", help="この団体の代行サーバーを、裏で起動する。")
def up(
    *,
    start: Annotated[str | None, typer.Option("--start", help="初めの日時（2017-04-10T08:00）。")] = None,
    site: SiteFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Start it; it listens when this returns."""
    from rehearsal import own_standin

    with _words():
        url = own_standin.up(site, _instant(start) if start else None)
    _tell({"url": url}, f"代行サーバーが {url} で待っています（終わりは「fukuhon standin down」）。", as_json=as_json)


@app.command("clock", help="時計を進める。指示された送信が済むのを待ってから進む。")
def clock(
    *,
    to: Annotated[str, typer.Argument(help="この日時まで（2017-04-10T10:00）。")],
    site: SiteFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Move the clock on, never past what is being sent."""
    from rehearsal import own_standin

    with _words():
        now = own_standin.move(site, _instant(to))
    _tell({"now": now.isoformat()}, f"模擬の時計：{now:%Y-%m-%d %H:%M}", as_json=as_json)


@app.command("down", help="代行サーバーを止める。記録は残る。")
def down(*, site: SiteFolder = Path(), as_json: AsJson = False) -> None:
    """End it."""
    from rehearsal import own_standin

    ended = own_standin.down(site)
    _tell({"ended": ended}, "止めました。" if ended else "動いていませんでした。", as_json=as_json)


class _words:  # noqa: N801 - reads as what it does
    """A refusal of the rehearsal's own becomes a sentence and exit code 1."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        from rehearsal.own_standin import StandInError

        if isinstance(error, StandInError):
            typer.echo(f"{error}。", err=True)
            raise typer.Exit(1)


def _instant(text: str) -> datetime:
    from fukuhon.errors import ConfigurationError

    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ConfigurationError("COMMANDS-011", what="日時", form="2017-04-10T10:00") from None


def _tell(body: dict[str, object], text: str, *, as_json: bool) -> None:
    print(json.dumps(body, ensure_ascii=False) if as_json else text)
