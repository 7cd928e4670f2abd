"""Differences come from state, not from trust (DESIGN §3.6): originals against what is held and what is on its way.

Of what is known of an identity the file on its way counts before what is held. Old never overwrites new: where newer
content is held or on its way, an older extract's record is ``superseded``, and what an older extract does not have is
not gone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from fukuhon.errors import DataError
from fukuhon.files import HASH, by_row_no, split_keys

if TYPE_CHECKING:
    from datetime import datetime

    import duckdb

__all__ = ["Differences", "find_differences"]

_CHANGES = pa.schema(
    [
        ("row_no", pa.int64()),
        ("identity_hash", HASH),
        ("content_hash", HASH),
        ("variation", pa.string()),
        ("change", pa.string()),
        ("waits", pa.bool_()),
    ]
)
_KEPT = pa.schema(
    [("identity_hash", HASH), ("variation", pa.string()), ("held_as_of", pa.timestamp("us", "Asia/Tokyo"))]
)
_GONE = pa.schema(
    [
        ("row_no", pa.int64()),
        ("addressee", pa.string()),
        ("record_key", pa.string()),
        ("record_version", pa.string()),
        ("identity_hash", HASH),
        ("variation", pa.string()),
        ("publication_to", pa.date32()),
        ("waits", pa.bool_()),
    ]
)


@dataclass(frozen=True, slots=True)
class Differences:
    """What has to be done so that the server holds what the originals say.

    ``changes``: records to register, ``change`` is new or changed, by ``row_no`` of the extract; ``superseded``: the
    same form, not to be sent. ``gone``: records to delete, fit to be written as a deletion file. ``withheld``: held
    records whose originals are quarantined: old content goes on answering. ``waits`` marks an identity that another
    unfinished file has. ``counts``: by variation, of each class.
    """

    changes: pa.Table
    superseded: pa.Table
    gone: pa.Table
    withheld: pa.Table
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    def total(self, name: str) -> int:
        """One class over all variations: unchanged, new, changed, superseded, withheld, quarantined, gone."""
        return sum(counts.get(name, 0) for counts in self.counts.values())

    def tallies(self) -> dict[str, dict[str, int]]:
        """By variation the names of DESIGN §3.4 that follow; what is superseded was to be registered, too."""
        return {variation: _tally(counts) for variation, counts in self.counts.items()}


def _tally(counts: dict[str, int]) -> dict[str, int]:
    superseded = counts.get("superseded", 0)
    return {
        "unchanged": counts.get("unchanged", 0),
        "to_register": counts.get("new", 0) + counts.get("changed", 0) + superseded,
        "to_delete": counts.get("gone", 0),
        "superseded": superseded,
        "quarantined": counts.get("quarantined", 0),
        "withheld": counts.get("withheld", 0),
    }


_KNOWN = """
CREATE OR REPLACE TEMP TABLE known AS
WITH h AS (
  SELECT *, operation = 'register' AND (publication_to IS NULL OR publication_to >= getvariable('today')) AS present
  FROM last_rows WHERE dataset = $dataset
), p AS (FROM pending_last WHERE dataset = $dataset)
SELECT
  identity_hash,
  p.identity_hash IS NOT NULL AS waits,
  CASE WHEN waits THEN p.operation = 'register' ELSE h.present END AS present,
  CASE WHEN waits THEN p.content_hash ELSE h.content_hash END AS content_hash,
  greatest(h.as_of, p.as_of) AS as_of,
  NOT waits AND list_contains($again, h.kind) AS again,
  coalesce(p.addressee, h.addressee) AS addressee,
  coalesce(p.record_key, h.record_key) AS record_key,
  coalesce(p.record_version, h.record_version) AS record_version,
  CASE WHEN waits THEN p.variation ELSE h.variation END AS variation,
  CASE WHEN waits THEN p.publication_to ELSE h.publication_to END AS publication_to
FROM h FULL JOIN p USING (identity_hash)
"""

# One row is one record of the extract: what is known of its identity decides. Same content is unchanged whatever its
# age.
_COMPARED = """
CREATE TEMP TABLE compared AS
SELECT i.row_no, i.identity_hash, i.content_hash, i.variation, coalesce(k.waits, false) AS waits,
  CASE
    WHEN k.present AND NOT k.again AND k.content_hash = i.content_hash THEN 'unchanged'
    WHEN k.as_of > $as_of THEN 'superseded'
    WHEN k.present THEN 'changed'
    ELSE 'new'
  END AS change
