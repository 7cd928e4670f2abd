"""The life of quarantined records: what each run finds waiting, released, excluded, and what became of the rest.

A run's failing rows are set beside those that the run before it left, by identity (rows of the same identity are
counted through, so that doubles are neither lost nor merged). Each comes out in exactly one standing; the changes are
counted, and the ledger refuses a run whose counts do not take up where the last one ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from fukuhon.errors import FatalError
from fukuhon.files import HASH, beside, connect
from fukuhon.ledger import quarantines, runs
from fukuhon.ledger.quarantines import STANDING, Change
from fukuhon.registration.decisions import in_force
from fukuhon.registration.desk import Desk
from fukuhon.registration.evidence import run_folder

__all__ = ["LIFE", "Life", "life_of", "read_life"]

LIFE = pa.schema(
    [
        ("row_no", pa.int64()),
        ("identity_hash", HASH),
        ("content_hash", HASH),
        ("variation", pa.string()),
        ("reasons", pa.list_(pa.string())),
        ("ordinal", pa.int32()),
        ("since", pa.date32()),
        ("came_from", pa.string()),
        ("state", pa.string()),
        ("approval", pa.int64()),
    ]
)
_NAME = "life-{dataset}.parquet"

# Of several decisions about a record the last one counts. It holds for the very content, and for no rule but those
# that it names.
_TODAY = """
CREATE TABLE today AS
WITH failing AS (
  SELECT q.row_no, q.identity_hash, n.content_hash, q.variation, q.reasons,
    row_number() OVER (PARTITION BY q.identity_hash ORDER BY n.content_hash, q.row_no)::INTEGER AS ordinal
  FROM quarantine q JOIN noted n USING (row_no)
), said AS (
  SELECT f.row_no, arg_max(d.decision, d.approval) AS decision, max(d.approval) AS approval
  FROM failing f JOIN decided d
    ON d.identity_hash = f.identity_hash AND d.content_hash = f.content_hash AND list_has_all(d.rules, f.reasons)
  GROUP BY f.row_no
)
SELECT f.* EXCLUDE (ordinal), f.ordinal, coalesce(b.since, $day) AS since,
  coalesce(b.state, 'arrived') AS came_from, coalesce(s.decision, 'waiting') AS state, s.approval
FROM failing f LEFT JOIN said s USING (row_no)
LEFT JOIN before b ON b.identity_hash = f.identity_hash AND b.ordinal = f.ordinal
"""

_LEFT = """
CREATE TABLE departed AS
WITH gone AS (SELECT * FROM before b ANTI JOIN today t ON t.identity_hash = b.identity_hash AND t.ordinal = b.ordinal),
still AS (
  SELECT n.identity_hash, bool_and(n.withheld) AS withheld
  FROM noted n SEMI JOIN gone USING (identity_hash) ANTI JOIN today USING (row_no) GROUP BY n.identity_hash
)
SELECT NULL::BIGINT AS row_no, g.identity_hash, g.content_hash, g.variation, g.reasons, g.ordinal, g.since,
  g.state AS came_from,
  CASE WHEN s.withheld THEN 'withheld' WHEN s.identity_hash IS NOT NULL THEN 'corrected' ELSE 'gone' END AS state,
  NULL::BIGINT AS approval
FROM gone g LEFT JOIN still s USING (identity_hash)
"""


@dataclass(frozen=True)
class Life:
    """What one run makes of one dataset's quarantine. ``advances``: it may be written down, being no older extract."""

    table: pa.Table
    advances: bool

    @cached_property
    def held_back(self) -> pa.Table:
        """The failing rows that are not sent: those that wait, and those that people left out."""
        return self._of("waiting", "excluded")

    @cached_property
    def released(self) -> NDArray[np.int64]:
        """Row numbers of the records that two people let out."""
        found: NDArray[np.int64] = self._of("released")["row_no"].to_numpy()
        return found

    def changes(self) -> Mapping[Change, tuple[int, date | None]]:
        """How many records came from which standing into which, and since when the oldest of them."""
        grouped = self.table.group_by(["came_from", "state"]).aggregate([("since", "count"), ("since", "min")])
        rows = grouped.select(["came_from", "state", "since_count", "since_min"]).to_pylist()
        return {(row["came_from"], row["state"]): (row["since_count"], row["since_min"]) for row in rows}

    def write(self, folder: Path, dataset: str) -> None:
        """Keep it (0600) beside the run's evidence. Raises RetriableError FILES-001, FILES-002."""
        with beside(folder / _NAME.format(dataset=dataset)) as (file,):
            pq.write_table(self.table, file, compression="zstd")

    def _of(self, *states: str) -> pa.Table:
        return self.table.filter(pc.is_in(self.table["state"], value_set=pa.array(states)))


def life_of(desk: Desk, dataset: str, day: date, quarantine: Path, noted: pa.Table) -> Life:
    """Set the failing rows of an extract as of the end of ``day`` beside those that the last run left.

    ``noted`` has row_no, identity_hash, content_hash and withheld of every record in scope. An extract older than the
    last one changes nothing of what waits. Raises FatalError: LEDGER-018 where the last run's records are missing,
    REGISTRATION-043 (:mod:`fukuhon.registration.decisions`).
    """
    with desk.ledger.reading() as reader:
        turns = quarantines.last(reader, dataset)
        decided = in_force(desk, reader, dataset, desk.now())
        older = bool(turns) and runs.get(reader, turns[0].run_id).key.day > day
    stood = sum(turn.records for turn in turns if turn.state in STANDING)
    before = LIFE.empty_table()
    if stood:
        before = read_life(run_folder(desk, turns[0].run_id), dataset)
        before = before.filter(pc.is_in(before["state"], value_set=pa.array(STANDING)))
    if before.num_rows != stood:
        raise FatalError("LEDGER-018", run=turns[0].run_id, dataset=dataset, before=stood, found=before.num_rows)
    with connect() as connection:
        for name, table in (("noted", noted), ("decided", decided), ("before", before)):
            connection.register(name, table)
        connection.read_parquet(str(quarantine)).create_view("quarantine")
        connection.execute(_TODAY, {"day": day})
        connection.execute(_LEFT)
        columns = ", ".join(LIFE.names)
        query = f"SELECT {columns} FROM (FROM today UNION ALL BY NAME FROM departed) ORDER BY row_no, identity_hash"  # noqa: S608
        return Life(connection.sql(query).to_arrow_table().cast(LIFE), advances=not older)


def read_life(folder: Path, dataset: str) -> pa.Table:
    """A run's records; empty where it kept none."""
    path = folder / _NAME.format(dataset=dataset)
    return pq.read_table(path, schema=LIFE) if path.exists() else LIFE.empty_table()
