"""What the 福祉総合システム knows of people, in the records of fixed length that it exports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from rehearsal.city.columns import Ints, flags
from rehearsal.city.eras import coded
from rehearsal.city.halfwidth import half_width_names
from rehearsal.city.people import own_copy

if TYPE_CHECKING:
    from rehearsal.city.people import People

__all__ = ["PERSON_WIDTHS", "own_people"]

PERSON_WIDTHS = {
    "addressee_no": 15,
    "birth_date": 7,
    "sex": 1,
    "kana": 30,
    "address_code": 9,
    "status": 1,
    "number_known": 1,
    "dv_flag": 1,
}
"""The columns of a person and their widths in bytes."""


def own_people(people: People, person: Ints) -> dict[str, pa.Array]:
    """What the 福祉総合システム knows of people: days in seven digits, names in half-width katakana."""
    own = {**own_copy(people), "birth_date": coded(people.born, people.unknown), "kana": half_width_names(people)}
    own |= {"number_known": flags(people.number_known), "dv_flag": flags(people.dv), "addressee_no": people.addressee}
    places = pa.array(person)
    return {**{name: column.take(places) for name, column in own.items()}, "_person": places}
