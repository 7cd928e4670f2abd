"""Rules on counts by class: distribution and completeness against the last accepted run or fixed limits.

Classes are listed in the rule (or are business variations), so a count is all that is ever told.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fukuhon.quality.model import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fukuhon.quality.model import Rule, TableSpec

__all__ = ["ClassCount", "ClassVerdict", "Tables"]

OTHER = "その他"


@dataclass(frozen=True, slots=True)
class ClassCount:
    """How many judged records of a run fell into a class of a rule. The accepted run's are the next one's baseline."""

    rule: str
    label: str
    count: int
    total: int

    @property
    def share(self) -> float:
        """``count`` ÷ ``total``; 0 of an empty run."""
        return self.count / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class ClassVerdict:
    """One class of a table rule: what it is now, what it was, what was allowed."""

    now: ClassCount
    before: ClassCount | None
    failed: bool
    low: float | None
    high: float | None


class Tables:
    """Counts classes chunk by chunk and compares at the end."""

    def __init__(self, rules: Sequence[Rule], before: Sequence[ClassCount]) -> None:
        self.rules = tuple(rule for rule in rules if rule.kind is Kind.TABLE)
        self._before = {(count.rule, count.label): count for count in before}
        self._counts: dict[str, Counter[str]] = {rule.id: Counter() for rule in self.rules}
        self._total = 0

    def add(self, facts: pa.Table) -> None:
        """Count the classes of one chunk."""
        self._total += facts.num_rows
        for rule in self.rules:
            column = facts.column(f"{rule.id}/class")
            for entry in pc.value_counts(column.combine_chunks()).to_pylist():
                self._counts[rule.id][_label(rule, entry["values"])] += entry["counts"]

    def compared(self, rule: Rule) -> bool:
        """Whether an earlier accepted run or a fixed limit was there to compare with."""
        assert rule.table is not None
        return bool(rule.table.limits) or any(name == rule.id for name, _ in self._before)

    def verdicts(self, rule: Rule) -> tuple[ClassVerdict, ...]:
        """Each class that was seen now, before or is listed, in a stable order."""
        assert rule.table is not None
        known = {label for name, label in self._before if name == rule.id}
        labels = dict.fromkeys([label for _, label in rule.table.classes])
        labels.update(dict.fromkeys(sorted(set(self._counts[rule.id]) | known)))
        return tuple(self._verdict(rule, label) for label in labels)

    def _verdict(self, rule: Rule, label: str) -> ClassVerdict:
        assert rule.table is not None
        now = ClassCount(rule.id, label, self._counts[rule.id][label], self._total)
        before = self._before.get((rule.id, label))
        if before is None and self.compared(rule) and any(name == rule.id for name, _ in self._before):
            before = ClassCount(rule.id, label, 0, self._total)
        low, high = _range(rule.table, label, before)
        value = now.share if rule.table.measure == "share" else float(now.count)
        outside = (low is not None and value < low) or (high is not None and value > high)
        if outside and before is not None and label not in dict(rule.table.limits):
            expected = before.share * now.total if rule.table.measure == "share" else before.count
            outside = abs(now.count - expected) > rule.table.slack
        return ClassVerdict(now, before, bool(outside), low, high)


def _label(rule: Rule, value: int | str | None) -> str:
    assert rule.table is not None
    if not rule.table.classes:
        return str(value)
    return rule.table.classes[int(value)][1] if value is not None and int(value) < len(rule.table.classes) else OTHER


def _range(table: TableSpec, label: str, before: ClassCount | None) -> tuple[float | None, float | None]:
    """The range of the measure in which a class must lie; fixed limits go before a change."""
    limits = dict(table.limits)
    if label in limits:
        return limits[label]
    if table.change is None or before is None:
        return None, None
    base = before.share if table.measure == "share" else float(before.count)
    return base * table.change[0], base * table.change[1]


def mask(verdicts: Sequence[ClassVerdict]) -> pa.Array:
    """The failure mask over classes."""
    return pa.array(np.fromiter((verdict.failed for verdict in verdicts), bool, len(verdicts)))
