"""Which files on their way share a record: the later one waits until the earlier one is finished (DESIGN §3.5)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from fukuhon.files import connect
from fukuhon.records.history import read_sidecars

if TYPE_CHECKING:
    from collections.abc import Hashable

__all__ = ["overlaps"]

_SHARED = """
WITH placed AS (
  SELECT r.identity_hash, f.place, f.run FROM sidecar_rows r JOIN given f ON f.path = r.filename
)
SELECT DISTINCT a.place, b.place FROM placed a JOIN placed b
  ON a.identity_hash = b.identity_hash AND a.place < b.place AND a.run <> b.run
ORDER BY ALL
"""


def overlaps(sidecars: Sequence[tuple[Path, Hashable]], *, overflow: Path | None = None) -> list[tuple[int, int]]:
    """Pairs of places (earlier, later) in ``sidecars`` of which both hold a record of the same identity.

    ``sidecars`` are paths with the run each belongs to, in the order in which the files were made; the files of one run
    hold each identity once. Raises DataError FILES-014 for a sidecar that is missing.
    """
    runs = list(dict.fromkeys(run for _, run in sidecars))
    if len(runs) < 2:
        return []
    given = [{"place": place, "path": str(path), "run": runs.index(run)} for place, (path, run) in enumerate(sidecars)]
    with connect(overflow) as connection:
        read_sidecars(connection, "sidecar_rows", [path for path, _ in sidecars])
        connection.register("given", pa.Table.from_pylist(given))
        return [(int(earlier), int(later)) for earlier, later in connection.execute(_SHARED).fetchall()]
