"""The rule-killing score: mappings are broken on purpose, and the rules have to notice.

A mutant is *killed* when a rule fails on a record on which it holds for the right mapping, a rule of counts fails
against the right run, the count taken another way differs, or the mapping cannot be computed. It is *equivalent*, and
not counted, when no record of the sample would leave otherwise. Whoever survives shows a rule that is missing.

The masks of the one DuckDB pass decide here, without Great Expectations: for the same masks its verdict is proven to be
the same by the property tests of this room, and it would take a second a mutant to say it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fukuhon.errors import DataError, FukuhonError
from fukuhon.quality.engine import connect
from fukuhon.quality.masks import Masker
from fukuhon.quality.model import Kind
from fukuhon.quality.mutators import Choice, Mutant, mutants_of
from fukuhon.quality.tables import ClassCount, Tables
from fukuhon.quality.whole import Whole
from fukuhon.rules import Mapper

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    import duckdb

    from fukuhon.layouts import DatasetLayout
    from fukuhon.quality.model import Rule
    from fukuhon.quality.suite import Suite
    from fukuhon.rules import RuleBook

__all__ = ["COUNTED_OTHERWISE", "NOT_COMPUTED", "Fate", "Score", "Subject", "sample_of", "score"]

COUNTED_OTHERWISE = "count_query"
"""What kills a mutant whose records by variation differ from the count that is taken another way."""
NOT_COMPUTED = "not_computed"
_SEED = 20170410


@dataclass(frozen=True, slots=True)
class Subject:
    """What is broken and what judges it: a book, its layout and suite, and records of the real extract.

    ``counted``: whether the site counts the extract another way (what is read must then agree by variation).
    """

    book: RuleBook
    layout: DatasetLayout
    suite: Suite
    extract: pa.RecordBatch
    register: pa.Table
    as_of: date
    counted: bool


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a mutant: ``equivalent``, or by which rules it was killed (none: it survived)."""

    mutant: Mutant
    equivalent: bool
    killers: tuple[str, ...] = ()

    @property
    def survived(self) -> bool:
        """Whether records would have left otherwise and no rule noticed."""
        return not self.equivalent and not self.killers


@dataclass(frozen=True, slots=True)
class Score:
    """The fates of all mutants of one dataset."""

    dataset: str
    rows: int
    fates: tuple[Fate, ...]

    @property
    def mutants(self) -> int:
        """Those that count."""
        return sum(not fate.equivalent for fate in self.fates)

    @property
    def equivalent(self) -> int:
        """Those that change nothing on this sample."""
        return len(self.fates) - self.mutants

    @property
    def survivors(self) -> tuple[Fate, ...]:
        """Those that nobody noticed."""
        return tuple(fate for fate in self.fates if fate.survived)

    @property
    def killed(self) -> int:
        """Those that a rule noticed."""
        return self.mutants - len(self.survivors)


def sample_of(batches: Iterable[pa.RecordBatch], rows: int) -> pa.RecordBatch:
    """``rows`` records drawn evenly from an extract (all of a smaller one), in its order; memory stays bounded.

    The draw is the same for the same extract. Raises DataError QUALITY-020 when there is no record.
    """
    draw = np.random.default_rng(_SEED)
    kept, lots = None, np.empty(0)
    for batch in batches:
        table = pa.Table.from_batches([batch])
        both = table if kept is None else pa.concat_tables([kept, table])
        lots = np.concatenate([lots, draw.random(batch.num_rows)])
        if both.num_rows > rows:
            chosen = np.sort(np.argpartition(lots, rows)[:rows])
            both, lots = both.take(pa.array(chosen)), lots[chosen]
        kept = both.combine_chunks()
    if kept is None or not kept.num_rows:
        raise DataError("QUALITY-020")
    return kept.to_batches()[0]


def score(subject: Subject, work: Path, chosen: Choice | None = None) -> Score:
    """Break the subject's book in every way that is ``chosen`` (None: by all mutators), and see what notices.

    ``work``: a private folder for what spills. Raises what mapping and judging of the *right* book raise.
    """
    with (
        TemporaryDirectory(dir=work) as folder,
        connect(Path(folder), threads=1) as connection,
        Mapper(subject.book, subject.layout, subject.as_of, threads=1) as mapper,
    ):
        court = _Court(subject, Path(folder), connection, mapper)
        fates = tuple(court.fate(mutant) for mutant in mutants_of(subject.book, subject.layout, chosen))
    return Score(subject.layout.code, subject.extract.num_rows, fates)


@dataclass(frozen=True, slots=True)
class _Judged:
    """Failing row numbers by rule, counts by class, and whether a table rule fails."""

    failing: dict[str, frozenset[int]]
    counts: tuple[ClassCount, ...] = ()
    tables: frozenset[str] = frozenset()


