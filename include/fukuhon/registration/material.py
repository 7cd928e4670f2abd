"""From a source to judged records:

one dataset read, counted, mapped and judged, and lying on the disk for those who choose and write.

What was read is checked against a count taken another way (DESIGN §3.4): a count query, or control totals of the
settings. A first load without either does not pass, for an extract that leaves people out looks just like one that
does not.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from fukuhon.clock import TOKYO
from fukuhon.errors import DataError
from fukuhon.files import Fingerprints, Spool, ahead, by_row_no
from fukuhon.layouts import DatasetLayout
from fukuhon.originals import Source, open_source
from fukuhon.quality import Baseline, Suite, Verdict, judge
from fukuhon.registration.census import Census
from fukuhon.registration.desk import Desk
from fukuhon.registration.evidence import keep_evidence, last_class_counts
from fukuhon.registration.known_columns import require_known
from fukuhon.registration.narrowing import NARROW, Notes
from fukuhon.registration.waiting import Life, life_of
from fukuhon.rules import Mapper, RuleBook
from fukuhon.sender.layouts import processing_day
from fukuhon.site import DatasetSettings

__all__ = [
    "NARROW",
    "PERSON",
    "Control",
    "Material",
    "Order",
    "Watch",
    "check_counts",
    "control_counts",
    "data_day",
    "mapped_batches",
    "take",
]

Control = dict[str, dict[str, tuple[int, int, str]]]
"""By basis and variation: the least and the greatest count that is right, and why it is a range."""

PERSON = ("birth_date", "sex", "kana")
"""Columns of a source, besides the items, that are looked at after the judgement (see ``deleting``)."""

_VALUES_AT_ONCE = 2**22  # of a batch, so that a record of 250 items takes no more memory than one of 30


@dataclass(slots=True)
class Watch:
    """Seconds by stage."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a block; the same name again adds up."""
        begun = time.monotonic()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - begun


@dataclass(frozen=True, slots=True)
class Order:
    """As of when to take material, where the evidence goes, whether nothing was registered before, who people are.

    ``register`` is the addressee register as of the end of :func:`data_day`, read once for all datasets of a run.
    """

    as_of: datetime
    folder: Path
    first: bool
    register: pa.Table


@dataclass
class Material:
    """One dataset's judged records:

    the spool, the verdict, one narrow row for each record that may be sent or is withheld by a rule.
    """

    settings: DatasetSettings
    layout: DatasetLayout
    suite: Suite
    spool: Spool
    census: Census
    verdict: Verdict
    narrow: pa.Table
    withheld: pa.Table
    register: pa.Table
    control: Control
    life: Life

    @property
    def quarantined(self) -> pa.Table:
        """The rows that are held back; those that two people released are not among them."""
        return self.life.held_back

    def chosen(self, wanted: pa.Table) -> Generator[pa.RecordBatch, None, None]:
        """The mapped records of ``wanted``, a part of ``narrow``, with their hashes, in the order read."""
        table = by_row_no(wanted).combine_chunks()
        done = 0
        for batch in self.spool.batches(table["row_no"]):
            part = table.slice(done, len(batch))
            assert part["row_no"].combine_chunks().equals(batch.column("row_no")), "the spool keeps the order read"
            for name in ("identity_hash", "content_hash"):
                batch = batch.append_column(name, part[name].combine_chunks())  # noqa: PLW2901
            done += len(batch)
            yield batch


def data_day(as_of: datetime) -> date:
    """The last day that is wholly before ``as_of``: the day as of whose end the sources are asked."""
    return (as_of.astimezone(TOKYO) - timedelta(microseconds=1)).date()


