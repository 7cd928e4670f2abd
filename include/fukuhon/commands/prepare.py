"""``fukuhon prepare``: from the 正本 to files that may be sent: extract, map, judge, write; what the dags prepare."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from fukuhon.commands import instants
from fukuhon.commands.acting import at_desk
from fukuhon.commands.group import Verb
from fukuhon.commands.options import HERE, AsJson, AsOf, SiteFolder
from fukuhon.commands.telling import finish, working
from fukuhon.commands.wording import KINDS, summary_text
from fukuhon.errors import ConfigurationError

if TYPE_CHECKING:
    from fukuhon.registration.desk import Desk
    from fukuhon.registration.summary import Summary

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="正本からファイルを作る（抽出・変換・検査・書き出し）。")


@app.command(cls=Verb, name="pretest", help="事前の副本アップロード：全データセットから数件ずつ（要領 1.4.2）。")
def pretest(*, as_of: AsOf = None, site: SiteFolder = HERE, as_json: AsJson = False) -> None:
    """Prepare a few real records of every dataset from every source."""
    from fukuhon.registration import pretest as use_case

    with at_desk(site) as desk, working(KINDS["pretest"]):
        made = use_case.prepare(desk, as_of=instants.as_of(desk, as_of))
    _told(made, as_json=as_json)


@app.command(cls=Verb, name="initial", help="初期登録：一つの特定個人情報の対象を全て。")
def initial(
    *,
    spi: Annotated[
        str | None,
        typer.Option(
            "--spi", metavar="TM…", show_default="団体の設定に一つだけならそれ", help="特定個人情報名コード。"
        ),
    ] = None,
    as_of: AsOf = None,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Prepare everything in scope of one 特定個人情報."""
    from fukuhon.registration import initial as use_case

    with at_desk(site) as desk, working(KINDS["initial"]):
        made = use_case.prepare(desk, spi=spi or _only_spi(desk), as_of=instants.as_of(desk, as_of))
    _told(made, as_json=as_json)


@app.command(cls=Verb, name="differential", help="差分登録：ある日の終わりまでの変更と削除。")
def differential(
    *,
    day: Annotated[
        str | None, typer.Option("--day", metavar="日付", show_default="昨日", help="どの日の終わりまでか。")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="日時", show_default="その日の終わり", help="どの時点の正本か。"),
    ] = None,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Prepare what changed up to the end of a day."""
    from fukuhon.calendars import day_interval, tokyo_day
    from fukuhon.registration import differential as use_case

    with at_desk(site) as desk, working(KINDS["differential"]):
        wanted = instants.day(day) if day else tokyo_day(desk.now()) - timedelta(days=1)
        instant = instants.as_of(desk, as_of or day_interval(wanted).end.isoformat())
        made = use_case.prepare(desk, day=wanted, as_of=instant)
    _told(made, as_json=as_json)


def _only_spi(desk: Desk) -> str:
    codes = [spi.code for spi in desk.site.spis]
    if len(codes) != 1:
        raise ConfigurationError("COMMANDS-013", spis="、".join(codes))
    return codes[0]


def _told(made: Summary, *, as_json: bool) -> None:
    finish(made.as_json(), lambda console: summary_text(console, made), as_json=as_json)
