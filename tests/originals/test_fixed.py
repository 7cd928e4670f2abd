from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fukuhon.errors import DataError
from fukuhon.originals.fixed import FixedFile
from fukuhon.site import FileTable

Read = Callable[..., list[dict[str, str | None]]]

COLUMNS = [{"name": "no", "from": 1, "bytes": 4}, {"name": "氏名", "from": 5, "bytes": 8}]
ROWS = [{"no": "0001", "氏名": "見本太郎"}, {"no": "0002", "氏名": "ﾐﾎﾝ"}, {"no": "0003", "氏名": None}]
RECORDS = [("0001" + "見本太郎").encode("cp932"), "0002ﾐﾎﾝ     ".encode("cp932"), "0003　　　　".encode("cp932")]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """All rows of a file of these bytes."""

    def rows(data: bytes, block_bytes: int = 30, **form: object) -> list[dict[str, str | None]]:
        path = tmp_path / "a.txt"
        path.write_bytes(data)
        given = {"name": "source", "pattern": path, "encoding": "cp932", "columns": COLUMNS, **form}
        batches = list(FixedFile(FileTable.model_validate(given), path, "care", block_bytes).batches())
        assert batches
        return [row for batch in batches for row in batch.to_pylist()]

    return rows


@pytest.mark.parametrize(
    ("between", "behind"),
    [("\n", "\n"), ("\r\n", "\r\n"), ("\r\n", ""), ("\n", ""), ("\n", "\n\n\n"), ("\r\n", "\r\n\x1a")],
)
def test_each_way_of_ending_a_line_is_read(read: Read, between: str, behind: str) -> None:
    """Also of the last one; wherever a block ends."""
    data = between.encode().join(RECORDS) + behind.encode()
    for block_bytes in (1, 13, 14, 1000):
        assert read(data, block_bytes) == ROWS


def test_records_may_stand_without_line_ends(read: Read) -> None:
    """Where the settings say so."""
    assert read(b"".join(RECORDS), newline="none") == ROWS
    assert read(b"".join(RECORDS) + b"\x1a", newline="none") == ROWS


def test_positions_count_bytes_of_utf8_too(read: Read) -> None:
    """Three for most characters."""
    data = "0001見本　\n0002abc      \n".encode()
    columns = [{"name": "氏名", "from": 5, "bytes": 9}]
    assert read(data, encoding="utf-8", columns=columns) == [{"氏名": "見本"}, {"氏名": "abc"}]


def test_spaces_may_be_kept_and_columns_may_overlap(read: Read) -> None:
    """A layout may name a date and its year."""
    columns = [{"name": "day", "from": 1, "bytes": 8}, {"name": "year", "from": 1, "bytes": 4}]
    data = b"20170410 x\n2016     x\n"
    assert read(data, columns=columns, record_bytes=10, trim=False) == [
        {"day": "20170410", "year": "2017"},
        {"day": "2016    ", "year": "2016"},
    ]


@pytest.mark.parametrize("block_bytes", [1, 1000])
def test_a_record_cut_in_the_middle_of_a_wide_character_is_told(read: Read, block_bytes: int) -> None:
    """By record, column and byte: half of a character would swallow the next column."""
    wrong = "0002ab見本x".encode("cp932") + "本".encode("cp932")[:1]
    with pytest.raises(DataError, match="全角文字の途中で切れています") as caught:
        read(b"\n".join([RECORDS[0], wrong, RECORDS[2]]), block_bytes)
    assert caught.value.code == "ORIGINALS-029"
    assert {"line": 2, "column": "氏名", "byte": 12}.items() <= caught.value.facts.items()


def test_half_a_character_of_utf8_is_told_too(read: Read) -> None:
    """Two bytes of three."""
    with pytest.raises(DataError, match="全角文字の途中で切れています") as caught:
        read(b"0001abcdef" + "本".encode()[:2] + b"\n", encoding="utf-8")
    assert caught.value.facts["byte"] == 11


