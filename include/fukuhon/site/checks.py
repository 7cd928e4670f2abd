"""What must agree between the parts of ``site.yaml``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from fukuhon.errors import ConfigurationError
from fukuhon.site.documents import Place, Problem
from fukuhon.site.people import overlapping

if TYPE_CHECKING:
    from fukuhon.site.resources import ResourceKind
    from fukuhon.site.settings import DatasetSettings
    from fukuhon.site.site import Site

__all__ = ["CHECKS"]


def _datasets(site: Site) -> Iterable[tuple[Place, DatasetSettings]]:
    for number, spi in enumerate(site.spis):
        for position, dataset in enumerate(spi.datasets):
            yield ("spis", number, "datasets", position), dataset


def _unique(site: Site) -> Iterable[Problem]:
    """Ids and codes stand once."""
    named: list[tuple[Place, str]] = [(("sources", n, "id"), source.id) for n, source in enumerate(site.sources)]
    named += [(("spis", n, "code"), spi.code) for n, spi in enumerate(site.spis)]
    named += [((*place, "code"), dataset.code) for place, dataset in _datasets(site)]
    named += [
        (("spis", n, "not_registered", position, "code"), left_out.code)
        for n, spi in enumerate(site.spis)
        for position, left_out in enumerate(spi.not_registered)
    ]
    seen: set[str] = set()
    for place, name in named:
        if name in seen:
            yield Problem(place, "同じコードが二度書かれています")
        seen.add(name)


def _sources(site: Site) -> Iterable[Problem]:
    """Whoever names a source names one that is there."""
    known = {source.id for source in site.sources}
    used: list[tuple[Place, str]] = [((*place, "source"), dataset.source) for place, dataset in _datasets(site)]
    used.append((("register", "source"), site.addressee_register.source))
    for place, name in used:
        if name not in known:
            yield Problem(place, "sources にない既存システムです")


def _resources(site: Site) -> Iterable[Problem]:
    """Queries, rule books and suites that are named are there; the rule book also where its default name is used."""
    wanted: list[tuple[Place, ResourceKind, str | None]] = [
        (("register", "query"), "queries", site.addressee_register.query)
    ]
    for place, dataset in _datasets(site):
        wanted += [
            ((*place, "query"), "queries", dataset.query),
            ((*place, "count_query"), "queries", dataset.count_query),
            ((*place, "rules"), "rules", dataset.rules or dataset.code),
            ((*place, "expectations"), "expectations", dataset.expectations),
        ]
    for place, kind, name in wanted:
        if name is None:
            continue
        try:
            site.resource(kind, name)
        except ConfigurationError as error:
            yield Problem(place, error.message)


def _clock(site: Site) -> Iterable[Problem]:
    """A production site lives in real time; a site on the stand-in's time can never be one."""
    if site.production and site.server.clock_url is not None:
        yield Problem(("server", "clock_url"), "clock: system の団体では、代行サーバーの時計は使えません")
    address = site.server.clock_url or site.server.url
    if not site.production and address is not None and not address.startswith("http://"):
        yield Problem(("server", "url"), "clock: standin の団体は、代行サーバー（http://）だけを使えます")


def _ledger(site: Site) -> Iterable[Problem]:
    if sum(value is not None for value in (site.ledger.url, site.ledger.env, site.ledger.file)) != 1:
        yield Problem(("ledger",), "url、env、file のどれか一つを書いてください")


def _people(site: Site) -> Iterable[Problem]:
    return overlapping(site.people)


CHECKS: tuple[Callable[[Site], Iterable[Problem]], ...] = (_unique, _sources, _resources, _clock, _ledger, _people)
