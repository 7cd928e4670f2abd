from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fukuhon.errors import ConfigurationError
from fukuhon.layouts import Finding, LayoutPack, Packs, check_packs
from fukuhon.layouts.soundness import _side_by_side

MakePack = Callable[..., Path]
CODE = "TK00000100000001"


def told(findings: tuple[Finding, ...], severity: str = "error") -> str:
    """All findings of a severity as text."""
    return "\n".join(f"{f.where}：{f.text}" for f in findings if f.severity == severity)


def test_a_good_pack_is_sound(pack: MakePack) -> None:
    """Its file has another name only because the test's pack says TM…1."""
    found = check_packs([pack()])
    assert found.sound
    assert found.findings == ()
    assert [layout.code for layout in found.packs[0].datasets] == [CODE]


def test_the_projects_own_packs_are_sound() -> None:
    """Without even a notice."""
    folders = [path.parent for path in (Path(__file__).parents[2] / "include/layouts").glob("*/pack.yaml")]
    assert folders
    assert check_packs(folders).findings == ()


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (("code: I0002", "code: I0001"), "同じ項目コード"),
        (("{item: I0011, present: true}", "{item: I0012, present: true}"), "輪"),
        (('pattern: "[0-9A-Z]{4}"', 'pattern: "^[0-9]{4}$"'), "スキーマで意味の変わる"),
        (('pattern: "[0-9A-Z]{4}"', 'pattern: "\\\\d{4}"'), "スキーマで意味の変わる"),
        (('pattern: "[0-9A-Z]{4}"', 'pattern: "(?:a|b)"'), "スキーマで意味の変わる"),
        (('pattern: "[0-9A-Z]{4}"', 'pattern: "a\\\\Ab"'), "スキーマ（XSD）にできません"),
    ],
)
def test_what_is_wrong_in_a_pack_is_an_error(pack: MakePack, change: tuple[str, str], wanted: str) -> None:
    """By place."""
    found = check_packs([pack(change)])
    assert not found.sound
    assert wanted in told(found.findings)


def test_a_class_may_hold_what_means_something_outside(pack: MakePack) -> None:
    """$ between brackets is a dollar."""
    assert check_packs([pack(('pattern: "[0-9A-Z]{4}"', 'pattern: "[$^?]{1,4}-?"'))]).sound


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (("name: 金額", "name: 年度"), "同じ名前の項目が2つあります：年度"),
        (('"1": 有, "2": 無', '"1": 有, "2": 有'), "同じ意味"),
        (('{"1": 有, "2": 無}}', '{"1": 有, "2": 無}, required: true}'), ""),
        (('{item: I0003, equals: "1"}', "{item: I0001, present: true}"), "条件のない必須と同じ"),
    ],
)
def test_what_misleads_is_a_notice(pack: MakePack, change: tuple[str, str], wanted: str) -> None:
    """The pack is still sound."""
    found = check_packs([pack(change)])
    assert found.sound
    assert wanted in told(found.findings, "notice")


def test_every_broken_file_is_told_at_once(pack: MakePack) -> None:
    """Not one a run."""
    folder = pack(("kind: digits, digits: 4", "kind: digits"))
    (folder / "TM00000000000009.yaml").write_text("spi: x\n", encoding="utf-8")
    (folder / "TM00000000000008.yaml").write_text("a: [", encoding="utf-8")
    found = check_packs([folder])
    assert [finding.severity for finding in found.findings].count("error") == 3
    assert found.packs[0].datasets == ()


def layouts(start: date, end: date | None, version: str) -> LayoutPack:
    """A pack of one dataset."""
    item = {"code": "I0001", "name": "x", "kind": "date"}
    key = {"name": "x", "pattern": ".", "unique_within": "body"}
    names = {"spi": "TM00000000000001", "spi_name": "x", "code": CODE, "name": "x", "version": version}
    dataset = {**names, "record_key": key, "items": (item,)}
    return LayoutPack.model_validate(
        {"version": version, "effective_from": start, "effective_to": end, "datasets": (dataset,)}
    )


def test_two_versions_side_by_side_are_compared_by_their_days() -> None:
    """Overlaps that are written down, days without a version, one start for two."""
    old = layouts(date(2017, 1, 1), date(2017, 6, 30), "A")
    assert not list(_side_by_side([old, layouts(date(2017, 7, 1), None, "B")]))
    assert "2017-06-30 から 2017-06-30 まで" in told(tuple(_side_by_side([old, layouts(date(2017, 6, 30), None, "B")])))
    assert "有効な版がありません" in told(tuple(_side_by_side([old, layouts(date(2017, 7, 2), None, "B")])))
    assert "同じ日" in told(tuple(_side_by_side([old, layouts(date(2017, 1, 1), None, "B")])))
    assert "二つ" in told(tuple(_side_by_side([old, layouts(date(2017, 7, 1), None, "A")])))
    openly = layouts(date(2017, 1, 1), None, "A")
    assert not list(_side_by_side([openly, layouts(date(2017, 7, 1), None, "B")]))
    back = tuple(_side_by_side([openly, layouts(date(2017, 7, 1), date(2017, 7, 31), "B")]))
    assert "A に戻ります" in told(back, "notice")


DAYS = st.dates(date(2016, 1, 1), date(2018, 12, 31))
PERIODS = st.lists(st.tuples(DAYS, st.none() | st.integers(0, 400)), min_size=1, max_size=4)


@given(switch=DAYS, before=st.integers(1, 700), open_end=st.booleans(), on=st.integers(-700, 700))
def test_around_a_switch_every_day_selects_exactly_one(switch: date, before: int, *, open_end: bool, on: int) -> None:
    """The old version to the day before the switch, then the new one; whether or not the old one ends."""
    old_end = None if open_end else switch - timedelta(days=1)
    old = layouts(switch - timedelta(days=before), old_end, "old")
    both = Packs.of([layouts(switch, None, "new"), old])
    day = switch + timedelta(days=on)
    if day < old.effective_from:
        with pytest.raises(ConfigurationError, match="LAYOUTS-003"):
            both.in_force(CODE, day)
    else:
        assert both.in_force(CODE, day).version == ("new" if on >= 0 else "old")


@given(PERIODS, DAYS)
def test_what_is_found_sound_leaves_no_day_to_chance(periods: list[tuple[date, int | None]], on: date) -> None:
    """Between first and last day exactly one version counts: the one that began last, and it is in force."""
    packs = [
        layouts(start, None if days is None else start + timedelta(days=days), str(number))
        for number, (start, days) in enumerate(periods)
    ]
    if any(finding.severity == "error" for finding in _side_by_side(packs)):
        return
    begun = [pack for pack in packs if pack.effective_from <= on]
    ends = [pack.effective_to for pack in packs]
    last = None if None in ends else max(end for end in ends if end is not None)
    if begun and (last is None or on <= last):
        chosen = Packs.of(packs).in_force(CODE, on)
        holding = [pack for pack in packs if pack.in_force(on)]
        assert chosen.version == max(holding, key=lambda pack: pack.effective_from).version
        assert len([pack for pack in holding if pack.effective_to is not None]) <= 1
