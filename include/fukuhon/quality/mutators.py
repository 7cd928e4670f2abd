"""Breaking a rule book on purpose: each mutant is the book with one mapping wrong in one way that people get wrong.

Data decide nothing here: mutators see expressions, declared types and the layout. What a mutant does to records, and
whether a rule notices, is ``mutation``'s to find out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from fukuhon.rules import Publication
from fukuhon.rules.allowed import DAY, parse

if TYPE_CHECKING:
    from fukuhon.layouts import DatasetLayout, Item
    from fukuhon.rules import RuleBook

__all__ = ["MUTATORS", "PARAMETERS", "Choice", "Mutant", "Mutator", "Subject", "Written", "mutants_of"]

Place = tuple[str | int, ...]
Made = Iterator[tuple[str, "RuleBook"]]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A book with one mapping broken. ``shifted``: mapped columns whose values slip one row against the others."""

    mutator: str
    mapping: str
    change: str
    book: RuleBook
    shifted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """One expression of the book: where it stands, its rule, its SQL, and the layout's item where it makes one."""

    book: RuleBook
    place: Place
    rule: str
    sql: str
    item: Item | None

    def tree(self) -> exp.Expr:
        """The expression, to be changed at will."""
        tree = parse(self.sql)
        assert tree is not None, "the book was read"
        return tree.copy()

    def put(self, sql: str | None) -> RuleBook:
        """The book with this expression replaced."""
        return _with(self.book, self.place, sql)


