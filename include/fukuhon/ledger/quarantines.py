"""What became of the records that were held back, run by run: counts by where they came from and where they stand.

One row a run, dataset and change of standing; the records themselves are named, by keyed hashes, in the run's own
Parquet file. What a run finds standing is what the run before it left: nothing leaves silently.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

import sqlalchemy as sa

from fukuhon.errors import FatalError
from fukuhon.ledger import schema
from fukuhon.ledger.transactions import Event, Reader, Tx

__all__ = ["LEFT", "STANDING", "Change", "Standing", "Turn", "find", "last", "put", "standing"]

Standing = Literal["waiting", "released", "excluded", "corrected", "withheld", "gone"]
"""``corrected``: clean now; ``withheld``: a rule withholds it now; ``gone``: no longer in the extract's scope."""

STANDING: tuple[Standing, ...] = ("waiting", "released", "excluded")
"""Still failing a rule, whatever people decided about it."""
LEFT: tuple[Standing, ...] = ("corrected", "withheld", "gone")
"""Left with this run."""

Change = tuple[str, str]
"""From (``arrived`` or a standing) and to (a standing)."""

_t, _r = schema.quarantines, schema.runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Records of one dataset that a run found in one standing and left in another; ``oldest`` since when, at most."""

    run_id: int
    dataset: str
    came_from: str
    state: Standing
    records: int
    oldest: date | None


def put(tx: Tx, run_id: int, dataset: str, changes: Mapping[Change, tuple[int, date | None]]) -> None:
    """Write down what a run made of one dataset's quarantine; written again, it counts as the last one says.

    Raises ValueError for an unknown standing, FatalError LEDGER-018 where it does not begin with what stood before.
    """
    if unknown := {state for _, state in changes} - set(get_args(Standing)):
        raise ValueError(f"no such standing: {sorted(unknown)}")
    before = last(tx, dataset, before=run_id)
    found = sum(count for (came_from, _), (count, _) in changes.items() if came_from != "arrived")
    stood = sum(turn.records for turn in before if turn.state in STANDING)
    if found != stood:
        raise FatalError("LEDGER-018", run=run_id, dataset=dataset, before=stood, found=found)
    here = (_t.c.run_id == run_id, _t.c.dataset == dataset)
    rows = {("arrived", "waiting"): (0, None), **changes}
    values = [
        {"run_id": run_id, "dataset": dataset, "came_from": one, "state": other, "records": count, "oldest": oldest}
        for (one, other), (count, oldest) in sorted(rows.items())
    ]
    detail = {f"{one}>{other}": count for (one, other), (count, _) in sorted(rows.items())}
    if tx.row(sa.select(_t.c.run_id).where(*here)) is not None:
        tx.record(Event("quarantine.again", f"runs:{run_id}", {"dataset": dataset}), sa.delete(_t).where(*here))
    tx.record(Event("quarantine.put", f"runs:{run_id}", {"dataset": dataset, **detail}), sa.insert(_t).values(values))


def last(reader: Reader, dataset: str, *, before: int | None = None) -> Sequence[Turn]:
    """What the last run that went through made of it; empty before the first."""
    query = (
        sa.select(sa.func.max(_t.c.run_id))
        .join_from(_t, _r)
        .where(_t.c.dataset == dataset, sa.or_(_r.c.state == "done", _r.c.id == before))
    )
    if before is not None:
        query = query.where(_t.c.run_id < before)
    run_id = reader.scalar(query)
    return [] if run_id is None else find(reader, run_id=run_id, dataset=dataset)


def find(reader: Reader, *, run_id: int | None = None, dataset: str | None = None) -> Sequence[Turn]:
    """What runs that went through made of it, in their order."""
    query = sa.select(_t).join_from(_t, _r).where(_r.c.state == "done")
    for column, value in ((_t.c.run_id, run_id), (_t.c.dataset, dataset)):
        if value is not None:
            query = query.where(column == value)
    return reader.load(Turn, query.order_by(_t.c.run_id, _t.c.dataset, _t.c.came_from, _t.c.state))


def standing(turns: Sequence[Turn], state: Standing) -> tuple[int, date | None]:
    """How many of these stand so, and since when the oldest of them."""
    here = [turn for turn in turns if turn.state == state and turn.records]
    return sum(turn.records for turn in here), min((turn.oldest for turn in here if turn.oldest), default=None)
