from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fukuhon.layouts import BaseCheck, Item, base_checks, load_pack, pattern_of

MakePack = Callable[..., Path]


@pytest.fixture
def checks(pack: MakePack) -> dict[str, BaseCheck]:
    """The checks of the small pack by id."""
    return {check.id: check for check in base_checks(load_pack(pack()).datasets[0])}


def test_each_part_of_a_layout_becomes_a_check(checks: dict[str, BaseCheck]) -> None:
    """Envelope, presence, form; each id once, each with a wording."""
    assert list(checks)[:4] == [
        "layout:addressee:required",
        "layout:addressee:pattern",
        "layout:record_key:required",
        "layout:record_key:pattern",
    ]
    assert checks["layout:I0002:range"].parameters == {"minimum": -10, "maximum": 500000}
    assert checks["layout:I0003:code"].parameters == {"values": ("1", "2")}
    assert checks["layout:I0004:required_when"].parameters == {"item": "I0003", "equals": ("1",)}
    assert checks["layout:I0012_2:required_when"].parameters == {"item": "I0011_2", "present": True}
    assert checks["layout:I0012_1:date"].parameters == {"unknown": True}
    assert checks["layout:I0005:characters"].parameters["set"] == "jisx0213"
    assert all(check.wording for check in checks.values())


def test_an_empty_value_is_told_once(checks: dict[str, BaseCheck]) -> None:
    """By `required` where it is required; by the form where emptiness is no value; not at all where it is one."""
    assert checks["layout:I0001:pattern"].empty_passes
    assert not checks["layout:I0002:pattern"].empty_passes
    assert checks["layout:I0005:length"].empty_passes


def test_versioned_and_published_datasets_say_so(pack: MakePack) -> None:
    """Two settings of a dataset that are checks of the envelope."""
    start = "    items:\n      - {code: I0001"
    folder = pack((start, f"    versioned: true\n    publication: required\n{start}"))
    ids = {check.id for check in base_checks(load_pack(folder).datasets[0])}
    assert {f"layout:{name}:required" for name in ("record_version", "publication_from", "publication_to")} <= ids


@given(number=st.integers(-(10**7), 10**7), signed=st.booleans())
def test_numbers_are_plain_digits(number: int, *, signed: bool) -> None:
    """As Python writes them, up to the digits, the sign only where it is allowed."""
    item = Item(code="I0001", name="x", kind="number", digits=6, signed=signed)
    allowed = abs(number) < 10**6 and (signed or number >= 0)
    assert bool(re.fullmatch(pattern_of(item), str(number))) == allowed


@pytest.mark.parametrize("text", ["007", "-0", "+1", "1.0", "１", "", " 1", "1\n"])
def test_what_is_no_plain_number(text: str) -> None:
    """Leading zeros, signs, fractions, full-width digits, blanks."""
    item = Item(code="I0001", name="x", kind="number", digits=6, signed=True)
    assert re.fullmatch(pattern_of(item), text) is None
