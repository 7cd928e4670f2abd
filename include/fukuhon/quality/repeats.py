"""A rule that repeats the mapping's own expression can never fail, and would hide that nothing is checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.optimizer.simplify import simplify

from fukuhon.quality.expressions import read
from fukuhon.quality.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fukuhon.quality.model import Rule
    from fukuhon.rules import RuleBook

__all__ = ["normalised", "repeats_mapping"]

_TWO_SIDED = (exp.EQ, exp.NEQ, exp.NullSafeEQ, exp.NullSafeNEQ)
_EITHER_WAY = (exp.Add, exp.Mul, exp.And, exp.Or, *_TWO_SIDED)


def repeats_mapping(rule: Rule, book: RuleBook) -> bool:
    """Whether all that ``rule`` says is ``item = <the item's own mapping>``.

    Compared are expressions without casts, brackets and the order of ``+ * AND OR =``; ``src_x`` is the source's ``x``.
    """
    if rule.kind is not Kind.ROW or rule.condition is None:
        return False
    parts = list(_conjuncts(read(rule.condition)))
    return bool(parts) and all(_repeats(part, book) for part in parts)


def normalised(sql: str) -> str:
    """An expression in a form in which two that mean the same by their build are the same text."""
    return _text(read(sql))


def _repeats(part: exp.Expr, book: RuleBook) -> bool:
    if not isinstance(part, _TWO_SIDED):
        return False
    for one, other in ((part.left, part.right), (part.right, part.left)):
        item = _bare(one)
        mapping = book.items.get(item.name) if isinstance(item, exp.Column) else None
        if mapping is not None and mapping.sql is not None and _text(other) == normalised(mapping.sql):
            return True
    return False


def _conjuncts(tree: exp.Expr) -> Iterator[exp.Expr]:
    tree = tree.unnest()
    if isinstance(tree, exp.And | exp.Or):  # under `fail`, parts are joined by OR
        yield from _conjuncts(tree.left)
        yield from _conjuncts(tree.right)
    elif isinstance(tree, exp.Not):
        yield from _conjuncts(tree.this)
    else:
        yield tree


def _bare(tree: exp.Expr) -> exp.Expr:
    """Without brackets and casts, which the helpers are, too."""
    while isinstance(tree, exp.Paren | exp.Cast | exp.TryCast):
        tree = tree.this
    return tree


def _text(tree: exp.Expr) -> str:
    return _ordered(simplify(tree.copy(), dialect="duckdb"))


def _ordered(tree: exp.Expr) -> str:
    """The expression's text with the operands of what can be swapped in one order."""
    tree = _bare(tree)
    if isinstance(tree, exp.Column):
        return tree.name.lower().removeprefix("src_")
    if isinstance(tree, _EITHER_WAY):
        operands = sorted(_ordered(operand) for operand in _flat(tree, type(tree)))
        return f"({type(tree).__name__} {' '.join(operands)})"
    parts = []
    for name, value in sorted(tree.args.items()):
        if isinstance(value, exp.Expr):
            parts.append(f"{name}={_ordered(value)}")
        elif isinstance(value, list):
            parts.append(f"{name}=[{' '.join(_ordered(v) if isinstance(v, exp.Expr) else str(v) for v in value)}]")
        elif value is not None and value is not False:
            parts.append(f"{name}={value}")
    return f"({type(tree).__name__} {' '.join(parts)})"


def _flat(tree: exp.Expr, kind: type[exp.Expr]) -> Iterator[exp.Expr]:
    for operand in (tree.args["this"], tree.args["expression"]):
        if isinstance(operand, kind):
            yield from _flat(operand, kind)
        else:
            yield operand