@contextmanager
def take(desk: Desk, dataset: DatasetSettings, order: Order, held: pa.Table, watch: Watch) -> Iterator[Material]:
    """Read, count, map and judge one dataset; what lies on the disk of its content is erased when the block ends.

    ``held`` is what the server holds of it. Raises what the source, the rules and the suite raise, and DataError:
    ORIGINALS-011 (the columns changed since the last extract), REGISTRATION-001 (counts differ), REGISTRATION-002 (a
    first load without a count to check it by), REGISTRATION-003 (rules that stop the run).
    """
    day = data_day(order.as_of)
    layout = desk.packs.in_force(dataset.code, max(day, processing_day(dataset.channel, desk.now())))
    book = RuleBook.load(desk.site.resource("rules", dataset.rules or dataset.code))
    suite = Suite.load(desk.site, layout, book)
    census = Census()
    with desk.ledger.reading() as reader:
        before = last_class_counts(desk, reader, dataset.code)
    with (
        Spool(desk.folder("spool") / f"{dataset.code}.arrow") as spool,
        Fingerprints(desk.site.hash_key(), desk.site.body.code, dataset.spi, dataset.code) as fingerprints,
    ):
        notes = Notes(fingerprints, layout.item_codes)
        with open_source(desk.site.source(dataset.source)) as source, watch.stage("judge"):
            require_known(desk, dataset, source, day)
            mapper = Mapper(book, layout, day, threads=desk.site.limits.threads)
            # Three threads: read and map; count, hash and set aside; judge.
            with (
                ahead(mapped_batches(desk, dataset, source, mapper, watch)) as mapped,
                ahead(_timed(_set_aside(spool, notes.taking(census.counting(mapped))), watch, "hash")) as kept,
            ):
                verdict = judge(
                    kept,
                    suite,
                    order.register,
                    Baseline(held, before),
                    as_of=day,
                    work=order.folder,
                    identify=fingerprints.identities,
                    threads=desk.site.limits.threads,
                )
            control = control_counts(source, desk, dataset, day)
        keep_evidence(order.folder, layout.version, verdict, census, control)
        check_counts(dataset, control, census.read, first=order.first)
        if verdict.stops:
            raise DataError("REGISTRATION-003", dataset=dataset.code, rules="、".join(verdict.stops))
        with watch.stage("narrow"):
            life = life_of(desk, dataset.code, day, verdict.quarantine, notes.all())
            narrow, withheld = notes.divided(verdict, life.released, spool)
        yield Material(dataset, layout, suite, spool, census, verdict, narrow, withheld, order.register, control, life)


def mapped_batches(
    desk: Desk, dataset: DatasetSettings, source: Source, mapper: Mapper, watch: Watch
) -> Generator[pa.RecordBatch, None, None]:
    """The extract, mapped batch by batch."""
    query = desk.site.query(dataset.query)
    at_once = min(desk.site.limits.batch_rows, max(1, _VALUES_AT_ONCE // len(mapper.book.columns)))
    rows = source.extract(query, {"as_of": mapper.as_of}, mapper.book.columns, at_once)
    return _timed((mapper.map(batch) for batch in _timed(rows, watch, "extract")), watch, "map")


def _set_aside(spool: Spool, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Hand the batches on; in the spool is of each what may still be asked for: all but most of the source's own."""
    passing: deque[pa.RecordBatch] = deque()

    def narrowed() -> Iterator[pa.RecordBatch]:
        for batch in batches:
            passing.append(batch)
            names = batch.schema.names
            yield batch.select([n for n in names if not n.startswith("src_") or n.removeprefix("src_") in PERSON])

    for _ in spool.fill(narrowed()):
        yield passing.popleft()


def _timed(batches: Iterator[pa.RecordBatch], watch: Watch, stage: str) -> Generator[pa.RecordBatch, None, None]:
    while True:
        with watch.stage(stage):
            batch = next(batches, None)
        if batch is None:
            return
        yield batch


def control_counts(source: Source, desk: Desk, dataset: DatasetSettings, day: date) -> Control:
    """What to check the extract by: a count query's counts, and control totals of the settings."""
    control: Control = {}
    if dataset.count_query is not None:
        counted = source.count(desk.site.query(dataset.count_query), {"as_of": day})
        control["count_query"] = {name: (count, count, "") for name, count in counted.items()}
    if dataset.control_totals:
        control["control_total"] = {name: (r.low, r.high, r.reason) for name, r in dataset.control_totals.items()}
    return control


def check_counts(dataset: DatasetSettings, control: Control, read: dict[str, int], *, first: bool) -> None:
    """Compare what was read with each count taken another way. Raises DataError REGISTRATION-001, -002 (``take``)."""
    if first and not control:
        raise DataError("REGISTRATION-002", dataset=dataset.code)
    for expected in control.values():
        wrong = [
            f"{name or '全件'}（正本{expected.get(name, (0, 0, ''))[0]:,}件、抽出{read.get(name, 0):,}件）"
            for name in sorted({*expected, *read})
            if not expected.get(name, (0, 0, ""))[0] <= read.get(name, 0) <= expected.get(name, (0, 0, ""))[1]
        ]
        if wrong:
            raise DataError("REGISTRATION-001", dataset=dataset.code, variations="、".join(wrong))
