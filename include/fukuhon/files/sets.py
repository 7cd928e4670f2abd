"""A set of files: the records of one dataset and operation, cut by range, in order, each with sidecar and manifest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fukuhon.errors import FatalError
from fukuhon.files.ahead import ahead
from fukuhon.files.atomic import Beside, beside
from fukuhon.files.behind import Behind
from fukuhon.files.bins import Bins
from fukuhon.files.manifests import Manifest, write_manifest
from fukuhon.files.model import Header, Operation, Written
from fukuhon.files.rendering import FOOTER, opening, render
from fukuhon.files.sidecars import SIDECAR, SidecarWriter
from fukuhon.files.writing import slices

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    import pyarrow as pa

    from fukuhon.files.splitting import Part, Split

__all__ = ["FileSet", "SetEntry", "write_set"]


@dataclass(frozen=True, slots=True)
class SetEntry:
    """One file of a set: the file, its sidecar, its manifest."""

    file: Written
    sidecar: Path
    manifest_path: Path
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class FileSet:
    """Where a set of files goes and what is said of each: ``stem`` begins their names, ``run`` tells who made them."""

    folder: Path
    stem: str
    header: Header
    as_of: datetime
    run: str


def write_set(
    target: FileSet, split: Split, batches: Iterable[pa.RecordBatch], items: Sequence[str] | None = None
) -> list[SetEntry]:
    """Write all files of ``split`` in one pass over ``batches``; return them in the order of their ranges.

    A batch holds what :func:`~fukuhon.files.writing.write_file` takes, and ``identity_hash``, ``content_hash``,
    ``row_no``, ``variation``: exactly the records that the split was planned for, in any order. A file has them by
    their identity hash, so the same records give the same names and bytes in whatever order they come (their
    ``row_no`` in the sidecar follows that order). Nothing appears before all are written, and the manifests come last:
    a file without one does not count. Memory is bounded by the batch and by a bin.

    Raises as ``write_file``; FatalError FILES-006 where the records are not those of the split.
    """
    xml = [target.folder / f"{target.stem}-{part.name}.xml" for part in split.parts]
    paths = [*xml, *(path.with_suffix(".parquet") for path in xml)]
    with (
        beside(*paths) as opened,
        Bins(target.folder, split.parts) as bins,
        Behind() as disk,
        ahead(_rendered(batches, target.header.operation, items)) as rendered,
    ):
        files, sidecars = opened[: len(xml)], opened[len(xml) :]
        writers = [_Writer(target, *each) for each in zip(split.parts, files, sidecars, strict=True)]
        for narrow, texts in rendered:
            bins.add(narrow, texts)
        for writer, pieces in zip(writers, bins.ordered(), strict=True):
            for rows, texts in pieces:
                writer.add(rows)
                disk.put([(writer.file, texts)])
        disk.wait()
        for writer in writers:
            writer.end()
        entries = [writer.complete() for writer in writers]
    for entry in entries:
        write_manifest(entry.manifest_path, entry.manifest)
    return entries


def _rendered(
    batches: Iterable[pa.RecordBatch], operation: Operation, items: Sequence[str] | None
) -> Generator[tuple[pa.RecordBatch, pa.StringArray], None, None]:
    """What the sidecar keeps of each record, and its text."""
    for batch in slices(batches):
        narrow = batch.select([name for name in batch.schema.names if name in SIDECAR.names])
        yield narrow, render(batch, operation, items)


class _Writer:
    """One file of the set under way, and its sidecar."""

    def __init__(self, target: FileSet, part: Part, file: Beside, sidecar: Beside) -> None:
        self._target, self._part, self.file, self._beside = target, part, file, sidecar
        self._sidecar = SidecarWriter(sidecar, target.header, target.as_of)
        self._records = 0
        file.write(opening(target.header, part.records))

    def add(self, narrow: pa.RecordBatch) -> None:
        self._records += len(narrow)
        self._sidecar.add(narrow)

    def end(self) -> None:
        """Write what closes file and sidecar."""
        if self._records != self._part.records:
            raise FatalError("FILES-006", path=self.file.path, said=self._part.records, written=self._records)
        self.file.write(FOOTER)
        self._sidecar.close()

    def complete(self) -> SetEntry:
        """Make file and sidecar durable and say what lies there; the manifest is still to be written."""
        file, part, target = self.file, self._part, self._target
        written = Written(file.path, file.commit(), file.bytes, self._records)
        manifest = Manifest(
            file=file.path.name,
            sha256=written.sha256,
            bytes=written.bytes,
            records=written.records,
            header=target.header,
            as_of=target.as_of,
            run=target.run,
            part=part.name,
            key_low=part.low,
            key_high=part.high,
            variations=dict(sorted(self._sidecar.variations.items())),
            sidecar=self._beside.path.name,
            sidecar_sha256=self._beside.commit(),
        )
        return SetEntry(written, self._beside.path, file.path.with_suffix(".json"), manifest)
