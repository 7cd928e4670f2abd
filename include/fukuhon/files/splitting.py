"""Which record goes into which file: by ranges of the identity hash, cut in halves until every file is under its caps.

A record's place depends on its own hash only. So a new record touches the one file of its range and shifts no other;
where a range outgrows its caps it alone is halved. The ranges say nothing about anybody: they are prefixes of a keyed
hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from fukuhon.errors import DataError
from fukuhon.files.model import Caps
from fukuhon.files.rendering import ENVELOPE_BYTES

__all__ = ["Part", "Split", "plan_split", "split_keys"]

_BITS = 64
Numbers = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One file's share: identities whose hash begins with ``prefix`` (bits as 0 and 1; empty for all of them)."""

    prefix: str
    records: int
    bytes: int  # at most: the envelope is rounded up

    @property
    def name(self) -> str:
        """What tells the file from its siblings, in file names."""
        return self.prefix or "all"

    @property
    def low(self) -> str:
        """The least identity hash of the range, its first 16 hex digits."""
        return f"{int(self.prefix.ljust(_BITS, '0'), 2):016x}"

    @property
    def high(self) -> str:
        """The greatest identity hash of the range, its first 16 hex digits."""
        return f"{int(self.prefix.ljust(_BITS, '1'), 2):016x}"


@dataclass(frozen=True, slots=True)
class Split:
    """The files of one set of records, in the order of their ranges. A range without records has no file."""

    parts: tuple[Part, ...]

    def places(self, identity_hashes: pa.Array) -> Numbers:
        """For each identity hash the index of its part."""
        lows = np.array([int(part.low, 16) for part in self.parts], np.uint64)
        return np.searchsorted(lows, split_keys(identity_hashes), side="right") - 1


def plan_split(identity_hashes: pa.Array | pa.ChunkedArray, sizes: pa.Array | pa.ChunkedArray, caps: Caps) -> Split:
    """Cut the records with these identity hashes and sizes in bytes (``wire_bytes``) into files under ``caps``.

    The same records give the same split in whatever order they come. Raises DataError FILES-012 where a single record
    is larger than a file may be, or one identity occurs more often than a file may hold records.
    """
    keys = split_keys(identity_hashes)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    totals = np.concatenate([[0], np.cumsum(np.asarray(sizes, np.int64)[order])])
    parts: list[Part] = []
    pending = [("", 0, len(keys))]
    while pending:
        prefix, start, stop = pending.pop()
        part = Part(prefix, stop - start, int(totals[stop] - totals[start]) + ENVELOPE_BYTES)
        if part.records <= caps.records and part.bytes <= caps.bytes:
            parts.extend([part] if part.records else [])
            continue
        if len(prefix) == _BITS or part.records == 1:
            raise DataError(
                "FILES-012", records=part.records, bytes=part.bytes, cap_records=caps.records, cap_bytes=caps.bytes
            )
        middle = start + int(np.searchsorted(keys[start:stop], np.uint64(int((prefix + "1").ljust(_BITS, "0"), 2))))
        pending += [(prefix + "1", middle, stop), (prefix + "0", start, middle)]
    return Split(tuple(parts))


def split_keys(identity_hashes: pa.Array | pa.ChunkedArray) -> Numbers:
    """The first 64 bits of each identity hash, as a number."""
    array = identity_hashes.combine_chunks() if isinstance(identity_hashes, pa.ChunkedArray) else identity_hashes
    if not len(array):
        return np.empty(0, np.uint64)
    raw = np.frombuffer(array.buffers()[1], np.uint8)[array.offset * 32 : (array.offset + len(array)) * 32]
    return np.ascontiguousarray(raw.reshape(-1, 32)[:, :8]).view(">u8").ravel().astype(np.uint64)
