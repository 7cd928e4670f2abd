"""The checks of ``fukuhon doctor`` that look at what a municipality wrote: sources, rules, register, limits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Literal

from fukuhon.clock import SystemClock
from fukuhon.errors import DataError, FukuhonError
from fukuhon.layouts import packs
from fukuhon.originals import addressee_register, open_source
from fukuhon.quality import Suite
from fukuhon.rules import Mapper, RuleBook
from fukuhon.site import DatasetSettings, Site, SourceSettings

__all__ = ["Finding", "left_out", "of_site", "rules_of"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, and how to mend it."""

    what: str
    level: Literal["ok", "warn", "bad"]
    seen: str
    mend: str | None = None


def of_site(site: Site) -> Iterator[Finding]:
    """Look at every source, at the register and at every dataset's rules; nothing is registered."""
    day = _today(site)
    for source in site.sources:
        yield _source(source)
    yield _register(site, day)
    for dataset in site.datasets():
        yield _rules(site, dataset, day)
        yield _extract(site, dataset, day)
    yield from left_out(site, day)


def left_out(site: Site, day: date) -> Iterator[Finding]:
    """The datasets of the body's 特定個人情報 that its layouts have and it does not register.

    On purpose, with the reason that is written down; a warning where nothing is written of them.
    """
    registered = {dataset.code for dataset in site.datasets()}
    reasons = {one.code: one.reason for spi in site.spis for one in spi.not_registered}
    ours = {spi.code for spi in site.spis}
    with _caught("登録しないデータセット") as told:
        known = {
            layout.code: layout.name
            for pack in packs(site).packs
            if pack.in_force(day)
            for layout in pack.datasets
            if layout.spi in ours
        }
        for code in sorted({*known, *reasons} - registered):
            what = f"データセット {code}"
            if code not in known:
                mend = "site.yaml の not_registered から消すか、コードを直してください。"
                yield Finding(what, "warn", "登録しないと書かれていますが、有効なレイアウトにありません", mend)
            elif code in reasons:
                yield Finding(what, "ok", f"{known[code]}：登録しません（{reasons[code]}）")
            else:
                mend = "登録するなら datasets に、しないなら理由を付けて not_registered に書いてください。"
                yield Finding(what, "warn", f"{known[code]}：登録の対象に書かれていません", mend)
    yield from told


def rules_of(site: Site, dataset: DatasetSettings, day: date) -> FukuhonError | None:
    """What is wrong with a dataset's rules on a day, before any record is read; None where nothing is."""
    try:
        _rules_checked(site, dataset, day)
    except FukuhonError as error:
        return error
    return None


def _rules_checked(site: Site, dataset: DatasetSettings, day: date) -> str:
    """Layout, book, suite and examples against each other. Raises what they raise, and DataError COMMANDS-040."""
    layout = packs(site).in_force(dataset.code, day)
    book = RuleBook.load(site.resource("rules", dataset.rules or dataset.code))
    Mapper(book, layout, day).close()
    suite = Suite.load(site, layout, book)
    failures = book.check_examples(layout)
    if failures:
        raise DataError("COMMANDS-040", count=len(failures))
    return f"項目 {len(layout.items)}、例 {len(book.examples)}、検査 {len(suite.rules)}"


def _source(source: SourceSettings) -> Finding:
    what = f"既存システム {source.id}"
    with _caught(what) as told:
        with open_source(source) as opened:
            opened.check()
        if not source.production:
            mend = "本番環境に切り替えたら、site.yaml の sources に production: true と書いてください（要領 3.4.8）。"
            return Finding(what, "warn", f"{source.name} につながります（本番以外の設定）", mend)
        return Finding(what, "ok", f"{source.name} につながります")
    return told[0]


def _register(site: Site, day: date) -> Finding:
    what = "宛名の台帳"
    with _caught(what) as told:
        return Finding(what, "ok", f"{addressee_register(site, day).num_rows:,} 人")
    return told[0]


def _rules(site: Site, dataset: DatasetSettings, day: date) -> Finding:
    what = f"登録ルール {dataset.code}"
    with _caught(what) as told:
        return Finding(what, "ok", _rules_checked(site, dataset, day))
    return told[0]


def _extract(site: Site, dataset: DatasetSettings, day: date) -> Finding:
    """The query's columns are those that the rule book declares, and there is a count to check them by."""
    what = f"抽出 {dataset.code}"
    with _caught(what) as told:
        book = RuleBook.load(site.resource("rules", dataset.rules or dataset.code))
        with open_source(site.source(dataset.source)) as source:
            for _ in source.extract(site.query(dataset.query), {"as_of": day}, book.columns, 1000):
                break
            if dataset.count_query is not None:
                source.count(site.query(dataset.count_query), {"as_of": day})
        if dataset.count_query is None and not dataset.control_totals:
            raise DataError("REGISTRATION-002", dataset=dataset.code)
        return Finding(what, "ok", f"{len(book.columns)} 列が届きます")
    return told[0]


@contextmanager
def _caught(what: str) -> Iterator[list[Finding]]:
    """What is raised in the block as a finding: a checkup goes on."""
    told: list[Finding] = []
    try:
        yield told
    except FukuhonError as error:
        told.append(Finding(what, "bad", f"[{error.code}] {error.message}", error.next_step))
    except Exception as error:  # noqa: BLE001 - the same
        mend = "この表示を添えて、保守業者に連絡してください。"
        told.append(Finding(what, "bad", f"調べられませんでした（{type(error).__name__}）", mend))


def _today(site: Site) -> date:
    """The site's day; the machine's where the stand-in, which owns the clock, is away."""
    try:
        return site.clock().now().date()
    except FukuhonError:
        return SystemClock().now().date()
