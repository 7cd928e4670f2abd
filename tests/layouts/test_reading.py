from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fukuhon.errors import ConfigurationError
from fukuhon.layouts import load_pack

MakePack = Callable[..., Path]


def test_groups_are_spread_out_in_order(pack: MakePack) -> None:
    """Repetition by repetition; a condition within the group means the same repetition."""
    layout = load_pack(pack()).datasets[0]
    assert layout.item_codes[-4:] == ("I0011_1", "I0012_1", "I0011_2", "I0012_2")
    last = layout.item("I0012_2")
    assert (last.group, last.occurrence, last.name) == ("扶養", 2, "生年月日（扶養2）")
    assert last.required_when is not None
    assert last.required_when.item == "I0011_2"


def test_a_layout_knows_where_it_belongs(pack: MakePack) -> None:
    """Version, SPI and name go with each dataset."""
    layout = load_pack(pack()).datasets[0]
    assert (layout.spi, layout.spi_name, layout.version) == ("TM00000000000001", "試験", "T1")
    with pytest.raises(KeyError):
        layout.item("I9999")


def test_kinds_have_their_own_characters_and_lengths(pack: MakePack) -> None:
    """What is not written follows from the kind."""
    items = {item.code: item for item in load_pack(pack()).datasets[0].items}
    assert items["I0005"].characters == "jisx0213"
    assert items["I0006"].characters == "kana"
    assert items["I0001"].characters == "ascii"
    assert (items["I0007"].shortest, items["I0007"].longest) == (1, 3)
    assert (items["I0002"].longest, items["I0004"].longest, items["I0003"].longest) == (7, 10, 1)
    assert items["I0005"].may_be_empty
    assert not items["I0001"].may_be_empty


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("code: I0002", "code: I0001", "items[I0001].code：同じ項目コードが二度"),
        ("kind: date, required_when", "kind: day, required_when", "items[I0004].kind：使える値は"),
        ('equals: "1"', 'equals: "7"', "items[I0004].required_when.equals：I0003 のコード表にない値"),
        ("{item: I0003,", "{item: I0099,", "items[I0004].required_when.item：このデータセットにない"),
        ("{item: I0003,", "{item: I0004,", "条件が輪になっています"),
        ('codes: {"1": 有, "2": 無}', 'codes: {"1": 有}, required_when: {item: I0004, present: true}', "輪になって"),
        ("digits: 4, required: true", "required: true", "items[I0001]：digits か max_length"),
        ("digits: 4, required: true", "digits: 4, signed: true", "items[I0001]：signed は digits では使えません"),
        ("digits: 6, signed", "signed", "items[I0002]：number には digits"),
        ("kind: text, max_length: 5", "kind: text", "items[I0005]：text には max_length"),
        ('codes: {"1": 有, "2": 無}', "required: true", "items[I0003]：code には codes"),
        ("minimum: -10", "minimum: 600000", "minimum は maximum 以下"),
        ("min_length: 1", "min_length: 4", "min_length は max_length 以下"),
        ("name: 摘要,", "name: 摘要, colour: red,", "items[I0005].colour：知らない項目"),
        ("repeat: 2", "repeat: 0", "items[8].repeat：1 以上"),
        ('pattern: "[0-9A-Z]{4}"', 'pattern: "[0-9"', "record_key.pattern：正規表現として読めません"),
        ("required_when: {item: I0003, equals", "required_when: {item: I0003, present: true, equals", "どちらか一つ"),
        ("effective_to: 2017-06-30", "effective_to: 2016-06-30", "effective_to：effective_from 以後"),
    ],
)
def test_what_is_wrong_is_named_by_file_and_item(pack: MakePack, old: str, new: str, said: str) -> None:
    """Duplicate codes, circular conditions and all other slips."""
    folder = pack((old, new))
    with pytest.raises(ConfigurationError) as caught:
        load_pack(folder)
    assert caught.value.code == "LAYOUTS-001"
    assert said in caught.value.message
    assert str(folder) in caught.value.message


def test_a_dataset_in_two_files_is_refused(pack: MakePack) -> None:
    """Which of the two would count?"""
    folder = pack()
    (folder / "second.yaml").write_text((folder / "TM00000000000001.yaml").read_text())
    with pytest.raises(ConfigurationError, match="LAYOUTS-002"):
        load_pack(folder)
