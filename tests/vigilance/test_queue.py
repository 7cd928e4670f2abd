from __future__ import annotations

from datetime import date, datetime, timedelta

from fukuhon.clock import tokyo
from fukuhon.vigilance import Queue, QueuedFile, ages, old

NIGHTS = [tokyo(date(2017, 5, day), 3) for day in range(8, 20)]


def at(day: int, hour: int = 20) -> datetime:
    """An instant of May 2017."""
    return tokyo(date(2017, 5, day), hour)


def waiting(name: str, since: datetime) -> QueuedFile:
    """A file the server keeps as 処理待ち."""
    return QueuedFile(name, Queue.WAITING, since, 1_500)


def test_age_counts_the_nights_that_passed() -> None:
    """Received on the evening of the 10th, looked at on the 12th: two batches ended."""
    (age,) = ages([waiting("a.xml", at(10))], NIGHTS, at(12, 8))
    assert (age.nights, age.waited) == (2, timedelta(days=1, hours=12))


def test_night_that_has_not_ended_does_not_count() -> None:
    """Nor does one that ended before the file came."""
    assert ages([waiting("a.xml", at(10, 3))], NIGHTS, at(11, 2))[0].nights == 0


def test_night_that_ends_now_counts() -> None:
    """At the instant of its end a batch is over."""
    assert ages([waiting("a.xml", at(10))], NIGHTS, at(11, 3))[0].nights == 1


def test_old_file_alarms_after_more_nights_than_usual() -> None:
    """The seed gives no upper bound: two nights are ours."""
    file = waiting("a.xml", at(10))
    assert old(ages([file], NIGHTS, at(12, 8)), at(12, 8)) == []
    (found,) = old(ages([file], NIGHTS, at(13, 8)), at(13, 8))
    assert found.code == "VIGILANCE-014"
    assert "夜間バッチ3回" in found.message


def test_unsent_file_alarms_by_its_age() -> None:
    """会津若松市 2023: what does not go on the wire is seen although the server never heard of it."""
    file = QueuedFile("b.xml", Queue.UNSENT, at(8), 380_000)
    assert old(ages([file], NIGHTS, at(10)), at(10)) == []
    (found,) = old(ages([file], NIGHTS, at(10, 21)), at(10, 21))
    assert (found.code, found.due) == ("VIGILANCE-015", at(10))


def test_oldest_first() -> None:
    """By the time waited, then by name."""
    files = [waiting("b", at(10)), waiting("a", at(10)), waiting("c", at(9))]
    assert [age.file.name for age in ages(files, [], at(12))] == ["c", "a", "b"]
