"""Dirt of the 手帳台帳."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.compute as pc

from rehearsal.city.dirt import Kind

if TYPE_CHECKING:
    from rehearsal.city.book import Book
    from rehearsal.city.columns import Bools

__all__ = ["KINDS"]

_NO_SUCH_GAIJI = "\ue0a4"  # a private character of the old system: no official map has it


def _physical(book: Book) -> Bools:
    """Physical ones of the grades 3 to 6: no 特別障害者, so that nothing else follows from the grade."""
    grades = pc.is_in(book.base["grade"], value_set=pc.cast(["03", "04", "05", "06"], "string"))
    mask: Bools = pc.and_(pc.equal(book.base["kind"], "S"), grades).to_numpy()
    return mask


def _known(book: Book) -> Bools:
    mask: Bools = pc.and_(pc.is_null(book.base["returned_on"]), pc.is_valid(book.base["issued_on"])).to_numpy()
    return mask


KINDS = (
    Kind(
        "handbook-grade-of-another-kind",
        "handbook",
        "handbook-grade-of-kind",
        "身体障害者手帳に療育手帳の等級が付いている",
        _physical,
        lambda _, __: {"grade": "B1"},
    ),
    Kind(
        "handbook-unmappable-character",
        "handbook",
        "layout:I0510:characters",
        "障害名に縮退できない外字がある",
        _known,
        lambda row, _: {"disability": f"{_NO_SUCH_GAIJI}{row['disability']}"},
    ),
    Kind(
        "handbook-impossible-date",
        "handbook",
        "layout:I0504:date",
        "再交付の日が暦に無い",
        _known,
        lambda _, __: {"reissued_on": "4280230"},
    ),
)
