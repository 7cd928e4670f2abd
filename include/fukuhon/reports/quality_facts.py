"""The facts of a data-quality report: counts, codes, hashes and wordings, no personal value.

Counts are mappings with the names of the accounting (`fukuhon.ledger.Tally.as_dict`); a name that is missing is not
known yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fukuhon.quality import ClassVerdict, RuleOutcome, Verdict
    from fukuhon.reports.waiting_facts import WaitingFacts

__all__ = [
    "ClassFacts",
    "ControlFacts",
    "DatasetFacts",
    "EvidenceFacts",
    "FileFacts",
    "QualityFacts",
    "RuleFacts",
    "RunFacts",
    "TrendPoint",
    "evidence_of",
    "rules_of",
]

Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RunFacts:
    """Which run the report is about. ``kind`` is its Japanese name, such as 差分登録."""

    body_name: str
    body_code: str
    spi: str
    spi_name: str
    run_id: str
    kind: str
    day: date
    as_of: datetime
    made_at: datetime
    layout_version: str


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """One dataset's counts, by business variation."""

    code: str
    name: str
    variations: Mapping[str, Counts]

    @property
    def total(self) -> dict[str, int]:
        """The sum over the variations."""
        return add_counts(self.variations.values())


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """One class of a rule on counts: what it is, what it was, what was allowed (shares 0 to 1 where ``share``)."""

    label: str
    now: int
    total: int
    before: float | None
    low: float | None
    high: float | None
    share: bool
    failed: bool

    @property
    def value(self) -> float:
        """The measure now."""
        return (self.now / self.total if self.total else 0.0) if self.share else float(self.now)


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """One rule and its result. ``failed`` counts records, or classes for a rule of kind ``table``."""

    dataset: str
    id: str
    kind: str
    severity: str
    origin: str
    wording: str
    guards: str
    judged: int
    failed: int
    success: bool
    stops: bool
    compared: bool = True
    by_variation: Mapping[str, int] | None = None
    classes: tuple[ClassFacts, ...] = ()
    correct: str | None = None
    incident: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class EvidenceFacts:
    """Proof for one dataset that every declared rule was loaded and run."""

    dataset: str
    declared: int
    loaded: int
    run: int
    great_expectations: str

    @property
    def complete(self) -> bool:
        """Whether the three are the same."""
        return self.declared == self.loaded == self.run


@dataclass(frozen=True, slots=True)
class ControlFacts:
    """The extract's count against the source's own. ``control`` is a range whose ends are mostly the same."""

    dataset: str
    variation: str
    extracted: int
    control: tuple[int, int]
    basis: str
    reason: str = ""

    @property
    def agrees(self) -> bool:
        """Whether the extract's count lies in the range."""
        return self.control[0] <= self.extracted <= self.control[1]


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file that was made. ``state`` is the ledger's (prepared, sending, processed …)."""

    name: str
    dataset: str
    records: int
    size: int
    sha256: str
    state: str


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """An earlier run of the same datasets, or this one."""

    day: date
    in_scope: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class QualityFacts:
    """All that a report tells. ``correction_list`` names the files with the keys to correct, which few may read."""

    run: RunFacts
    datasets: tuple[DatasetFacts, ...]
    rules: tuple[RuleFacts, ...]
    evidence: tuple[EvidenceFacts, ...]
    controls: tuple[ControlFacts, ...] = ()
    files: tuple[FileFacts, ...] = ()
    trend: tuple[TrendPoint, ...] = ()
    waiting: WaitingFacts | None = None
    correction_list: str | None = None

    @property
    def total(self) -> dict[str, int]:
        """The sum over the datasets."""
        return add_counts(dataset.total for dataset in self.datasets)

    def name_of(self, dataset: str) -> str:
        """A dataset's name; its code where it is not among the counted ones."""
        return next((known.name for known in self.datasets if known.code == dataset), dataset)


def add_counts(counts: Iterable[Counts]) -> dict[str, int]:
    """The sum of counts, name by name."""
    total: dict[str, int] = {}
    for count in counts:
        for name, value in count.items():
            total[name] = total.get(name, 0) + value
    return total


def rules_of(verdict: Verdict) -> tuple[RuleFacts, ...]:
    """The rules of a judgement, in their order."""
    return tuple(_rule(verdict.dataset, outcome) for outcome in verdict.outcomes)


def evidence_of(verdict: Verdict) -> EvidenceFacts:
    """The proof of a judgement."""
    evidence = verdict.evidence
    return EvidenceFacts(verdict.dataset, evidence.declared, evidence.loaded, evidence.run, evidence.great_expectations)


def _rule(dataset: str, outcome: RuleOutcome) -> RuleFacts:
    rule = outcome.rule
    return RuleFacts(
        dataset=dataset,
        id=rule.id,
        kind=rule.kind.value,
        severity=rule.severity.value,
        origin=rule.origin.value,
        wording=rule.wording,
        guards=rule.guards,
        judged=outcome.result.elements,
        failed=outcome.failed,
        success=outcome.success,
        stops=outcome.stops,
        compared=outcome.compared,
        by_variation=outcome.by_variation,
        classes=tuple(_class(verdict, rule.table.measure == "share") for verdict in outcome.classes if rule.table),
        correct=rule.correct,
        incident=rule.incident,
        reason=rule.table.reason if rule.table else None,
    )


def _class(verdict: ClassVerdict, share: bool) -> ClassFacts:  # noqa: FBT001
    before = None if verdict.before is None else (verdict.before.share if share else float(verdict.before.count))
    now = verdict.now
    return ClassFacts(now.label, now.count, now.total, before, verdict.low, verdict.high, share, verdict.failed)
