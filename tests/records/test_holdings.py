from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from fukuhon.errors import DataError, FatalError
from fukuhon.records import Holdings
from fukuhon.records.history import ROWS


def held(books: Any, instant: Any, **options: Any) -> dict[str, bytes]:
    """Who is held with which content."""
    with Holdings(books.accepted, books.pending, at=instant, **options) as holdings:
        table = holdings.state()
    return dict(zip(table["addressee"].to_pylist(), table["content_hash"].to_pylist(), strict=True))


def people(*numbers: int) -> set[str]:
    """Addressee numbers."""
    return {f"{number:015d}" for number in numbers}


def test_nothing_was_accepted_so_nothing_is_held(books: Any, at: Any) -> None:
    """The first day of a municipality."""
    with Holdings([], [], at=at("2017-04-10 09:00")) as holdings:
        assert holdings.state().schema.equals(ROWS)
        assert not len(holdings.state())
        assert not len(holdings.in_flight())
        assert holdings.counts() == {}


def test_the_last_file_processed_counts(books: Any, row: Any, at: Any) -> None:
    """Whatever order the books list them in: completed instant, then receipt."""
    books.accept([row(1, "new"), row(2, "b")], at("2017-04-13 22:10"))
    books.accept([row(1, "old"), row(3, "c")], at("2017-04-12 22:10"))
    state = held(books, at("2017-04-14 08:00"))
    assert set(state) == people(1, 2, 3)
    assert state == held(type(books)(books.folder, books.accepted[::-1]), at("2017-04-14 08:00"))
    books.accepted.pop(0)
    assert held(books, at("2017-04-14 08:00"))[f"{1:015d}"] != state[f"{1:015d}"]


def test_receipts_order_files_of_one_instant(books: Any, row: Any, at: Any) -> None:
    """Two files that ended in the same second."""
    first = books.accept([row(1, "first")], at("2017-04-12 22:10"))
    second = books.accept([row(1, "second")], at("2017-04-12 22:10"))
    before = held(books, at("2017-04-14 08:00"))
    books.accepted = [replace(first, receipt=second.receipt), replace(second, receipt=first.receipt)]
    assert held(books, at("2017-04-14 08:00")) != before


def test_error_records_are_not_held(books: Any, row: Any, at: Any) -> None:
    """処理完了 with errors: what the details name was never registered; what was held before stays."""
    books.accept([row(1, "old")], at("2017-04-12 22:10"))
    before = held(books, at("2017-04-12 23:00"))
    books.accept([row(1, "new"), row(2), row(3)], at("2017-04-13 22:10"), errors=[1, 3])
    state = held(books, at("2017-04-14 08:00"))
    assert set(state) == people(1, 2)
    assert state[f"{1:015d}"] == before[f"{1:015d}"]


def test_deleted_records_are_not_held(books: Any, row: Any, at: Any) -> None:
    """Until they are registered again."""
    books.accept([row(1), row(2)], at("2017-04-12 22:10"))
    books.accept([row(1)], at("2017-04-13 22:10"), operation="delete")
    assert set(held(books, at("2017-04-14 08:00"))) == people(2)
    books.accept([row(1)], at("2017-04-14 22:10"))
    assert set(held(books, at("2017-04-15 08:00"))) == people(1, 2)


def test_a_record_is_held_on_its_last_day(books: Any, row: Any, at: Any) -> None:
    """公開終了日 itself is still a day of publication; then the server deletes."""
    books.accept([row(1, until=date(2017, 4, 30)), row(2)], at("2017-04-12 22:10"))
    assert set(held(books, at("2017-04-30 23:59"))) == people(1, 2)
    assert set(held(books, at("2017-05-01 00:00"))) == people(2)


def test_a_snapshot_stands_at_its_instant(books: Any, row: Any, at: Any) -> None:
    """What was completed later is not in it."""
    books.accept([row(1)], at("2017-04-12 22:10"))
    books.accept([row(2)], at("2017-04-13 22:10"))
    assert set(held(books, at("2017-04-13 22:09"))) == people(1)
    assert set(held(books, at("2017-04-13 22:10"))) == people(1, 2)


def test_counts_are_by_dataset_and_variation(books: Any, row: Any, at: Any) -> None:
    """What §3.4 needs before and after."""
    books.accept([row(1), row(2), row(3, variation="特別徴収")], at("2017-04-12 22:10"))
    with Holdings(books.accepted, at=at("2017-04-13 08:00")) as holdings:
        assert holdings.counts() == {("TK00000200000001", "普通徴収"): 2, ("TK00000200000001", "特別徴収"): 1}
        assert len(holdings.state("TK00000200000001")) == 3
        assert not len(holdings.state("TK00000200000002"))


def test_what_is_on_its_way_is_shown_once(books: Any, row: Any, at: Any) -> None:
    """Of two files on their way the one with the newer content."""
    books.prepare([row(1, "newer")], at("2017-04-13 00:00"))
    books.prepare([row(1, "older"), row(2)], at("2017-04-12 00:00"))
    with Holdings([], books.pending, at=at("2017-04-14 08:00")) as holdings:
        table = holdings.in_flight()
        assert len(table) == 2
        assert set(table["as_of"].to_pylist()) == {at("2017-04-13 00:00"), at("2017-04-12 00:00")}
        assert not len(holdings.in_flight("TK00000200000002"))


