from __future__ import annotations

import csv
import io
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fukuhon.errors import DataError, FukuhonError
from fukuhon.originals.csvfile import CsvFile
from fukuhon.site import FileTable

Read = Callable[..., list[dict[str, str | None]]]
GOOD = "no,氏名,摘要\r\n0001,見本　太郎,\r\n0002,芙美子,髙﨑①ｱ\r\n"


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """All rows of a file of these bytes."""

    def rows(data: bytes, block_bytes: int = 64, **form: object) -> list[dict[str, str | None]]:
        path = tmp_path / "a.csv"
        path.write_bytes(data)
        table = FileTable.model_validate({"name": "source", "pattern": path, **form})
        batches = list(CsvFile(table, path, "tax", block_bytes).batches())
        assert batches
        return [row for batch in batches for row in batch.to_pylist()]

    return rows


def refusal(read: Read, data: bytes, **form: object) -> FukuhonError:
    """What reading says is wrong; no value of the file stands in it."""
    with pytest.raises(FukuhonError) as caught:
        read(data, **form)
    assert "secret" not in f"{caught.value} {caught.value.facts} {caught.value.next_step}"
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_each_encoding_gives_the_same_rows(read: Read, encoding: str) -> None:
    """With or without a mark in front of UTF-8; empty fields are null; leading zeros stay."""
    rows = read(GOOD.encode(encoding), encoding="cp932" if encoding == "cp932" else "utf-8")
    assert rows == [
        {"no": "0001", "氏名": "見本　太郎", "摘要": None},
        {"no": "0002", "氏名": "芙美子", "摘要": "髙﨑①ｱ"},
    ]


def test_quotes_may_hold_all_that_divides(read: Read) -> None:
    """Separators, line breaks and quotes inside a field; empty and blank lines are no records."""
    rows = read(b'a,b\n"1,\r\n2","say ""x"""\n\n"",3\r\n\r\n')
    assert rows == [{"a": "1,\r\n2", "b": 'say "x"'}, {"a": None, "b": "3"}]


def test_without_header_the_settings_name_the_columns(read: Read) -> None:
    """A separator of one's own, and an old system's sign for the end."""
    rows = read(b"1\t2\n3\t4\n\x1a", header=False, delimiter="\t", columns=[{"name": "x"}, {"name": "y"}])
    assert rows == [{"x": "1", "y": "2"}, {"x": "3", "y": "4"}]


def test_a_separator_that_may_be_half_of_a_character(read: Read) -> None:
    """ポ ends in cp932 with the byte of |."""
    rows = read("a|b\n弌|ポ\n".encode("cp932"), delimiter="|", encoding="cp932")
    assert rows == [{"a": "弌", "b": "ポ"}]


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (b"a,b\n1,2\n1,secret,3\n", "ORIGINALS-022", 3),
        (b'a,b\n"1\n1",2\nsecret\n', "ORIGINALS-022", 4),
        (b'a,b\n1,2\n3,"secret\n4,5\n', "ORIGINALS-023", 3),
        (b'a,b\n1,secret"\n4,5\n', "ORIGINALS-023", 2),
        (b'a,b\n1,"secret" x\n4,5\n', "ORIGINALS-023", 2),
        (b"a,b\n1,2\n3,secre", "ORIGINALS-024", 3),
        (b'a,b\n1,2\n3,"secre', "ORIGINALS-023", 3),
        (b"a,b\n1,2\n3,s\x00ecret\n", "ORIGINALS-026", 3),
        (b"a,b\n1,2\n3,s\recret\n", "ORIGINALS-026", 3),
        (b"a,b\r1,2\r3,4\r", "ORIGINALS-024", 1),
    ],
)
@pytest.mark.parametrize("block_bytes", [4, 64])
def test_what_is_broken_is_told_by_its_line(read: Read, data: bytes, code: str, line: int, block_bytes: int) -> None:
    """Physical lines, also behind line breaks within fields, wherever a block ends."""
    error = refusal(read, data, block_bytes=block_bytes)
    assert isinstance(error, DataError)
    assert (error.code, error.facts["line"]) == (code, line)


@pytest.mark.parametrize(
    ("header", "wanted", "told"),
    [
        (b"a,b,A", [], ["a が二度ある"]),
        (b"a,,c", [], ["2列目の名前が空"]),
        (b"a,c,x", ["a", "b", "c"], ["b がない", "x が増えた"]),
        (b"b,a", ["a", "b"], ["列の順が違う"]),
    ],
)
def test_a_header_that_is_not_as_agreed_is_told_by_column(
    read: Read, header: bytes, wanted: list[str], told: list[str]
) -> None:
    """A system that was changed since yesterday."""
    error = refusal(read, header + b"\n", columns=[{"name": name} for name in wanted])
    assert error.code == "ORIGINALS-025"
    assert all(words in error.message for words in told)


