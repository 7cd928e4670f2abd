"""What a new version of the layouts touches at a site: rules, sources and registered records, in words."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fukuhon.errors import ConfigurationError

if TYPE_CHECKING:
    from fukuhon.layouts import DatasetChange, DatasetLayout, LayoutPack
    from fukuhon.rules import RuleBook
    from fukuhon.site import DatasetSettings, Site

__all__ = ["Touched", "touched"]


@dataclass(frozen=True, slots=True)
class Touched:
    """What has to be looked at for one dataset. ``registered`` is None where nothing could be counted."""

    dataset: str
    in_scope: bool
    rules: tuple[str, ...]
    expectations: tuple[str, ...]
    sources: tuple[str, ...]
    registered: int | None
    records: str


def touched(
    site: Site, old: LayoutPack, changes: tuple[DatasetChange, ...], registered: Mapping[str, int] | None
) -> list[Touched]:
    """For each dataset that changes. ``registered`` counts held records by dataset; None: nobody could count."""
    return [_dataset(site, old, change, registered) for change in changes]


def _dataset(site: Site, old: LayoutPack, change: DatasetChange, registered: Mapping[str, int] | None) -> Touched:
    settings = next((each for each in site.datasets() if each.code == change.code), None)
    count = None if registered is None else registered.get(change.code, 0)
    records = _records(change, count)
    if settings is None:
        return Touched(change.code, False, (), (), (), count, records)
    rules, expectations, columns = _at_site(site, old, change, settings)
    source = site.source(settings.source)
    told = f"{source.name}（{source.id}）の抽出 {settings.query}"
    sources = (f"{told}：{'、'.join(sorted(columns)) or '今のルールが使う列はない'}",) if change.items else ()
    return Touched(change.code, True, tuple(rules), tuple(expectations), sources, count, records)


def _records(change: DatasetChange, count: int | None) -> str:
    if count == 0:
        return "登録済みの記録はない"
    told = "" if count is None else f"（{count:,}件）"
    return change.effect.wording.replace("登録済みの記録", f"登録済みの記録{told}", 1)


def _at_site(
    site: Site, old: LayoutPack, change: DatasetChange, settings: DatasetSettings
) -> tuple[list[str], list[str], set[str]]:
    """Rules to look at, reviewed expectations to look at, columns of the source that feed the changed items."""
    from fukuhon.rules import RuleBook

    name = settings.rules or settings.code
    try:
        book = RuleBook.load(site.resource("rules", name))
    except ConfigurationError as error:
        return [f"登録ルール {name} を読めない（{error.code}）"], [], set()
    columns: set[str] = set()
    rules = [*_rules(change, book, columns)]
    layout = next((each for each in old.datasets if each.code == change.code), None)
    return rules, [] if layout is None else [*_expectations(site, layout, book, change)], columns


def _rules(change: DatasetChange, book: RuleBook, columns: set[str]) -> Iterator[str]:
    from fukuhon.rules.allowed import columns_of, parse

    if change.what == "removed":
        yield "登録ルールはこの日から使われない"
    for item in change.items:
        rule = book.items.get(item.code)
        if rule is None:
            if item.what == "added":
                yield f"{item.code} {item.name}：登録ルールがない。書き足す"
            continue
        tree = parse(rule.sql) if rule.sql else None
        columns |= columns_of(tree) & set(book.columns) if tree is not None else set()
        if item.what == "removed":
            yield f"{item.code} {item.name}：登録ルールが残る。layouts で前の版に限るか、取り除く"
        elif item.what == "added":
            yield f"{item.code} {item.name}：登録ルールはもうある。合うかを確かめる"
        else:
            yield f"{item.code} {item.name}：登録ルール「{rule.wording}」を見直す"


def _expectations(site: Site, layout: DatasetLayout, book: RuleBook, change: DatasetChange) -> Iterator[str]:
    from fukuhon.quality import Suite
    from fukuhon.quality.model import Origin

    codes = {item.code for item in change.items}
    try:
        suite = Suite.load(site, layout, book)
    except ConfigurationError as error:
        yield f"検査を読めない（{error.code}）"
        return
    for rule in suite.rules:
        if rule.origin is Origin.REVIEWED and codes & set(rule.columns):
            yield f"{rule.id}：{rule.wording}（{'、'.join(sorted(codes & set(rule.columns)))}）"