@dataclass
class _Court:
    """Judges mutants against the right run.

    What mutants share is made once: the right run, of which only what a mutant changes is mapped anew, and the rules
    that are asked, which neighbouring mutants mostly have in common.
    """

    subject: Subject
    spill: Path
    connection: duckdb.DuckDBPyConnection
    mapper: Mapper
    batch: pa.RecordBatch = field(init=False)
    right: pa.Table = field(init=False)
    seen: pa.Table = field(init=False)
    first: _Judged = field(init=False)
    accepted: pa.Table = field(init=False)
    asked: tuple[str, ...] = ()
    masker: Masker | None = None

    def __post_init__(self) -> None:
        self.batch = self.mapper.map(self.subject.extract)
        self.right = pa.Table.from_batches([self.batch])
        self.seen = _leaving(self.right)
        self.first = self._judge(self.right, self.subject.suite.rules, None, ())
        held = frozenset[int]().union(*self.first.failing.values())
        clean = self.right.filter(_judged(self.right))
        clean = clean.filter(pc.invert(pc.is_in(clean["row_no"], pa.array(sorted(held), pa.int64()))))
        columns = ("addressee", "record_key", "record_version", "variation", "publication_to")
        self.accepted = clean.select(columns)

    def fate(self, mutant: Mutant) -> Fate:
        """What becomes of one mutant."""
        try:
            table = self._slipped(self._mapped(mutant.book), mutant.shifted)
        except FukuhonError:
            return Fate(mutant, equivalent=False, killers=(NOT_COMPUTED,))
        changed = self._changed(_leaving(table))
        if not changed:
            return Fate(mutant, equivalent=True)
        killers = [COUNTED_OTHERWISE] if self.subject.counted and _counts(table) != _counts(self.right) else []
        return Fate(mutant, equivalent=False, killers=(*killers, *self._noticed(table, changed)))

    def _mapped(self, book: RuleBook) -> pa.Table:
        return pa.Table.from_batches([self.mapper.remap(self.batch, book)])

    @staticmethod
    def _slipped(table: pa.Table, columns: Sequence[str]) -> pa.Table:
        """Values of ``columns`` one row late; the first row gets the last one's."""
        late = np.roll(np.arange(table.num_rows), 1)
        for name in columns:
            table = table.set_column(table.column_names.index(name), name, table[name].take(pa.array(late)))
        return table

    def _changed(self, leaving: pa.Table) -> frozenset[str]:
        """The columns in which what leaves differs from the right run."""
        return frozenset(name for name in leaving.column_names if not leaving[name].equals(self.seen[name]))

    def _noticed(self, table: pa.Table, changed: frozenset[str]) -> Iterator[str]:
        """Rules that fail where they held. A rule that reads nothing that changed cannot: it is not asked."""
        everything = bool(changed & {"scope", "withhold"})
        rules = [rule for rule in self.subject.suite.rules if everything or changed & _reads(rule)]
        now = self._judge(table, rules, self.accepted, self.first.counts)
        for rule in rules:
            if now.failing.get(rule.id, frozenset()) - self.first.failing.get(rule.id, frozenset()):
                yield rule.id
        yield from sorted(now.tables)

    def _judge(
        self, table: pa.Table, rules: Sequence[Rule], accepted: pa.Table | None, counts: Sequence[ClassCount]
    ) -> _Judged:
        """Failing rows of each rule; counts by class compared with ``counts``."""
        masker = self._ready(rules)
        whole = Whole(self.connection, rules, accepted, self.spill, self.subject.as_of)
        tables = Tables(rules, counts)
        chunk = masker.judge(table)
        if whole.rules:
            whole.add(chunk.facts)
        tables.add(chunk.facts)
        whole.close()
        failing = {name: _rows(chunk.row_no, column) for name, column in _columns(chunk.masks)}
        failing |= {rule.id: frozenset(whole.failing(rule).tolist()) for rule in whole.rules}
        verdicts = {rule.id: tables.verdicts(rule) for rule in tables.rules}
        failed = frozenset(name for name, classes in verdicts.items() if any(one.failed for one in classes))
        kept = tuple(one.now for classes in verdicts.values() for one in classes)
        return _Judged(failing, kept, failed)

    def _ready(self, rules: Sequence[Rule]) -> Masker:
        """The masker of just these rules: the last one again where they are the same."""
        asked = tuple(rule.id for rule in rules)
        if self.masker is None or asked != self.asked:
            self.masker = Masker(self.connection, rules, self.subject.register, self.subject.as_of)
            self.asked = asked
        return self.masker


def _columns(masks: pa.Table) -> Iterator[tuple[str, pa.ChunkedArray]]:
    return zip(masks.column_names, masks.columns, strict=True)


def _rows(row_no: np.ndarray[Any, Any], mask: pa.ChunkedArray) -> frozenset[int]:
    return frozenset(row_no[mask.to_numpy()].tolist())


def _reads(rule: Rule) -> frozenset[str]:
    """The mapped columns a rule reads; the register is joined by the addressee, earlier records by their key."""
    joined = {"addressee"} if any(name.startswith("reg_") for name in rule.columns) else set()
    by = {"variation"} if rule.kind is Kind.TABLE else set()
    return frozenset({*rule.columns, *rule.key, *rule.owner, *rule.join, *joined, *by})


def _judged(table: pa.Table) -> pa.ChunkedArray:
    return pc.and_(pc.is_null(table["scope"]), pc.is_null(table["withhold"]))


def _leaving(table: pa.Table) -> pa.Table:
    """What would leave: whether a record is in scope and withheld, and all of it where it may go.

    Which of several reasons keeps a record back does not leave.
    """
    may_go = _judged(table)
    outside = pc.is_valid(table["scope"])
    columns: dict[str, Any] = {
        "scope": outside,
        "withhold": pc.and_(pc.invert(outside), pc.is_valid(table["withhold"])),
    }
    for name in table.column_names:
        if name not in {"row_no", "scope", "withhold"} and not name.startswith("src_"):
            columns[name] = pc.if_else(may_go, table[name], pa.scalar(None, table[name].type))
    return pa.table(columns)


def _counts(table: pa.Table) -> dict[str | None, int]:
    return {one["values"]: one["counts"] for one in pc.value_counts(table["variation"].combine_chunks()).to_pylist()}