FROM incoming i LEFT JOIN known k USING (identity_hash)
"""

# Before anything was registered everything is new: nothing to join, nothing to keep.
_ALL_NEW = "CREATE TEMP VIEW compared AS SELECT *, false AS waits, 'new' AS change FROM incoming"

_QUARANTINED = """
CREATE OR REPLACE TEMP TABLE stopped AS
SELECT q.identity_hash, q.variation, k.as_of AS held_as_of, coalesce(k.present, false) AS withheld
FROM quarantined q LEFT JOIN known k USING (identity_hash)
"""

_GONE_ROWS = """
CREATE OR REPLACE TEMP TABLE gone AS
SELECT NULL::BIGINT AS row_no, k.* FROM known k
ANTI JOIN incoming i USING (identity_hash)
ANTI JOIN quarantined q USING (identity_hash)
WHERE $complete AND k.present AND k.as_of <= $as_of
"""

_COUNTS = """
SELECT coalesce(variation, ''), class, count(*) FROM (
  SELECT variation, change AS class FROM compared
  UNION ALL SELECT variation, 'gone' FROM gone
  UNION ALL SELECT variation, CASE WHEN withheld THEN 'withheld' ELSE 'quarantined' END FROM stopped
) GROUP BY ALL ORDER BY ALL
"""


@dataclass(frozen=True, slots=True)
class Question:
    """What is compared: the extract of one dataset as of one instant.

    ``incoming`` has ``row_no``, ``identity_hash``, ``content_hash`` and ``variation`` of every valid record in scope,
    as a table or a Parquet file; ``complete`` says that it is the whole scope, so that what is missing is gone.
    ``quarantined`` has ``identity_hash`` and ``variation`` of the records held back. ``again`` names kinds of runs
    whose records are sent again even when nothing changed (the pretest's, seed 1.4.2).
    """

    incoming: pa.Table | Path
    dataset: str
    as_of: datetime
    complete: bool
    quarantined: pa.Table | None = None
    again: frozenset[str] = frozenset()


def find_differences(connection: duckdb.DuckDBPyConnection, question: Question) -> Differences:
    """Answer the question on a connection that holds ``last_rows`` and ``pending_last``.

    Raises DataError RECORDS-005 where an identity occurs twice in the extract.
    """
    _lay_out(connection, question)
    connection.execute(_KNOWN, {"dataset": question.dataset, "again": sorted(question.again)})
    anything = connection.execute("SELECT count(*) FROM known").fetchall()[0][0]
    compared = "TABLE" if anything else "VIEW"
    if anything:
        connection.execute(_COMPARED, {"as_of": question.as_of})
    else:
        connection.execute(_ALL_NEW)
    try:
        return _told(connection, question)
    finally:  # as long as the extract, and the memory is wanted for writing
        connection.execute(f"DROP {compared} compared")
        connection.unregister("incoming")


def _told(connection: duckdb.DuckDBPyConnection, question: Question) -> Differences:
    connection.execute(_QUARANTINED)
    connection.execute(_GONE_ROWS, {"complete": question.complete, "as_of": question.as_of})
    counts: dict[str, dict[str, int]] = {}
    for variation, name, count in connection.execute(_COUNTS).fetchall():
        counts.setdefault(variation, {})[name] = count
    return Differences(
        changes=by_row_no(_table(connection, "SELECT * FROM compared WHERE change IN ('new', 'changed')", _CHANGES)),
        superseded=by_row_no(_table(connection, "SELECT * FROM compared WHERE change = 'superseded'", _CHANGES)),
        gone=_table(connection, "SELECT * FROM gone ORDER BY identity_hash", _GONE),
        withheld=_table(connection, "SELECT * FROM stopped WHERE withheld ORDER BY identity_hash", _KEPT),
        counts=counts,
    )


def _lay_out(connection: duckdb.DuckDBPyConnection, question: Question) -> None:
    if isinstance(question.incoming, Path):
        connection.read_parquet(str(question.incoming)).create_view("incoming", replace=True)
    else:
        connection.register("incoming", question.incoming)
    nobody = pa.table({"identity_hash": pa.array([], HASH), "variation": pa.array([], pa.string())})
    connection.register("quarantined", nobody if question.quarantined is None else question.quarantined)
    if isinstance(question.incoming, pa.Table) and _certainly_once(question.incoming["identity_hash"]):
        return
    twice = connection.execute(
        "SELECT count(*) FROM (SELECT identity_hash FROM incoming GROUP BY identity_hash HAVING count(*) > 1)"
    ).fetchall()[0][0]
    if twice:
        raise DataError("RECORDS-005", dataset=question.dataset, count=twice)


def _certainly_once(identity_hashes: pa.ChunkedArray) -> bool:
    """Whether no two hashes begin with the same 64 bits: eight bytes a record, sorted."""
    keys = np.sort(split_keys(identity_hashes))
    return not (keys[1:] == keys[:-1]).any()


def _table(connection: duckdb.DuckDBPyConnection, query: str, schema: pa.Schema) -> pa.Table:
    return connection.sql(query).select(*schema.names).to_arrow_table().cast(schema)
