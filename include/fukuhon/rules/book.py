"""A rule book: the 副本登録ルール of one dataset, as officers review it (docs/rules.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field, PrivateAttr, ValidationInfo, model_validator

from fukuhon.originals import ColumnKind
from fukuhon.rules.allowed import columns_of, parse, problems_of
from fukuhon.rules.binding import type_problems
from fukuhon.rules.examples import ExampleFailure, check_examples
from fukuhon.rules.plan import FRAME
from fukuhon.site.documents import Place, Problem, read_document
from fukuhon.site.settings import DatasetText, Name, Part

if TYPE_CHECKING:
    from fukuhon.layouts import DatasetLayout

__all__ = ["Condition", "Example", "ItemRule", "Keys", "Publication", "RuleBook"]

Sql = Annotated[str, Field(min_length=1)]


def _column_name(name: str) -> str:
    if name in {"row_no", "as_of"} or name.startswith(("src_", "reg_")):
        raise ValueError("この名前は使えません（row_no、as_of、src_、reg_ は別の意味を持ちます）")
    return name


ColumnName = Annotated[str, Field(pattern=r"^[^\W\d]\w*$"), AfterValidator(_column_name)]
RuleId = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]*$")]


class Keys(Part):
    """The record's identity, as SQL."""

    addressee: Sql
    record_key: Sql
    record_version: Sql | None = None


class Condition(Part):
    """A rule of scope or of withholding: where ``when`` is TRUE it applies."""

    id: RuleId
    when: Sql
    reason: Name
    wording: str = ""
    source: str = ""


class Publication(Part):
    """公開開始日 and 公開終了日 as SQL of a date; None leaves them out."""

    start: Annotated[Sql | None, Field(alias="from")] = None
    end: Annotated[Sql | None, Field(alias="to")] = None


class ItemRule(Part):
    """How one item is derived. ``sql`` None: never filled. ``layouts``: only in these versions of the layout."""

    sql: Sql | None
    wording: Name
    source: str = ""
    layouts: Annotated[tuple[str, ...], Field(strict=False)] = ()


class Example(Part):
    """A row of the source and what becomes of it; it runs as a test."""

    name: Name
    as_of: date
    row: dict[str, str | int | float | bool | date | None]
    expect: dict[str, str | int | date | None]


class RuleBook(Part):
    """The rules of one dataset. Frozen; made by :meth:`load`."""

    dataset: DatasetText
    note: str = ""
    columns: Annotated[dict[ColumnName, ColumnKind], Field(min_length=1)]
    keys: Keys
    scope: Annotated[tuple[Condition, ...], Field(strict=False)] = ()
    withhold: Annotated[tuple[Condition, ...], Field(strict=False)] = ()
    variation: Sql = "'全件'"
    publication: Publication = Publication()
    items: Annotated[dict[str, ItemRule], Field(min_length=1)]
    examples: Annotated[tuple[Example, ...], Field(strict=False)] = ()
    _sha256: str = PrivateAttr(default="")

    @model_validator(mode="after")
    def _hashed(self, info: ValidationInfo) -> RuleBook:
        self._sha256 = (info.context or {}).get("sha256", "")
        return self

    @classmethod
    def load(cls, path: Path) -> RuleBook:
        """Read a rule book.

        Raises ConfigurationError: SITE-001, SITE-002 (no file, no YAML), RULES-001 (everything that is wrong in it,
        by line and rule: also SQL that is not allowed, or that does not fit the columns' types).
        """
        return read_document(path).build(cls, "RULES-001", [_ids, _allowed, _text_keys, _examples, type_problems])

    @property
    def sha256(self) -> str:
        """The hash of the file it was read from, for approvals and the audit trail."""
        return self._sha256

    def expressions(self) -> Iterable[tuple[Place, str, str]]:
        """Every expression: its place in the file, the rule's id, and its SQL."""
        for part in ("scope", "withhold"):
            for number, condition in enumerate(getattr(self, part)):
                yield (part, number, "when"), condition.id, condition.when
        for name in ("addressee", "record_key", "record_version"):
            sql = getattr(self.keys, name)
            if sql is not None:
                yield ("keys", name), name, sql
        yield ("variation",), "variation", self.variation
        days = (("from", "publication_from", self.publication.start), ("to", "publication_to", self.publication.end))
        for name, key, sql in days:
            if sql is not None:
                yield ("publication", name), key, sql
        for code, item in self.items.items():
            if item.sql is not None:
                yield ("items", code, "sql"), code, item.sql

    def reasons(self) -> Mapping[str, Condition]:
        """Rules of scope and of withholding by id, for reports."""
        return {condition.id: condition for condition in (*self.scope, *self.withhold)}

    def check_examples(self, layout: DatasetLayout | None = None) -> list[ExampleFailure]:
        """Run the examples; what came out otherwise. With ``layout`` only rules of its version run, in its order."""
        return check_examples(self, layout)


def _ids(book: RuleBook) -> Iterable[Problem]:
    seen: set[str] = set()
    for place, rule, _ in book.expressions():
        if place[0] in {"scope", "withhold"}:
            if rule in seen:
                yield Problem((*place[:2], "id"), "同じ id の規則が二つあります")
            seen.add(rule)


def _allowed(book: RuleBook) -> Iterable[Problem]:
    for place, _, sql in book.expressions():
        for text in problems_of(sql, book.columns):
            yield Problem(place, text)


def _text_keys(book: RuleBook) -> Iterable[Problem]:
    """A key made of a number has lost its leading zeros before it came here."""
    for name in ("addressee", "record_key", "record_version"):
        sql = getattr(book.keys, name)
        tree = parse(sql) if sql is not None else None
        for column in sorted(columns_of(tree)) if tree is not None else ():
            if book.columns.get(column, "text") != "text":
                yield Problem(("keys", name), f"キーの列 {column} は columns で text としてください（先頭の0のため）")


def _examples(book: RuleBook) -> Iterable[Problem]:
    for number, example in enumerate(book.examples):
        for column in example.row:
            if column not in book.columns:
                yield Problem(("examples", number, "row", column), "columns にない列です")
        for key in example.expect:
            if key not in FRAME and key not in book.items:
                yield Problem(("examples", number, "expect", key), "知らない項目です")
