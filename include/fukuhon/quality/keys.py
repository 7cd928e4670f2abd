"""Keys as numbers: a key of digits is looked up and compared by one number of 64 bits instead of its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fukuhon.quality.proofs import Look

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["NO_NUMBER", "numbered"]

NO_NUMBER = -1
_DIGITS = 17  # with a digit before them, 64 bits still hold them
_BEFORE = 10 ** np.arange(_DIGITS + 1, dtype=np.int64)


def numbered(texts: pa.StringArray) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The number of each text of 1 to 17 digits, and which texts that are there have none.

    Two texts have the same number only if they are the same: a 1 before the digits keeps leading zeros apart.
    ``NO_NUMBER`` stands for all others, the missing ones included.
    """
    look = Look(texts)
    odd = np.zeros(len(texts), np.bool_)
    if not (look.digits and look.lengths[1] <= _DIGITS):
        digits = pc.and_(pc.ascii_is_decimal(texts), pc.less_equal(pc.binary_length(texts), _DIGITS))
        odd = np.asarray(pc.equal(digits, pa.scalar(value=False)).fill_null(False))  # Arrow's name
        texts = pc.if_else(digits, texts, pa.scalar(None, pa.string()))
    lengths = np.asarray(pc.binary_length(texts).fill_null(0))
    numbers = np.asarray(texts.cast(pa.int64()).fill_null(0)) + _BEFORE[lengths]
    numbers[lengths == 0] = NO_NUMBER
    return numbers, odd
