from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fukuhon.errors import ConfigurationError
from fukuhon.layouts import LayoutPack, Packs, load_pack, pack_folders, packs

MakePack = Callable[..., Path]
CODE = "TK00000100000001"


def later(pack: MakePack) -> LayoutPack:
    """The pack that follows on T1, without an end."""
    return load_pack(
        pack(
            ('version: "T1"', 'version: "T2"'),
            ("effective_from: 2017-01-01", "effective_from: 2017-07-01"),
            ("effective_to: 2017-06-30", "effective_to: null"),
            name="T2",
        )
    )


def test_a_switch_of_versions_is_by_the_day(pack: MakePack) -> None:
    """Both ends are included; before the first there is none."""
    both = Packs.of([later(pack), load_pack(pack())])
    assert both.in_force(CODE, date(2017, 1, 1)).version == "T1"
    assert both.in_force(CODE, date(2017, 6, 30)).version == "T1"
    assert both.in_force(CODE, date(2017, 7, 1)).version == "T2"
    assert both.version(CODE, "T1").version == "T1"
    for missing in (lambda: both.in_force(CODE, date(2016, 12, 31)), lambda: both.in_force("TK1", date(2017, 1, 1))):
        with pytest.raises(ConfigurationError, match="LAYOUTS-003"):
            missing()
    with pytest.raises(ConfigurationError, match="LAYOUTS-005"):
        both.version(CODE, "T3")


def test_of_two_in_force_the_later_counts(pack: MakePack) -> None:
    """A revision within the year; the older has no end."""
    old = load_pack(pack(("effective_to: 2017-06-30", "effective_to: null")))
    assert Packs.of([old, later(pack)]).in_force(CODE, date(2017, 8, 1)).version == "T2"


def test_two_that_begin_on_one_day_are_refused(pack: MakePack) -> None:
    """Nobody could say which counts."""
    one = load_pack(pack())
    other = load_pack(pack(('version: "T1"', 'version: "T9"'), name="T9"))
    with pytest.raises(ConfigurationError, match="LAYOUTS-004"):
        Packs.of([one, other])


DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))


@given(days=st.lists(DAYS, min_size=1, max_size=6, unique=True), on=DAYS)
def test_without_ends_the_last_begun_is_in_force(days: list[date], on: date) -> None:
    """For any number of versions, in any order."""
    layout = {
        "spi": "TM00000000000001",
        "spi_name": "x",
        "code": CODE,
        "name": "x",
        "record_key": {"name": "x", "pattern": ".", "unique_within": "body"},
        "items": ({"code": "I0001", "name": "x", "kind": "date"},),
    }
    made = [
        LayoutPack.model_validate(
            {"version": str(day), "effective_from": day, "datasets": ({**layout, "version": str(day)},)}
        )
        for day in days
    ]
    begun = [day for day in days if day <= on]
    if begun:
        assert Packs.of(made).in_force(CODE, on).version == str(max(begun))
    else:
        with pytest.raises(ConfigurationError):
            Packs.of(made).in_force(CODE, on)


def test_a_sites_own_pack_replaces_the_projects_of_the_same_version(pack: MakePack, tmp_path: Path) -> None:
    """The official layouts come in without a change of code."""
    project, own = tmp_path / "project", tmp_path / "own"
    for folder, name in ((project, "年度"), (own, "公式の年度")):
        made = pack(("年度", name))
        folder.mkdir()
        made.rename(folder / "T1")
    site = SimpleNamespace(resource_folders=lambda kind: (own, project))
    assert packs(site).in_force(CODE, date(2017, 4, 1)).item("I0001").name == "公式の年度"


def test_a_version_in_two_folders_is_refused(pack: MakePack, tmp_path: Path) -> None:
    """One of them would never be seen."""
    pack()
    pack(name="T1 (copy)")
    site = SimpleNamespace(resource_folders=lambda kind: (tmp_path,))
    with pytest.raises(ConfigurationError, match="LAYOUTS-009"):
        packs(site)
    assert [folder.name for folder in pack_folders(site)] == ["T1", "T1 (copy)"]


def test_a_pack_is_found_by_its_version(pack: MakePack) -> None:
    """Or it is told which there are."""
    both = Packs.of([later(pack), load_pack(pack())])
    assert both.pack("T2").effective_from == date(2017, 7, 1)
    with pytest.raises(ConfigurationError, match=r"LAYOUTS-010.*T1、T2"):
        both.pack("T3")
