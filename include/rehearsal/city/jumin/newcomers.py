"""Who comes into the city: moved in from elsewhere, or born."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rehearsal.city.columns import day as numpy_day
from rehearsal.city.jumin.residents import CHILD, birth_on
from rehearsal.city.names import FAMILIES, GIVEN
from rehearsal.city.people import TOWNS, address_code

if TYPE_CHECKING:
    from numpy.random import Generator

    from rehearsal.city.jumin.homes import Homes
    from rehearsal.city.subject import World

__all__ = ["Newcomers"]

_NO_REASONS = dict.fromkeys(("_scope", "_withhold", "_dirt"))


@dataclass(slots=True)
class Newcomers:
    """Gives newcomers a number, an entry in the register, a record and a household."""

    rng: Generator
    world: World
    homes: Homes
    made: int = 0

    def arrive(self, day: str, instant: str) -> None:
        """転入: one grown-up, alone."""
        born = str(numpy_day("1998-01-01") - np.timedelta64(int(self.rng.integers(0, 15_000)), "D"))
        address = str(address_code(self.rng.integers(0, TOWNS, 1))[0])
        family, given = (str(self.rng.choice(names)) for names in (FAMILIES, GIVEN))
        who = self._who(born, address, f"{family}　{given}")
        city = f"98{int(self.rng.integers(0, 400)):03d}"
        row = self._entered(who, day, instant, became_reason="2", change_reason="01", from_city=city)
        self.homes.born[row] = born
        self._settle(row, self.homes.found(row, address, day, instant, who))

    def born(self, parent: int, day: str, instant: str) -> None:
        """出生: a child more in the household of a resident."""
        home = self.homes.of(parent)
        old = self.world.books["resident"].current(parent)
        who = self._who(day, old["address_code"], f"{old['kana'].split('　')[0]}　{self.rng.choice(GIVEN)}")
        who["nationality"] = old["nationality"]
        row = self._entered(who, day, instant, became_reason="1", change_reason="02", from_city=None)
        self.homes.born[row] = day
        self._settle(row, self.homes.join(row, home, CHILD, day, instant))

    def _who(self, born: str, address: str, kana: str) -> dict[str, Any]:
        return {
            "addressee_no": self.world.strangers.one(),
            "birth_date": born,
            "sex": str(self.rng.integers(1, 3)),
            "kana": kana,
            "address_code": address,
            "nationality": "1",
        }

    def _entered(self, who: dict[str, Any], day: str, instant: str, **how: object) -> int:
        """The register knows the newcomer, and there is a record; its household comes at once."""
        self.made += 1
        known = {name: value for name, value in who.items() if name != "nationality"}
        hidden = {"_person": -1, **_NO_REASONS}
        self.world.books["addressee"].add(
            instant, **known, status="1", household_no=f"{self.made:09d}", dv_flag=0, **hidden
        )
        own = {name: value for name, value in who.items() if name != "birth_date"}
        days = dict.fromkeys(("became_on", "settled_on", "changed_on", "notified_on"), day)
        none = dict.fromkeys(
            ("household_no", "relation", "member_order", "leaving_on", "to_city", "removed_on", "removal_reason")
        )
        birth = birth_on(np.array([who["birth_date"]], dtype="datetime64[D]"), np.zeros(1, dtype=np.int64))[0].as_py()
        number = {"resident_no": f"8{self.made:09d}", "birth_on": birth, "void_flag": "0", "dv_flag": "0"}
        own |= {"resident_class": "1" if own["nationality"] == "1" else "2"}
        self.homes.changes += 1
        return self.world.books["resident"].add(instant, **own, **number, **days, **none, **how, **hidden)

    def _settle(self, row: int, home: dict[str, Any]) -> None:
        """The household belongs to the record from its first moment."""
        version = self.world.books["resident"].latest[row]
        assert version is not None, "it was entered just now"
        version.update(home)
