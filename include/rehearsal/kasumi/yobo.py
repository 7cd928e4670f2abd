"""予防接種 of かすみ町: one row a shot; the system shows its present state only."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from rehearsal.kasumi.residents import Person, Row

if TYPE_CHECKING:
    from numpy.random import Generator

__all__ = ["yobo"]

_CHILD = {"HIB": "0.50", "PCV": "0.50", "DPT": "0.50", "BCG": "0.15", "MRV": "0.50", "VAR": "0.50", "JEV": "0.25"}
_CHILD |= {"HBV": "0.25"}
_OLD = {"FLU": "0.50", "PPV": "0.50"}
_FIRST, _LAST = date(2015, 11, 1), date(2017, 6, 15)


def yobo(random: Generator, people: list[Person]) -> list[Row]:
    """Shots of children below eight, and of people from 65 on."""
    rows: list[Row] = []
    for person in people:
        age = (_LAST - person.born).days // 365
        book = _CHILD if age < 8 else _OLD if age >= 67 else None
        if person.resident and book and not person.known["birth_date"].endswith("-00"):
            for vaccine in random.choice([*book], int(random.integers(1, len(book) + 1)), replace=False):
                rows.append(_shot(random, person, str(vaccine), book[str(vaccine)], len(rows)))
    return rows


def _shot(random: Generator, person: Person, vaccine: str, amount: str, number: int) -> Row:
    first = max(_FIRST, person.born + timedelta(days=60))
    given = first + timedelta(days=int(random.integers(0, max((_LAST - first).days, 1))))
    if number % 23 == 0:
        given = max(date(2016, 1, 1) - timedelta(days=number % 2), person.born)
    unknown = random.random() < 0.04 and given.year == 2016
    place = str(random.choice(["個", "集", "他"], p=[0.7, 0.15, 0.15]))
    special = str(random.choice(["定", "長", "齢"], p=[0.85, 0.1, 0.05]))
    months = (given.year - person.born.year) * 12 + given.month - person.born.month - (given.day < person.born.day)
    return {
        "shot_no": f"{given.year}{number:07d}",
        "addressee_no": person.addressee,
        "vaccine": vaccine,
        "class": "A" if vaccine in _CHILD else "B",
        "dose": str(int(random.integers(1, 5))) if vaccine in {"HIB", "PCV", "DPT"} else "1",
        "given_on": "" if random.random() < 0.02 else f"{given:%Y%m00}" if unknown else f"{given:%Y%m%d}",
        "age_months": str(months),
        "place": place,
        "clinic_code": f"99{int(random.integers(10**7, 10**8))}" if place == "個" else "",
        "lot": str(random.choice(["Ｈ１２３Ａ", "K077B", "Ｗ９", "AB-110", ""])),
        "amount_ml": amount,
        "special": special,
        "special_reason": "" if special == "定" else str(random.choice(["長期の入院のため", "髙橋医師の診断による"])),
        "doctor": str(random.choice(["ｶｽﾐ ﾀﾛｳ", "モリ　ハナ", "ﾔﾏﾀﾞ ｼﾞﾛｳ", ""])),
        "ticket_no": f"{int(random.integers(10**7, 10**8))}",
        "void_flag": "1" if random.random() < 0.02 else "0",
        "hold_flag": "1" if random.random() < 0.02 else "0",
        **person.known,
    }
