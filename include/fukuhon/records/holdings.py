"""What the server holds as far as we know: the last thing that was accepted for every identity.

Sidecars of accepted files, less the records that the result details name as errors, in the order in which the server
processed them (DESIGN §2). DuckDB reads the Parquet; no row per record in a database. A snapshot stands at one instant:
later files and later expiries are not in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from fukuhon.clock import TOKYO, tokyo
from fukuhon.files import SIDECAR, connect
from fukuhon.records import checkpoints
from fukuhon.records.differences import Differences, Question, find_differences
from fukuhon.records.history import ROWS, lay_out, read_sidecars

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from pathlib import Path

    import pyarrow as pa

    from fukuhon.records.model import AcceptedFile, PendingFile

__all__ = ["Conflicts", "Holdings", "save_checkpoint"]

# The last row of each identity, deleted and expired ones too. The second scan joins on one number, not on the row.
_LAST = """
CREATE OR REPLACE TEMP TABLE last_rows AS
WITH last AS (SELECT max(seq) AS seq FROM history GROUP BY identity_hash)
SELECT * FROM history SEMI JOIN last USING (seq)
"""

# On 公開終了日 a record is still answered for; the server deletes it when that day is over (seed 1.3.1).
_HELD = """
CREATE OR REPLACE VIEW held AS
SELECT * FROM last_rows
WHERE operation = 'register' AND (publication_to IS NULL OR publication_to >= getvariable('today'))
"""

_SENT = """
CREATE OR REPLACE TEMP TABLE sent_rows AS
SELECT * FROM (
  SELECT seq, receipt, * EXCLUDE (seq, receipt, completed, kind), false AS in_error FROM history
  UNION ALL BY NAME
  SELECT (f.n << 32) + s.position AS seq, f.receipt, s.* EXCLUDE (filename), true AS in_error
  FROM sidecar_rows s JOIN accepted_files f ON f.path = s.filename
  SEMI JOIN error_positions e ON e.n = f.n AND e.position = s.position
) WHERE dataset = $dataset AND record_key = $record_key
  AND ($version IS NULL OR split_part(record_version, '.', 1) = $version)
"""

# Of several files on their way the one with the newest content counts; positions break the tie inside a file.
_PENDING = """
CREATE OR REPLACE TEMP TABLE pending_last AS
SELECT * FROM pending_rows
QUALIFY row_number() OVER (PARTITION BY identity_hash ORDER BY as_of DESC, filename DESC, position DESC) = 1
"""


@dataclass(frozen=True, slots=True)
class Conflicts:
    """Why a file must not go now: identities that another unfinished file has, and such that are newer where held."""

    under_way: int
    newer: int

    def __bool__(self) -> bool:
        return bool(self.under_way or self.newer)


class Holdings:
    """A snapshot of what is held and what is on its way, at one instant. Use as a context manager."""

    def __init__(
        self,
        accepted: Iterable[AcceptedFile],
        pending: Iterable[PendingFile] = (),
        *,
        at: datetime,
        checkpoint_folder: Path | None = None,
        overflow: Path | None = None,
    ) -> None:
        """Read the sidecars of files completed by ``at``, and of ``pending``.

        ``overflow`` is a folder for what exceeds memory. Raises FatalError RECORDS-002 … 004 where the books contradict
        each other, DataError FILES-014 for a missing sidecar.
        """
        self.at = at
        self._connection = connect(overflow)
        self._connection.execute("SET VARIABLE today = ?", [at.astimezone(TOKYO).date()])
        self.files = lay_out(self._connection, accepted, at, checkpoint_folder)
        self._connection.execute(_LAST)
        self._connection.execute(_HELD)
        self.pending = list(pending)
        read_sidecars(self._connection, "pending_rows", [file.sidecar for file in self.pending])
        self._connection.execute(_PENDING)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give back memory and overflow."""
        self._connection.close()

    def state(self, dataset: str | None = None) -> pa.Table:
        """Every record that is held: the sidecar's columns and the file it came in; of one dataset if named."""
        return self._rows("held", dataset, ROWS)

    def in_flight(self, dataset: str | None = None, record_key: str | None = None) -> pa.Table:
        """Every record that is on its way, once: the sidecar's columns; of a dataset, or of one key in it, if named.

        For a deletion ``operation`` is ``delete``.
        """
        return self._rows("pending_last", dataset, SIDECAR, record_key)

    def sent(self, dataset: str, record_key: str, version: str | None = None) -> pa.Table:
        """Every row that accepted files had of a key, error records too (``in_error``).

        As far back as sidecars were read, that is to the checkpoint. ``version`` is the integer part, as 突合 asks for
        it.
        """
        asked = {"dataset": dataset, "record_key": record_key, "version": version}
        self._connection.execute(_SENT, asked)
        return self._connection.sql("SELECT * FROM sent_rows ORDER BY seq").to_arrow_table()

    def counts(self) -> dict[tuple[str, str], int]:
        """How many records are held by (dataset, variation)."""
        query = "SELECT dataset, coalesce(variation, ''), count(*) FROM held GROUP BY ALL ORDER BY ALL"
        return {(dataset, variation): count for dataset, variation, count in self._connection.execute(query).fetchall()}

    def conflicts(self, sidecar: Path) -> Conflicts:
        """What keeps a file back (DESIGN §3.5): its identities in files on their way, or held with newer content."""
        read_sidecars(self._connection, "candidate", [sidecar])
        query = """
        SELECT
          (SELECT count(*) FROM candidate SEMI JOIN (FROM pending_rows WHERE filename <> $path) USING (identity_hash)),
          (SELECT count(*) FROM candidate c JOIN last_rows h USING (identity_hash) WHERE h.as_of > c.as_of)
        """
        under_way, newer = self._connection.execute(query, {"path": str(sidecar)}).fetchall()[0]
        return Conflicts(under_way, newer)

    def differences(self, question: Question) -> Differences:
        """Compare originals with what is held or on its way.

        Raises DataError RECORDS-005 for an identity that occurs twice.
        """
        return find_differences(self._connection, question)

    def last_rows(self) -> pa.Table:
        """The last row of every identity, deleted and expired ones too: what a checkpoint keeps."""
        return self._connection.sql("SELECT * FROM last_rows ORDER BY seq").to_arrow_table().cast(ROWS)

    def _rows(self, view: str, dataset: str | None, schema: pa.Schema, record_key: str | None = None) -> pa.Table:
        relation = self._connection.view(view)
        if dataset is not None:
            self._connection.execute("SET VARIABLE dataset = ?", [dataset])
            relation = relation.filter("dataset = getvariable('dataset')")
        if record_key is not None:
            self._connection.execute("SET VARIABLE record_key = ?", [record_key])
            relation = relation.filter("record_key = getvariable('record_key')")
        return relation.select(*schema.names).order("identity_hash").to_arrow_table().cast(schema)


def save_checkpoint(
    accepted: Iterable[AcceptedFile], folder: Path, day: date, *, overflow: Path | None = None
) -> checkpoints.Checkpoint:
    """Write the checkpoint of ``day`` 00:00 (the first of a month), from an older one where that holds.

    Raises as :class:`Holdings`, and RetriableError FILES-001 where the disk is full.
    """
    until = tokyo(day) - timedelta(microseconds=1)
    with Holdings(accepted, at=until, checkpoint_folder=folder, overflow=overflow) as holdings:
        return checkpoints.save(folder, day, holdings.last_rows(), holdings.files)
