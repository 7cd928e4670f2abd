"""Joins columns and constant texts to one string a record, from as few pieces as there can be.

Arrow's join costs about the same for every piece of every record, however short the piece. So neighbours that are as
long for one record as for any other (constants, and most codes, keys and dates) are first laid into one block.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

__all__ = ["Part", "When", "joined", "offsets", "width"]


class When(NamedTuple):
    """A constant text that only some records have."""

    text: str
    valid: NDArray[np.bool_]


Part: TypeAlias = str | When | pa.StringArray


def joined(parts: Iterable[Part], count: int) -> pa.StringArray:
    """The parts of each of ``count`` records, one after the other; a missing value contributes nothing."""
    pieces: list[Any] = []
    sized = ((part, width(part)) for part in _merged(parts))
    for known, run in groupby((each for each in sized if each[1] != 0), key=lambda each: each[1] is not None):
        neighbours = list(run)
        if known and len(neighbours) > 1:
            pieces.append(_block([part for part, _ in neighbours], [size or 0 for _, size in neighbours], count))
        else:
            pieces += [pa.scalar(part) if isinstance(part, str) else part for part, _ in neighbours]
    if not any(isinstance(piece, pa.Array) for piece in pieces):
        return pa.repeat(pieces[0] if pieces else "", count)
    return pc.binary_join_element_wise(*pieces, "", null_handling="replace")


def width(part: str | pa.StringArray) -> int | None:
    """How many bytes every record has; None where they differ, or a value is missing."""
    if isinstance(part, str):
        return len(part.encode())
    if part.null_count or not len(part):
        return None
    bounds = offsets(part)
    first = int(bounds[1] - bounds[0])
    even = bounds[-1] - bounds[0] == first * len(part) and (np.diff(bounds) == first).all()
    return first if even else None


def offsets(values: pa.StringArray) -> NDArray[np.int32]:
    """Where each value begins in the array's bytes, and where the last one ends; without a copy."""
    return np.frombuffer(values.buffers()[1], np.int32, len(values) + 1, 4 * values.offset)


def _merged(parts: Iterable[Part]) -> Iterator[str | pa.StringArray]:
    """The same parts, neighbouring texts as one."""
    texts: list[str | When] = []
    for part in parts:
        if isinstance(part, str | When):
            texts.append(part)
            continue
        yield from _text(texts)
        texts.clear()
        yield part
    yield from _text(texts)


def _text(texts: Sequence[str | When]) -> Iterator[str | pa.StringArray]:
    """Neighbouring texts as one: the same for all records, or of every case that there is its own."""
    cases, case = [""], np.zeros((), np.int8)
    for text in texts:
        if isinstance(text, str):
            cases = [before + text for before in cases]
        else:
            case = case + len(cases) * text.valid.astype(np.int8)
            cases += [before + text.text for before in cases]
    if len(cases) > 1:
        yield pa.array(cases).take(pa.array(case))
    elif cases[0]:
        yield cases[0]


def _block(parts: Sequence[str | pa.StringArray], sizes: Sequence[int], count: int) -> pa.StringArray:
    """Parts of these sizes side by side: the constants first, for all records at once, and the columns into them."""
    frame = b"".join(
        part.encode() if isinstance(part, str) else bytes(size) for part, size in zip(parts, sizes, strict=True)
    )
    buffer = pa.allocate_buffer(count * len(frame))
    block = np.frombuffer(buffer, f"V{len(frame)}")
    block[:] = np.void(frame)
    place = 0
    for part, size in zip(parts, sizes, strict=True):
        if not isinstance(part, str):
            values = np.frombuffer(part.buffers()[2], f"V{size}", count, offsets(part)[0])
            np.ndarray(count, f"V{size}", block, place, block.strides)[:] = values
        place += size
    ends = np.arange(count + 1, dtype=np.int32) * len(frame)
    return pa.StringArray.from_buffers(count, pa.py_buffer(ends), buffer)
