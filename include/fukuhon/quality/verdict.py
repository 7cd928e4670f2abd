"""What a judgement says: counts, codes and row numbers; never a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from fukuhon.quality.model import Severity

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from fukuhon.quality.gx import RuleResult
    from fukuhon.quality.model import Rule
    from fukuhon.quality.tables import ClassCount, ClassVerdict

__all__ = ["Evidence", "RuleOutcome", "Verdict"]


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """One rule's result: Great Expectations' counts, and the same failures by variation (classes for a table rule)."""

    rule: Rule
    result: RuleResult
    by_variation: dict[str, int]
    compared: bool
    classes: tuple[ClassVerdict, ...] = ()

    @property
    def failed(self) -> int:
        """Failing records (classes for a table rule)."""
        return self.result.unexpected

    @property
    def success(self) -> bool:
        """Great Expectations' verdict."""
        return self.result.success

    @property
    def stops(self) -> bool:
        """Whether the run may not go on because of this rule."""
        above = self.rule.stop_above
        if above is not None and self.result.elements and self.failed / self.result.elements > above.share:
            return True
        return self.rule.severity is Severity.STOP and not self.success


@dataclass(frozen=True, slots=True)
class Evidence:
    """Proof that nothing was left out: rules declared, loaded into the suite and run."""

    declared: int
    loaded: int
    run: int
    batches: int
    great_expectations: str

    @property
    def complete(self) -> bool:
        """Whether the three are the same."""
        return self.declared == self.loaded == self.run


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement on one dataset of one run. ``judged`` and ``quarantined`` count records by variation."""

    dataset: str
    outcomes: tuple[RuleOutcome, ...]
    judged: dict[str, int]
    quarantined: dict[str, int]
    evidence: Evidence
    quarantine: Path
    held: NDArray[np.bool_] = field(repr=False)
    class_counts: tuple[ClassCount, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def stops(self) -> tuple[str, ...]:
        """Ids of the rules because of which nothing may be written."""
        return tuple(outcome.rule.id for outcome in self.outcomes if outcome.stops)

    @property
    def passed(self) -> bool:
        """Whether the clean records may go on."""
        return not self.stops

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """Failures by rule and variation; rules without a failure are left out."""
        return {outcome.rule.id: dict(outcome.by_variation) for outcome in self.outcomes if outcome.failed}

    @property
    def gx(self) -> dict[str, Any]:
        """Great Expectations' results as JSON: counts only."""
        return {
            "dataset": self.dataset,
            "success": all(outcome.success for outcome in self.outcomes),
            "great_expectations": self.evidence.great_expectations,
            "rules": {"declared": self.evidence.declared, "loaded": self.evidence.loaded, "run": self.evidence.run},
            "results": [
                {
                    "rule": outcome.rule.id,
                    "kind": outcome.rule.kind.value,
                    "severity": outcome.rule.severity.value,
                    "success": outcome.success,
                    "element_count": outcome.result.elements,
                    "unexpected_count": outcome.result.unexpected,
                    "compared": outcome.compared,
                }
                for outcome in self.outcomes
            ],
        }

    def split(self, batch: pa.RecordBatch | pa.Table) -> tuple[pa.Table, pa.Table]:
        """Return the records of a mapped ``batch`` that may be written, and those that are quarantined.

        Records out of scope or withheld are in neither.
        """
        table = pa.table(batch) if isinstance(batch, pa.RecordBatch) else batch
        judged = np.logical_and(
            table.column("scope").is_null().to_numpy(), table.column("withhold").is_null().to_numpy()
        )
        held = self._is_held(table.column("row_no").to_numpy(), judged)
        return table.filter(pa.array(judged & ~held)), table.filter(pa.array(judged & held))

    def _is_held(self, row_no: NDArray[np.int64], judged: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether each record is held; records that were not judged may lie beyond the last one that was."""
        known = row_no < len(self.held)
        assert bool((known | ~judged).all()), "a batch that was never judged"
        held = np.zeros(len(row_no), np.bool_)
        held[known] = self.held[row_no[known]]
        return held
