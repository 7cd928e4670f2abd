from __future__ import annotations

import numpy as np
import pyarrow.compute as pc
import pytest

from rehearsal.city import City
from rehearsal.city.tax.law import reassessed, salary_income


@pytest.mark.parametrize(
    ("gross", "income"),
    [
        (0, 0),
        (650_999, 0),
        (651_000, 1_000),
        (1_799_000, 1_149_000),
        (1_800_000, 1_080_000),
        (3_600_000, 2_340_000),
        (6_600_000, 4_740_000),
        (10_000_000, 7_800_000),
    ],
)
def test_salary_income_at_the_edges_of_its_table(gross: int, income: int) -> None:
    """給与所得控除 by the sample's table."""
    assert salary_income(np.array([gross]))[0] == income


def test_sums_of_clean_records_add_up(city: City) -> None:
    """Totals, deductions and levies of every record follow from its parts, except where dirt says otherwise."""
    rows = city.books["assessment"].base
    parts = ("social_insurance", "life_insurance", "spouse_deduction", "dependent_deduction", "other_deduction")
    deductions = sum((rows[name].to_numpy() for name in parts), rows["basic_deduction"].to_numpy())
    assert (deductions == rows["deduction_total"].to_numpy()).all()
    levies = ("muni_income_levy", "muni_per_capita", "pref_income_levy", "pref_per_capita")
    assert (sum(rows[name].to_numpy() for name in levies) == rows["annual_tax"].to_numpy()).all()
    gained = sum(rows[name].to_numpy() for name in ("salary_income", "pension_income", "other_income"))
    assert (np.maximum(gained - rows["loss_carried"].to_numpy(), 0) == rows["total_income"].to_numpy()).all()


def test_every_class_and_way_of_collection_occurs(city: City) -> None:
    """A city without a variation could not show that it is lost."""
    rows = city.books["assessment"].base
    assert set(rows["tax_class"].unique().to_pylist()) == {"1", "2", "3", "4"}
    assert set(rows["collection"].unique().to_pylist()) == {None, "1", "2", "3"}
    assert set(rows["levy_class"].unique().to_pylist()) == {"1", "2", "3", "4"}
    assert set(rows["fiscal_year"].unique().to_pylist()) == {"2015", "2016", "2017"}
    assert pc.sum(pc.greater(rows["loss_carried"], 0)).as_py() > 5
    assert pc.sum(pc.less(rows["other_income"], 0)).as_py() > 5


def test_reassessing_a_record_that_did_not_change_changes_nothing(city: City) -> None:
    """更正 computes a record anew by the same law as the first time."""
    book = city.books["assessment"]
    for row in range(0, book.base.num_rows, 37):
        before = book.base.slice(row, 1).to_pylist()[0]
        assert reassessed(before).items() <= before.items()


def test_notices_of_a_person_add_up_to_the_years_tax(city: City) -> None:
    """The four periods together demand what the assessment says."""
    taxes, notices = city.books["assessment"].base.to_pandas(), city.books["notice"].base.to_pandas()
    four = notices[notices["period"].isin(["01", "02", "03", "04"])]
    demanded = four.groupby(["taxpayer_no", "fiscal_year"])["amount"].sum()
    levied = taxes.set_index(["taxpayer_no", "fiscal_year"])["annual_tax"]
    assert (demanded == levied.reindex(demanded.index)).all()
