"""Who works with the software: dated, and known by the name under which the system or the page knows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal

from fukuhon.errors import RefusedError
from fukuhon.site.documents import Problem
from fukuhon.site.settings import Name, Part

__all__ = ["ROLE_CODES", "Person", "Role", "overlapping", "person_for"]

Role = Literal[
    "officer",
    "addressee_clerk",
    "addressee_manager",
    "collation_requester",
    "collation_manager",
    "administrator",
    "inquiry_manager",
    "disclosure",
]

# Seed 1.9.1.
ROLE_CODES: dict[Role, str] = {
    "officer": "9000000001",
    "addressee_clerk": "9000000002",
    "addressee_manager": "9000000003",
    "collation_requester": "9000000004",
    "collation_manager": "9000000005",
    "administrator": "9000000006",
    "inquiry_manager": "9000000007",
    "disclosure": "9000000008",
}


class Person(Part):
    """A person in a role, from ``valid_from`` to ``valid_to``, both included; None is open."""

    name: Name
    role: Role
    os_user: Name | None = None
    ui_user: Name | None = None
    server_user: Name | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    def valid_on(self, day: date) -> bool:
        """Whether the person holds the role on ``day``."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    def meets(self, other: Person) -> bool:
        """Whether both are valid on some day."""
        first = max(self.valid_from or date.min, other.valid_from or date.min)
        last = min(self.valid_to or date.max, other.valid_to or date.max)
        return first <= last


def person_for(people: Sequence[Person], on: date, *, os_user: str | None = None, ui_user: str | None = None) -> Person:
    """The person whom the operating system (``os_user``) or the page (``ui_user``) knows, on a day.

    Raises RefusedError SITE-008 where nobody is, and ValueError where not exactly one name is given.
    """
    if (os_user is None) == (ui_user is None):
        raise ValueError("one of os_user and ui_user")
    for person in people:
        mine = person.os_user == os_user if os_user is not None else person.ui_user == ui_user
        if mine and person.valid_on(on):
            return person
    raise RefusedError("SITE-008", user=os_user or ui_user, day=on)


def overlapping(people: Sequence[Person]) -> Iterable[Problem]:
    """User names that belong to two rows on one day: it would not be known who acted."""
    for number, person in enumerate(people):
        for earlier in people[:number]:
            for key in ("os_user", "ui_user", "server_user"):
                name = getattr(person, key)
                if name is not None and name == getattr(earlier, key) and person.meets(earlier):
                    yield Problem(("people", number, key), "同じ利用者名の期間が、前の行と重なっています")
