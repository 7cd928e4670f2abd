from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import html

from fukuhon.layouts import LayoutPack, load_pack
from fukuhon.reports.dictionary import data_dictionary

PACKS = sorted((Path(__file__).parents[2] / "include/layouts").glob("*/pack.yaml"))
ITEMS = (
    {"code": "I0001", "name": "区分<b>", "kind": "code", "codes": {"1": "有", "2": "無"}, "required": True},
    {
        "code": "I0002_1",
        "name": "生年月日（扶養1）",
        "kind": "date",
        "unknown": True,
        "group": "扶養",
        "occurrence": 1,
        "required_when": {"item": "I0003_1", "present": True},
    },
    {"code": "I0003_1", "name": "続柄（扶養1）", "kind": "text", "max_length": 5, "group": "扶養", "occurrence": 1},
    {
        "code": "I0002_2",
        "name": "生年月日（扶養2）",
        "kind": "date",
        "unknown": True,
        "group": "扶養",
        "occurrence": 2,
        "required_when": {"item": "I0003_2", "present": True},
    },
    {"code": "I0003_2", "name": "続柄（扶養2）", "kind": "text", "max_length": 5, "group": "扶養", "occurrence": 2},
    {"code": "I0004", "name": "額", "kind": "number", "digits": 5, "note": "円"},
)
PACK = LayoutPack.model_validate(
    {
        "version": "T1",
        "effective_from": "2017-01-01",
        "datasets": (
            {
                "spi": "TM00000000000001",
                "spi_name": "試験",
                "code": "TK00000100000001",
                "name": "試験情報",
                "version": "T1",
                "record_key": {"name": "番号", "pattern": "[0-9]{4}", "unique_within": "body"},
                "items": ITEMS,
            },
        ),
    },
    strict=False,
)


def test_a_repeated_group_stands_once() -> None:
    """With how often it comes; all else item by item in the file's order."""
    page = html.fromstring(data_dictionary(PACK))
    rows = [
        [" ".join(cell.text_content().split()) for cell in row]
        for row in page.xpath("//table[@class='dense']/tbody/tr")
    ]
    assert [row[0] for row in rows] == [
        "I0001",
        "扶養（2回の繰り返し：コードの後に _1 から _2 が付く）",
        "I0002",
        "I0003",
        "繰り返しはここまで",
        "I0004",
    ]
    assert rows[0][1:5] == ["区分<b>", "コード（2種）", "必須", "1 有2 無"]
    assert rows[2][1:4] == ["生年月日", "日付（不詳は00）", "I0003 があるとき必須"]
    assert "6" in page.xpath("string(//dl[@class='facts'])")


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.parent.name)
def test_every_item_of_the_projects_packs_is_in_its_dictionary(path: Path) -> None:
    """One page that needs nothing from outside, the same again."""
    pack = load_pack(path.parent)
    text = data_dictionary(pack)
    assert text == data_dictionary(pack)
    assert not re.search(r"(?:src|href)=\"(?!#)|@import|url\(", text)
    for layout in pack.datasets:
        assert layout.code in text
        for item in layout.items:
            assert item.code.partition("_")[0] in text
