"""Preparing: originals → judged material → choice → files, written down in the ledger in one step.

Whatever kind of run it is, it is the same road; kinds differ in what they choose. Until the last transaction the
ledger knows nothing of the files: a run that dies leaves only files on the disk, and the next one writes the same
files again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa

from fukuhon.files import (
    HASH,
    Caps,
    FileSet,
    Header,
    Operation,
    SetEntry,
    ahead,
    plan_split,
    sweep,
    wire_bytes,
    write_set,
)
from fukuhon.ledger import FileState, NewFile, RunKey, files, quarantines, runs, tallies
from fukuhon.originals import addressee_register
from fukuhon.records import Holdings
from fukuhon.registration.accounts import close_books
from fukuhon.registration.books import holdings
from fukuhon.registration.choosing import Choice
from fukuhon.registration.corrections import correction_lists
from fukuhon.registration.desk import Desk
from fukuhon.registration.evidence import run_folder
from fukuhon.registration.material import Material, Order, Watch, data_day, take
from fukuhon.registration.outdated import outdated, put_aside
from fukuhon.registration.summary import FileFacts, Summary
from fukuhon.registration.waiting import Life
from fukuhon.sender.alone import alone
from fukuhon.site import DatasetSettings

__all__ = ["Choose", "Plan", "prepare"]

Choose = Callable[[Material, Holdings], Choice]


@dataclass(frozen=True, slots=True)
class Plan:
    """What distinguishes one run from another: its key, its datasets, how it chooses, how large its files may be."""

    kind: runs.Kind
    day: date
    as_of: datetime
    spi: str | None
    choose: Choose
    caps: Caps
    first: bool


@dataclass(frozen=True, slots=True)
class _Made:
    """What came of one dataset."""

    dataset: DatasetSettings
    choice: Choice
    entries: Sequence[SetEntry]
    life: Life | None


@dataclass(frozen=True, slots=True)
class _Bench:
    """Where one run's files are written, and under which names."""

    desk: Desk
    plan: Plan
    run: int
    folder: Path

    def write(self, material: Material, choice: Choice) -> list[SetEntry]:
        """The files of one dataset: what is registered, then what is deleted."""
        return [*self._register(material, choice.register), *self._delete(material, choice.delete)]

    def _register(self, material: Material, rows: pa.Table) -> list[SetEntry]:
        if not rows.num_rows:
            return []
        split = plan_split(rows["identity_hash"], rows["wire_bytes"], self.plan.caps)
        target = self._target(material, Operation.REGISTER)
        with ahead(material.chosen(rows)) as records:
            return write_set(target, split, records, material.layout.item_codes)

    def _delete(self, material: Material, rows: pa.Table | None) -> list[SetEntry]:
        if rows is None or not rows.num_rows:
            return []
        batches = rows.append_column("content_hash", pa.nulls(rows.num_rows, HASH)).combine_chunks().to_batches()
        sizes = pa.chunked_array([wire_bytes(batch, (), Operation.DELETE) for batch in batches], pa.int64())
        split = plan_split(rows["identity_hash"], sizes, self.plan.caps)
        return write_set(self._target(material, Operation.DELETE), split, batches, ())

    def _target(self, material: Material, operation: Operation) -> FileSet:
        dataset = material.settings
        header = Header(self.desk.site.body.code, dataset.spi, dataset.code, material.layout.version, operation)
        stem = f"{self.plan.kind}-{self.plan.day:%Y%m%d}-{self.run:06d}-{dataset.code}-{operation.value}"
        return FileSet(self.folder, stem, header, self.plan.as_of, f"{self.run:06d}")


def prepare(desk: Desk, plan: Plan) -> Summary:
    """Prepare the files of one run; run again, it tells what the first one did.

    Raises what reading, mapping, judging and writing raise, and RefusedError REGISTRATION-004 while another run is
    under way. A run that fails is marked so in the ledger, and nothing of it is sent.
    """
    with alone(desk.folder("locks", "prepare"), "REGISTRATION-004"):
        key = RunKey(desk.site.body.code, plan.kind, plan.day, plan.spi, plan.as_of)
        with desk.ledger.transaction(desk.actor) as tx:
            run = runs.open_run(tx, key)
        if run.state == "done":
            return told(desk, run.id, {})
        watch = Watch()
        try:
            made = _make(desk, plan, run.id, watch)
            with watch.stage("ledger"):
                _write_down(desk, plan, run.id, made)
        except BaseException:
            with desk.ledger.transaction(desk.actor) as tx:
                runs.close_run(tx, run.id, "failed")
            raise
        if not any(one.entries for one in made):
            close_books(desk)
        return told(desk, run.id, watch.seconds, {one.dataset.code: one.choice.kept_back for one in made})


