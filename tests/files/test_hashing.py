from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fukuhon.errors import ConfigurationError
from fukuhon.files import Fingerprints, Header, content_hash, identity_hash, read_file, write_file

VALUE = st.one_of(st.none(), st.sampled_from(["", " ", "a", "ab", "b", "0", "1I0102:", "I0102:", "a ", "東", "東京"]))
ITEMS = st.tuples(VALUE, VALUE, VALUE)


def hashes(records: Callable[..., pa.Table], key: bytes, header: Header, *rows: Any, **columns: Any) -> list[bytes]:
    """The content hashes of records with these items."""
    table = records({f"I010{n}": list(values) for n, values in enumerate(zip(*rows, strict=True), 1)}, **columns)
    return content_hash(table, [name for name in table.column_names if name.startswith("I0")], key, header).to_pylist()


@settings(deadline=None)
@given(one=ITEMS, other=ITEMS)
def test_contents_are_equal_when_their_hashes_are(
    records: Callable[..., pa.Table], key: bytes, header: Header, one: Any, other: Any
) -> None:
    """No two contents share a hash: `ab|c` is not `a|bc`, missing is not empty, blanks at the end count."""
    first, second = hashes(records, key, header, one, other)
    assert (first == second) == (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ab", "c"), ("a", "bc")),
        ((None, "a"), ("", "a")),
        (("a", None), (None, "a")),
        (("a ", "b"), ("a", "b")),
        (("a", "b"), ("a", "b ")),
    ],
)
def test_known_traps(records: Callable[..., pa.Table], key: bytes, header: Header, one: Any, other: Any) -> None:
    """The pairs that peers' tools take for equal."""
    first, second = hashes(records, key, header, one, other)
    assert first != second


def test_days_of_publication_and_version_are_content(
    records: Callable[..., pa.Table], key: bytes, header: Header
) -> None:
    """A record whose 公開終了日 changed has to go again."""
    days = pa.array([date(2021, 3, 31), date(2021, 4, 1), None], pa.date32())
    assert len(set(hashes(records, key, header, ("1",), ("1",), ("1",), publication_to=days))) == 3
    assert len(set(hashes(records, key, header, ("1",), ("1",), record_version=["1.0", "1.1"]))) == 2


def test_an_item_that_a_later_layout_adds_changes_nobody_without_it(
    records: Callable[..., pa.Table], key: bytes, header: Header
) -> None:
    """Around a switch of layouts only those records go again whose content really changed."""
    (before,) = hashes(records, key, header, ("1",))
    after, filled = hashes(records, key, header, ("1", None), ("1", "2"))
    assert before == after
    assert before != filled


def test_hashes_are_keyed_by_site_and_dataset(records: Callable[..., pa.Table], key: bytes, header: Header) -> None:
    """Nobody guesses a content from its hash without the key, nor compares two datasets or bodies."""
    others = [header, replace(header, dataset="TK00000200000002"), replace(header, body="992020")]
    assert len({hashes(records, key, other, ("1",))[0] for other in others}) == 3
    assert hashes(records, bytes(32), header, ("1",)) != hashes(records, key, header, ("1",))


def test_what_is_read_back_has_the_hash_of_what_was_written(
    tmp_path: Path, records: Callable[..., pa.Table], key: bytes, header: Header
) -> None:
    """One expression for both sides, or every comparison would be false."""
    table = records(
        {"I0101": ["1", "", None, "a&b "], "I0102": ["2016-04-01", None, "", "山﨑"]},
        publication_to=pa.array([None, date(2021, 3, 31), None, date(2021, 3, 31)], pa.date32()),
    )
    write_file(tmp_path / "file.xml", header, table)
    back = read_file(tmp_path / "file.xml")
    with Fingerprints(key, header.body, header.spi, header.dataset) as fingerprints:
        sent, read = fingerprints.add(table), fingerprints.add(back, ["I0102", "I0101"][::-1])
    assert sent["content_hash"].equals(read["content_hash"])
    assert sent["identity_hash"].equals(read["identity_hash"])


