"""``fukuhon report``: documents for people."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fukuhon.commands.acting import at_desk
from fukuhon.commands.group import Verb
from fukuhon.commands.options import HERE, AsJson, SiteFolder
from fukuhon.commands.telling import finish, quiet

if TYPE_CHECKING:
    from datetime import date

    from rich.console import Console

    from fukuhon.reports.progress_model import Contradiction
    from fukuhon.reports.quality_report import Judgement

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="報告書と様式を作る。")

Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="書く先のファイル。")]
Outside = Annotated[
    bool, typer.Option("--outside", metavar="", help="団体の外に出す版：10未満の件数とファイル名を出さない。")
]


@app.command(cls=Verb, name="quality", help="データ品質報告書（HTML）：一回の準備について。")
def quality(
    *,
    run: Annotated[
        int, typer.Option("--run", metavar="番号", min=1, help="実行の番号（「fukuhon status」で分かる）。")
    ],
    out: Out,
    outside: Outside = False,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Write the data-quality report of a run."""
    from fukuhon.reports.assembling import write_quality_report

    with at_desk(site, reads=True) as desk:
        verdict = write_quality_report(desk, run, out, outside=outside)
    _told({"run": run}, out, verdict, as_json=as_json)


@app.command(cls=Verb, name="reconciliation", help="突合報告書（HTML）：正本と副本が一致しているか。")
def reconciliation(
    *,
    out: Out,
    plan: Annotated[
        str | None,
        typer.Option(
            "--plan", metavar="SHA256", show_default="最後に行ったもの", help="突合の計画（先頭だけでよい）。"
        ),
    ] = None,
    outside: Outside = False,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Write the reconciliation report of a plan."""
    from fukuhon.reports.reconciliation_facts import write_reconciliation_report

    with at_desk(site, reads=True) as desk:
        verdict = write_reconciliation_report(desk, out, plan=plan, outside=outside)
    _told({"plan": plan}, out, verdict, as_json=as_json)


@app.command(cls=Verb, name="day", help="本日の作業票（HTML、A4）：期限、判断待ち、送信枠、異常と対処。")
def day(
    *,
    out: Out,
    offline: Annotated[
        bool, typer.Option("--offline", metavar="", help="パスワードの期限を中間サーバーに問い合わせない。")
    ] = False,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Write the sheet of today."""
    from fukuhon.commands.situation import look
    from fukuhon.reports.day_facts import write_day_sheet

    with at_desk(site, reads=True) as desk:
        verdict = write_day_sheet(desk, look(desk).wrong, out, ask_server=not offline)
    _told({}, out, verdict, as_json=as_json)


@app.command(cls=Verb, name="progress", help="別紙5 本番用副本初期登録進捗状況確認シート（XLSX）を作る、読み戻す。")
def progress(
    *,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="書く先のファイル（.xlsx）。")] = None,
    check: Annotated[
        Path | None, typer.Option("--check", metavar="FILE", help="手で直したシートを読み戻し、食い違いを調べる。")
    ] = None,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Write the sheet of this body, or read one back."""
    from fukuhon.reports.progress_model import contradictions
    from fukuhon.reports.progress_reading import read_sheet
    from fukuhon.reports.progress_sheet import write_progress

    if (out is None) == (check is None):
        raise typer.BadParameter("--out か --check のどちらか一つを指定してください")
    with at_desk(site, reads=True) as desk:
        if out is not None:
            sheet = write_progress(desk, out)
        else:
            assert check is not None, "one of the two is there"
            sheet = read_sheet(check, desk.site.body.code)
    found = contradictions(sheet)
    body = {"file": out or check, "complete": sheet.complete, "rows": len(sheet.rows), "findings": found}
    finish(body, lambda console: _findings(console, out or check, found), as_json=as_json)


@app.command(cls=Verb, name="rollup", help="都道府県の取りまとめ（XLSX、HTML）：域内の別紙5を一つにする。")
def rollup(  # noqa: PLR0913 - each is an option
    *,
    sheets: Annotated[Path, typer.Option("--sheets", metavar="FOLDER", help="届いたシート（.xlsx）のフォルダー。")],
    area: Annotated[Path, typer.Option("--area", metavar="FILE", help="域内の団体の一覧（YAML）。")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="書く先のブック（.xlsx）。")],
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="読むためのページ（HTML）も書く。")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="年月日", show_default="今日", help="いつ現在か（2017-06-06）。")
    ] = None,
    own: Annotated[
        bool, typer.Option("--own", metavar="", help="自団体（--site）の進捗を、帳簿から取って加える。")
    ] = False,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Roll the sheets of an area up; a site is needed only for ``--own``."""
    from fukuhon.calendars import BusinessCalendar, parse_day, tokyo_day
    from fukuhon.clock import SystemClock
    from fukuhon.reports.progress_sheet import progress as progress_of
    from fukuhon.reports.rollup import Received, roll_up
    from fukuhon.reports.rollup_reading import read_area, read_sheets
    from fukuhon.reports.rollup_writing import write_rollup

    with quiet():
        now = SystemClock().now()
        day_of: date = parse_day(as_of) if as_of else tokyo_day(now)
        received, unread = read_sheets(sheets)
        calendar = BusinessCalendar()
        if own:
            with at_desk(site, reads=True) as desk:
                received.append(Received("自団体の帳簿", progress_of(desk)))
                calendar = desk.site.calendar()
        made = roll_up(read_area(area), received, unread, day_of, calendar)
        write_rollup(made, now, out, html)
    body = {
        "bodies": len(made.rows),
        "missing": [each.code for each in made.missing],
        "unread": made.unread,
        "findings": made.findings,
        "complete": made.complete,
        "due": made.due,
    }
    _told(body, out, made.judgement(), as_json=as_json)


def _told(facts: dict[str, Any], out: Path, verdict: Judgement, *, as_json: bool) -> None:
    body = facts | {"file": out, "level": verdict.level, "sentence": verdict.sentence}
    finish(body, lambda console: console.print(f"{out}：{verdict.sentence}"), as_json=as_json)


def _findings(console: Console, file: Path | None, found: list[Contradiction]) -> None:
    console.print(f"{file}：{f'食い違いが{len(found)}件あります。' if found else '食い違いはありません。'}")
    for each in found:
        console.print(f"　{each.where}：{each.wording}")
