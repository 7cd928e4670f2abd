from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fukuhon.layouts import Effect, Item, compare, load_pack, pattern_of
from fukuhon.layouts.comparing import _holds_all

MakePack = Callable[..., Path]


@pytest.mark.parametrize(
    ("change", "told", "effect"),
    [
        (("name: 金額", "name: 税額"), "名前：金額 → 税額", Effect.NONE),
        (("digits: 6, signed", "digits: 7, signed"), "数値6桁以内（負の数も可）、-10〜500,000 → 数値7桁", Effect.WIDER),
        (("digits: 6, signed", "digits: 5, signed"), "数値5桁", Effect.RECHECK),
        (("minimum: -10, ", ""), "、-10〜500,000 → ", Effect.WIDER),
        (("minimum: -10, ", "minimum: 0, "), "、0〜500,000", Effect.RECHECK),
        (('"2": 無}', '"2": 無, "3": 不明}'), "コードが増える：3 不明", Effect.WIDER),
        (('"1": 有, "2": 無}', '"1": 有}'), "コードがなくなる：2 無", Effect.RECHECK),
        (('"1": 有, "2": 無', '"1": 無, "2": 有'), "コード 1 の意味：有 → 無", Effect.RECHECK),
        (("kind: text, max_length: 5", "kind: text, max_length: 4"), "文字4文字以内", Effect.RECHECK),
        (
            ("kind: text, max_length: 5", "kind: text, max_length: 5, required: true"),
            "必須：任意 → 必須",
            Effect.RECHECK,
        ),
        ((', required_when: {item: I0003, equals: "1"}', ""), "必須：I0003 が 1 のとき必須 → 任意", Effect.WIDER),
        (
            ("kind: kana, max_length: 5", "kind: text, max_length: 5"),
            "カナ5文字以内（全角カタカナ） → 文字5文字",
            Effect.WIDER,
        ),
        (("unknown: true, ", ""), "日付（不詳は00） → 日付", Effect.RECHECK),
        (("repeat: 2", "repeat: 1"), "なくなる：コード（2種）", Effect.REREGISTER),
        (("max_length: 3}", "max_length: 3, note: x}"), "備考が変わる", Effect.NONE),
        (
            ("      - {code: I0005, name: 摘要, kind: text, max_length: 5}\n", ""),
            "なくなる：文字5文字以内",
            Effect.REREGISTER,
        ),
        (("group: 扶養", "group: 家族"), "家族の1番目", Effect.NONE),
    ],
)
def test_what_is_other_in_an_item_is_told_with_what_it_means(
    pack: MakePack, change: tuple[str, str], told: str, effect: Effect
) -> None:
    """In words; the dataset has the heaviest effect of its items."""
    (dataset,) = compare(load_pack(pack()), load_pack(pack(change, name="T2")))
    assert dataset.effect is effect
    assert any(told in detail for item in dataset.items for detail in item.details), dataset.items


@pytest.mark.parametrize(
    ("change", "told", "effect"),
    [
        (("name: 試験\n", "name: 試験の二\n"), "名前：試験 試験情報 → 試験の二 試験情報", Effect.NONE),
        (("name: 番号", "name: 整理番号"), "キーの名前", Effect.NONE),
        (("[0-9A-Z]{4}", "[0-9A-Z]{5}"), "キーの形：[0-9A-Z]{4} → [0-9A-Z]{5}", Effect.REKEY),
        (("unique_within: body", "unique_within: person"), "団体の中で一つ → 人の中で一つ", Effect.REKEY),
        (
            ("    items:\n      - {code: I0001", "    versioned: true\n    items:\n      - {code: I0001"),
            "版番号",
            Effect.REKEY,
        ),
        (
            ("    items:\n      - {code: I0001", "    publication: required\n    items:\n      - {code: I0001"),
            "公開期間：任意 → 必須",
            Effect.RECHECK,
        ),
    ],
)
def test_what_is_other_around_the_items_is_told(
    pack: MakePack, change: tuple[str, str], told: str, effect: Effect
) -> None:
    """Key, versions, publication, names."""
    (dataset,) = compare(load_pack(pack()), load_pack(pack(change, name="T2")))
    assert dataset.effect is effect
    assert any(told in detail for detail in dataset.details)


