"""Katakana of half width, as records of fixed length have it: ``ガ`` is ``ｶﾞ``, two bytes."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from rehearsal.city.columns import joined, labelled
from rehearsal.city.names import FAMILIES, GIVEN

if TYPE_CHECKING:
    import pyarrow as pa

    from rehearsal.city.people import People

__all__ = ["half_width", "half_width_names"]

_SIGNS = [chr(code) for code in range(0xFF66, 0xFF9E)]
_HALF = {unicodedata.normalize("NFKC", sign): sign for sign in _SIGNS}
_HALF |= {
    wide: sign + mark for sign in _SIGNS for mark in "ﾞﾟ" if len(wide := unicodedata.normalize("NFKC", sign + mark)) == 1
}
_TABLE = str.maketrans({**_HALF, "　": " "})


def half_width(text: str) -> str:
    """Full-width katakana as half-width."""
    return text.translate(_TABLE)


def half_width_names(people: People) -> pa.Array:
    """The name of each, in half-width katakana."""
    families, given = ([half_width(name) for name in names] for names in (FAMILIES, GIVEN))
    return joined(labelled(people.family, families), " ", labelled(people.given, given))
