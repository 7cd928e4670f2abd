from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fukuhon.errors import ConfigurationError
from fukuhon.site.documents import Document, _Loader, read_document


def read(folder: Path, text: str) -> Document:
    """Write and read."""
    path = folder / "x.yaml"
    path.write_text(text, encoding="utf-8")
    return read_document(path)


def test_codes_and_hours_stay_text(tmp_path: Path) -> None:
    """YAML 1.1 would make 8 of the first, 1140 of the second and True of the third."""
    data = read(tmp_path, "a: 010\nb: 19:00\nc: yes\nd: 12\ne: 2017-04-01\nf: null\ng: 1.5\nh: 0x1f\ni: 1_000\n").data
    assert data == {
        "a": "010",
        "b": "19:00",
        "c": "yes",
        "d": 12,
        "e": date(2017, 4, 1),
        "f": None,
        "g": 1.5,
        "h": "0x1f",
        "i": "1_000",
    }


@given(st.text(alphabet="0123456789", min_size=2, max_size=18))
def test_a_leading_zero_is_never_lost(digits: str) -> None:
    """A lost leading zero is one of the real incidents."""
    loaded = _Loader(f"a: 0{digits}").get_single_data()
    assert loaded == {"a": f"0{digits}"}


def test_lines_are_known_in_depth(tmp_path: Path) -> None:
    """Every place has its line, a missing one that of what surrounds it."""
    document = read(tmp_path, "a:\n  - b: 1\n  - c: 2\n")
    assert document.line(("a", 1, "c")) == 3
    assert document.line(("a", 1, "nothing")) == 3
    assert document.line(()) == 1


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: [", 2),
        ("a: 1\nb: 2017-02-30\n", 2),
        ("- a\n", 1),
        ("a: !!python/object:os.system {}\n", 1),
        ("a: \x01", 1),
    ],
)
def test_what_is_no_settings_file_is_told_by_line(tmp_path: Path, text: str, line: int) -> None:
    """Broken YAML, dates without a day, lists at the root and foreign tags."""
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, text)
    assert (caught.value.code, caught.value.facts["line"]) == ("SITE-002", line)


def test_other_encodings_are_refused(tmp_path: Path) -> None:
    """A file saved in cp932 is told so."""
    path = tmp_path / "x.yaml"
    path.write_bytes("a: 見本".encode("cp932"))
    with pytest.raises(ConfigurationError, match="UTF-8"):
        read_document(path)


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        (
            "a: &a [x, x]\n"
            + "".join(f"{c}: &{c} [*{b}, *{b}]\n" for b, c in zip("abcdefgh", "bcdefghi", strict=True)),
            2,
            "別名",
        ),
        ("a: &a [*a]\n", 1, "別名"),
        ("a: " + "[" * 5000 + "]" * 5000 + "\n", 1, "入れ子"),
    ],
)
def test_a_document_that_would_explode_is_refused(tmp_path: Path, text: str, line: int, why: str) -> None:
    """Billion laughs, a list that holds itself, brackets without end: by line, at once."""
    path = tmp_path / "site.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_document(path)
    assert caught.value.code == "SITE-002"
    assert caught.value.facts["line"] == line
    assert why in str(caught.value.facts["why"])


def test_one_value_may_be_named_again(tmp_path: Path) -> None:
    """Programs write a day that stands twice so."""
    assert read(tmp_path, "a: &day 2017-04-10\nb: [*day, *day]\n").data["b"] == [date(2017, 4, 10), date(2017, 4, 10)]
