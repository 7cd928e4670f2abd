"""Daily life: what a working day does to the records.

Payments, corrections, late returns, cancellations, removals, mistakes made and mistakes mended.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from rehearsal.city.book import at
from rehearsal.city.columns import Bools, wareki
from rehearsal.city.columns import day as numpy_day
from rehearsal.city.dirt import clean_rows
from rehearsal.city.people import RESIDENT
from rehearsal.city.planting import born_spoilt, correct, spoil
from rehearsal.city.pool import Pool
from rehearsal.city.seasons import levy, season
from rehearsal.city.tax.dirt import KINDS
from rehearsal.city.tax.law import reassessed

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from rehearsal.city.book import Book, Row
    from rehearsal.city.subject import Happenings, World

__all__ = ["TaxLife"]

_SHARES = {
    "payment": 0.40,
    "correction": 0.30,
    "late_return": 0.06,
    "late_notice": 0.08,
    "void": 0.06,
    "removal": 0.04,
    "rekeyed": 0.02,
    "fixed": 0.04,
    "resaved": 0.03,
}
_SPOILT = (
    "code-outside-list",
    "levy-sum-wrong",
    "impossible-date",
    "unmappable-character",
    "levies-exchanged",
    "missing-required",
)
_KINDS = {kind.name: kind for kind in KINDS}
_LEVIED = (1, 3)  # by notice, by pension; what employers withhold was fixed in May
_MENDED = {"assessment": 4, "notice": 2}


@dataclass(slots=True)
class TaxLife:
    """The life of the city from day to day: ``live(day)`` lets one pass."""

    rng: Generator
    world: World
    minute: int = 0
    made: int = 0
    pools: dict[str, Pool] = field(default_factory=dict)
    newcomers: list[int] = field(default_factory=list)
    provisional: list[int] = field(default_factory=list)
    levied: bool = False

    def __post_init__(self) -> None:
        taxes, notices = self.world.books["assessment"], self.world.books["notice"]
        taxed = (taxes.codes("tax_class") == 1) & (taxes.base["pref_income_levy"].to_numpy() >= 5000)
        self._open("assessment", taxes, taxes.codes("fiscal_year") == 2016, lambda row: row["levy_class"] == "1")
        self._open("taxed", taxes, taxed & (taxes.codes("fiscal_year") == 2016), lambda row: row["tax_class"] == "1")
        self._open("notice", notices, notices.untouched(), lambda _: True)
        self._open("unpaid", notices, notices.codes("paid_state") == 3, lambda row: row["paid_state"] == "3")
        self.newcomers = self._untaxed()
        self.provisional = self._provisional()

    def live(self, happenings: Happenings) -> None:
        """One working day: 0.3 to 0.8% of the records change, six times that in June, and once the levy is fixed."""
        day = happenings.day
        self.minute = 0
        records = self.world.books["assessment"].base.num_rows + self.world.books["notice"].base.num_rows
        changes = max(20, round(records * self.rng.uniform(0.0032, 0.0072))) * levy(day)
        for name, share in _SHARES.items():
            act = getattr(self, f"_{name}")
            for _ in range(max(1, round(changes * share))):
                act(day)
        if levy(day) > season(day) and not self.levied:
            self._levy(day)
        self._mistakes(day)
        self._mended(day)
        self._deaths(happenings)

    def _open(self, name: str, book: Book, mask: Bools, fits: Callable[[Row], bool]) -> None:
        rows = self.rng.permutation(np.flatnonzero(clean_rows(book) & mask))
        self.pools[name] = Pool(book, fits, deque(int(row) for row in rows))

    def _untaxed(self) -> list[int]:
        """Grown-up residents without any assessment."""
        taxed = np.zeros(len(self.world.people), dtype=np.bool_)
        taxed[self.world.books["assessment"].base["_person"].to_numpy()] = True
        taxed[[resident for _, resident in self.world.people.namesakes]] = True
        here = (self.world.people.status == RESIDENT) & ~self.world.people.dv & ~taxed & (self.world.people.age >= 18)
        return [int(person) for person in self.rng.permutation(np.flatnonzero(here))]

    def _provisional(self) -> list[int]:
        """Assessments of 2017 that wait for nothing but being fixed."""
        book = self.world.books["assessment"]
        person = book.base["_person"].to_numpy()
        waiting = pc.equal(book.base["_scope"], "SC-NOT-FIXED").fill_null(False).to_numpy()
        able = (
            (self.world.people.status == RESIDENT)[person]
            & ~self.world.people.dv[person]
            & (book.codes("revising_flag") == 0)
        )
        return [int(row) for row in np.flatnonzero(waiting & able & book.untouched())]

    def _instant(self, day: str) -> str:
        self.minute += 1
        return at(day, self.minute % 480)

    def _payment(self, day: str) -> None:
        row = self.pools["unpaid"].take()
        if row is not None:
            book = self.world.books["notice"]
            amount = book.current(row)["amount"]
            book.replace(row, self._instant(day), paid=amount, unpaid=0, paid_state="1", paid_on=day)

    def _correction(self, day: str) -> None:
        """更正: more social insurance than was known; everything that follows is computed anew."""
        row = self.pools["assessment"].take()
        if row is not None:
            book = self.world.books["assessment"]
            current = book.current(row)
            current["social_insurance"] += 1000 * int(self.rng.integers(1, 90))
            corrected_on = wareki(np.array([numpy_day(day)]))[0].as_py()
            book.replace(row, self._instant(day), **reassessed(current), corrected_on=corrected_on)

    def _levy(self, day: str) -> None:
        """当初課税: the assessments of 2017 of all those who are taxed by notice or pension, fixed on one day."""
        book, people, pool = self.world.books["assessment"], self.world.people, self.pools["assessment"]
        known = set(book.base["_person"].filter(pc.equal(book.base["fiscal_year"], "2017")).to_pylist())
        liable = (people.status == RESIDENT) & ~people.dv
        liable[list(known)] = False
        asked = np.isin(book.codes("collection"), _LEVIED) & liable[book.base["_person"].to_numpy()]
        for row in [row for row in pool.rows if row < len(asked) and asked[row] and pool.usable(row)]:
            current = book.current(row)
            if current["_person"] not in known:
                known.add(current["_person"])
                own = {"assessment_no": self._number("N"), "fiscal_year": "2017", "fixed_on": day, "corrected_on": None}
                book.add(self._instant(day), **{**current, **own})
        self.levied = True

    def _late_return(self, day: str) -> int | None:
        """Somebody who had filed nothing does so late: a new record, modelled on another's."""
        model = self.pools["assessment"].take()
        if model is None or not self.newcomers:
            return None
        book = self.world.books["assessment"]
        own = {"assessment_no": self._number("L"), "fixed_on": day, "corrected_on": None, "return_kind": "2"}
        whose = self._whose(self.newcomers.pop())
        row = book.add(self._instant(day), **{**book.current(model), **whose, **own})
        self.pools["assessment"].rows.append(row)
        return row

    def _late_notice(self, day: str) -> int | None:
        """随時: a notice outside the four periods."""
        model = self.pools["notice"].take()
        if model is None:
            return None
        book = self.world.books["notice"]
        amount = 1000 * int(self.rng.integers(2, 40))
        own = {
            "notice_row": self._number("L"),
            "notice_no": self._number("16Z", 7),
            "fiscal_year": "2016",
            "fixed_on": day,
            "period": "90",
            "collection": "1",
            "due_on": "2017-06-30",
            "amount": amount,
            "unpaid": amount,
            "paid": 0,
            "paid_state": "3",
            "paid_on": None,
            "reminded_on": None,
            "direct_debit": "0",
        }
        row = book.add(self._instant(day), **{**book.current(model), **own})
        self.pools["notice"].rows.append(row)
        return row

    def _number(self, letter: str, width: int = 8) -> str:
        self.made += 1
        return f"{letter}{self.made:0{width}d}"

    def _whose(self, person: int) -> Row:
        numbers = {"taxpayer_no": self.world.people.taxpayer, "addressee_no": self.world.people.addressee}
        return {"_person": person, **{name: column[person].as_py() for name, column in numbers.items()}}

    def _void(self, day: str) -> None:
        """Cancelled: the row stays, marked."""
        book, row = self._either()
        if row is not None:
            book.replace(row, self._instant(day), void_flag="1", _scope="SC-VOID")

    def _removal(self, day: str) -> None:
        """The row disappears from the 正本, without a trace in it."""
        book, row = self._either()
        if row is not None:
            book.end(row, self._instant(day))

    def _either(self) -> tuple[Book, int | None]:
        pool = self.pools["notice" if self.rng.random() < 0.5 else "assessment"]
        return pool.book, pool.take()

    def _rekeyed(self, day: str) -> None:
        """A notice gets a new number: the record under the old one has to be deleted."""
        row = self.pools["notice"].take()
        if row is not None:
            book, instant = self.world.books["notice"], self._instant(day)
            old = book.current(row)
            book.end(row, instant)
            numbers = {"notice_row": self._number("L"), "notice_no": self._number("16Z", 7)}
            self.pools["notice"].rows.append(book.add(instant, **{**old, **numbers}))

    def _fixed(self, day: str) -> None:
        """A provisional assessment of 2017 becomes final."""
        if self.provisional:
            self.world.books["assessment"].replace(
                self.provisional.pop(), self._instant(day), fixed_on=day, _scope=None
            )

    def _resaved(self, day: str) -> None:
        """Somebody opens a row and saves it as it was: a new version in the log, and nothing to send."""
        book, row = self._either()
        if row is not None:
            book.replace(row, self._instant(day), content=book.current(row)["_content"])

    def _mistakes(self, day: str) -> None:
        """Four records are spoilt by an edit, and two come into being spoilt."""
        for name in self.rng.choice(_SPOILT, size=4, replace=False):
            row = self.pools["taxed"].take()
            if row is not None and self.world.books["assessment"].current(row)["pref_income_levy"] >= 5000:
                spoil(self.world.books["assessment"], row, _KINDS[str(name)], self.world.strangers, self._instant(day))
        for table, name in (("assessment", "lost-leading-zero"), ("notice", "full-width-key")):
            row = self._late_return(day) if table == "assessment" else self._late_notice(day)
            if row is not None:
                born_spoilt(self.world.books[table], row, _KINDS[name], self.world.strangers)

    def _mended(self, day: str) -> None:
        """The departments mend a few records, the oldest mistakes first."""
        for table, count in _MENDED.items():
            book = self.world.books[table]
            for row in list(book.clean)[:count]:
                correct(book, row, self._instant(day))

    def _deaths(self, happenings: Happenings) -> None:
        """Somebody dies: no item of a tax record changes, but the tax system's own copy of the person does."""
        for person in happenings.died:
            self.world.books["taxpayer"].replace(person, happenings.instant, status="4", died_on=happenings.day)
