"""From a source to judged records:

one dataset read, counted, mapped and judged, and lying on the disk for those who choose and write.

What was read is checked against a count taken another way (DESIGN §3.4): a count query, or control totals of the
settings. A first load without either does not pass, for an extract that leaves people out looks just like one that
does not.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from fukuhon.clock import TOKYO
from fukuhon.errors import DataError
from fukuhon.files import HASH, Fingerprints, Spool, wire_bytes
from fukuhon.layouts import DatasetLayout
from fukuhon.originals import Source, addressee_register, open_source
from fukuhon.quality import Baseline, Suite, Verdict, judge
from fukuhon.registration.census import Census
from fukuhon.registration.desk import Desk
from fukuhon.registration.evidence import keep_evidence, last_class_counts
from fukuhon.rules import Mapper, RuleBook
from fukuhon.site import DatasetSettings

__all__ = [
    "NARROW",
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

NARROW = pa.schema(
    [
        ("row_no", pa.int64()),
        ("identity_hash", HASH),
        ("content_hash", HASH),
        ("variation", pa.string()),
        ("wire_bytes", pa.int64()),
    ]
)


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
    """As of when to take material, where the evidence goes, and whether nothing was registered before."""

    as_of: datetime
    folder: Path
    first: bool


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

    @cached_property
    def quarantined(self) -> pa.Table:
        """The rows that quality holds back: row number, variation and identity hash."""
        columns = ["row_no", "variation", "identity_hash"]
        return pq.read_table(self.verdict.quarantine, columns=columns)

    def chosen(self, wanted: pa.Table) -> Iterator[pa.RecordBatch]:
        """The mapped records of ``wanted``, a part of ``narrow``, with their hashes, in the order read."""
        table = wanted.sort_by("row_no").combine_chunks()
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
    REGISTRATION-001 (counts differ), REGISTRATION-002 (a first load without a count to check it by), REGISTRATION-003
    (rules that stop the run).
    """
    day = data_day(order.as_of)
    layout = desk.packs.in_force(dataset.code, day)
    book = RuleBook.load(desk.site.resource("rules", dataset.rules or dataset.code))
    suite = Suite.load(desk.site, layout, book)
    census = Census()
    with desk.ledger.reading() as reader:
        before = last_class_counts(desk, reader, dataset.code)
    with (
        Spool(desk.folder("spool") / f"{dataset.code}.arrow") as spool,
        Fingerprints(desk.site.hash_key(), desk.site.body.code, dataset.spi, dataset.code) as fingerprints,
    ):
        with open_source(desk.site.source(dataset.source)) as source:
            mapper = Mapper(book, layout, day, threads=desk.site.limits.threads)
            mapped = mapped_batches(desk, dataset, source, mapper, watch)
            with watch.stage("register"):
                register = addressee_register(desk.site, day)
            with watch.stage("judge"):
                verdict = judge(
                    spool.fill(census.counting(mapped)),
                    suite,
                    register,
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
        with watch.stage("hash"):
            narrow, withheld = _narrow(spool, verdict, fingerprints, layout.item_codes)
        yield Material(dataset, layout, suite, spool, census, verdict, narrow, withheld, register, control)


def mapped_batches(
    desk: Desk, dataset: DatasetSettings, source: Source, mapper: Mapper, watch: Watch
) -> Iterator[pa.RecordBatch]:
    """The extract, mapped batch by batch."""
    query, limits = desk.site.query(dataset.query), desk.site.limits
    rows = source.extract(query, {"as_of": mapper.as_of}, mapper.book.columns, limits.batch_rows)
    return _timed((mapper.map(batch) for batch in _timed(rows, watch, "extract")), watch, "map")


def _narrow(
    spool: Spool, verdict: Verdict, fingerprints: Fingerprints, items: tuple[str, ...]
) -> tuple[pa.Table, pa.Table]:
    """One row for each valid record:

    number, hashes, variation, size on the wire; and one for each that a rule withholds.
    """
    parts, kept = [NARROW.empty_table()], [NARROW.empty_table()]
    for batch in spool.batches():
        valid, _ = verdict.split(batch)
        if valid.num_rows:
            sizes = [wire_bytes(piece, items) for piece in valid.to_batches()]
            hashed = fingerprints.add(valid, items)
            parts.append(
                hashed.append_column("wire_bytes", pa.chunked_array(sizes, pa.int64()))
                .select(NARROW.names)
                .cast(NARROW)
            )
        held = batch.filter(pc.and_(pc.is_null(batch.column("scope")), pc.is_valid(batch.column("withhold"))))
        if held.num_rows:
            hashed = fingerprints.add(held, items)
            kept.append(
                hashed.append_column("wire_bytes", pa.nulls(held.num_rows, pa.int64()))
                .select(NARROW.names)
                .cast(NARROW)
            )
    return pa.concat_tables(parts).combine_chunks(), pa.concat_tables(kept).combine_chunks()


def _timed(batches: Iterator[pa.RecordBatch], watch: Watch, stage: str) -> Iterator[pa.RecordBatch]:
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