@dataclass(frozen=True, slots=True)
class Written:
    """A mutant that somebody wrote: this SQL instead of a mapping's own. ``dataset`` None: wherever the mapping is."""

    mapping: str
    sql: str
    dataset: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Which mutators, each with its parameters, and what else somebody wrote by hand."""

    mutators: Mapping[str, Mapping[str, Any]]
    written: tuple[Written, ...] = ()


Mutator = Callable[[Subject, Mapping[str, Any]], Iterator[tuple[str, "str | None"]]]


def mutants_of(book: RuleBook, layout: DatasetLayout, chosen: Choice | None = None) -> list[Mutant]:
    """Every mutant of ``book`` that ``chosen`` names (None: by all mutators, with their defaults).

    The order is stable, and no two mutants of one mapping have the same SQL.
    """
    choice = chosen if chosen is not None else Choice({name: {} for name in MUTATORS})
    items = {item.code: item for item in layout.items}
    made: list[Mutant] = []
    for place, rule, sql in book.expressions():
        if place[0] == "items" and rule not in items:
            continue  # a rule for another version of the layout
        subject, seen = Subject(book, place, rule, sql, items.get(rule)), {sql}
        for name, change, text in _changes(subject, choice):
            if text not in seen:
                seen.add(str(text))
                made.append(Mutant(name, rule, change, subject.put(text)))
    for name, whole in _WHOLE.items():
        if name in choice.mutators:
            made += whole(book, layout)
    return made


def _changes(subject: Subject, choice: Choice) -> Iterator[tuple[str, str, str | None]]:
    for name, parameters in choice.mutators.items():
        for change, text in _TREES[name](subject, parameters) if name in _TREES else ():
            yield name, change, text
    for one in choice.written:
        if one.mapping == subject.rule and one.dataset in {None, subject.book.dataset}:
            yield "written", f"式を書き換える：{subject.sql} → {one.sql}", one.sql


def _with(book: RuleBook, place: Place, sql: str | None) -> RuleBook:
    part, rest = str(place[0]), place[1:]
    if part in {"scope", "withhold"}:
        conditions = list(getattr(book, part))
        conditions[int(rest[0])] = conditions[int(rest[0])].model_copy(update={"when": sql or "NULL"})
        return book.model_copy(update={part: tuple(conditions)})
    if part == "keys":
        return book.model_copy(update={"keys": book.keys.model_copy(update={str(rest[0]): sql})})
    if part == "publication":
        field = {"from": "start", "to": "end"}[str(rest[0])]
        changed: Publication = book.publication.model_copy(update={field: sql})
        return book.model_copy(update={"publication": changed})
    if part == "variation":
        return book.model_copy(update={"variation": sql or "NULL"})
    rule = book.items[str(rest[0])].model_copy(update={"sql": sql})
    return book.model_copy(update={"items": {**book.items, str(rest[0]): rule}})


# ------------------------------------------------------------------ changes of one expression


def _replaced(
    subject: Subject, find: Callable[[exp.Expr], Iterable[tuple[str, exp.Expr]]]
) -> Iterator[tuple[str, str]]:
    """One text for each replacement that ``find`` offers for each node of the expression."""
    for number, node in enumerate(subject.tree().walk()):
        for change, new in find(node):
            tree = subject.tree()
            target = list(tree.walk())[number]
            whole = new.copy() if target is tree else tree
            if target is not tree:
                target.replace(new.copy())
            yield change, whole.sql(dialect="duckdb")


def _says(what: str, old: exp.Expr, new: exp.Expr) -> str:
    return f"{what}：{old.sql(dialect='duckdb')} → {new.sql(dialect='duckdb')}"


def _drop_term(subject: Subject, _: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    def find(node: exp.Expr) -> Iterator[tuple[str, exp.Expr]]:
        if isinstance(node, exp.Add | exp.Sub | exp.And | exp.Or | exp.Mul | exp.Div):
            kept = (node.left,) if isinstance(node, exp.Sub | exp.Div) else (node.left, node.right)
            yield from ((_says("項を落とす", node, one), one) for one in kept)
        if isinstance(node, exp.Greatest | exp.Least | exp.Coalesce) and node.expressions:
            yield _says("限りを外す", node, node.this), node.this

    return _replaced(subject, find)


def _other_column(subject: Subject, parameters: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """A column replaced by one of its neighbours of the same type, in the order in which the book declares them."""
    names, partners = list(subject.book.columns), int(parameters.get("partners", 2))

    def find(node: exp.Expr) -> Iterator[tuple[str, exp.Expr]]:
        if not isinstance(node, exp.Column) or node.name == DAY:
            return
        kind = subject.book.columns[node.name]
        alike = [name for name in names if subject.book.columns[name] == kind]
        at = alike.index(node.name)
        for step in range(1, min(partners, len(alike) - 1) + 1):
            new = exp.column(alike[(at + step) % len(alike)])
            yield _says("別の列を使う", node, new), new

    return _replaced(subject, find)


_OPPOSITE: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.EQ: exp.NEQ, exp.NEQ: exp.EQ, exp.LT: exp.GTE, exp.GTE: exp.LT, exp.GT: exp.LTE, exp.LTE: exp.GT
}  # fmt: skip
_EDGE: dict[type[exp.Expr], type[exp.Expr]] = {exp.LT: exp.LTE, exp.LTE: exp.LT, exp.GT: exp.GTE, exp.GTE: exp.GT}


def _negate(subject: Subject, _: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    def find(node: exp.Expr) -> Iterator[tuple[str, exp.Expr]]:
        if type(node) in _OPPOSITE:
            new = _OPPOSITE[type(node)](this=node.this.copy(), expression=node.expression.copy())
            yield _says("比較を逆にする", node, new), new
        elif isinstance(node, exp.Is):
            new = exp.Not(this=node.copy())
            yield _says("条件を逆にする", node, new), new

    return _replaced(subject, find)


def _edge(subject: Subject, _: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    def find(node: exp.Expr) -> Iterator[tuple[str, exp.Expr]]:
        if type(node) in _EDGE:
            new = _EDGE[type(node)](this=node.this.copy(), expression=node.expression.copy())
            yield _says("境目を取り違える", node, new), new

    return _replaced(subject, find)


def _constant(subject: Subject, parameters: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    by = int(parameters.get("by", 1))

    def find(node: exp.Expr) -> Iterator[tuple[str, exp.Expr]]:
        if isinstance(node, exp.Literal):
            for new in _other_literals(node, by):
                yield _says("定数を変える", node, new), new
        if isinstance(node, exp.Null) and isinstance(node.parent, exp.Case | exp.If):
            yield _says("定数を変える", node, exp.Literal.string("0")), exp.Literal.string("0")

    return _replaced(subject, find)


def _other_literals(node: exp.Literal, by: int) -> Iterator[exp.Expr]:
    text = str(node.this)
    if not node.is_string:
        if text.isdigit():
            yield exp.Literal.number(int(text) + by)
    elif re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        day = date.fromisoformat(text)
        yield exp.Literal.string((day + timedelta(days=by)).isoformat())
        yield exp.Literal.string(f"{day.year + by:04d}{text[4:]}")
    elif text.isdigit():
        yield exp.Literal.string(str(int(text) + by).zfill(len(text)))
    elif re.fullmatch(r"-\d\d-\d\d", text):
        yield exp.Literal.string("-04-01" if text != "-04-01" else "-01-01")
    else:
        yield exp.Literal.string(f"{text}？")


def _shift_year(subject: Subject, parameters: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """Dates and four-digit years one year late and early. A key of the same SQL as such a year slips with no one."""
    for by in parameters.get("years", (1, -1)):
        told = f"{by:+d}年ずらす"
        if subject.place[0] == "publication":
            yield told, f"({subject.sql}) + INTERVAL ({int(by)}) YEAR"
        elif subject.item is not None and subject.item.kind == "date":
            yield told, f"CAST(TRY_CAST({subject.sql} AS DATE) + INTERVAL ({int(by)}) YEAR AS DATE)"
        elif subject.item is not None and subject.item.kind == "digits" and subject.item.digits == 4:
            yield told, f"CAST(TRY_CAST({subject.sql} AS INTEGER) + ({int(by)}) AS VARCHAR)"


def _off_by_one(subject: Subject, parameters: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    by = int(parameters.get("by", 1))
    if subject.item is not None and subject.item.kind == "number":
        yield f"{by:+d}ずらす", f"({subject.sql}) + ({by})"
    elif subject.place[0] == "publication" or (subject.item is not None and subject.item.kind == "date"):
        yield f"{by:+d}日ずらす", f"CAST(TRY_CAST({subject.sql} AS DATE) + ({by}) AS DATE)"


def _null_out(subject: Subject, _: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    if subject.place[0] in {"items", "publication", "keys", "variation"}:
        yield "値を無しにする", None


# ------------------------------------------------------------------ changes of the whole book


def _lose_condition(book: RuleBook, _: DatasetLayout) -> Iterator[Mutant]:
    for part, told in (("scope", "対象外の条件を失う"), ("withhold", "保留の条件を失う")):
        conditions = getattr(book, part)
        for number, condition in enumerate(conditions):
            rest = conditions[:number] + conditions[number + 1 :]
            yield Mutant("lose_condition", condition.id, told, book.model_copy(update={part: rest}))


def _swap_items(book: RuleBook, layout: DatasetLayout) -> Iterator[Mutant]:
    """Two neighbouring items of one kind, each filled with what belongs to the other."""
    kinds: dict[object, list[str]] = {}
    for item in layout.items:
        if item.code in book.items and book.items[item.code].sql is not None:
            kinds.setdefault(item.kind, []).append(item.code)
    for codes in kinds.values():
        for one, other in pairwise(codes):
            first, second = book.items[one], book.items[other]
            swapped = {
                one: first.model_copy(update={"sql": second.sql}),
                other: second.model_copy(update={"sql": first.sql}),
            }
            changed = book.model_copy(update={"items": {**book.items, **swapped}})
            yield Mutant("swap_items", one, f"{one} と {other} を入れ替える", changed)


def _shift_rows(book: RuleBook, layout: DatasetLayout) -> Iterator[Mutant]:
    """Values against keys, one row late: each half of the record, and the keys alone."""
    items: Sequence[str] = layout.item_codes
    half = len(items) // 2
    groups = {
        "全ての項目": tuple(items),
        "前半の項目": tuple(items[:half]),
        "後半の項目": tuple(items[half:]),
        "宛名番号": ("addressee",),
        "記録のキー": ("record_key",),
        "公開期間": ("publication_from", "publication_to"),
        "業務区分": ("variation",),
    }
    for told, columns in groups.items():
        if columns:
            yield Mutant("shift_rows", told, f"{told}が一行ずれる", book, columns)


_TREES: dict[str, Mutator] = {
    "drop_term": _drop_term,
    "other_column": _other_column,
    "negate": _negate,
    "edge": _edge,
    "constant": _constant,
    "shift_year": _shift_year,
    "off_by_one": _off_by_one,
    "null_out": _null_out,
}
_WHOLE: dict[str, Callable[[RuleBook, DatasetLayout], Iterator[Mutant]]] = {
    "lose_condition": _lose_condition,
    "swap_items": _swap_items,
    "shift_rows": _shift_rows,
}
MUTATORS: tuple[str, ...] = (*_TREES, *_WHOLE)
"""Names of all mutators, as ``--mutators FILE`` may list them."""
PARAMETERS = {"other_column": "partners", "constant": "by", "off_by_one": "by", "shift_year": "years"}
"""What may be set of a mutator: a number, or a list of numbers for ``years``."""
