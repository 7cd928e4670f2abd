"""``fukuhon workbook``: records of a department without a system, from a workbook or a CSV into the ordinary road."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fukuhon.commands.acting import at_desk
from fukuhon.commands.group import Verb
from fukuhon.commands.options import HERE, AsJson, SiteFolder
from fukuhon.commands.telling import finish, working

if TYPE_CHECKING:
    from fukuhon.files.entry import Entered
    from fukuhon.layouts import DatasetLayout
    from fukuhon.layouts.cells import CellProblem
    from fukuhon.registration.desk import Desk

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="既存システムのない課の入力用ブック（XLSX・CSV）。")

Code = Annotated[str, typer.Argument(metavar="TK…", help="データセットの識別項目コード。")]
Book = Annotated[Path, typer.Argument(metavar="FILE", help="入力したブック（.xlsx）か CSV。")]
Which = Annotated[str, typer.Option("--dataset", metavar="TK…", help="データセットの識別項目コード。")]
Answers = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE.xlsx", show_default="FILE_確認結果.xlsx", help="誤りを書き込んだブック。"),
]


@app.command(cls=Verb, name="template", help="入力用ブックを作る（入力・コード表・記入要領）。")
def template(
    dataset: Code,
    *,
    out: Annotated[Path, typer.Option("--out", metavar="FILE.xlsx", help="作るブック。")],
    rules: Annotated[
        Path | None, typer.Option("--rules", metavar="FILE.yaml", help="列をそのまま項目にする登録ルールも作る。")
    ] = None,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Make the workbook that a department fills in."""
    from fukuhon.files import write_bytes
    from fukuhon.files.entry import entry_rules, write_entry_template
    from fukuhon.registration.entered import layout_of

    with at_desk(site, reads=True) as desk:
        layout = layout_of(desk, dataset)
        write_bytes(out, write_entry_template(layout))
        if rules is not None:
            write_bytes(rules, entry_rules(layout).encode())
    body = {"dataset": dataset, "layout": layout.version, "out": out, "rules": rules}
    finish(body, lambda console: console.print(f"{out}（{layout.name}、版 {layout.version}）"), as_json=as_json)


@app.command(cls=Verb, name="check", help="入力を確認し、誤りをブックのセルに書き込んで返す。")
def check(file: Book, *, dataset: Which, out: Answers = None, site: SiteFolder = HERE, as_json: AsJson = False) -> None:
    """Check what was entered; errors come back in the workbook."""
    with at_desk(site) as desk, working("確認"):
        _, entered = _checked(desk, file, dataset, out)
    count = len(entered.rows)
    body = {"file": file, "dataset": dataset, "records": count, "problems": 0}
    finish(body, lambda console: console.print(f"{count:,} 件、誤りはありません。"), as_json=as_json)


@app.command(cls=Verb, name="write", help="確認した入力を、その日の正本として置く（次に「fukuhon prepare」）。")
def write(file: Book, *, dataset: Which, out: Answers = None, site: SiteFolder = HERE, as_json: AsJson = False) -> None:
    """Check, and lay the records down as the day's snapshot of their source."""
    from fukuhon.registration.entered import lay_down

    with at_desk(site) as desk, working("確認"):
        layout, entered = _checked(desk, file, dataset, out)
        laid = lay_down(desk, layout, entered)
    text = f"{laid.records:,} 件を {laid.path.name} に置きました。次に「fukuhon prepare」でファイルにします。"
    finish({"dataset": dataset, "records": laid.records, "path": laid.path}, lambda c: c.print(text), as_json=as_json)


def _checked(desk: Desk, file: Path, dataset: str, out: Path | None) -> tuple[DatasetLayout, Entered]:
    """What was entered without an error. Raises DataError FILES-022 where there are some; the workbook shows them."""
    from fukuhon.files.entry import read_entries
    from fukuhon.registration.entered import check as check_all
    from fukuhon.registration.entered import layout_of

    layout = layout_of(desk, dataset)
    entered = read_entries(file, layout)
    problems = check_all(desk, layout, entered)
    if problems:
        _returned(file, layout, entered, problems, out)
    return layout, entered


def _returned(
    file: Path, layout: DatasetLayout, entered: Entered, problems: Sequence[CellProblem], out: Path | None
) -> None:
    from fukuhon.errors import DataError
    from fukuhon.files import write_bytes
    from fukuhon.files.entry import write_answers

    answers = out or file.with_name(f"{file.stem}_確認結果.xlsx")
    write_bytes(answers, write_answers(file, layout, entered, problems))
    first = problems[0]
    raise DataError("FILES-022", file=file.name, count=len(problems), first=first.wording, answers=answers.name)
