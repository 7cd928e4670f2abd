"""The accounting of runs: what preparing counted is stored, what follows from files is computed from the files' states.

Nothing is stored twice, so nothing can disagree with itself: a file that moves moves the sums.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

import sqlalchemy as sa

from fukuhon.errors import FatalError
from fukuhon.ledger import schema
from fukuhon.ledger.states import ACCEPTED, FINISHED, QUEUED, WAITING, FileState
from fukuhon.ledger.tally import NAMES, Tally, total
from fukuhon.ledger.transactions import Event, Reader, Tx

__all__ = ["STORED", "Cell", "by_dataset", "by_spi", "initial_progress", "of_run", "over_runs", "put", "verify"]

Cell = tuple[str, str]
"""A dataset and a business variation in it."""

STORED: tuple[str, ...] = tuple(column.name for column in schema.tallies.c if column.name in NAMES)
"""The counts that preparing and results write.

The others are computed. ``superseded`` here: rows that never went into a file.
"""

_t, _f, _v = schema.tallies, schema.files, schema.variations


def put(tx: Tx, run_id: int, dataset: str, variation: str, **counts: int) -> None:
    """Write stored counts of one cell of a run.

    Those not named stay. Raises ValueError for a name that is computed or unknown.
    """
    unknown = set(counts) - set(STORED)
    if unknown:
        raise ValueError(f"computed or unknown: {sorted(unknown)}")
    key = {"run_id": run_id, "dataset": dataset, "variation": variation}
    here = [_t.c[name] == value for name, value in key.items()]
    exists = tx.row(sa.select(_t.c.run_id).where(*here)) is not None
    change: sa.UpdateBase = (
        sa.update(_t).where(*here).values(**counts) if exists else sa.insert(_t).values(**key, **counts)
    )
    tx.record(Event("tally.put", f"runs:{run_id}", {"dataset": dataset, "variation": variation, **counts}), change)


def of_run(reader: Reader, run_id: int) -> dict[Cell, Tally]:
    """The whole accounting of one run, cell by cell."""
    cells: dict[Cell, Tally] = defaultdict(Tally)
    for row in reader.rows(sa.select(_t).where(_t.c.run_id == run_id)):
        cells[row.dataset, row.variation] = Tally(**{name: getattr(row, name) for name in STORED})
    query = (
        sa.select(_f.c.dataset, _f.c.state, _f.c.replaced, _v)
        .join_from(_v, _f)
        .where(_f.c.run_id == run_id)
        .order_by(_f.c.id)
    )
    for row in reader.rows(query):
        cell = row.dataset, row.variation
        cells[cell] = _with_file(cells[cell], row)
    return dict(sorted(cells.items()))


def _with_file(tally: Tally, row: sa.Row[tuple[object, ...]]) -> Tally:
    """A cell's tally with one file's records put where the file's state says."""
    name = _column_of(row.state)
    if name == "superseded":
        return tally if row.replaced else replace(tally, superseded=tally.superseded + row.records)
    counts = {"filed": row.records, name: row.records}
    if name == "processed":
        counts |= {part: getattr(row, part) for part in ("processed", "ok", "errors", "new", "overwritten", "deleted")}
    return replace(tally, **{part: getattr(tally, part) + count for part, count in counts.items()})


def _column_of(state: FileState) -> str:
    """The accounting's name for a file's state."""
    for name, states in (("queued", QUEUED), ("waiting", WAITING), ("processed", ACCEPTED)):
        if state in states:
            return name
    return state.value  # in_doubt, rejected_whole, superseded


def by_dataset(reader: Reader, run_id: int) -> dict[str, Tally]:
    """The accounting of one run by dataset."""
    grouped: dict[str, Tally] = defaultdict(Tally)
    for (dataset, _), tally in of_run(reader, run_id).items():
        grouped[dataset] += tally
    return dict(grouped)


def over_runs(reader: Reader, run_ids: Iterable[int]) -> dict[Cell, Tally]:
    """Runs after each other in the order given.

    Flows add up, states are the first before and the last after, cell by cell.
    """
    cells: dict[Cell, Tally] = {}
    for run_id in run_ids:
        for cell, tally in of_run(reader, run_id).items():
            cells[cell] = cells[cell].then(tally) if cell in cells else tally
    return dict(sorted(cells.items()))


def by_spi(cells: Mapping[Cell, Tally], spi_of: Mapping[str, str]) -> dict[str, Tally]:
    """Cells gathered by the 特定個人情報 of their dataset."""
    grouped: dict[str, Tally] = defaultdict(Tally)
    for (dataset, _), tally in cells.items():
        grouped[spi_of[dataset]] += tally
    return dict(grouped)


def verify(reader: Reader, run_id: int) -> None:
    """Raise FatalError (LEDGER-012) unless every equation holds in every cell of the run and in their sum."""
    cells = of_run(reader, run_id)
    for (dataset, variation), tally in [*cells.items(), (("", ""), total(cells.values()))]:
        if problems := tally.problems():
            raise FatalError("LEDGER-012", run=run_id, dataset=dataset, variation=variation, problem=problems[0])


def initial_progress(reader: Reader) -> dict[str, tuple[int, bool]]:
    """How far 初期登録 is, by 特定個人情報: the records registered, and whether every file of it is done.

    The sum over what is complete is the denominator of the daily cap (seed 1.5.1).
    """
    query = (
        sa.select(_f.c.spi, _f.c.state, sa.func.sum(_v.c.ok).label("ok"))
        .join_from(_v, _f)
        .where(_f.c.kind == "initial")
        .group_by(_f.c.spi, _f.c.state)
    )
    progress: dict[str, tuple[int, bool]] = {}
    for row in reader.rows(query):
        registered, complete = progress.get(row.spi, (0, True))
        progress[row.spi] = registered + int(row.ok), complete and row.state in FINISHED
    return progress
