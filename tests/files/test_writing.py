from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fukuhon.errors import DataError, FatalError
from fukuhon.files import Header, read_file, read_header, write_file

TEXT = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc"],
        exclude_characters=[chr(plane | low) for plane in range(0, 0x110000, 0x10000) for low in (0xFFFE, 0xFFFF)]
        + [chr(point) for point in range(0xFDD0, 0xFDF0)],
    ),
    max_size=12,
)
COLUMN = st.lists(
    st.one_of(st.none(), TEXT, st.sampled_from(["", "&", "<a>", "]]>", "&amp;", " ", "\u3000x "])),
    min_size=4,
    max_size=4,
)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for many files, one after the other."""
    return tmp_path_factory.mktemp("written")


@settings(deadline=None)
@given(columns=st.tuples(COLUMN, COLUMN, COLUMN))
def test_what_is_written_is_read_back(
    folder: Path, header: Header, records: Callable[..., pa.Table], valid: Callable[[Path], bool], columns: Any
) -> None:
    """Every value that may travel comes back as it was: entities, blanks, missing against empty."""
    items = ["I0101", "I0102", "I0103"]
    table = records(dict(zip(items, columns, strict=True)))
    path = folder / "file.xml"
    write_file(path, header, table)
    back = read_file(path, items)
    assert back.equals(table.select(back.column_names))
    assert valid(path)


def test_same_input_gives_same_bytes(tmp_path: Path, header: Header, records: Callable[..., pa.Table]) -> None:
    """However the records are cut into batches, the file is the same, and its sha256 and size are those of the disk."""
    table = records({"I0101": [str(row) for row in range(1000)]})
    whole = write_file(tmp_path / "a.xml", header, table)
    pieces = write_file(tmp_path / "b.xml", header, iter(table.to_batches(max_chunksize=7)), records=1000)
    content = (tmp_path / "b.xml").read_bytes()
    assert whole.sha256 == pieces.sha256 == hashlib.sha256(content).hexdigest()
    assert pieces.bytes == len(content)
    assert pieces.records == 1000


def test_a_file_is_private(tmp_path: Path, header: Header, records: Callable[..., pa.Table]) -> None:
    """Nobody but the owner reads a 特定個人情報ファイル; its folder is closed, too."""
    path = tmp_path / "new" / "file.xml"
    write_file(path, header, records({"I0101": ["1"]}))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_deletions_carry_keys_only(
    tmp_path: Path, deletion: Header, records: Callable[..., pa.Table], valid: Callable[[Path], bool]
) -> None:
    """A deletion record has no Items and no days of publication, but its version."""
    path = tmp_path / "file.xml"
    write_file(path, deletion, records({"I0101": ["1"]}, record_version=["2.10"]))
    content = path.read_text()
    assert "<Items" not in content
    assert "Published" not in content
    assert "<Version>2.10</Version>" in content
    assert valid(path)


def test_header_is_read_without_the_rest(tmp_path: Path, header: Header, records: Callable[..., pa.Table]) -> None:
    """Codes and count stand at the beginning."""
    write_file(tmp_path / "file.xml", header, records({"I0101": ["1", "2"]}))
    assert read_header(tmp_path / "file.xml") == (header, 2)


def test_missing_columns_are_missing_elements(tmp_path: Path, header: Header, valid: Callable[[Path], bool]) -> None:
    """A layout without versions, days or items still gives a file that holds to the schema."""
    path = tmp_path / "file.xml"
    write_file(path, header, pa.table({"addressee": ["0" * 15], "record_key": ["A1"]}))
    assert "<Record><Addressee>000000000000000</Addressee><Key>A1</Key><Items></Items></Record>" in path.read_text()
    assert valid(path)


def test_only_named_items_are_written(tmp_path: Path, header: Header, records: Callable[..., pa.Table]) -> None:
    """The layout decides which items travel and in which order; source columns stay at home."""
    table = records({"I0102": ["2"], "I0101": ["1"], "src_name": ["x"]})
    write_file(tmp_path / "file.xml", header, table, items=["I0101", "I0102"])
    assert "<Items><I0101>1</I0101><I0102>2</I0102></Items>" in (tmp_path / "file.xml").read_text()
    write_file(tmp_path / "all.xml", header, table)
    assert "src_name" not in (tmp_path / "all.xml").read_text()


def test_dates_numbers_and_encodings_become_wire_strings(
    tmp_path: Path, header: Header, records: Callable[..., pa.Table]
) -> None:
    """Dictionary-encoded and large strings are the same on the wire."""
    table = records({"I0101": ["a", "b"]}, publication_to=pa.array([date(2021, 3, 31), None], pa.date32()))
    plain = write_file(tmp_path / "a.xml", header, table)
    coded = table.set_column(table.column_names.index("I0101"), "I0101", table["I0101"].dictionary_encode())
    large = table.set_column(table.column_names.index("I0101"), "I0101", table["I0101"].cast(pa.large_string()))
    assert write_file(tmp_path / "b.xml", header, coded).sha256 == plain.sha256
    assert write_file(tmp_path / "c.xml", header, large).sha256 == plain.sha256
    assert "<PublishedTo>2021-03-31</PublishedTo>" in (tmp_path / "a.xml").read_text()


def test_no_record_no_file(tmp_path: Path, header: Header, records: Callable[..., pa.Table]) -> None:
    """A file of nothing cannot be sent, so none is written."""
    with pytest.raises(DataError, match="FILES-005"):
        write_file(tmp_path / "file.xml", header, records({"I0101": []}))
    assert not list(tmp_path.iterdir())


def test_a_count_that_was_not_kept_leaves_nothing(
    tmp_path: Path, header: Header, records: Callable[..., pa.Table]
) -> None:
    """The count stands at the file's beginning: where the stream had another one, no file appears."""
    batches = records({"I0101": ["1", "2"]}).to_batches()
    with pytest.raises(FatalError, match="FILES-006"):
        write_file(tmp_path / "file.xml", header, iter(batches), records=3)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("addressee", ["12345", "0" * 15]),
        ("addressee", ["00000000000001x", "0" * 15]),
        ("addressee", ["０" * 5, "0" * 15]),
        ("addressee", [None, "0" * 15]),
        ("record_key", ["", "A1"]),
        ("record_key", ["A 1", "A1"]),
        ("record_key", ["Ａ１", "A1"]),
        ("record_key", ["A" * 65, "A1"]),
        ("record_version", ["1.", "1.0"]),
        ("record_version", ["v1", None]),
    ],
)
def test_malformed_keys_are_refused(
    tmp_path: Path, header: Header, records: Callable[..., pa.Table], column: Any, values: Any
) -> None:
    """A key that lost its zeros or its width never reaches the wire; the error names column and count, no value."""
    table = records({"I0101": ["1", "2"]}, **{column: values})
    with pytest.raises(DataError, match="FILES-004") as caught:
        write_file(tmp_path / "file.xml", header, table)
    assert caught.value.facts == {"column": column, "count": 1}
    assert not list(tmp_path.iterdir())
