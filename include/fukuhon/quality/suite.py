"""The suite of one dataset: the layout's base checks and the reviewed rules, the site's own before the project's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fukuhon.errors import ConfigurationError
from fukuhon.originals import REGISTER_SCHEMA
from fukuhon.quality.base import base_rules
from fukuhon.quality.binding import unbound
from fukuhon.quality.masks import IDENTITY
from fukuhon.quality.model import Rule
from fukuhon.quality.reading import read_expectations
from fukuhon.quality.repeats import repeats_mapping

if TYPE_CHECKING:
    from fukuhon.layouts import DatasetLayout
    from fukuhon.rules import RuleBook
    from fukuhon.site import Site

__all__ = ["Suite", "columns_of_batch"]

_FRAME = frozenset({"row_no", "variation", *IDENTITY, "publication_from", "publication_to"})


@dataclass(frozen=True, slots=True)
class Suite:
    """All rules that judge one dataset, each id once."""

    dataset: str
    rules: tuple[Rule, ...]

    def __post_init__(self) -> None:
        ids = [rule.id for rule in self.rules]
        double = sorted({name for name in ids if ids.count(name) > 1})
        if double:
            raise ConfigurationError("QUALITY-002", dataset=self.dataset, rules=", ".join(double))

    @classmethod
    def load(cls, site: Site, layout: DatasetLayout, book: RuleBook) -> Suite:
        """The suite of the layout's dataset at a site.

        A rule in the site's ``expectations/`` replaces the project's of the same id. Raises ConfigurationError SITE-002
        (no YAML), QUALITY-001 (what is wrong in a file, by line), QUALITY-002 (an id twice), QUALITY-003 (a rule
        repeats the mapping's own expression) and QUALITY-014 (SQL that does not fit the columns' types).
        """
        known = {layout.code: columns_of_batch(layout, book)}
        name = site.dataset(layout.code).expectations or layout.spi
        reviewed: dict[str, Rule] = {}
        for folder in reversed(site.resource_folders("expectations")):
            path = folder / f"{name.removesuffix('.yaml')}.yaml"
            if path.is_file():
                reviewed |= {rule.id: rule for rule in read_expectations(path, known).get(layout.code, ())}
        repeated = sorted(rule.id for rule in reviewed.values() if repeats_mapping(rule, book))
        if repeated:
            raise ConfigurationError("QUALITY-003", dataset=layout.code, rules=", ".join(repeated))
        wrong = unbound(reviewed.values(), layout, book)
        if wrong:
            raise ConfigurationError("QUALITY-014", dataset=layout.code, rules=", ".join(wrong))
        return cls(layout.code, (*base_rules(layout), *reviewed.values()))

    def rule(self, rule_id: str) -> Rule:
        """One rule. Raises KeyError."""
        return {rule.id: rule for rule in self.rules}[rule_id]


def columns_of_batch(layout: DatasetLayout, book: RuleBook) -> frozenset[str]:
    """The columns that a rule may read: the mapped batch's and the addressee register's."""
    sources = {f"src_{name}" for name in book.columns}
    return _FRAME | set(layout.item_codes) | sources | {f"reg_{name}" for name in REGISTER_SCHEMA.names}
