from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fukuhon.rules.eras import UNREADABLE
from fukuhon.rules.text import (
    in_jisx0213,
    jisx0213_pattern,
    kana,
    shrink,
    to_hiragana,
    to_katakana,
    to_narrow,
    to_wide,
)

ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@pytest.mark.parametrize(
    ("text", "shrunk"),
    [
        ("高橋", "高橋"),
        ("髙橋", "高橋"),
        ("𠮷野家", "吉野家"),
        ("辻\U000e0100", "辻"),
        ("葛\U000e0101城", "葛城"),
        ("﨑", "﨑"),
        ("渡邉", "渡邉"),
        ("𩸽", "𩸽"),
        ("～￢", "〜¬"),
        ("ｶﾞｽ代", "ガス代"),
        ("①㈱", "①㈱"),
        ("a?b", "a?b"),
        ("", ""),
    ],
)
def test_what_the_official_maps_know_is_shrunk(text: str, shrunk: str) -> None:
    """Characters of JIS X 0213 stay as they are, also the rare ones.

    Shapes chosen by a selector become the character.
    """
    assert shrink(text) == shrunk


@pytest.mark.parametrize("text", ["\ue000", "😀", "\x00", "\t", "\ufffd", "\U000f0000", "한"])
def test_what_nobody_can_map_is_marked(text: str) -> None:
    """外字, emoji, control characters: marked for quarantine."""
    assert shrink(f"市{text}町") == f"市{UNREADABLE}町"


@given(ANY)
def test_shrinking_leaves_jis_or_marks(text: str) -> None:
    """Never a question mark that was not there; shrinking again changes nothing."""
    shrunk = shrink(text)
    assert all(in_jisx0213(character) or character == UNREADABLE for character in shrunk)
    assert shrunk.count("?") <= text.count("?")
    assert shrink(shrunk) == shrunk


@pytest.fixture(scope="module")
def pattern() -> re.Pattern[str]:
    """In Python's spelling (RE2's ``$`` is the very end); compiling takes longer than an example may."""
    python = re.sub(r"\\x\{([0-9a-f]+)\}", lambda m: f"\\U{int(m[1], 16):08x}", jisx0213_pattern())
    return re.compile(python.removesuffix("$") + r"\Z")


@given(text=ANY)
def test_the_pattern_says_the_same_as_the_function(pattern: re.Pattern[str], text: str) -> None:
    """DuckDB asks the pattern; both are made of one table."""
    assert bool(pattern.search(text)) == all(map(in_jisx0213, text))


def test_the_repertoire_is_that_of_the_standard() -> None:
    """JIS X 0213 has 11,233 characters, some of them made of two code points; ASCII comes on top."""
    known = sum(in_jisx0213(chr(code)) for code in range(0x30000) if not 0xD800 <= code < 0xE000)
    assert 11_200 < known < 11_400
    assert not in_jisx0213("Đ")  # JIS X 0212


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ("ABC 12-3", "ＡＢＣ　１２－３"),
        ("ｶﾞｷﾞ", "ガギ"),
        ("ﾊﾟｰﾄ", "パート"),
        ("ｳﾞ｡", "ヴ。"),
        ("漢字", "漢字"),
        ("\\~", "＼～"),
    ],
)
def test_width_goes_both_ways(narrow: str, wide: str) -> None:
    """A voiced kana is two characters when narrow."""
    assert to_wide(narrow) == wide
    assert to_narrow(wide) == narrow


def test_a_mark_alone_stays_a_mark() -> None:
    """Where no kana takes it."""
    assert to_wide("ｱﾞ") == "ア゛"


@given(st.text(alphabet=[chr(code) for code in range(0x3041, 0x3097)], max_size=20))
def test_kana_of_either_kind(hiragana: str) -> None:
    """Each hiragana has its katakana."""
    katakana = to_katakana(hiragana)
    assert to_hiragana(katakana) == hiragana
    assert re.fullmatch("[ァ-ヶ]*", katakana)


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("やまだ たろう", "ヤマダ　タロウ"),
        (" ﾔﾏﾀﾞ  ﾀﾛｰ ", "ヤマダ　タロー"),
        ("サ-ビス", "サービス"),
        ("か\u3099", "ガ"),
        ("ジョン・スミス", "ジョン・スミス"),
        ("", ""),
    ],
)
def test_readings_come_in_one_form(text: str, reading: str) -> None:
    """Full-width katakana, one wide blank between words."""
    assert kana(text) == reading
