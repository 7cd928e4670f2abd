"""Handbooks and the care insured of the 福祉総合システム: records of fixed length, present state only."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from rehearsal.city import City, write_present, write_site
from rehearsal.city.care.law import full_age, premium_of
from rehearsal.city.care.schema import INSURED
from rehearsal.city.handbook.schema import HANDBOOKS
from rehearsal.city.schema import Table


@pytest.fixture(scope="module")
def folder(city: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The city's site."""
    folder = tmp_path_factory.mktemp("welfare") / "mihon"
    write_site(city, folder)
    return folder


def field(line: bytes, table: Table, name: str) -> str:
    """A column of a record, cut by bytes as the old system's sheet has it."""
    at = sum(table.widths[column] for column in table.columns[: table.columns.index(name)])
    return line[at : at + table.widths[name]].decode("cp932").rstrip()


@pytest.mark.parametrize("table", [HANDBOOKS, INSURED], ids=lambda table: table.name)
def test_every_record_has_the_length_of_the_sheet(folder: Path, table: Table) -> None:
    """Whatever wide characters stand in it; the names are half-width katakana."""
    lines = (folder / "data" / "fukushi" / f"{table.name}.txt").read_bytes().split(b"\r\n")
    assert lines.pop() == b""
    assert {len(line) for line in lines} == {sum(table.widths.values())}
    assert all(len(field(line, table, "kana").encode("cp932")) == len(field(line, table, "kana")) for line in lines)


def test_the_file_shows_only_the_present(city: City, folder: Path) -> None:
    """As days pass it is rewritten, and what it said before is gone."""
    path = folder / "data" / "fukushi" / "insured.txt"
    write_present(folder, date.fromisoformat(city.truth.days[0].day))
    before = path.read_bytes()
    write_present(folder, date.fromisoformat(city.days[-1]))
    assert path.read_bytes() != before
    write_present(folder, date.fromisoformat(city.truth.days[0].day))
    assert path.read_bytes() == before


def test_dates_are_seven_digits_by_era_some_of_them_unknown(city: City) -> None:
    """Old handbooks: zeros for what nobody knows; three levels of it in a city large enough."""
    issued = [text for text in city.books["handbook"].base["issued_on"].to_pylist() if text]
    assert all(len(text) == 7 and text.isdigit() for text in issued)
    assert any(text.endswith("00") for text in issued)
    assert {text[0] for text in issued} <= {"0", "3", "4"}


@pytest.mark.parametrize(
    ("born", "expected"), [("1952-04-11", "2017-04-10"), ("1952-04-01", "2017-03-31"), ("1952-02-29", "2017-02-28")]
)
def test_an_age_is_reached_on_the_day_before_the_birthday(born: str, expected: str) -> None:
    """年齢計算ニ関スル法律; who was born on 29 February reaches it on the 28th."""
    assert full_age(np.array([born], "datetime64[D]"), 65).astype(str).tolist() == [expected]


def test_premiums_by_stage_and_months() -> None:
    """A whole year, and seven months of the lowest stage: 15,750 yen, cut to hundreds."""
    assert premium_of(np.array([4, 0, 8]), np.array([12, 7, 0])).tolist() == [60_000, 15_700, 0]


def test_the_certified_have_a_level_a_period_and_a_limit_and_the_others_none(city: City) -> None:
    """Planted dirt is of other kinds."""
    names = ("level", "certified_on", "period_from", "period_to", "care_limit", "copay")
    for row in city.books["insured"].base.to_pylist():
        assert len({row[name] is None for name in names}) == 1
        assert (row["certified"] == "1") == (row["level"] is not None)


def test_the_second_kind_pays_no_premium_to_the_city(city: City) -> None:
    """第2号 pay with their health insurance."""
    second = [row for row in city.books["insured"].base.to_pylist() if row["kind"] == "B"]
    assert second
    assert all(row["premium"] is row["stage"] is row["collection"] is None for row in second)
