from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fukuhon.errors import DataError
from fukuhon.records import Differences, Holdings, Question


def compared(books: Any, incoming: Any, rows: Any, as_of: Any, instant: Any, **more: Any) -> Differences:
    """The differences of an extract that is the whole scope."""
    question = Question(incoming(rows), "TK00000200000001", as_of, more.pop("complete", True), **more)
    with Holdings(books.accepted, books.pending, at=instant) as holdings:
        return holdings.differences(question)


def changes(found: Any) -> dict[int, str]:
    """Row number and change."""
    return dict(zip(found.changes["row_no"].to_pylist(), found.changes["change"].to_pylist(), strict=True))


def test_new_changed_unchanged_gone(books: Any, row: Any, at: Any, incoming: Any) -> None:
    """The four ways in which originals and copies differ, or do not."""
    books.accept([row(1), row(2), row(3)], at("2017-04-12 22:10"), as_of=at("2017-04-12 00:00"))
    found = compared(books, incoming, [row(1), row(2, "b"), row(4)], at("2017-05-08 00:00"), at("2017-05-08 02:00"))
    assert changes(found) == {2: "changed", 3: "new"}
    assert found.gone["addressee"].to_pylist() == [f"{3:015d}"]
    assert found.counts == {"普通徴収": {"unchanged": 1, "changed": 1, "new": 1, "gone": 1}}
    tally = {"unchanged": 1, "to_register": 2, "to_delete": 1, "superseded": 0, "quarantined": 0, "withheld": 0}
    assert found.tallies() == {"普通徴収": tally}
    assert found.total("new") == 1


def test_an_incomplete_extract_deletes_nobody(books: Any, row: Any, at: Any, incoming: Any) -> None:
    """What a change log does not mention is not gone."""
    books.accept([row(1), row(2)], at("2017-04-12 22:10"), as_of=at("2017-04-12 00:00"))
    found = compared(books, incoming, [row(1)], at("2017-05-08 00:00"), at("2017-05-08 02:00"), complete=False)
    assert not len(found.gone)


def test_a_second_look_finds_nothing(books: Any, row: Any, at: Any, incoming: Any) -> None:
    """An unchanged day: nothing to send."""
    rows = [row(1), row(2)]
    books.accept(rows, at("2017-04-12 22:10"))
    found = compared(books, incoming, rows, at("2017-05-08 00:00"), at("2017-05-08 02:00"))
    assert (len(found.changes), len(found.gone), found.total("unchanged")) == (0, 0, 2)


def test_old_never_overwrites_new(books: Any, row: Any, at: Any, incoming: Any) -> None:
    """A backfilled day: what is held, or on its way, with newer content is superseded; equal content is unchanged."""
    books.accept([row(1, "new"), row(2, "new"), row(3)], at("2017-05-10 22:10"), as_of=at("2017-05-10 00:00"))
    books.prepare([row(4, "new")], at("2017-05-10 00:00"))
    rows = [row(1, "old"), row(2, "new"), row(4, "old"), row(5)]
    found = compared(books, incoming, rows, at("2017-05-09 00:00"), at("2017-05-11 02:00"))
    assert found.superseded["row_no"].to_pylist() == [1, 3]
    assert changes(found) == {4: "new"}
    assert not len(found.gone), "a newer record that the older extract does not have is not gone"
    assert found.tallies()["普通徴収"]["to_register"] == 3, "what is superseded was to be registered"


def test_a_deletion_is_not_undone_by_an_older_day(books: Any, row: Any, at: Any, incoming: Any) -> None:
    """The tombstone keeps its age."""
    books.accept([row(1)], at("2017-05-10 22:10"), as_of=at("2017-05-10 00:00"), operation="delete")
    found = compared(books, incoming, [row(1)], at("2017-05-09 00:00"), at("2017-05-11 02:00"))
    assert found.superseded["row_no"].to_pylist() == [1]
    later = compared(books, incoming, [row(1)], at("2017-05-11 00:00"), at("2017-05-11 02:00"))
    assert changes(later) == {1: "new"}


def test_the_same_run_again_is_not_superseded(books: Any, row: Any, at: Any, incoming: Any) -> None:
    """Newer means later, not equal."""
    books.accept([row(1, "a")], at("2017-05-09 22:10"), as_of=at("2017-05-09 00:00"))
    found = compared(books, incoming, [row(1, "b")], at("2017-05-09 00:00"), at("2017-05-10 02:00"))
    assert changes(found) == {1: "changed"}


def test_what_is_on_its_way_counts_before_what_is_held(books: Any, row: Any, at: Any, incoming: Any) -> None:
    """The same content again is unchanged; other content has to wait for the file under way."""
    books.accept([row(1, "old"), row(2, "old")], at("2017-04-12 22:10"), as_of=at("2017-04-12 00:00"))
    books.prepare([row(1, "new"), row(2, "new"), row(3)], at("2017-05-08 00:00"))
    found = compared(books, incoming, [row(1, "new"), row(2, "newest")], at("2017-05-09 00:00"), at("2017-05-09 02:00"))
    assert changes(found) == {2: "changed"}
    assert found.changes["waits"].to_pylist() == [True]
    assert found.gone["addressee"].to_pylist() == [f"{3:015d}"], "register first, delete after"
    assert found.gone["waits"].to_pylist() == [True]


