"""国民健康保険 of かすみ町: a member and year a row, and a row for each month in which 高額療養費 was paid."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from rehearsal.kasumi.residents import Person, Row, dotted_day

if TYPE_CHECKING:
    from numpy.random import Generator

__all__ = ["REVISED", "kokuho"]

REVISED = date(2017, 6, 30)
"""The export of this day's evening is the first in the form of July: certificate numbers of ten digits."""
_CEILINGS = {"ア": 252_600, "イ": 167_400, "ウ": 80_100, "エ": 57_600, "オ": 35_400}
_YEARS = (2014, 2015, 2016, 2017)


def kokuho(random: Generator, people: list[Person], day: date) -> dict[str, list[Row]]:
    """The tables ``member`` and ``benefit`` at the end of ``day``."""
    members: list[Row] = []
    benefits: list[Row] = []
    for person in people:
        if person.resident and person.number % 3 == 0:
            first = int(random.choice(_YEARS, p=[0.06, 0.24, 0.5, 0.2]))
            for year in range(first, 2018):
                member, months = _year(random, person, year)
                members.append(member)
                benefits += months
    for number, member in enumerate(members):
        if member["disease_no"] and day >= REVISED:
            member["disease_no"] = "00" + member["disease_no"]
        if number % 37 == day.toordinal() % 37 and day > REVISED and member["levied"]:
            member["paid"] = member["levied"]
    return {"member": members, "benefit": benefits}


def _year(random: Generator, person: Person, year: int) -> tuple[Row, list[Row]]:
    income = str(random.choice([*_CEILINGS]))
    acquired = date(year - int(random.integers(0, 9)), int(random.integers(1, 13)), int(random.integers(1, 29)))
    acquired = min(acquired, date(year, 4, 1)) if year == 2017 else acquired
    lost = _lost(random, acquired, year)
    undecided = year == 2017 and random.random() < 0.6
    levied = int(random.integers(200, 8_000)) * 100
    sick = random.random() < 0.15
    months = [] if undecided else _months(random, person, year, income)
    row = {
        "member_no": f"{10_000_000 + person.number:08d}",
        "levy_year": str(year),
        "addressee_no": person.addressee,
        "kind": str(random.choice(["A", "B", "C"], p=[0.8, 0.12, 0.08])),
        "acquired_on": dotted_day(acquired),
        "acquired_why": str(random.choice(["01", "02", "03", "04", "99"])),
        "lost_on": dotted_day(lost),
        "lost_why": "" if lost is None else str(random.choice(["01", "02", "03", "04", "99"])),
        "head": str(random.choice(["員", "主", "擬"], p=[0.5, 0.4, 0.1])),
        "income_class": income,
        "levied": "" if undecided else str(levied),
        "paid": str(levied // 800 * 100 * int(random.integers(0, 9))),
        "disease": "該" if sick else "－",
        "disease_no": f"{int(random.integers(1, 10**8)):08d}" if sick else "",
        "confirmed_on": dotted_day(date(2017, 6, 1) if random.random() < 0.4 else None),
        "months": str(len(months)),
        "benefit_total": str(sum(int(month["benefit"]) for month in months)),
        "burden_total": str(sum(int(month["burden"]) for month in months)),
        "void_flag": "1" if random.random() < 0.02 else "0",
        "hold_flag": "1" if random.random() < 0.02 else "0",
        **person.known,
    }
    return row, months


def _lost(random: Generator, acquired: date, year: int) -> date | None:
    """In a year's April to December, some on the first day that counts and the last that does not."""
    if random.random() < 0.75:
        return None
    if year == 2015:
        return date(2015, 12, 31) + timedelta(days=int(random.integers(0, 3)))
    lost = date(year, int(random.integers(4, 13)), int(random.integers(1, 29)))
    return lost if acquired < lost < date(2017, 6, 1) else None


def _months(random: Generator, person: Person, year: int, income: str) -> list[Row]:
    """What was over the ceiling; paid on the 25th of the third month after, as far as that day has come."""
    if random.random() < 0.3:
        return []
    found = []
    for place in range(12 if year < 2017 else 0):
        at = year * 12 + 3 + place
        paid = date((at + 3) // 12, (at + 3) % 12 + 1, 25)
        if random.random() < 0.3 and paid < date(2017, 6, 1):
            over = int(random.integers(1, 90_000))
            found.append(
                {
                    "member_no": f"{10_000_000 + person.number:08d}",
                    "levy_year": str(year),
                    "month": f"{at // 12}{at % 12 + 1:02d}",
                    "burden": str(_CEILINGS[income] + over),
                    "ceiling": str(_CEILINGS[income]),
                    "benefit": str(over),
                    "paid_on": dotted_day(paid),
                }
            )
    return found
