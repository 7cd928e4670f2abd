"""What accepted files did to the server's records: new, overwritten, deleted; and what expired meanwhile.

So that state_after = state_before + new − deleted − expired can be proven file by file (DESIGN §3.4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fukuhon.clock import TOKYO
from fukuhon.files import connect
from fukuhon.records.history import lay_out

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime
    from pathlib import Path

    from fukuhon.records.model import AcceptedFile

__all__ = ["Effect", "effects", "expired"]


@dataclass(frozen=True, slots=True)
class Effect:
    """What one file did within one variation of its dataset, counted in records.

    ``absent`` are deletions of what was not held: they are neither ok nor an error the server named, so sums do not
    close over them.
    """

    receipt: str
    dataset: str
    variation: str
    processed: int
    errors: int
    new: int
    overwritten: int
    deleted: int
    absent: int

    @property
    def ok(self) -> int:
        """Records without error."""
        return self.processed - self.errors


# A record ends when its 公開終了日 is over, or at once if it came later than that. What ended before is not overwritten
# but new.
_STEPS = """
CREATE OR REPLACE TEMP TABLE steps AS
WITH ending AS (
  SELECT seq, identity_hash, receipt, dataset, coalesce(variation, '') AS variation, operation, completed,
    CASE WHEN publication_to IS NOT NULL
      THEN greatest(completed, timezone('Asia/Tokyo', (publication_to + 1)::TIMESTAMP)) END AS ends
  FROM history SEMI JOIN touched USING (identity_hash)
)
SELECT *,
  coalesce(lag(operation) OVER w = 'register' AND coalesce(lag(ends) OVER w > completed, true), false) AS held_before,
  lead(completed) OVER w AS next_completed
FROM ending WINDOW w AS (PARTITION BY identity_hash ORDER BY seq)
"""

_EFFECTS = """
WITH done AS (
  SELECT receipt, dataset, variation, count(*) AS ok,
    count(*) FILTER (operation = 'register' AND NOT held_before) AS new,
    count(*) FILTER (operation = 'register' AND held_before) AS overwritten,
    count(*) FILTER (operation = 'delete' AND held_before) AS deleted,
    count(*) FILTER (operation = 'delete' AND NOT held_before) AS absent
  FROM steps GROUP BY ALL
), sent AS (
  SELECT f.receipt, s.dataset, coalesce(s.variation, '') AS variation, count(*) AS processed
  FROM sidecar_rows s JOIN accepted_files f ON f.path = s.filename WHERE list_contains($receipts, f.receipt) GROUP BY
  ALL
)
SELECT receipt, dataset, variation, processed, processed - coalesce(ok, 0),
  coalesce(new, 0), coalesce(overwritten, 0), coalesce(deleted, 0), coalesce(absent, 0)
FROM sent LEFT JOIN done USING (receipt, dataset, variation) ORDER BY ALL
"""

_EXPIRED = """
SELECT dataset, variation, count(*) FROM steps
WHERE operation = 'register' AND ends > $since AND ends <= $at AND (next_completed IS NULL OR next_completed >= ends)
GROUP BY ALL ORDER BY ALL
"""


def effects(
    accepted: Iterable[AcceptedFile],
    receipts: Collection[str],
    *,
    checkpoint_folder: Path | None = None,
    overflow: Path | None = None,
) -> list[Effect]:
    """What the files with these receipts did, by file and variation, given all files accepted so far.

    Raises as :class:`~fukuhon.records.holdings.Holdings`.
    """
    files = list(accepted)
    asked = [file for file in files if file.receipt in receipts]
    if not asked:
        return []
    first, last = min(file.completed for file in asked), max(file.completed for file in asked)
    with connect(overflow) as connection:
        lay_out(connection, files, last, checkpoint_folder, since=first)
        named = {"receipts": sorted(receipts)}
        connection.execute(
            "CREATE TEMP TABLE touched AS "
            "SELECT DISTINCT identity_hash FROM history WHERE list_contains($receipts, receipt)",
            named,
        )
        connection.execute(_STEPS)
        return [Effect(*row) for row in connection.execute(_EFFECTS, named).fetchall()]


def expired(
    accepted: Iterable[AcceptedFile],
    *,
    since: datetime,
    at: datetime,
    checkpoint_folder: Path | None = None,
    overflow: Path | None = None,
) -> dict[tuple[str, str], int]:
    """How many records the server deleted by itself after ``since`` and up to ``at``, by (dataset, variation)."""
    with connect(overflow) as connection:
        lay_out(connection, accepted, at, checkpoint_folder, since=since)
        connection.execute(
            "CREATE TEMP TABLE touched AS SELECT DISTINCT identity_hash FROM history WHERE publication_to < $day",
            {"day": at.astimezone(TOKYO).date()},
        )
        connection.execute(_STEPS)
        rows = connection.execute(_EXPIRED, {"since": since, "at": at}).fetchall()
        return {(dataset, variation): count for dataset, variation, count in rows}