def test_a_deletion_under_way_is_not_asked_for_again(books: Any, row: Any, at: Any, incoming: Any) -> None:
    """Nor is the record still there for the comparison."""
    books.accept([row(1), row(2)], at("2017-04-12 22:10"), as_of=at("2017-04-12 00:00"))
    books.prepare([row(1)], at("2017-05-08 00:00"), "delete")
    gone = compared(books, incoming, [row(2)], at("2017-05-09 00:00"), at("2017-05-09 02:00"))
    assert not len(gone.gone)
    back = compared(books, incoming, [row(1), row(2)], at("2017-05-09 00:00"), at("2017-05-09 02:00"))
    assert changes(back) == {1: "new"}


def test_an_expired_record_is_new_again_and_never_gone(books: Any, row: Any, at: Any, incoming: Any) -> None:
    """The server has deleted it by itself."""
    books.accept([row(1, until=date(2017, 4, 30)), row(2, until=date(2017, 4, 30))], at("2017-04-12 22:10"))
    found = compared(books, incoming, [row(1)], at("2017-05-08 00:00"), at("2017-05-08 02:00"))
    assert changes(found) == {1: "new"}
    assert not len(found.gone)


def test_the_quarantined_keep_what_is_held(books: Any, row: Any, at: Any, incoming: Any) -> None:
    """Old content goes on answering: withheld, not gone. What was never held is quarantined."""
    books.accept([row(1), row(2)], at("2017-04-12 22:10"), as_of=at("2017-04-12 00:00"))
    stopped = incoming([row(1, "bad"), row(9, "bad")]).select(["identity_hash", "variation"])
    found = compared(books, incoming, [row(2)], at("2017-05-08 00:00"), at("2017-05-08 02:00"), quarantined=stopped)
    assert not len(found.gone)
    assert found.withheld["identity_hash"].to_pylist() == [row(1).identity]
    assert found.withheld["held_as_of"].to_pylist() == [at("2017-04-12 00:00")]
    assert found.counts["普通徴収"] == {"unchanged": 1, "withheld": 1, "quarantined": 1}


def test_the_pretest_is_sent_again(books: Any, row: Any, at: Any, incoming: Any) -> None:
    """初期登録 overwrites what the pretest registered, changed or not (seed 1.4.2)."""
    books.accept([row(1)], at("2017-04-10 22:10"), kind="pretest")
    rows, instants = [row(1), row(2)], (at("2017-04-11 00:00"), at("2017-04-11 02:00"))
    assert changes(compared(books, incoming, rows, *instants)) == {2: "new"}
    again = frozenset({"pretest"})
    assert changes(compared(books, incoming, rows, *instants, again=again)) == {1: "changed", 2: "new"}


def test_counts_are_by_variation(books: Any, row: Any, at: Any, incoming: Any) -> None:
    """A record that changed its variation counts under the new one; a gone one under its old."""
    books.accept([row(1, variation="A"), row(2, variation="A")], at("2017-04-12 22:10"), as_of=at("2017-04-12 00:00"))
    found = compared(books, incoming, [row(1, "b", variation="B")], at("2017-05-08 00:00"), at("2017-05-08 02:00"))
    assert found.counts == {"A": {"gone": 1}, "B": {"changed": 1}}


def test_other_datasets_are_left_alone(books: Any, row: Any, at: Any, incoming: Any) -> None:
    """What is held of another dataset is neither equal nor gone."""
    sidecar = books.sidecar([row(1), row(2)], at("2017-04-12 00:00"), dataset="TK00000200000002")
    file = books.accept([row(1)], at("2017-04-12 22:10"))
    books.accepted = [type(file)(sidecar, "processed", file.completed, file.receipt)]
    found = compared(books, incoming, [row(1)], at("2017-05-08 00:00"), at("2017-05-08 02:00"))
    assert changes(found) == {1: "new"}
    assert not len(found.gone)


def test_an_identity_twice_is_refused(books: Any, row: Any, at: Any, incoming: Any) -> None:
    """Two records of one key would make an inquiry err (seed 4.7 #3); counted, not shown."""
    with pytest.raises(DataError, match="RECORDS-005") as caught:
        compared(books, incoming, [row(1), row(1, "b"), row(2)], at("2017-05-08 00:00"), at("2017-05-08 02:00"))
    assert caught.value.facts["count"] == 1


def test_an_extract_may_lie_on_the_disk(books: Any, row: Any, at: Any, incoming: Any) -> None:
    """For what is larger than memory."""
    path = books.folder / "extract.parquet"
    pq.write_table(incoming([row(1), row(2)]), path)
    with Holdings([], at=at("2017-05-08 02:00")) as holdings:
        found = holdings.differences(Question(path, "TK00000200000001", at("2017-05-08 00:00"), complete=True))
    assert found.total("new") == 2


def test_what_is_gone_can_be_written_as_it_is(books: Any, row: Any, at: Any, incoming: Any) -> None:
    """The columns of a deletion file."""
    books.accept([row(1)], at("2017-04-12 22:10"), as_of=at("2017-04-12 00:00"))
    found = compared(books, incoming, [], at("2017-05-08 00:00"), at("2017-05-08 02:00"))
    assert {"addressee", "record_key", "record_version", "identity_hash", "variation"} <= set(found.gone.column_names)
    assert found.gone["identity_hash"].type == pa.binary(32)
