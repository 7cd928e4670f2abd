"""The judgement: masks from one DuckDB pass, Great Expectations' verdict on them, and the quarantine."""

from __future__ import annotations

import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from fukuhon.errors import FatalError
from fukuhon.quality.engine import chunks, connect
from fukuhon.quality.masks import Chunk, Masker
from fukuhon.quality.model import Kind, Rule, Severity
from fukuhon.quality.quarantine import Failures, Identify
from fukuhon.quality.roll import Roll
from fukuhon.quality.tables import ClassCount, ClassVerdict, Tables, mask
from fukuhon.quality.verdict import Evidence, RuleOutcome, Verdict
from fukuhon.quality.whole import Whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    import duckdb
    from pyarrow.dataset import Dataset

    from fukuhon.quality.gx import RuleResult
    from fukuhon.quality.suite import Suite

__all__ = ["Baseline", "judge"]

_SEGMENT_ROWS = 1_048_576
_SEGMENT_BITS = 8 * 64 * 2**20  # masks that wait for Great Expectations: 64 MiB, packed


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was accepted before.

    ``accepted`` holds earlier accepted records, those of other days included: addressee, record_key, record_version,
    variation, publication_to (those that rules read). ``class_counts`` are the last accepted run's, of its
    verdict. None and empty mean that there is nothing to compare with.
    """

    accepted: pa.Table | Dataset | None = None
    class_counts: Sequence[ClassCount] = ()


def judge(  # noqa: PLR0913  # what a judgement needs; the last four by name
    batches: Iterable[pa.RecordBatch | pa.Table],
    suite: Suite,
    register: pa.Table | None = None,
    baseline: Baseline | None = None,
    *,
    as_of: date,
    work: Path,
    identify: Identify | None = None,
    threads: int = 2,
) -> Verdict:
    """Judge the mapped ``batches`` of one dataset; the quarantine goes to ``work``/quarantine-<dataset>.parquet.

    Only records in scope and not withheld are judged. ``register`` is the addressee register, ``as_of`` the day of the
    data. ``identify`` makes the keyed hash that stands in the quarantine. Raises DataError (a column is missing, a rule
    cannot be evaluated) and FatalError (a rule was not run, or counts disagree).
    """
    work.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=work, prefix=".judge-") as spill, connect(Path(spill), threads=threads) as connection:
        run = _Run(connection, suite, (register, baseline or Baseline()), Path(spill), as_of)
        for table in chunks(batches, run.masker.columns):
            run.take(table)
        return run.verdict(work / f"quarantine-{suite.dataset}.parquet", identify)


@dataclass(slots=True)
class _Watch:
    """Seconds by stage, for the report and the bench."""

    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        self.seconds[name] += time.monotonic() - begun


class _Run:
    """One judgement under way."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        suite: Suite,
        compare: tuple[pa.Table | None, Baseline],
        folder: Path,
        as_of: date,
    ) -> None:
        from fukuhon.quality.gx import GxSuite  # noqa: PLC0415  # two seconds, spared whoever only loads rules

        self.suite = suite
        self.rules = suite.rules
        register, baseline = compare
        self.masker = Masker(connection, self.rules, register, as_of)
        self.whole = Whole(connection, self.rules, baseline.accepted, folder, as_of)
        self.tables = Tables(self.rules, baseline.class_counts)
        self.failures = Failures(connection, [rule.id for rule in self.rules])
        self.place = {rule.id: place for place, rule in enumerate(self.rules)}
        self.roll = Roll()
        self.watch = _Watch()
        self.gx = GxSuite(self.rules)
        self.results: dict[str, RuleResult] = {}
        self.classes: dict[str, tuple[ClassVerdict, ...]] = {}
        self.segment: list[pa.Table] = []
        self.batches = 0

    def take(self, table: pa.Table) -> None:
        """Judge one chunk."""
        with self.watch.stage("masks"):
            chunk = self.masker.judge(table)
            self.roll.add(chunk.row_no, chunk.variation)
            self._note(chunk)
        with self.watch.stage("facts"):
            self.whole.add(chunk.facts)
            self.tables.add(chunk.facts)
        self.segment.append(chunk.masks)
        rows = sum(masks.num_rows for masks in self.segment)
        if rows >= _SEGMENT_ROWS or rows * chunk.masks.num_columns >= _SEGMENT_BITS:
            self._validate_segment()

    def _note(self, chunk: Chunk) -> None:
        failing = chunk.failing()
        if len(failing):
            few = chunk.masks.take(pa.array(failing))
            rule, record = np.nonzero(np.stack([column.to_numpy() for column in few.columns]))
            places = np.array([self.place[name] for name in few.column_names], np.int16)
            self.failures.add_pairs(places[rule], chunk.row_no[failing[record]])

    def _validate_segment(self) -> None:
        if self.segment:
            self._validate(pa.concat_tables(self.segment))
            self.segment = []

    def _validate(self, masks: pa.Table) -> None:
        with self.watch.stage("great_expectations"):
            for rule, result in self.gx.run(masks).items():
                self.results[rule] = self.results[rule] + result if rule in self.results else result
        self.batches += 1

    def verdict(self, quarantine: Path, identify: Identify | None) -> Verdict:
        """Judge what needs the whole, and close the books."""
        from fukuhon.quality.gx import same, version  # noqa: PLC0415

        self._validate_segment()
        self._validate_whole()
        self._validate_tables()
        self._validate_nothing()
        same([rule.id for rule in self.rules], list(self.results), "run")
        failed = frozenset(self.rules[place].id for place in self.failures.rules())
        outcomes = tuple(self._outcome(rule, failed) for rule in self.rules)
        holding = [self.place[rule.id] for rule in self.rules if _holds_back(rule)]
        held_rows = self.failures.held(holding)
        held = np.zeros(self.roll.size, np.bool_)
        held[held_rows] = True
        with self.watch.stage("quarantine"):
            self.failures.write(quarantine, self.whole.identities(held), holding, self.roll.variation, identify)
        return Verdict(
            dataset=self.suite.dataset,
            outcomes=outcomes,
            judged=self.roll.counts(self.roll.judged),
            quarantined=self.roll.counts(held_rows),
            evidence=Evidence(len(self.rules), len(self.gx.loaded), len(self.results), self.batches, version),
            quarantine=quarantine,
            held=held,
            class_counts=tuple(verdict.now for classes in self.classes.values() for verdict in classes),
            seconds=dict(self.watch.seconds),
        )

    def _validate_whole(self) -> None:
        self.whole.close()
        judged = self.roll.judged
        columns = {}
        with self.watch.stage("whole"):
            for rule in self.whole.rules:
                rows = self.whole.failing(rule)
                self.failures.add(self.place[rule.id], rows)
                failing = np.zeros(self.roll.size, np.bool_)
                failing[rows] = True
                columns[rule.id] = pa.array(failing[judged])
        masks = pa.table(columns)
        for start in range(0, masks.num_rows, _SEGMENT_ROWS):
            self._validate(masks.slice(start, _SEGMENT_ROWS))

    def _validate_tables(self) -> None:
        for rule in self.tables.rules:
            self.classes[rule.id] = self.tables.verdicts(rule)
            self._validate(pa.table({rule.id: mask(self.classes[rule.id])}))

    def _validate_nothing(self) -> None:
        """Rules that met no record at all are run all the same: over an empty batch."""
        left = [rule.id for rule in self.rules if rule.id not in self.results]
        if left:
            self._validate(pa.table({name: pa.array([], pa.bool_()) for name in left}))

    def _outcome(self, rule: Rule, failed: frozenset[str]) -> RuleOutcome:
        """The rule's result, cross-checked: our own count by variation must be Great Expectations' count."""
        result = self.results[rule.id]
        if rule.kind is Kind.TABLE:
            return RuleOutcome(rule, result, {}, self.tables.compared(rule), self.classes[rule.id])
        by_variation = self.roll.counts(self.failures.rows(self.place[rule.id])) if rule.id in failed else {}
        if sum(by_variation.values()) != result.unexpected:
            raise FatalError("QUALITY-012", rule=rule.id, ours=sum(by_variation.values()), theirs=result.unexpected)
        return RuleOutcome(rule, result, by_variation, self.whole.compared(rule))


def _holds_back(rule: Rule) -> bool:
    return rule.kind is not Kind.TABLE and rule.severity is not Severity.WARN