def test_a_file_is_kept_back_by_newer_and_by_unfinished_ones(books: Any, row: Any, at: Any) -> None:
    """Old never overwrites new, and one identity is in one unfinished file at a time (DESIGN §3.5)."""
    books.accept([row(1), row(2)], at("2017-04-13 22:10"), as_of=at("2017-04-13 00:00"))
    late = books.prepare([row(1, "older"), row(3)], at("2017-04-12 00:00"))
    other = books.prepare([row(3), row(4)], at("2017-04-14 00:00"))
    fine = books.prepare([row(2), row(5)], at("2017-04-14 00:00"))
    with Holdings(books.accepted, books.pending, at=at("2017-04-14 08:00")) as holdings:
        conflicts = [holdings.conflicts(file.sidecar) for file in (late, other, fine)]
    assert [(found.under_way, found.newer) for found in conflicts] == [(1, 1), (1, 0), (0, 0)]
    assert [bool(found) for found in conflicts] == [True, True, False]


def test_deleting_is_newer_content_too(books: Any, row: Any, at: Any) -> None:
    """A backfilled old day must not bring back what was deleted since."""
    books.accept([row(1)], at("2017-04-13 22:10"), as_of=at("2017-04-13 00:00"), operation="delete")
    late = books.prepare([row(1)], at("2017-04-12 00:00"))
    with Holdings(books.accepted, books.pending, at=at("2017-04-14 08:00")) as holdings:
        assert holdings.conflicts(late.sidecar).newer == 1


def test_all_that_was_sent_of_a_key(books: Any, row: Any, at: Any) -> None:
    """For 突合: every accepted row of the key, error records marked."""
    books.accept([row(1, "a"), row(2, "b"), row(3, "c", record_key="2017")], at("2017-04-12 22:10"), errors=[2])
    books.accept([row(1, "new")], at("2017-04-13 22:10"))
    with Holdings(books.accepted, at=at("2017-04-14 08:00")) as holdings:
        sent = holdings.sent("TK00000200000001", "2016")
    assert sent["addressee"].to_pylist() == [f"{1:015d}", f"{2:015d}", f"{1:015d}"]
    assert sent["in_error"].to_pylist() == [False, True, False]
    assert sent["position"].to_pylist() == [1, 2, 1]


@pytest.mark.parametrize("state", ["rejected_whole", "waiting", "in_doubt", "planned"])
def test_files_that_hold_nothing_are_no_part_of_the_state(books: Any, row: Any, at: Any, state: Any) -> None:
    """Whoever hands one in has a fault in the books."""
    file = replace(books.accept([row(1)], at("2017-04-12 22:10")), state=state)
    with pytest.raises(FatalError, match="RECORDS-002"):
        Holdings([file], at=at("2017-04-14 08:00"))


def test_errors_that_nobody_read_stop_the_state(books: Any, row: Any, at: Any) -> None:
    """Without positions nobody can say which records are held."""
    file = replace(books.accept([row(1)], at("2017-04-12 22:10")), state="processed_with_errors")
    with pytest.raises(FatalError, match="RECORDS-003"):
        Holdings([file], at=at("2017-04-14 08:00"))


@pytest.mark.parametrize("position", [0, 3])
def test_positions_outside_the_file_stop_the_state(books: Any, row: Any, at: Any, position: Any) -> None:
    """The details of another file."""
    books.accept([row(1), row(2)], at("2017-04-12 22:10"), errors=[position])
    with pytest.raises(FatalError, match="RECORDS-004"):
        Holdings(books.accepted, at=at("2017-04-14 08:00"))


def test_lost_files_are_named(books: Any, row: Any, at: Any) -> None:
    """A sidecar or a list of positions that is gone cannot be made up."""
    file = books.accept([row(1), row(2)], at("2017-04-12 22:10"), errors=[1])
    file.error_positions.write_bytes(b"no")
    with pytest.raises(DataError, match="RECORDS-001"):
        Holdings(books.accepted, at=at("2017-04-14 08:00"))
    file.error_positions.unlink()
    with pytest.raises(DataError, match="RECORDS-001"):
        Holdings(books.accepted, at=at("2017-04-14 08:00"))
    file.sidecar.unlink()
    with pytest.raises(DataError, match="FILES-014"):
        Holdings(books.accepted, at=at("2017-04-14 08:00"))


def test_overflow_goes_to_the_work_folder(books: Any, row: Any, at: Any) -> None:
    """Private, and made when it is missing."""
    books.accept([row(1)], at("2017-04-12 22:10"))
    folder = books.folder / "work" / "overflow"
    assert set(held(books, at("2017-04-14 08:00"), overflow=folder)) == people(1)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_the_state_has_the_sidecars_columns(books: Any, row: Any, at: Any) -> None:
    """And the file it came in."""
    file = books.accept([row(1, until=date(2021, 3, 31))], at("2017-04-12 22:10"))
    with Holdings(books.accepted, at=at("2017-04-14 08:00")) as holdings:
        (record,) = holdings.state().to_pylist()
    assert (record["receipt"], record["completed"], record["position"]) == (file.receipt, file.completed, 1)
    assert record["publication_to"] == date(2021, 3, 31)
    assert isinstance(holdings.at, type(file.completed))
    assert pa.types.is_fixed_size_binary(ROWS.field("identity_hash").type)