def test_identity_is_addressee_key_and_version(records: Callable[..., pa.Table], key: bytes, header: Header) -> None:
    """Two people never share one; a later version of a record is another identity, its content is none."""
    table = records(
        {"I0101": ["1", "1", "1", "2"]},
        addressee=["1" * 15, "1" * 14 + "2", "1" * 15, "1" * 15],
        record_key=["2016", "2016", "2017", "2016"],
        record_version=[None, None, None, None],
    )
    first, second, third, again = identity_hash(table, key, header).to_pylist()
    assert len({first, second, third}) == 3
    assert first == again
    (versioned,) = identity_hash(table.slice(0, 1).set_column(3, "record_version", [["1.0"]]), key, header).to_pylist()
    assert versioned != first


def test_a_stream_is_hashed_as_a_table(records: Callable[..., pa.Table], key: bytes, header: Header) -> None:
    """Batch by batch or at once, in the same order; other columns stay."""
    table = records({"I0101": [str(row) for row in range(5000)]})
    with Fingerprints(key, header.body, header.spi, header.dataset) as fingerprints:
        whole = fingerprints.add(table)
        parts = pa.Table.from_batches(fingerprints.stream(table.to_batches(max_chunksize=999)))
        assert fingerprints.identities(table.to_batches()[0]).equals(whole["identity_hash"])
    assert parts.equals(whole)
    assert whole.column_names == [*table.column_names, "identity_hash", "content_hash"]
    assert whole["content_hash"].type == pa.binary(32)


def test_250_items_are_hashed(records: Callable[..., pa.Table], key: bytes, header: Header) -> None:
    """The widest layout, in one flat expression."""
    table = records({f"I{n:04d}": ["1", None] for n in range(1, 251)})
    assert len(set(content_hash(table, [f"I{n:04d}" for n in range(1, 251)], key, header).to_pylist())) == 2


def test_a_key_of_another_length_is_refused() -> None:
    """A truncated key would make every record look changed."""
    with pytest.raises(ConfigurationError, match="FILES-013"):
        Fingerprints(b"short", "992011", "TM00000000000002", "TK00000200000001")


def test_the_definition_spelled_out(records: Callable[..., pa.Table], key: bytes, header: Header) -> None:
    """What is stored stays what it is, whichever library computes it: sidecars are compared over years."""

    def spelled(purpose: str, message: str) -> bytes:
        scope = f"{purpose}\x00{header.body}\x00{header.spi}\x00{header.dataset}".encode()
        derived = base64.b64encode(hmac.new(key, scope, hashlib.sha256).digest())
        return hashlib.sha256(derived + message.encode()).digest()

    long = "東" * 60
    table = records(
        {"I0101": ["1", "", None], "I0102": [long, "ab", None]},
        publication_to=pa.array([date(2021, 3, 31), None, None], pa.date32()),
    )
    with Fingerprints(key, header.body, header.spi, header.dataset) as fingerprints:
        found = fingerprints.add(table.slice(0, 3))
    assert found["content_hash"].to_pylist() == [
        spelled("content", f"10F:2016-06-0110T:2021-03-311I0101:1180I0102:{long}"),
        spelled("content", "10F:2016-06-010I0101:2I0102:ab"),
        spelled("content", "10F:2016-06-01"),
    ]
    person, record = table["addressee"][0].as_py(), table["record_key"][0].as_py()
    message = f"{len(person)}A:{person}{len(record)}K:{record}"
    assert found["identity_hash"][0].as_py() == spelled("identity", message)


def test_records_keep_their_order_over_many_batches(
    records: Callable[..., pa.Table], key: bytes, header: Header, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hash at another record's place would send the wrong record, or none."""
    monkeypatch.setattr("fukuhon.files.hashing._AT_ONCE", 7)
    values = [str(number) for number in range(50)]
    together = hashes(records, key, header, *((value,) for value in values))
    assert together == [hashes(records, key, header, (value,))[0] for value in values]


def test_messages_are_let_go(records: Callable[..., pa.Table], key: bytes, header: Header) -> None:
    """Whoever hashes a city keeps no more than the hashes: not the texts that were digested."""
    table = records({"I0101": [f"{row:0500d}" for row in range(1000)]})
    with Fingerprints(key, header.body, header.spi, header.dataset) as fingerprints:
        fingerprints.add(table)
        before = pa.total_allocated_bytes()
        for _ in range(10):
            fingerprints.add(table)
        assert pa.total_allocated_bytes() - before < 500_000  # one round of messages
