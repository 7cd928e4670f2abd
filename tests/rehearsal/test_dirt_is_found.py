"""The city through the real rooms: extract, map, judge; and each planted fault comes out with its own reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fukuhon.layouts import load_pack
from fukuhon.originals import addressee_register, open_source
from fukuhon.quality import Suite, Verdict, judge
from fukuhon.rules import Mapper, RuleBook
from fukuhon.site import Site, load
from rehearsal.city import City, make_city, write_present, write_site
from rehearsal.city.subjects import SUBJECTS
from rehearsal.city.truth import Day

PACK = Path(__file__).parents[2] / "include" / "layouts" / "2017.1"
DATASETS = {dataset.table: dataset for subject in SUBJECTS for dataset in subject.datasets}
Rows = dict[str, dict[str, object]]


@dataclass(frozen=True)
class Judged:
    """One dataset of one day: mapped rows by the source's own row, and why each of them stays back."""

    rows: Rows
    reasons: dict[str, set[str]]
    verdict: Verdict


Results = Callable[[str, str], Judged]


@pytest.fixture(scope="module")
def city() -> City:
    """A city of the demo's kind, smaller."""
    return make_city(people=3000, seed=11, days=4)


@pytest.fixture(scope="module")
def site(city: City, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Its site."""
    folder = tmp_path_factory.mktemp("site")
    write_site(city, folder)
    return load(folder)


@pytest.fixture(scope="module")
def results(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Judge a dataset of a day, once for all tests."""
    known: dict[tuple[str, str], Judged] = {}

    def result(table: str, day: str) -> Judged:
        if (table, day) not in known:
            known[table, day] = judged(site, table, day, tmp_path_factory.mktemp("judge"))
        return known[table, day]

    return result


def judged(site: Site, table: str, day: str, work: Path) -> Judged:
    """What extract, rules and quality make of a dataset as of the end of a day."""
    write_present(site.folder, date.fromisoformat(day))
    as_of, dataset = date.fromisoformat(day), site.dataset(DATASETS[table].code)
    layout = next(one for one in load_pack(PACK).datasets if one.code == dataset.code)
    book = RuleBook.load(site.resource("rules", dataset.rules or dataset.code))
    with open_source(site.source(dataset.source)) as source, Mapper(book, layout, as_of) as mapper:
        extract = source.extract(site.query(dataset.query), {"as_of": as_of}, book.columns, 4096)
        mapped = pa.Table.from_batches([mapper.map(batch) for batch in extract])
        register = addressee_register(site, as_of)
    verdict = judge(mapped.to_batches(), Suite.load(site, layout, book), register, as_of=as_of, work=work)
    rows = mapped.to_pylist()
    name = {row["row_no"]: str(row[f"src_{DATASETS[table].row}"]) for row in rows}
    held = pq.read_table(verdict.quarantine, columns=["row_no", "reasons"]).to_pylist()
    return Judged(
        {name[row["row_no"]]: row for row in rows}, {name[row["row_no"]]: set(row["reasons"]) for row in held}, verdict
    )


def told(day: Day, table: str) -> Rows:
    """The truth about what is read on a day."""
    rows = day.records.to_pylist()
    return {
        row["source_row"]: row for row in rows if row["dataset"] == DATASETS[table].code and row["outcome"] != "gone"
    }


@pytest.mark.parametrize("place", [0, 1, 4])
@pytest.mark.parametrize("table", list(DATASETS))
def test_every_planted_fault_is_found_for_its_own_reason(city: City, results: Results, table: str, place: int) -> None:
    """A record stays back exactly where dirt was planted, by exactly the rule that is meant for it, on every day."""
    day = city.truth.days[place]
    found, truth = results(table, day.day), told(day, table)
    expected = {name: {row["rule"]} for name, row in truth.items() if row["outcome"] == "quarantined"}
    assert found.reasons == expected
    assert found.verdict.stops == ()
    if place == 0:
        assert {rule for rules in expected.values() for rule in rules} == {
            k.rule for k in city.kinds if k.table == table
        }


@pytest.mark.parametrize("table", list(DATASETS))
def test_scope_withholding_variation_and_keys_are_the_truths(city: City, results: Results, table: str) -> None:
    """The registration rules say of each record what the generator meant when it made it."""
    day = city.truth.days[0]
    found, truth = results(table, day.day), told(day, table)
    assert found.rows.keys() == truth.keys()
    for name, row in found.rows.items():
        same = ("addressee", "record_key", "variation", "scope")
        assert [row[column] for column in same] == [truth[name][column] for column in same]
        if row["scope"] is None:
            assert row["withhold"] == truth[name]["withhold"]


@pytest.mark.parametrize("table", list(DATASETS))
def test_content_changes_where_the_truth_says_so(city: City, results: Results, table: str) -> None:
    """New, changed, unchanged and gone follow from the mapped items alone, kept from day to day as the server would."""
    held: dict[str, tuple[object, ...]] = {}
    for day in city.truth.days:
        found, truth = results(table, day.day), told(day, table)
        gone = {row["source_row"] for row in day.records.to_pylist() if row["outcome"] == "gone"}
        here = {name for name, row in found.rows.items() if row["scope"] is None}
        assert set(held) - here == gone & set(held)
        for name in set(held) - here:
            del held[name]
        for name, row in found.rows.items():
            if truth[name]["outcome"] in {"new", "changed", "unchanged"}:
                content = tuple(value for column, value in row.items() if column[0] == "I" or column == "record_key")
                outcome = "new" if name not in held else "unchanged" if held[name] == content else "changed"
                assert outcome == truth[name]["outcome"]
                held[name] = content


@pytest.mark.parametrize("dataset", [dataset.code for dataset in DATASETS.values()])
def test_the_examples_of_the_rule_book_hold(site: Site, dataset: str) -> None:
    """Each rule's own examples, run against the sample pack."""
    layout = next(one for one in load_pack(PACK).datasets if one.code == dataset)
    assert RuleBook.load(site.resource("rules", dataset)).check_examples(layout) == []
