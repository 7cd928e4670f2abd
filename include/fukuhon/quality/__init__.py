"""Data quality: every rule is an expectation, Great Expectations' result is the verdict of record.

``Suite`` holds a dataset's rules, ``judge`` evaluates them over mapped batches and returns a ``Verdict``: counts, row
numbers and rule ids, never a value.
"""

from __future__ import annotations

from fukuhon.quality.judging import Baseline, judge
from fukuhon.quality.model import Kind, Origin, Rule, Severity, StopAbove, TableSpec
from fukuhon.quality.quarantine import Identify
from fukuhon.quality.suite import Suite
from fukuhon.quality.tables import ClassCount, ClassVerdict
from fukuhon.quality.verdict import Evidence, RuleOutcome, Verdict

__all__ = [
    "Baseline",
    "ClassCount",
    "ClassVerdict",
    "Evidence",
    "Identify",
    "Kind",
    "Origin",
    "Rule",
    "RuleOutcome",
    "Severity",
    "StopAbove",
    "Suite",
    "TableSpec",
    "Verdict",
    "judge",
]
