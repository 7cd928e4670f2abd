"""The book of rules that a department signs: who and what is registered, how each item is derived, what checks it.

One self-contained page in Japanese, made from the same files that run: rule book, layout and expectations, each chapter
with its hash, so that what was signed can be told from what was changed later. There is no value of a person in it: the
examples are made up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from fukuhon.quality.model import Origin
from fukuhon.reports.style import render
from fukuhon.rules.allowed import columns_of, parse

if TYPE_CHECKING:
    from fukuhon.layouts import DatasetLayout, Item
    from fukuhon.quality import Rule, Suite
    from fukuhon.rules import Example, RuleBook

__all__ = ["Chapter", "catalogue"]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One dataset of the book."""

    layout: DatasetLayout
    book: RuleBook
    suite: Suite

    @property
    def code(self) -> str:
        """The dataset's code."""
        return self.layout.code

    @property
    def sha256(self) -> str:
        """The hash of all that the chapter says: of rule book, layout and quality rules as they were read."""
        parts = (self.book.model_dump_json(), self.layout.model_dump_json(), *map(repr, self.suite.rules))
        return hashlib.sha256("\x00".join(parts).encode()).hexdigest()

    @property
    def items(self) -> Sequence[tuple[Item, str, str, str | None, Sequence[Rule]]]:
        """Each item of the layout: itself, wording, source, SQL (None: never filled), and the rules that check it."""
        made = []
        for item in self.layout.items:
            rule = self.book.items[item.code]
            checks = [one for one in self.reviewed if item.code in one.columns]
            made.append((item, rule.wording, rule.source, rule.sql, checks))
        return made

    @property
    def reviewed(self) -> Sequence[Rule]:
        """The expectations that people wrote."""
        return [rule for rule in self.suite.rules if rule.origin is Origin.REVIEWED]

    @property
    def base(self) -> Sequence[Rule]:
        """The checks that follow from the layout."""
        return [rule for rule in self.suite.rules if rule.origin is Origin.LAYOUT]

    @property
    def unused(self) -> Sequence[str]:
        """Columns that the extract delivers and that no rule of registration reads."""
        trees = [parse(sql) for _, _, sql in self.book.expressions()]
        read = {name for tree in trees if tree is not None for name in columns_of(tree)}
        return [name for name in self.book.columns if name not in read]

    def given(self, example: Example) -> Sequence[tuple[str, str]]:
        """The row of an example, as it is shown."""
        return [(name, _told(value)) for name, value in example.row.items()]

    def expected(self, example: Example) -> Sequence[tuple[str, str]]:
        """What must become of it: names of items beside their codes."""
        names = _FRAME | {item.code: f"{item.code} {item.name}" for item in self.layout.items}
        return [(names.get(key, key), _told(value)) for key, value in example.expect.items()]


_FRAME = {
    "scope": "対象外の理由",
    "withhold": "保留の理由",
    "variation": "業務区分",
    "addressee": "宛名番号",
    "record_key": "記録のキー",
    "record_version": "記録の版",
    "publication_from": "公開開始日",
    "publication_to": "公開終了日",
}


def _told(value: object) -> str:
    if value is None:
        return "（無し）"
    return value.isoformat() if isinstance(value, date) else str(value)


def catalogue(body: Mapping[str, str], chapters: Sequence[Chapter], made: datetime) -> str:
    """The book as HTML. ``body`` has ``name`` and ``code`` of the 団体; ``made`` is the instant it is made at."""
    return render("catalogue.html", body=body, chapters=chapters, made=made)
