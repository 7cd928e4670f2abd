"""``fukuhon rules``: the registration rules' examples run, their mutants, one record explained, the book of them."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from fukuhon.commands import instants
from fukuhon.commands.cataloguing import catalogue
from fukuhon.commands.explaining import explain
from fukuhon.commands.failures import as_dict
from fukuhon.commands.group import Verb
from fukuhon.commands.mutating import mutate
from fukuhon.commands.options import HERE, AsJson, Dataset, SiteFolder
from fukuhon.commands.telling import finish, quiet
from fukuhon.errors import DataError

if TYPE_CHECKING:
    from rich.console import Console

    from fukuhon.site import DatasetSettings, Site

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="登録ルールを確かめる。")


@app.command(cls=Verb, name="examples", help="登録ルールに書かれた例を計算し、書かれたとおりになるかを確かめる。")
def examples(
    *,
    dataset: Dataset = None,
    on: Annotated[
        str | None, typer.Option("--on", metavar="日付", help="その日に有効なレイアウトの項目だけを確かめる。")
    ] = None,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Run the examples of one rule book or of all of the site."""
    from fukuhon.site import load

    with quiet():
        settings = load(site)
        wanted = [settings.dataset(dataset)] if dataset else settings.datasets()
        found = [_checked(settings, each, on) for each in wanted]
    failed = sum(len(each["failures"]) for each in found)
    finish(
        {"datasets": found},
        lambda console: _told(console, found),
        as_json=as_json,
        failed=DataError("COMMANDS-040", count=failed) if failed else None,
    )


@app.command(
    cls=Verb, name="check", help="登録ルールがレイアウト・品質ルール・例と合うかを確かめる（正本は読まない）。"
)
def check(
    *,
    dataset: Dataset = None,
    on: Annotated[
        str | None, typer.Option("--on", metavar="日付", show_default="今日", help="どの日に有効なレイアウトか。")
    ] = None,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Look whether every item of the layout has its rule, and whether the book's examples come out."""
    from fukuhon.commands.checkup_site import rules_of
    from fukuhon.site import load

    with quiet():
        settings = load(site)
        day = instants.day(on) if on else settings.clock().now().date()
        wanted = [settings.dataset(dataset)] if dataset else settings.datasets()
        problems = [(each.code, rules_of(settings, each, day)) for each in wanted]
    wrong = [problem for _, problem in problems if problem is not None]
    finish(
        {"datasets": [{"dataset": code, "error": problem and as_dict(problem)} for code, problem in problems]},
        lambda console: console.print("\n".join(f"{code}：{'否' if wrong else '良'}" for code, wrong in problems)),
        as_json=as_json,
        failed=wrong[0] if wrong else None,
    )


_MUTATE = "登録ルールをわざと壊し、品質ルールが気付くかを測る。何も登録しない。"
_EXPLAIN = "一つの記録に、どのルールがどう当てはまったかを、この画面にだけ示す。"
_CATALOGUE = "担当課が確かめて署名する、登録ルール集（HTML）を作る。"
app.command(cls=Verb, name="mutate", help=_MUTATE)(mutate)
app.command(cls=Verb, name="explain", help=_EXPLAIN)(explain)
app.command(cls=Verb, name="catalogue", help=_CATALOGUE)(catalogue)


def _checked(site: Site, dataset: DatasetSettings, on: str | None) -> dict[str, Any]:
    from fukuhon.layouts import packs
    from fukuhon.rules import RuleBook

    book = RuleBook.load(site.resource("rules", dataset.rules or dataset.code))
    layout = packs(site).in_force(dataset.code, instants.day(on)) if on else None
    failures = [failure.wording for failure in book.check_examples(layout)]
    return {"dataset": dataset.code, "examples": len(book.examples), "failures": failures}


def _told(console: Console, found: list[dict[str, Any]]) -> None:
    for each in found:
        console.print(f"{each['dataset']}：例 {each['examples']}、違い {len(each['failures'])}")
        for wording in each["failures"]:
            console.print(f"  {wording}")
