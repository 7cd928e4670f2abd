"""What a rule of data quality is: data, no behaviour.

A rule comes from the layout (base checks) or from the reviewed ``expectations/<SPI>.yaml``. Whatever its kind, it ends
as one failure mask over the judged records (or, for a ``table`` rule, over classes), and Great Expectations' result on
that mask is the verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fukuhon.layouts import BaseCheck

__all__ = ["Kind", "Origin", "Rule", "Severity", "StopAbove", "TableSpec"]


class Kind(StrEnum):
    """What a rule looks at."""

    ROW = "row"
    UNIQUE = "unique"
    BASELINE = "baseline"
    TABLE = "table"


class Severity(StrEnum):
    """What follows when it fails."""

    STOP = "stop"
    QUARANTINE = "quarantine"
    WARN = "warn"


class Origin(StrEnum):
    """Where it was written down."""

    LAYOUT = "layout"
    REVIEWED = "reviewed"


@dataclass(frozen=True, slots=True)
class StopAbove:
    """Above this share of failing records (0 to 1) the run stops, whatever the rule's severity."""

    share: float
    reason: str


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A rule on counts by class. ``change`` is this run ÷ the last accepted one; ``limits`` are fixed, by class."""

    by: str
    classes: tuple[tuple[str, str], ...]
    measure: str
    reason: str
    change: tuple[float, float] | None = None
    limits: tuple[tuple[str, tuple[float, float]], ...] = ()
    slack: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """One check. ``failure`` is SQL that is TRUE where a record fails and never NULL (``row``, ``baseline``)."""

    id: str
    kind: Kind
    severity: Severity
    origin: Origin
    wording: str
    guards: str
    columns: tuple[str, ...]
    failure: str | None = None
    when: str | None = None
    key: tuple[str, ...] = ()
    owner: tuple[str, ...] = ()
    join: tuple[str, ...] = ()
    table: TableSpec | None = None
    correct: str | None = None
    incident: str | None = None
    stop_above: StopAbove | None = None
    condition: str | None = None  # the reviewed ``pass``, as written: what `repeats_mapping` looks at
    check: BaseCheck | None = None  # the layout's check that ``failure`` says in SQL: what `proofs` looks at
