"""The accepted files' records as one DuckDB view, in the server's processing order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from fukuhon.errors import FatalError
from fukuhon.files import SIDECAR, sidecar_header
from fukuhon.records.checkpoints import latest
from fukuhon.records.model import ACCEPTED, AcceptedFile
from fukuhon.records.positions import read_positions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    import duckdb

__all__ = ["ROWS", "in_processing_order", "lay_out", "read_sidecars"]

_FILES = pa.schema(
    [
        ("n", pa.int64()),
        ("path", pa.string()),
        ("receipt", pa.string()),
        ("completed", pa.timestamp("us", "Asia/Tokyo")),
        ("kind", pa.string()),
    ]
)
# A row of the history: its place in the server's order, the file it came in, and the sidecar's own columns.
ROWS = pa.schema([("seq", pa.int64()), *list(_FILES)[2:], *SIDECAR])
_ERRORS = pa.schema([("n", pa.int64()), ("position", pa.int64())])

# An error record was never held: the server named its position in the details (seed 1.6.3).
_HISTORY = """
CREATE OR REPLACE VIEW history AS
SELECT * FROM checkpoint_rows UNION ALL BY NAME
SELECT (f.n << 32) + s.position AS seq, f.receipt, f.completed, f.kind, s.* EXCLUDE (filename)
FROM sidecar_rows s JOIN accepted_files f ON f.path = s.filename
WHERE NOT EXISTS (FROM error_positions e WHERE e.n = f.n AND e.position = s.position)
"""


def in_processing_order(files: Iterable[AcceptedFile]) -> list[AcceptedFile]:
    """The files in the order in which the server processed them: completed instant, then receipt.

    Raises FatalError RECORDS-002 for a file in a state in which nothing is held, RECORDS-003 for one whose error
    records are unknown.
    """
    ordered = sorted(files, key=lambda file: (file.completed, file.receipt))
    for file in ordered:
        if file.state not in ACCEPTED:
            raise FatalError("RECORDS-002", receipt=file.receipt, state=file.state)
        if file.state == "processed_with_errors" and file.error_positions is None:
            raise FatalError("RECORDS-003", receipt=file.receipt)
    return ordered


def lay_out(
    connection: duckdb.DuckDBPyConnection,
    files: Iterable[AcceptedFile],
    at: datetime,
    folder: Path | None,
    since: datetime | None = None,
) -> list[AcceptedFile]:
    """Create the view ``history``: the files' records without those in error; ``seq`` is their order.

    Returns the files completed by ``at``. Where ``folder`` has a checkpoint that holds, and that is not after
    ``since``, its rows stand for the files it is made of. Raises DataError FILES-014 for a sidecar that is missing,
    FatalError RECORDS-004 for an error position outside its file.
    """
    done = [file for file in in_processing_order(files) if file.completed <= at]
    checkpoint = latest(folder, done, since or at) if folder else None
    covered = sum(file.completed < checkpoint.instant for file in done) if checkpoint else 0
    read = list(enumerate(done, 1))[covered:]
    if checkpoint:
        connection.read_parquet(str(checkpoint.path)).create_view("checkpoint_rows", replace=True)
    else:
        connection.register("checkpoint_rows", ROWS.empty_table())
    read_sidecars(connection, "sidecar_rows", [file.sidecar for _, file in read])
    facts = [
        {"n": n, "path": str(file.sidecar), "receipt": file.receipt, "completed": file.completed, "kind": file.kind}
        for n, file in read
    ]
    connection.register("accepted_files", pa.Table.from_pylist(facts, _FILES))
    errors = [_errors(n, file) for n, file in read]
    connection.register("error_positions", pa.concat_tables([_ERRORS.empty_table(), *errors]))
    connection.execute(_HISTORY)
    return done


def read_sidecars(connection: duckdb.DuckDBPyConnection, view: str, paths: Sequence[Path]) -> None:
    """Create a view of all rows of the sidecars, with a column ``filename``.

    Raises DataError FILES-014 for a missing one.
    """
    for path in paths:
        sidecar_header(path)
    if paths:
        connection.read_parquet([str(path) for path in paths], filename=True).create_view(view, replace=True)
    else:
        connection.register(view, SIDECAR.empty_table().append_column("filename", pa.array([], pa.string())))


def _errors(n: int, file: AcceptedFile) -> pa.Table:
    if file.error_positions is None:
        return _ERRORS.empty_table()
    positions = read_positions(file.error_positions)
    bounds = pc.min_max(positions).as_py()
    if len(positions) and (bounds["min"] < 1 or bounds["max"] > pq.read_metadata(file.sidecar).num_rows):
        raise FatalError("RECORDS-004", receipt=file.receipt)
    return pa.table({"n": pa.repeat(pa.scalar(n, pa.int64()), len(positions)), "position": positions}, _ERRORS)
