from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from fukuhon.layouts import load_pack
from fukuhon.originals import open_source
from fukuhon.rules import RuleBook
from fukuhon.site import Site, load
from rehearsal.city import City, write_present, write_site

SAMPLE = Path(__file__).parents[3] / "include" / "sites" / "sample"
PACK = SAMPLE.parents[1] / "layouts" / "2017.1"
READ = ("new", "changed", "unchanged", "withheld", "quarantined", "out_of_scope")


def totals(city: City, place: int) -> dict[str, int]:
    """The accounts of a day over all datasets and variations."""
    sums: dict[str, int] = {}
    for by in city.truth.days[place].tallies().values():
        for counts in by.values():
            for name, count in counts.items():
                sums[name] = sums.get(name, 0) + count
    return sums


def test_accounts_close_on_every_day_and_from_day_to_day(city: City) -> None:
    """DESIGN §3.4, told by the truth itself: what is held grows by new, shrinks by deleted, variation by variation."""
    held: dict[tuple[str, str], int] = {}
    for day in city.truth.days:
        for dataset, by in day.tallies().items():
            for variation, counts in by.items():
                assert counts["read"] == counts["out_of_scope"] + counts["in_scope"]
                parts = ("unchanged", "to_register", "quarantined", "withheld")
                assert counts["in_scope"] == sum(counts[name] for name in parts)
                before = held.get((dataset, variation), 0)
                held[dataset, variation] = before + counts["new"] - counts["deleted"]
                assert counts["unchanged"] + counts["overwritten"] <= before


def test_every_day_stays_below_the_daily_cap(city: City) -> None:
    """差分 days: registrations and deletions are less than 5% of what was registered first (seed 1.5.1)."""
    first = totals(city, 0)["new"]
    for place in range(1, len(city.days) + 1):
        counts = totals(city, place)
        assert 0 < counts["to_register"] + counts["to_delete"] < 0.05 * first


def test_each_day_brings_new_changed_and_gone_records(city: City) -> None:
    """A 差分 without deletions would not show that they are sent."""
    for place in range(1, len(city.days) + 1):
        counts = totals(city, place)
        assert min(counts["new"], counts["overwritten"], counts["deleted"]) > 0


def test_nothing_happens_on_the_quiet_day(city: City) -> None:
    """The second run of the demo finds nothing to send."""
    counts = totals(city, -1)
    assert (counts["new"], counts["overwritten"], counts["deleted"]) == (0, 0, 0)
    assert city.truth.days[-1].day == city.quiet_day


def test_a_clean_record_shares_its_key_with_nobody(city: City) -> None:
    """What has to be registered is unambiguous, by the layout's own scope of uniqueness."""
    within = {layout.code: layout.record_key.unique_within for layout in load_pack(PACK).datasets}
    for day in city.truth.days:
        rows = [row for row in day.records.to_pylist() if row["outcome"] in {"new", "changed", "unchanged"}]
        for dataset in city.datasets:
            own = [row for row in rows if row["dataset"] == dataset.code]
            keys = [(row["addressee"] if within[dataset.code] == "person" else "", row["record_key"]) for row in own]
            assert len(set(keys)) == len(keys), dataset.code


def test_reasons_and_outcomes_agree(city: City) -> None:
    """One record has one fate, and each reason belongs to it."""
    for day in city.truth.days:
        for row in day.records.to_pylist():
            if row["outcome"] != "gone":
                assert (row["scope"] is not None) == (row["outcome"] == "out_of_scope")
                assert (row["kind"] is not None) == (row["outcome"] == "quarantined")
                assert (row["rule"] is None) == (row["kind"] is None)


def test_every_reason_for_staying_out_occurs(city: City) -> None:
    """A rule that never applies is not tested by the city."""
    rows = city.truth.days[0].records
    books = [RuleBook.load(SAMPLE / "rules" / f"{dataset.code}.yaml") for dataset in city.datasets]
    assert set(rows["scope"].unique().to_pylist()) == {None, *(rule.id for book in books for rule in book.scope)}
    assert set(rows["withhold"].unique().to_pylist()) == {None, *(rule.id for book in books for rule in book.withhold)}


@pytest.fixture(scope="module")
def site(city: City, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The city's site."""
    folder = tmp_path_factory.mktemp("truth") / "mihon"
    write_site(city, folder)
    return load(folder)


@pytest.mark.parametrize("place", range(6))
def test_the_sources_show_each_day_what_the_truth_says_is_read(city: City, site: Site, place: int) -> None:
    """The site's own queries, as of a day's end, deliver the truth's records in the truth's order; so do its counts."""
    day = city.truth.days[place]
    as_of = {"as_of": date.fromisoformat(day.day)}
    write_present(site.folder, as_of["as_of"])
    for dataset in site.datasets():
        assert dataset.count_query is not None
        with open_source(site.source(dataset.source)) as source:
            columns = RuleBook.load(site.resource("rules", dataset.rules or dataset.code)).columns
            rows = source.read(site.query(dataset.query), as_of, columns)[0].to_pylist()
            counts = source.count(site.query(dataset.count_query), as_of)
        read = [row for row in day.records.to_pylist() if row["dataset"] == dataset.code and row["outcome"] in READ]
        assert rows == sorted(row["source_row"] for row in read)
        assert counts == {name: by["read"] for name, by in day.tallies()[dataset.code].items() if by["read"]}
