from __future__ import annotations

import numpy as np
import pytest

from rehearsal.city import City
from rehearsal.city.allowance.recipients import monthly_of

UNITS = {"under3": 15_000, "primary12": 10_000, "primary3": 15_000, "junior": 10_000}


def clean(city: City, table: str) -> list[dict[str, object]]:
    """Rows of the first load that nothing is wrong with."""
    rows = city.books[table].as_of(city.truth.days[0].day).to_pylist()
    book = {row["source_row"] for row in city.truth.days[0].records.to_pylist() if row["kind"] is not None}
    return [row for row in rows if row[city.books[table].table.key] not in book]


@pytest.mark.parametrize(
    ("bands", "special", "expected"),
    [
        ([1, 0, 0, 0], False, 15_000),
        ([0, 2, 1, 1], False, 45_000),
        ([1, 2, 1, 1], True, 25_000),
        ([0, 0, 0, 1], False, 10_000),
    ],
)
def test_the_allowance_of_a_month(bands: list[int], special: bool, expected: int) -> None:  # noqa: FBT001
    """15,000 yen under three and from the third child on, 10,000 else; 5,000 each above the income limit."""
    columns = np.array([[number] for number in bands])
    assert monthly_of(columns, np.array([special])).tolist() == [expected]


def test_recipients_receive_what_their_children_bring(city: City) -> None:
    """Computed by hand from the exported row."""
    for row in clean(city, "recipient"):
        children = sum(int(str(row[name])) for name in UNITS)
        full = sum(int(str(row[name])) * unit for name, unit in UNITS.items())
        assert row["children"] == children
        assert row["monthly"] == (5_000 * children if row["income_class"] == "9" else full)


def test_payments_are_the_sum_of_one_to_four_months_in_a_row(city: City) -> None:
    """The months follow each other, and the regular payment is made in the month after the last."""
    for row in clean(city, "payment"):
        months = [str(row[f"month{place}"]) for place in range(1, 5) if row[f"month{place}"]]
        amounts = [int(str(row[f"amount{place}"])) for place in range(1, 5) if row[f"month{place}"]]
        counted = [int(text[1:3]) * 12 + int(text[4:]) for text in months]
        assert counted == list(range(counted[0], counted[0] + len(counted)))
        assert row["total"] == sum(amounts) - int(str(row["adjusted"]))
        paid = (int(str(row["pay_month"])[:4]) - 1988) * 12 + int(str(row["pay_month"])[4:])
        assert paid > counted[-1]
        if row["kind"] == "T":
            assert paid == counted[-1] + 1
            assert str(row["pay_month"])[4:] in {"02", "06", "10"}


def test_nobody_is_paid_twice_for_a_month(city: City) -> None:
    """Over all payments of a person, planted dirt apart."""
    seen: set[tuple[object, object]] = set()
    for row in clean(city, "payment"):
        for place in range(1, 5):
            if row[f"month{place}"]:
                month = (row["addressee_no"], row[f"month{place}"])
                assert month not in seen
                seen.add(month)