@pytest.mark.parametrize(
    ("data", "line", "found"),
    [
        (RECORDS[0] + b"\n" + RECORDS[1][:-1] + b"\n" + RECORDS[2] + b"\n", 2, 11),
        (RECORDS[0] + b"\n" + RECORDS[1] + b" \n" + RECORDS[2] + b"\n", 2, 13),
        (RECORDS[0] + b"\r\n" + RECORDS[1] + b"\r\n" + RECORDS[2][:7], 3, 7),
        (RECORDS[0][:4] + b"\n" + RECORDS[1] + b"\n", 1, 4),
        (RECORDS[0] + b"\n\n" + RECORDS[1] + b"\n", 2, 0),
    ],
)
@pytest.mark.parametrize("block_bytes", [1, 1000])
def test_a_record_of_another_length_is_told(read: Read, data: bytes, line: int, found: int, block_bytes: int) -> None:
    """By its number and length; also the last, which a broken transfer cut."""
    with pytest.raises(DataError) as caught:
        read(data, block_bytes)
    assert caught.value.code == "ORIGINALS-028"
    assert {"line": line, "found": found, "expected": 12}.items() <= caught.value.facts.items()


@pytest.mark.parametrize(
    ("data", "form", "code"),
    [
        (b"", {}, "ORIGINALS-027"),
        (RECORDS[0][:9] + b"\x00  \n", {}, "ORIGINALS-026"),
        (RECORDS[0][:9] + b"\r  ", {"newline": "none"}, "ORIGINALS-026"),
        ("0001".encode("utf-16"), {}, "ORIGINALS-020"),
        (b"0001\xfdsecret \n", {}, "ORIGINALS-029"),
    ],
)
def test_what_is_no_such_file_is_refused(read: Read, data: bytes, form: dict[str, object], code: str) -> None:
    """Before anything is made of it, and without telling what stands in it."""
    with pytest.raises(DataError) as caught:
        read(data, **form)
    assert caught.value.code == code
    assert "secret" not in str(caught.value)


def test_an_empty_file_may_be_allowed(read: Read) -> None:
    """Where a source has nothing to tell on some days."""
    assert read(b"", may_be_empty=True) == []


_WIDE = st.sampled_from([*"見本髙①ａ　～"])
_NARROW = st.sampled_from([*'aZ0 ｱﾟ|\\,"'])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(
    rows=st.lists(st.lists(st.lists(_WIDE | _NARROW, max_size=6).map("".join), min_size=2, max_size=2), min_size=1),
    ending=st.sampled_from(["\n", "\r\n", ""]),
    encoding=st.sampled_from(["cp932", "utf-8"]),
    block_bytes=st.integers(1, 200),
)
def test_whatever_is_padded_to_its_width_is_read_back(
    read: Read, rows: list[list[str]], ending: str, encoding: str, block_bytes: int
) -> None:
    """Any mixture of characters of one, two and three bytes."""
    columns = [{"name": "a", "from": 3, "bytes": 18}, {"name": "b", "from": 21, "bytes": 20}]
    lines = [b"--" + a.encode(encoding).ljust(18) + b.encode(encoding).ljust(20) + ending.encode() for a, b in rows]
    newline = {"newline": "none"} if not ending else {}
    found = read(b"".join(lines), block_bytes, encoding=encoding, columns=columns, **newline)
    assert [[row["a"], row["b"]] for row in found] == [[field.rstrip(" 　") or None for field in row] for row in rows]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(
    data=st.binary(max_size=60),
    encoding=st.sampled_from(["utf-8", "cp932"]),
    newline=st.sampled_from(["auto", "none", "lf", "crlf"]),
)
def test_whatever_bytes_come_there_are_rows_or_an_error_of_ours(
    read: Read, data: bytes, encoding: str, newline: str
) -> None:
    """Never another exception."""
    with suppress(DataError):
        read(data, encoding=encoding, newline=newline)
