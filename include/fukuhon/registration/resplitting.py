"""A file that fits no window is split again: smaller files with the same records, the old one superseded (DESIGN §3.1).

The new ones belong to the run of the old one, so that its sums close as before. Nothing is mapped again: the records
are those that were judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from fukuhon.errors import DataError
from fukuhon.files import (
    Caps,
    FileSet,
    Header,
    Operation,
    SetEntry,
    plan_split,
    read_batches,
    read_sidecar,
    wire_bytes,
    write_set,
)
from fukuhon.ledger import File, FileState, NewFile, Tx, files, tallies
from fukuhon.registration.desk import Desk
from fukuhon.registration.planning import greatest_of
from fukuhon.registration.summary import Summary

__all__ = ["resplit"]

_OF_SIDECAR = ("row_no", "variation", "identity_hash", "content_hash")
_TOO_GREAT = "FILES-012"


def resplit(desk: Desk) -> Summary:
    """Split every unplaceable file below what fits; to be followed by a new plan.

    ``counts``: ``split`` old files, ``made`` new ones, ``left``: those that no splitting helps, since there is no
    window at all, or a single record is greater than it takes. Raises what reading and writing files raises.
    """
    with desk.ledger.reading() as reader:
        found = files.find(reader, state=FileState.UNPLACEABLE)
    counts = {"split": 0, "made": 0, "left": 0}
    for file in found:
        made = _split(desk, file)
        if made:
            with desk.ledger.transaction(desk.actor) as tx:
                _supersede(tx, file, made)
        counts["split"] += bool(made)
        counts["made"] += len(made)
        counts["left"] += not made
    return Summary("resplit", counts=counts)


@dataclass(frozen=True, slots=True)
class _Old:
    """The file's records as they lie on the disk, with what its sidecar says of them."""

    file: File
    items: Sequence[str]

    def batches(self) -> Iterator[pa.RecordBatch]:
        """In the file's own order, which is the sidecar's, too."""
        sidecar = read_sidecar(Path(self.file.sidecar)).select(_OF_SIDECAR).combine_chunks()
        at = 0
        for batch in read_batches(Path(self.file.path), self.items):
            rows = sidecar.slice(at, batch.num_rows)
            at += batch.num_rows
            table = pa.Table.from_batches([batch])
            for name in _OF_SIDECAR:
                table = table.append_column(name, rows[name])
            yield from table.combine_chunks().to_batches()


def _split(desk: Desk, file: File) -> list[SetEntry]:
    """The smaller files; none where it cannot be split so far."""
    greatest, records = greatest_of(file)
    limits, operation = desk.site.limits, Operation(file.operation)
    caps = Caps(
        limits.records_per_file if records is None else min(limits.records_per_file, records),
        limits.bytes_per_file if greatest is None else min(limits.bytes_per_file, greatest),
    )
    layout = desk.packs.version(file.dataset, file.layout)
    old = _Old(file, layout.item_codes if operation is Operation.REGISTER else ())
    sizes = pa.chunked_array([wire_bytes(batch, old.items, operation) for batch in old.batches()], pa.int64())
    hashes = read_sidecar(Path(file.sidecar))["identity_hash"]
    try:
        split = plan_split(hashes, sizes, caps)
    except DataError as error:
        if error.code != _TOO_GREAT:
            raise
        return []
    header = Header(desk.site.body.code, file.spi, file.dataset, file.layout, operation)
    path = Path(file.path)
    target = FileSet(path.parent, f"{path.stem}-v2", header, file.as_of, f"{file.run_id:06d}")
    return write_set(target, split, old.batches(), old.items)


def _supersede(tx: Tx, file: File, made: Sequence[SetEntry]) -> None:
    """The new files in the old one's place, in one transaction; the run's sums still close, or nothing is written."""
    kept = ("run_id", "spi", "dataset", "kind", "operation", "as_of", "layout", "channel")
    for entry in made:
        manifest = entry.manifest
        new = NewFile(
            **{name: getattr(file, name) for name in kept},
            name=manifest.file,
            path=str(entry.file.path),
            sidecar=str(entry.sidecar),
            sha256=manifest.sha256,
            bytes=manifest.bytes,
            records=manifest.records,
            variations=manifest.variations,
            key_low_hash=manifest.key_low,
            key_high_hash=manifest.key_high,
        )
        files.move(tx, files.add(tx, new), FileState.VALIDATED)
    files.move(tx, file.id, FileState.SUPERSEDED, replaced=True, reason="resplit")
    tallies.verify(tx, file.run_id)
