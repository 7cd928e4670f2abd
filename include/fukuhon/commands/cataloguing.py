"""``fukuhon rules catalogue``: the book of rules that a department signs."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fukuhon.commands.mutating import day_of
from fukuhon.commands.options import HERE, AsJson, Dataset, SiteFolder
from fukuhon.commands.telling import finish, quiet

if TYPE_CHECKING:
    from datetime import date

    from fukuhon.reports.catalogue import Chapter
    from fukuhon.site import DatasetSettings, Site

__all__ = ["catalogue"]


def catalogue(
    *,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="書く先のファイル（HTML）。")],
    dataset: Dataset = None,
    on: Annotated[
        str | None, typer.Option("--on", metavar="日付", show_default="今日", help="どの日に有効なレイアウトで書くか。")
    ] = None,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Write the book."""
    from fukuhon.clock import SystemClock
    from fukuhon.files import write_bytes
    from fukuhon.reports.catalogue import catalogue as made
    from fukuhon.site import load

    with quiet():
        settings = load(site)
        day = day_of(settings, on)
        chosen = [settings.dataset(dataset)] if dataset else settings.datasets()
        chapters = [_chapter(settings, each, day) for each in chosen]
        body = {"name": settings.body.name, "code": settings.body.code}
        write_bytes(out, made(body, chapters, SystemClock().now()).encode())
    told = {"file": out, "datasets": [{"dataset": one.code, "sha256": one.sha256} for one in chapters]}
    finish(told, lambda console: console.print(f"{out}：{len(chapters)}データセット"), as_json=as_json)


def _chapter(site: Site, dataset: DatasetSettings, day: date) -> Chapter:
    from fukuhon.layouts import packs
    from fukuhon.quality import Suite
    from fukuhon.reports.catalogue import Chapter
    from fukuhon.rules import RuleBook

    layout = packs(site).in_force(dataset.code, day)
    book = RuleBook.load(site.resource("rules", dataset.rules or dataset.code))
    return Chapter(layout, book, Suite.load(site, layout, book))
