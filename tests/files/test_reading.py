from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fukuhon.clock import TOKYO
from fukuhon.errors import DataError, FukuhonError, RetriableError
from fukuhon.files import Header, parsing, read_batches, read_collation, read_file, read_header, write_file

ROOT = (
    '<File xmlns="urn:fukuhon:file:1" body="992011" spi="TM00000000000002" dataset="TK00000200000001" layout="2017.1" '
    'operation="register" records="{records}">'
)
RECORD = "<Record><Addressee>000000000000001</Addressee><Key>2016</Key><Items><I0101>1</I0101></Items></Record>"


def file_of(*records: str, said: int | None = None) -> bytes:
    """A 特定個人情報ファイル of these records."""
    return (ROOT.format(records=len(records) if said is None else said) + "".join(records) + "</File>").encode()


def held(items: str = "<I0101>1</I0101>", registered: str = "2017-04-12T22:05:31+09:00") -> str:
    """A record as the server holds it."""
    return (
        '<Record spi="TM00000000000002" dataset="TK00000200000001" layout="2017.1">'
        "<Addressee>000000000000001</Addressee>"
        f"<Key>2016</Key><Registered>{registered}</Registered><Items>{items}</Items></Record>"
    )


def collation(*records: str) -> bytes:
    """A 突合用ファイル of these records."""
    return (
        f'<CollationFile xmlns="urn:fukuhon:answers:1" number="080920170420000000001" records="{len(records)}">'
        + "".join(records)
        + "</CollationFile>"
    ).encode()


@pytest.mark.parametrize(
    "prolog",
    [
        "<!DOCTYPE File>",
        '<!DOCTYPE File SYSTEM "http://192.0.2.1/file.dtd">',
        '<?xml version="1.0"?><!DOCTYPE File [<!ENTITY a "b">]>',
        '<!DOCTYPE File [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!-- harmless --><!DOCTYPE File [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    ],
)
def test_any_dtd_is_refused(prolog: Any) -> None:
    """Before the parser sees it: so no entity, no network, no billion laughs."""
    with pytest.raises(DataError, match="FILES-007"):
        read_file(prolog.encode() + file_of(RECORD))


def test_a_dtd_behind_a_long_comment_is_refused() -> None:
    """Nobody pushes a DTD past the first look."""
    with pytest.raises(DataError, match=r"FILES-00[78]"):
        read_file(b"<!--" + b"x" * 300_000 + b"--><!DOCTYPE File [<!ENTITY a 'b'>]>" + file_of(RECORD))


def test_an_entity_that_nobody_declared_is_refused() -> None:
    """Without a DTD there are none but the five of XML."""
    with pytest.raises(DataError, match="FILES-008"):
        read_file(file_of(RECORD.replace("2016", "&other;")))


@pytest.mark.parametrize("encoding", ["utf-16", "shift_jis", "utf-7", "iso-2022-jp"])
def test_other_encodings_are_refused(encoding: Any) -> None:
    """UTF-8 only, said or unsaid."""
    content = f'<?xml version="1.0" encoding="{encoding}"?>'.encode() + file_of(RECORD)
    with pytest.raises(DataError, match="FILES-008"):
        read_file(content)
    with pytest.raises(DataError, match="FILES-008"):
        read_file((f'<?xml version="1.0" encoding="{encoding}"?>' + file_of(RECORD).decode()).encode("utf-16"))


@pytest.mark.parametrize(
    "start", ["", "\ufeff", '<?xml version="1.0"?>\n', '<?xml version="1.0" encoding="utf-8"?>\n<!-- ours -->\n']
)
def test_harmless_prologs_are_read(start: Any) -> None:
    """A byte order mark, a declaration, a comment."""
    assert len(read_file(start.encode() + file_of(RECORD))) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "FILES-008"),
        (b"receipt accepted", "FILES-008"),
        (file_of(RECORD)[:-20], "FILES-008"),
        (file_of(RECORD) + b"<File/>", "FILES-008"),
        (file_of(RECORD, RECORD, said=3), "FILES-011"),
        (file_of(RECORD, said=0), "FILES-011"),
        (b"<html><body>login</body></html>", "FILES-009"),
        (file_of(RECORD).replace(b"urn:fukuhon:file:1", b"urn:other"), "FILES-009"),
        (file_of(RECORD, "<Summary/>"), "FILES-009"),
        (file_of("<Summary/>", RECORD), "FILES-009"),
        (file_of(RECORD, "text"), "FILES-009"),
        (file_of(f"<Part>{RECORD}</Part>"), "FILES-009"),
        (file_of(RECORD.replace("<Key>2016</Key>", "")), "FILES-009"),
        (file_of(RECORD.replace("<Key>", '<Key kind="a">')), "FILES-009"),
        (file_of(RECORD.replace("<Record>", '<Record id="1">')), "FILES-009"),
        (file_of(RECORD.replace("<Key>2016</Key>", "<Key>2016</Key><Key>2017</Key>")), "FILES-009"),
        (file_of(RECORD.replace("<I0101>1</I0101>", "<I0101>1</I0101><I0101>2</I0101>")), "FILES-009"),
        (file_of(RECORD.replace("<I0101>1</I0101>", "<I0101><b>1</b></I0101>")), "FILES-009"),
        (file_of(RECORD.replace("<I0101>1</I0101>", '<I0101 nil="true"/>')), "FILES-009"),
        (file_of(RECORD.replace("<I0101>1</I0101>", "<I0101>1<!-- 2 -->3</I0101>")), "FILES-009"),
        (file_of(RECORD.replace("<Items>", "note<Items>")), "FILES-009"),
        (file_of(RECORD.replace("<Items>", "<PublishedTo>2021-3-1</PublishedTo><Items>")), "FILES-009"),
        (file_of(RECORD.replace("<Items>", "<Registered>2017-04-12T22:05:00+09:00</Registered><Items>")), "FILES-009"),
        (file_of("<Record>" * 400 + "</Record>" * 400), "FILES-00[89]"),
    ],
)
def test_other_forms_are_refused(content: Any, code: Any) -> None:
    """A page of a proxy, a cut file, foreign or repeated elements: each is an error, none is read half."""
    with pytest.raises(DataError, match=code) as caught:
        read_file(content)
    assert caught.value.next_step