def test_new_items_mean_more_the_more_they_are_required(pack: MakePack) -> None:
    """Without a condition all records are to be registered again."""
    line = "      - {code: I0007, name: 枝番, kind: digits, min_length: 1, max_length: 3}\n"
    for more, effect in (
        ("", Effect.WIDER),
        (", required: true", Effect.REREGISTER),
        (', required_when: {item: I0003, equals: "1"}', Effect.RECHECK),
    ):
        added = line + f"      - {{code: I0008, name: 加算, kind: date{more}}}\n"
        (dataset,) = compare(load_pack(pack()), load_pack(pack((line, added), name="T2")))
        assert [(item.code, item.what) for item in dataset.items] == [("I0008", "added")]
        assert dataset.effect is effect


def test_an_order_that_changes_is_told(pack: MakePack) -> None:
    """It is the file's order."""
    one = "      - {code: I0005, name: 摘要, kind: text, max_length: 5}\n"
    other = "      - {code: I0006, name: カナ, kind: kana, max_length: 5}\n"
    (dataset,) = compare(load_pack(pack()), load_pack(pack((one + other, other + one), name="T2")))
    assert "順番" in dataset.details[0]


def test_whole_datasets_come_and_go(pack: MakePack) -> None:
    """Those that are gone leave records behind."""
    old, new = load_pack(pack()), load_pack(pack(("TK00000100000001", "TK00000100000009"), name="T2"))
    assert [(each.code[-1], each.what, each.effect) for each in compare(old, new)] == [
        ("9", "added", Effect.NONE),
        ("1", "removed", Effect.GONE),
    ]


def test_the_same_again_is_no_change(pack: MakePack) -> None:
    """Only the version has another name."""
    assert compare(load_pack(pack()), load_pack(pack(('version: "T1"', 'version: "T2"'), name="T2"))) == ()


def fits(item: Item, value: str) -> bool:
    """Whether a value has the form of an item, written down again for this test."""
    if item.kind == "digits":
        return re.fullmatch(pattern_of(item), value) is not None
    if item.kind == "number":
        good = re.fullmatch(pattern_of(item), value) is not None
        return (
            good
            and (item.minimum is None or int(value) >= item.minimum)
            and (item.maximum is None or int(value) <= item.maximum)
        )
    if item.kind == "date":
        return item.unknown or "-00" not in value
    return item.shortest <= len(value) <= item.longest and (
        item.characters != "kana" or all(c in "アカー" for c in value)
    )


BOUND = st.none() | st.integers(-30, 30)
ITEMS = st.one_of(
    st.builds(dict, kind=st.just("digits"), digits=st.integers(1, 3)),
    st.builds(dict, kind=st.just("digits"), min_length=st.integers(1, 2), max_length=st.integers(2, 4)),
    st.builds(
        dict, kind=st.just("number"), digits=st.integers(1, 3), signed=st.booleans(), minimum=BOUND, maximum=BOUND
    ),
    st.builds(dict, kind=st.just("date"), unknown=st.booleans()),
    st.builds(dict, kind=st.sampled_from(["text", "kana"]), max_length=st.integers(2, 4), min_length=st.integers(0, 2)),
)
VALUES = st.one_of(
    st.text("0123456789-", min_size=1, max_size=4),
    st.text("アカー漢a", max_size=5),
    st.sampled_from(["2017-04-00", "2017-04-01"]),
)


@given(ITEMS, ITEMS, VALUES)
def test_wider_means_that_every_value_still_fits(old: dict[str, object], new: dict[str, object], value: str) -> None:
    """A change called harmless must be."""
    for form in (old, new):
        low, high = form.get("minimum"), form.get("maximum")
        assume(not (isinstance(low, int) and isinstance(high, int) and low > high))
    before, after = (Item.model_validate({"code": "I0001", "name": "x", **form}) for form in (old, new))
    if before.kind != after.kind and before.kind in {"digits", "number", "date"}:
        assume(not (after.kind == "text" and "漢" in value))
    if _holds_all(before, after) and fits(before, value):
        assert fits(after, value)