def test_bytes_that_mean_nothing_are_told_by_line_column_and_byte(read: Read) -> None:
    """A line of cp932 in a file of UTF-8, and what it looks like."""
    data = "a,氏名\n1,見本\n".encode() + "2,secret見本\n".encode("cp932")
    error = refusal(read, data)
    assert error.code == "ORIGINALS-021"
    assert {"line": 3, "column": "氏名", "byte": 9}.items() <= error.facts.items()
    assert "cp932のように見えます" in error.message


@pytest.mark.parametrize("field", ["東京都千代田区", "コウヨウ", "見本町１－２"])
def test_utf8_that_cp932_can_read_by_accident_is_still_found(read: Read, field: str) -> None:
    """Mixed encodings that no decoder would notice, told by line."""
    data = "a,氏名\n1,見本\n".encode("cp932") + f"2,{field}\n".encode()
    error = refusal(read, data, encoding="cp932")
    assert error.code == "ORIGINALS-021"
    assert error.facts["line"] == 3


@pytest.mark.parametrize(
    ("data", "encoding", "code"),
    [
        ("a\n1\n".encode("utf-16"), "utf-8", "ORIGINALS-020"),
        ("a\n1\n".encode("utf-8-sig"), "cp932", "ORIGINALS-020"),
        (b"PK\x03\x04...", "utf-8", "ORIGINALS-020"),
        (b"a\n\x80\n", "cp932", "ORIGINALS-021"),
        (b"a\n\xfd\n", "cp932", "ORIGINALS-021"),
        (b"a\n\xa0\n", "cp932", "ORIGINALS-021"),
        (b"", "utf-8", "ORIGINALS-027"),
        (b"\r\n", "utf-8", "ORIGINALS-027"),
    ],
)
def test_another_kind_of_file_is_refused(read: Read, data: bytes, encoding: str, code: str) -> None:
    """Before anything is made of it."""
    assert refusal(read, data, encoding=encoding).code == code


def test_an_empty_file_may_be_allowed(read: Read) -> None:
    """Where a source has nothing to tell on some days."""
    assert read(b"", may_be_empty=True, columns=[{"name": "a"}]) == []
    assert read(b"a\n", columns=[{"name": "a"}]) == []


def test_private_characters_of_cp932_come_through(read: Read) -> None:
    """外字 are for the rules to judge, not for the reader to lose."""
    assert read(b"a\n\xf0\x40\n", encoding="cp932") == [{"a": "\ue000"}]


_CP932 = [
    character
    for code in (*range(0x20, 0x7F), *range(0xA1, 0xE0), *range(0x8140, 0xFD00))
    if (raw := code.to_bytes(2 if code > 0xFF else 1, "big"))
    and len(character := raw.decode("cp932", "ignore")) == 1
    and raw[0] not in {0x80, 0xA0}
    and character.encode("cp932", "ignore") == raw
]
_CHARACTERS = st.sampled_from([*_CP932, "\n", "\r\n", '"', ",", '"', ","])
_FIELDS = st.text(st.just("x"), max_size=0) | st.lists(_CHARACTERS, max_size=8).map("".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(
    rows=st.lists(st.tuples(_FIELDS, _FIELDS, _FIELDS), max_size=8),
    block_bytes=st.integers(1, 40),
    encoding=st.sampled_from(["utf-8", "cp932"]),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
@example(rows=[("", "", "")], block_bytes=1, encoding="cp932", quoting=csv.QUOTE_MINIMAL)
def test_whatever_is_written_well_is_read_back(
    read: Read, rows: list[tuple[str, str, str]], block_bytes: int, encoding: str, quoting: int
) -> None:
    """Every character of cp932, every kind of field, blocks that end anywhere."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=quoting).writerows([("a", "b", "c"), *rows])
    found = read(text.getvalue().encode(encoding), block_bytes, encoding=encoding)
    assert [tuple(row.values()) for row in found] == [tuple(field or None for field in row) for row in rows]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(data=st.binary(max_size=60), encoding=st.sampled_from(["utf-8", "cp932"]), block_bytes=st.integers(1, 40))
def test_whatever_bytes_come_there_are_rows_or_an_error_of_ours(
    read: Read, data: bytes, encoding: str, block_bytes: int
) -> None:
    """Never another exception."""
    with suppress(DataError):
        read(b"a,b\n" + data, block_bytes, encoding=encoding)


@given(text=st.lists(st.sampled_from(['"', ",", "\n", "x", "\r\n"]), max_size=24).map("".join))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
def test_what_is_taken_is_what_a_strict_reader_takes(read: Read, text: str) -> None:
    """Python's own reader in its strict mode sees the same records, or we refuse."""
    try:
        found = read(f"a,b\n{text}\n".encode(), 5)
    except DataError:
        return
    strict = [row for row in csv.reader(io.StringIO(f"{text}\n", newline=""), strict=True) if row]
    assert [list(row.values()) for row in found] == [[field or None for field in row] for row in strict]
