from __future__ import annotations

from datetime import date
from typing import Any

from fukuhon.records import effects, expired

DATASET = "TK00000200000001"


def counted(books: Any, *files: Any) -> list[tuple[int, ...]]:
    """What these files did: ok, errors, new, overwritten, deleted, absent."""
    found = effects(books.accepted, {file.receipt for file in files})
    return [(one.ok, one.errors, one.new, one.overwritten, one.deleted, one.absent) for one in found]


def test_new_overwritten_deleted(books: Any, row: Any, at: Any) -> None:
    """Counted by what was held when the file was processed."""
    first = books.accept([row(1), row(2)], at("2017-04-12 22:10"))
    second = books.accept([row(2, "b"), row(3)], at("2017-04-13 22:10"))
    third = books.accept([row(1), row(3)], at("2017-04-14 22:10"), operation="delete")
    fourth = books.accept([row(1)], at("2017-04-15 22:10"))
    assert counted(books, first) == [(2, 0, 2, 0, 0, 0)]
    assert counted(books, second) == [(2, 0, 1, 1, 0, 0)]
    assert counted(books, third) == [(2, 0, 0, 0, 2, 0)]
    assert counted(books, first, second, third, fourth) == [
        (2, 0, 2, 0, 0, 0),
        (2, 0, 1, 1, 0, 0),
        (2, 0, 0, 0, 2, 0),
        (1, 0, 1, 0, 0, 0),
    ]


def test_errors_are_no_effect(books: Any, row: Any, at: Any) -> None:
    """An error record is processed, and changes nothing."""
    file = books.accept([row(1), row(2), row(3)], at("2017-04-12 22:10"), errors=[2])
    again = books.accept([row(2)], at("2017-04-13 22:10"))
    assert counted(books, file) == [(2, 1, 2, 0, 0, 0)]
    assert counted(books, again) == [(1, 0, 1, 0, 0, 0)]


def test_a_file_of_errors_only_is_still_counted(books: Any, row: Any, at: Any) -> None:
    """The seed's own row: 処理件数 1, エラー件数 1."""
    file = books.accept([row(1)], at("2017-04-12 22:10"), errors=[1])
    assert counted(books, file) == [(0, 1, 0, 0, 0, 0)]


def test_deleting_what_is_not_held_stands_apart(books: Any, row: Any, at: Any) -> None:
    """The server said ok, our books held nothing: the sums must not close over it."""
    file = books.accept([row(1)], at("2017-04-12 22:10"), operation="delete")
    assert counted(books, file) == [(1, 0, 0, 0, 0, 1)]


def test_effects_are_by_variation(books: Any, row: Any, at: Any) -> None:
    """As the tallies are kept."""
    file = books.accept([row(1), row(2, variation="特別徴収")], at("2017-04-12 22:10"))
    found = effects(books.accepted, {file.receipt})
    assert {(one.dataset, one.variation, one.processed) for one in found} == {
        (DATASET, "普通徴収", 1),
        (DATASET, "特別徴収", 1),
    }
    assert effects(books.accepted, set()) == []


def test_what_expired_is_not_overwritten(books: Any, row: Any, at: Any) -> None:
    """A record registered after its predecessor's 公開終了日 is new."""
    books.accept([row(1, until=date(2017, 4, 30))], at("2017-04-12 22:10"))
    on_the_day = books.accept([row(1, "b", until=date(2017, 4, 30))], at("2017-04-30 23:50"))
    after = books.accept([row(1, "c")], at("2017-05-01 00:30"))
    assert counted(books, on_the_day) == [(1, 0, 0, 1, 0, 0)]
    assert counted(books, after) == [(1, 0, 1, 0, 0, 0)]


def test_expired_are_counted_in_their_time(books: Any, row: Any, at: Any) -> None:
    """Once, when the day is over; not where the record was renewed or deleted before."""
    until = date(2017, 4, 30)
    books.accept([row(n, until=until) for n in (1, 2, 3)], at("2017-04-12 22:10"))
    books.accept([row(2)], at("2017-04-13 22:10"))
    books.accept([row(3)], at("2017-04-13 22:20"), operation="delete")
    assert expired(books.accepted, since=at("2017-04-12 23:00"), at=at("2017-04-30 23:59")) == {}
    assert expired(books.accepted, since=at("2017-04-12 23:00"), at=at("2017-05-01 00:00")) == {
        (DATASET, "普通徴収"): 1
    }
    assert expired(books.accepted, since=at("2017-05-01 00:00"), at=at("2017-06-01 00:00")) == {}


def test_a_record_that_came_too_late_expires_at_once(books: Any, row: Any, at: Any) -> None:
    """Registered after its own 公開終了日."""
    file = books.accept([row(1, until=date(2017, 4, 1))], at("2017-04-12 22:10"))
    assert counted(books, file) == [(1, 0, 1, 0, 0, 0)]
    assert expired(books.accepted, since=at("2017-04-12 22:00"), at=at("2017-04-12 23:00")) == {
        (DATASET, "普通徴収"): 1
    }
