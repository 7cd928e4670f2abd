"""Which rows were judged, and of which business variation each is: two bytes a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from fukuhon.errors import FatalError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Roll"]

_ABSENT = -1


class Roll:
    """Judged rows by row number, with the number of their variation."""

    def __init__(self) -> None:
        self._codes = np.full(1024, _ABSENT, np.int16)
        self._names: dict[str, int] = {}

    def add(self, row_no: NDArray[np.int64], variation: pa.ChunkedArray) -> None:
        """Note judged rows. Raises FatalError QUALITY-013 when a row number comes twice: counts would lie."""
        if not len(row_no):
            return
        self._grow(int(row_no.max()) + 1)
        ascending = bool((np.diff(row_no) > 0).all())
        if not (ascending or len(np.unique(row_no)) == len(row_no)) or (self._codes[row_no] != _ABSENT).any():
            raise FatalError("QUALITY-013")
        encoded = variation.combine_chunks().dictionary_encode()
        numbers = [self._names.setdefault(str(name), len(self._names)) for name in encoded.dictionary.to_pylist()]
        self._codes[row_no] = np.array([*numbers, _ABSENT], np.int16)[encoded.indices.to_numpy()]

    def _grow(self, size: int) -> None:
        if size > len(self._codes):
            more = np.full(max(size, 2 * len(self._codes)) - len(self._codes), _ABSENT, np.int16)
            self._codes = np.concatenate([self._codes, more])

    @property
    def judged(self) -> NDArray[np.int64]:
        """The judged rows' numbers, in order."""
        return np.flatnonzero(self._codes != _ABSENT)

    @property
    def size(self) -> int:
        """One more than the highest row number that can be asked for."""
        return len(self._codes)

    def counts(self, row_no: NDArray[np.int64]) -> dict[str, int]:
        """How many of these judged rows are of each variation; zeros left out."""
        counted = np.bincount(self._codes[row_no], minlength=len(self._names))
        return {name: int(counted[code]) for name, code in self._names.items() if counted[code]}

    def variation(self, row_no: NDArray[np.int64]) -> pa.Array:
        """The variations of these judged rows, in their order."""
        return pa.array(list(self._names), pa.string()).take(pa.array(self._codes[row_no]))