def test_the_error_names_no_value() -> None:
    """What was in the record stays there."""
    with pytest.raises(DataError) as caught:
        read_file(file_of(RECORD, RECORD.replace("<Items>", "secret<Items>")))
    assert "secret" not in str(caught.value)
    assert caught.value.facts["record"] == 2


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_broken_files_raise_our_errors_only(data: Any) -> None:
    """Whatever is cut out, doubled or put in, the reader says it in words or reads a well-formed file."""
    content = file_of(RECORD, RECORD.replace("2016", "2017"))
    start = data.draw(st.integers(0, len(content)))
    stop = data.draw(st.integers(start, min(len(content), start + 40)))
    inserted = data.draw(
        st.one_of(st.binary(max_size=6), st.sampled_from([b"<", b"&", b"<!DOCTYPE a>", b"<I0101>", b"]]>"]))
    )
    with suppress(FukuhonError):
        read_file(content[:start] + inserted + content[stop:])


def test_sizes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither one endless record nor an endless file fills the memory."""
    monkeypatch.setattr(parsing, "RECORD_BYTES", 1 << 20)
    endless = RECORD.replace("<I0101>1", "<I0101>" + "1" * (2 << 20))
    with pytest.raises(DataError, match=r"FILES-0(10|08)"):
        read_file(file_of(endless))
    records = parsing.Records(file_of(*[RECORD] * 10), "File", "urn:fukuhon:file:1", cap=500)
    with pytest.raises(DataError, match="FILES-010"):
        list(records)


def test_a_file_that_is_away_can_be_asked_for_again(tmp_path: Path) -> None:
    """Not there, or not readable: nothing is wrong with the data."""
    with pytest.raises(RetriableError, match="FILES-002"):
        read_file(tmp_path / "none.xml")


def test_batches_are_the_file(
    tmp_path: Path, header: Header, records: Callable[..., pa.Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read by batches or whole, the records are the same; an item that the layout does not know is refused."""
    monkeypatch.setattr("fukuhon.files.reading._AT_ONCE", 100)
    path = tmp_path / "file.xml"
    write_file(path, header, records({"I0101": [str(row) for row in range(250)]}))
    batches = list(read_batches(path, ["I0101"]))
    assert [len(batch) for batch in batches] == [100, 100, 50]
    assert read_file(path).to_batches()[0].slice(100, 100).equals(batches[1])
    with pytest.raises(DataError, match="FILES-009"):
        list(read_batches(path, ["I0102"]))
    with pytest.raises(DataError, match="FILES-009"):
        read_file(path, ["I0102"])


def test_a_header_without_its_parts_is_refused() -> None:
    """Operation and codes belong to every file."""
    with pytest.raises(DataError, match="FILES-009"):
        read_header(file_of(RECORD).replace(b'operation="register"', b'operation="merge"'))
    with pytest.raises(DataError, match="FILES-009"):
        read_header(file_of(RECORD).replace(b'body="992011"', b""))


def test_a_collation_file_is_read() -> None:
    """FI_DBM_0016: keys, when it was registered, the items; the number is the request's own."""
    answer = read_collation(collation(held(), held("<x:I0102 xmlns:x='urn:other'>2</x:I0102><I0103/>")))
    assert answer.number == "080920170420000000001"
    assert answer.items == ("I0101", "I0102", "I0103")
    first, second = answer.records.to_pylist()
    assert first["registered"] == datetime(2017, 4, 12, 22, 5, 31, tzinfo=TOKYO)
    assert first["registered"].astimezone(UTC).hour == 13
    assert (first["I0101"], first["I0102"], first["I0103"]) == ("1", None, None)
    assert (second["I0101"], second["I0102"], second["I0103"]) == (None, "2", "")
    assert first["dataset"] == "TK00000200000001"


def test_an_empty_collation_file_is_no_error() -> None:
    """An empty minute proves nothing, and is read as nothing."""
    answer = read_collation(collation())
    assert len(answer.records) == 0
    assert answer.items == ()


@pytest.mark.parametrize("registered", ["2017-04-12", "22:05", ""])
def test_a_collation_file_with_broken_instants_is_refused(registered: Any) -> None:
    """A record whose minute nobody knows cannot be compared."""
    with pytest.raises(DataError, match="FILES-009"):
        read_collation(collation(held(registered=registered)))
