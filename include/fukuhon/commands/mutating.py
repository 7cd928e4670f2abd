"""``fukuhon rules mutate``: the registration rules broken on purpose, to see whether the quality rules notice."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fukuhon.commands import instants
from fukuhon.commands.options import HERE, AsJson, Dataset, SiteFolder
from fukuhon.commands.telling import finish, quiet, table, working
from fukuhon.errors import ConfigurationError, DataError, RetriableError

if TYPE_CHECKING:
    from datetime import date

    from rich.console import Console

    from fukuhon.quality.mutation import Score
    from fukuhon.quality.mutators import Choice
    from fukuhon.site import DatasetSettings, Site

__all__ = ["day_of", "mutate"]

_ENOUGH = 0.95


def mutate(  # noqa: PLR0913 - one option each
    *,
    dataset: Dataset = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="日付", show_default="今日", help="どの日の正本で測るか。")
    ] = None,
    mutators: Annotated[
        Path | None, typer.Option("--mutators", metavar="FILE", help="使う変異の一覧（YAML）。無ければ全て使う。")
    ] = None,
    rows: Annotated[
        int, typer.Option("--rows", metavar="件数", min=100, max=200_000, help="正本から取り出して使う記録の数。")
    ] = 4000,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Measure the rule-killing score; below 95 in a hundred the check has failed. Nothing is registered."""
    from fukuhon.quality.mutator_file import read_mutators
    from fukuhon.site import load

    with quiet(), working("ルールの検出力") as progress:
        settings = load(site)
        chosen = read_mutators(mutators) if mutators else None
        day = day_of(settings, as_of)
        scores = []
        for each in [settings.dataset(dataset)] if dataset else settings.datasets():
            progress(f"{each.code} の登録ルールを壊して試しています")
            scores.append(_scored(settings, each, day, rows, chosen))
    count, killed = sum(one.mutants for one in scores), sum(one.killed for one in scores)
    low = killed < _ENOUGH * count
    finish(
        {"as_of": day, **_body(scores)},
        lambda console: _told(console, scores),
        as_json=as_json,
        failed=DataError("COMMANDS-041", killed=killed, mutants=count) if low else None,
    )


def day_of(site: Site, text: str | None) -> date:
    """The day that was given, or the site's; the machine's where the stand-in is away, for rules register nothing.

    Raises ConfigurationError COMMANDS-011.
    """
    from fukuhon.clock import SystemClock

    if text is not None:
        return instants.day(text)
    try:
        return site.clock().now().date()
    except (RetriableError, ConfigurationError):
        return SystemClock().now().date()


def _scored(site: Site, dataset: DatasetSettings, day: date, rows: int, chosen: Choice | None) -> Score:
    from fukuhon.layouts import packs
    from fukuhon.originals import addressee_register, open_source
    from fukuhon.quality import Suite
    from fukuhon.quality.mutation import Subject, sample_of, score
    from fukuhon.rules import RuleBook

    layout = packs(site).in_force(dataset.code, day)
    book = RuleBook.load(site.resource("rules", dataset.rules or dataset.code))
    suite = Suite.load(site, layout, book)
    with open_source(site.source(dataset.source)) as source:
        batches = source.extract(site.query(dataset.query), {"as_of": day}, book.columns, 65_536)
        sample = sample_of(batches, rows)
        register = addressee_register(site, day)
    subject = Subject(book, layout, suite, sample, register, day, counted=dataset.count_query is not None)
    with TemporaryDirectory(dir=site.work, prefix=".mutate-") as work:
        return score(subject, Path(work), chosen)


def _body(scores: list[Score]) -> dict[str, Any]:
    mutants, killed = sum(one.mutants for one in scores), sum(one.killed for one in scores)
    return {
        "mutants": mutants,
        "killed": killed,
        "score": round(killed / mutants, 4) if mutants else None,
        "equivalent": sum(one.equivalent for one in scores),
        "survivors": [survivor for one in scores for survivor in _survivors(one)],
        "datasets": [
            {
                "dataset": one.dataset,
                "records": one.rows,
                "mutants": one.mutants,
                "killed": one.killed,
                "equivalent": one.equivalent,
            }
            for one in scores
        ],
    }


def _survivors(one: Score) -> Iterator[dict[str, str]]:
    for fate in one.survivors:
        mutant = fate.mutant
        yield {
            "dataset": one.dataset,
            "mapping": mutant.mapping,
            "change": mutant.change,
            "mutator": mutant.mutator,
        }


def _told(console: Console, scores: list[Score]) -> None:
    rows = [
        (one.dataset, one.rows, one.mutants, one.killed, f"{one.killed / max(one.mutants, 1):.1%}", one.equivalent)
        for one in scores
    ]
    console.print(table(("データセット", "記録", "変異", "検出", "検出率", "何も変えない変異"), rows))
    for one in scores:
        for survivor in _survivors(one):
            console.print(f"見逃し　{one.dataset}　{survivor['mapping']}　{survivor['change']}")
