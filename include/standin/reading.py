"""Reading a file's records: the fast way as far as it vouches for them, the slow way from there on."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from standin.canonical import read_plain
from standin.contents import FileHead, Record, RecordError, WholeFileError, read_single, read_strictly
from standin.layouts import Dataset

__all__ = ["read_records"]


def read_records(path: Path, head: FileHead, dataset: Dataset) -> Iterator[Record | RecordError]:
    """Read a file's records in order, each as itself or as its error. Raises WholeFileError, even after some."""
    read, whole = yield from _counted(read_plain(path, head, dataset, partial(read_single, head=head, dataset=dataset)))
    if not whole:
        yield from islice(read_strictly(path, head, dataset), read, None)
    elif read != head.records:
        raise WholeFileError("W202", "件数が見出しの件数と一致しません。", max(read, 1))


def _counted(
    records: Generator[Record | RecordError, None, bool],
) -> Generator[Record | RecordError, None, tuple[int, bool]]:
    number = 0
    while True:
        try:
            one = next(records)
        except StopIteration as end:
            return number, bool(end.value)
        number += 1
        yield one
