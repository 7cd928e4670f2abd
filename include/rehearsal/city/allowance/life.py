"""Daily life of the 児童手当: births, late reports, ends of the right, payments by hand and payments that came back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from rehearsal.city.allowance.dirt import KINDS
from rehearsal.city.allowance.recipients import monthly_of
from rehearsal.city.allowance.tables import claimants
from rehearsal.city.daily import Daily
from rehearsal.city.eras import dotted_month, dotted_text
from rehearsal.city.people import RESIDENT

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.random import Generator

    from rehearsal.city.book import Row
    from rehearsal.city.subject import Happenings, World

__all__ = ["AllowanceLife"]

_BANDS = ("under3", "primary12", "primary3", "junior")


@dataclass(slots=True)
class AllowanceLife:
    """The life of recipients and payments from day to day."""

    rng: Generator
    world: World
    recipients: Daily = field(init=False)
    payments: Daily = field(init=False)
    claimants: pa.Table = field(init=False)
    newcomers: list[int] = field(init=False)

    def __post_init__(self) -> None:
        kinds = {kind.name: kind for kind in KINDS}
        books, strangers = self.world.books, self.world.strangers
        self.recipients = Daily(
            self.rng,
            books["recipient"],
            strangers,
            kinds,
            lambda row: row["ended_on"] is None and row["category"] != "40",
        )
        self.payments = Daily(self.rng, books["payment"], strangers, kinds, lambda row: row["kind"] == "T")
        self.claimants = claimants(self.world.people, self.world.seed)
        self.newcomers = self._without()

    def live(self, happenings: Happenings) -> None:
        """One working day."""
        changes = self.recipients.begin(happenings.day)
        for act, share in ((self._birth, 0.45), (self._report, 0.25), (self._ends, 0.12), (self._claim, 0.18)):
            for _ in range(max(1, round(changes * share))):
                act()
        changes = self.payments.begin(happenings.day)
        for act, share in ((self._adjusted, 0.7), (self._by_hand, 0.3)):
            for _ in range(max(1, round(changes * share))):
                act()
        for _ in range(min(3, changes // 4)):  # few, however large the city: most accounts stand
            self._came_back()
        for daily in (self.recipients, self.payments):
            daily.void()
            daily.remove()
            daily.resave()
        self.recipients.mistake("allowance-monthly-wrong")
        self.payments.mistake("payment-sum-wrong", lambda row: row["state"] == "00")
        self.recipients.mend(2)
        self.payments.mend(2)

    def _without(self) -> list[int]:
        """Grown-up residents who have claimed nothing."""
        people = self.world.people
        free = (people.status == RESIDENT) & ~people.dv & (people.age >= 22) & (people.age < 45)
        free[self.world.books["claimant"].base["_person"].to_numpy()] = False
        free[[resident for _, resident in people.namesakes]] = False
        return [int(person) for person in self.rng.permutation(np.flatnonzero(free))]

    def _birth(self) -> None:
        """One child more (額改定)."""
        if found := self.recipients.drawn(lambda row: row["under3"] < 2):
            row, now = found
            bands = {**{name: now[name] for name in _BANDS}, "under3": now["under3"] + 1}
            self.recipients.change(row, **bands, children=now["children"] + 1, monthly=_monthly({**now, **bands}))

    def _report(self) -> None:
        """A report that was missing, or from April on that of a new year, comes in."""
        day = dotted_text(self.recipients.day)
        if found := self.recipients.drawn(lambda row: row["report_state"] == "未"):
            self.recipients.change(found[0], report_state="済", reported_on=day)
        elif found := self.recipients.drawn(lambda row: row["report_state"] == "済" and row["reported_on"] != day):
            self.recipients.change(found[0], reported_on=day)

    def _ends(self) -> None:
        """監護しなくなった."""
        if found := self.recipients.drawn(lambda row: "H29" not in row["certified_on"]):
            self.recipients.change(found[0], ended_reason="03", ended_on=dotted_text(self.recipients.day))

    def _claim(self) -> None:
        """A first child: a new recipient."""
        if not self.newcomers:
            return
        person = self.newcomers.pop()
        whose = self.claimants.slice(person, 1).to_pylist()[0]
        hidden: Row = {"_person": person, "_scope": None, "_withhold": None, "_dirt": None}
        daily, day = self.recipients, dotted_text(self.recipients.day)
        self.world.books["claimant"].add(daily.instant(), **whose, **hidden)
        month = np.datetime64(daily.day, "M") + 1
        values = {
            "recipient_no": f"{99_000_000 + daily.number():08d}",
            "claimant_no": whose["claimant_no"],
            "addressee_no": self.world.people.addressee[person].as_py(),
            "category": str(self.rng.choice(["10", "20"])),
            "certified_on": day,
            "started": dotted_month(np.array([month], "datetime64[D]"))[0].as_py(),
            "income_class": "0",
            **dict.fromkeys(_BANDS, 0),
            "under3": 1,
            "children": 1,
            "monthly": 15_000,
            "report_state": "免",
            **dict.fromkeys(("reported_on", "ended_reason", "ended_on", "remark")),
            "payment": "K",
            "void_flag": "0",
            "hold_flag": "0",
        }
        daily.add(**values, **hidden)

    def _came_back(self) -> None:
        """The bank sent the money back (振込不能)."""
        if found := self.payments.drawn(lambda row: row["state"] == "00" and row["method"] == "K"):
            self.payments.change(found[0], state="10")

    def _adjusted(self) -> None:
        """内払調整: what was paid too much before is taken off."""
        if found := self.payments.drawn(lambda row: row["total"] >= 20_000):
            row, now = found
            self.payments.change(row, adjusted=now["adjusted"] + 5_000, total=now["total"] - 5_000)

    def _by_hand(self) -> None:
        """随時払 of a month that was left out."""
        found = self.payments.drawn(lambda row: row["pay_month"] == "201702" and row["state"] == "00")
        if found is None:
            return
        daily, now = self.payments, found[1]
        owner = (now["addressee_no"], daily.day[:7])
        if owner in self._paid:
            return
        self._paid.add(owner)
        own = {
            "payment_row": f"L{daily.number():08d}",
            "pay_month": daily.day[:7].replace("-", ""),
            "paid_on": dotted_text(daily.day),
            "kind": "Z",
            "state": "00",
            "month1": "H29.02",
            **dict.fromkeys(f"{name}{place}" for name in ("month", "amount") for place in (2, 3, 4)),
            "adjusted": 0,
            "total": now["amount1"],
        }
        daily.add(**{**now, **own})

    _paid: set[tuple[str, str]] = field(default_factory=set)


def _monthly(row: Row) -> int:
    bands = np.array([[row[name]] for name in _BANDS])
    return int(monthly_of(bands, np.array([row["income_class"] == "9"]))[0])