def _make(desk: Desk, plan: Plan, run: int, watch: Watch) -> list[_Made]:
    made = []
    bench = _Bench(desk, plan, run, desk.folder("files", f"{run:06d}"))
    sweep(bench.folder)
    with watch.stage("register"):
        register = addressee_register(desk.site, data_day(plan.as_of))
    order = Order(plan.as_of, run_folder(desk, run), plan.first, register)
    listed = correction_lists(desk, order.folder, data_day(plan.as_of))
    with holdings(desk, without=_outdated(desk, plan)) as held, listed as corrections:
        for dataset in desk.site.datasets():
            if plan.spi not in {None, dataset.spi}:
                continue
            with take(desk, dataset, order, held.state(dataset.code), watch) as material:
                with watch.stage("choose"):
                    choice = plan.choose(material, held)
                with watch.stage("write"):
                    life = _kept(plan, order.folder, material)
                    made.append(_Made(dataset, choice, bench.write(material, choice), life))
                    corrections.note(material)
    return made


def _outdated(desk: Desk, plan: Plan) -> frozenset[int]:
    """The files whose records this run takes up again."""
    with desk.ledger.reading() as reader:
        return frozenset(file.id for file in outdated(desk, reader, plan.kind, _datasets(desk, plan)))


def _datasets(desk: Desk, plan: Plan) -> frozenset[str]:
    return frozenset(dataset.code for dataset in desk.site.datasets() if plan.spi in {None, dataset.spi})


def _kept(plan: Plan, folder: Path, material: Material) -> Life | None:
    """What waits from now on, written down; the pretest and a backfill of older days leave it as it is."""
    if plan.kind == "pretest" or not material.life.advances:
        return None
    material.life.write(folder, material.settings.code)
    return material.life


def _write_down(desk: Desk, plan: Plan, run: int, made: Sequence[_Made]) -> None:
    """Files and counts of all datasets in one transaction; validated, since only judged records were written."""
    with desk.ledger.transaction(desk.actor) as tx:
        before = outdated(desk, tx, plan.kind, {one.dataset.code for one in made})
        put_aside(tx, before)
        for one in made:
            for variation, counts in sorted(one.choice.counts.items()):
                tallies.put(tx, run, one.dataset.code, variation, **counts)
            if one.life is not None:
                quarantines.put(tx, run, one.dataset.code, one.life.changes())
            for entry in one.entries:
                files.move(tx, files.add(tx, _new_file(plan, run, one.dataset, entry)), FileState.VALIDATED)
        for each in sorted({run, *(file.run_id for file in before)}):
            tallies.verify(tx, each)
        runs.close_run(tx, run, "done")


def _new_file(plan: Plan, run: int, dataset: DatasetSettings, entry: SetEntry) -> NewFile:
    header, manifest = entry.manifest.header, entry.manifest
    return NewFile(
        run_id=run,
        spi=header.spi,
        dataset=header.dataset,
        kind="deletion" if header.operation is Operation.DELETE else plan.kind,
        operation=header.operation.value,
        name=manifest.file,
        path=str(entry.file.path),
        sidecar=str(entry.sidecar),
        sha256=manifest.sha256,
        bytes=manifest.bytes,
        records=manifest.records,
        as_of=plan.as_of,
        layout=header.layout,
        channel=dataset.channel,
        variations=manifest.variations,
        key_low_hash=manifest.key_low,
        key_high_hash=manifest.key_high,
    )


def told(desk: Desk, run: int, seconds: dict[str, float], kept_back: dict[str, int] | None = None) -> Summary:
    """What a prepared run says of itself, from the ledger; ``kept_back`` counts deletions that wait, by dataset."""
    with desk.ledger.reading() as reader:
        by_dataset = {name: tally.as_dict() for name, tally in tallies.by_dataset(reader, run).items()}
        found = files.find(reader, run_id=run)
    counts: dict[str, int] = {}
    for tally in by_dataset.values():
        for name, count in tally.items():
            counts[name] = counts.get(name, 0) + count
    facts = [FileFacts(f.name, f.dataset, f.operation, f.sha256, f.bytes, f.records) for f in found]
    waiting = {dataset: count for dataset, count in (kept_back or {}).items() if count}
    return Summary("prepare", run, counts, by_dataset, facts, seconds, {"deletions_kept_back": waiting})
