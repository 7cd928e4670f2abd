from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standin.layouts import DATE, Item, is_date, load_layouts
from standin.main import LAYOUTS

PACK = """
version: "{version}"
effective_from: {first}
effective_to: {last}
"""
SPI = """
spi: TM00000000000099
name: 見本
datasets:
  - code: TK00009900000001
    name: 見本
    record_key: {name: 番号, pattern: "[A-Z]{2}|[0-9]{3}", unique_within: body}
    versioned: true
    publication: required
    items:
      - {code: I0001, name: 番号, kind: digits, min_length: 2, max_length: 3}
      - {code: I0002, name: 額, kind: number, minimum: -5, maximum: 100, signed: true}
      - {code: I0003, name: 日, kind: date, unknown: true}
      - {code: I0004, name: 名, kind: kana, max_length: 4}
      - {code: I0005, name: 文, kind: text, max_length: 3, required: true}
      - {code: I0006, name: 英, kind: text, characters: ascii}
      - group: 扶養
        repeat: 2
        items:
          - {code: I0010, name: 有無, kind: code, codes: {"0": 無, "1": 有}}
          - {code: I0011, name: 人数, kind: number, digits: 2, required_when: {item: I0010, equals: "1"}}
          - {code: I0012, name: 備考, kind: text, required_when: {item: I0001, present: true}}
"""


@pytest.fixture
def items(tmp_path: Path) -> Any:
    """The items of a pack that uses every key there is."""
    for version, first, last in (("1", "2017-01-01", "2017-06-30"), ("2", "2017-07-01", "null")):
        folder = tmp_path / version
        folder.mkdir()
        (folder / "pack.yaml").write_text(PACK.format(version=version, first=first, last=last), "utf-8")
        (folder / "TM00000000000099.yaml").write_text(SPI, "utf-8")
    return load_layouts(tmp_path)


@pytest.mark.parametrize(
    ("code", "good", "bad"),
    [
        ("I0001", ["12", "012"], ["1", "1234", "１２", "a1"]),
        ("I0002", ["0", "-5", "100"], ["-6", "101", "-0", "05", "+1", ""]),
        ("I0003", ["2016-02-29", "1950-05-00", "1950-00-00", "0000-00-00"], ["1950-13-00", "0000-05-00", "2017-02-29"]),
        ("I0004", ["", "ヤマダ", "ヤ　ダ"], ["山田", "ﾔﾏﾀﾞ", "ヤマダ  "]),
        ("I0005", ["高", "﨑〜～", "々〆", "￢①ｱ"], ["abcd", "髙", "\ue000", "\ufffd", "a\tb", "们"]),
        ("I0006", ["", "a b~"], ["é", "あ"]),
    ],
)
def test_values_fit_or_not(items: Any, code: str, good: list[str], bad: list[str]) -> None:
    """Each kind by its own rule."""
    item: Item = items["1"].datasets["TK00009900000001"].items[code]
    assert [value for value in good if not item.fits(value)] == []
    assert [value for value in bad if item.fits(value)] == []


def test_groups_are_repeated_with_their_conditions(items: Any) -> None:
    """An item of the same group means the same repetition."""
    dataset = items["1"].datasets["TK00009900000001"]
    assert list(dataset.items)[-6:] == ["I0010_1", "I0011_1", "I0012_1", "I0010_2", "I0011_2", "I0012_2"]
    second = dataset.items["I0011_2"]
    assert second.is_required({"I0010_2": "1"})
    assert not second.is_required({"I0010_1": "1", "I0010_2": "0"})
    assert dataset.items["I0012_1"].is_required({"I0001": "12"})
    assert not dataset.items["I0012_1"].is_required({"I0001": ""})


def test_versions_lie_side_by_side(items: Any) -> None:
    """Both ends are included; one without an end goes on."""
    assert [items["1"].in_force(date(2017, 6, day)) for day in (29, 30)] == [True, True]
    assert not items["1"].in_force(date(2017, 7, 1))
    assert items["2"].in_force(date(2030, 1, 1))
    assert not items["2"].in_force(date(2017, 6, 30))


@given(st.dates())
def test_expression_of_a_day_accepts_nothing_else(day: date) -> None:
    """Every day but the 29th of February matches, and what matches is a day."""
    import re  # noqa: PLC0415

    text = day.isoformat()
    assert is_date(text)
    assert bool(re.fullmatch(DATE, text)) == ((day.month, day.day) != (2, 29))
    for month, number in ((2, 30), (4, 31), (13, 1), (0, 1), (1, 0), (1, 32)):
        assert not re.fullmatch(DATE, f"{day.year:04d}-{month:02d}-{number:02d}")


def test_packs_of_the_checkout_are_read() -> None:
    """What the project ships is what the stand-in checks by."""
    layouts = load_layouts(LAYOUTS)
    assert "TK00000200000001" in layouts["2017.1"].datasets
