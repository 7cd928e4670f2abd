from __future__ import annotations

from datetime import timedelta
from typing import Any

from fukuhon.reconciliation import Span, spans


def test_a_pause_between_files_is_no_processing(city: Any, at: Any) -> None:
    """Ten records a second and a minute between files: the slope tells the pace, whatever the pause."""
    start, sizes = at("2017-04-12 22:00:00"), [120, 130, 60, 200]
    for number, size in enumerate(sizes):
        end = start + timedelta(seconds=size / 10)
        city.accept(dict.fromkeys(range(1000 * number, 1000 * number + size), "a"), end)
        start = end + timedelta(minutes=1)
    found = spans(city.accepted[::-1])
    assert [(span.receipt, span.records) for span in found] == [
        (file.receipt, size) for file, size in zip(city.accepted, sizes, strict=True)
    ]
    for span, size in zip(found, sizes, strict=True):
        assert abs(span.end - span.start - timedelta(seconds=size / 10)) < timedelta(seconds=1)


def test_files_that_tell_too_little_lead_to_their_last_minute(city: Any, at: Any) -> None:
    """A guess that is too fast finds the minute of 処理完了日時, in which there is something."""
    city.accept(dict.fromkeys(range(300), "a"), at("2017-04-12 22:05:30"))
    assert {span.minute_of(position) for span in spans(city.accepted) for position in (1, 300)} == {
        at("2017-04-12 22:05")
    }


def test_one_large_file_tells_the_pace(city: Any, at: Any) -> None:
    """Beside a thousand records a pause weighs little."""
    city.accept({9999: "a"}, at("2017-04-12 22:00:00"))
    city.accept(dict.fromkeys(range(1000), "a"), at("2017-04-12 22:10:00"))
    assert spans(city.accepted)[1].start == at("2017-04-12 22:00:00")


def test_another_night_tells_no_pace(city: Any, at: Any) -> None:
    """The next night's first file did not wait since yesterday."""
    city.accept(dict.fromkeys(range(100), "a"), at("2017-04-12 22:05:00"))
    city.accept(dict.fromkeys(range(100), "b"), at("2017-04-13 22:05:00"))
    one, two = spans(city.accepted)
    assert two.end - two.start == one.end - one.start == timedelta(seconds=1)


def test_nothing_is_processed_before_it_was_received(city: Any, at: Any) -> None:
    """An immediate file."""
    city.accept({1: "a"}, at("2017-05-08 13:00:10"))
    people, received = dict.fromkeys(range(2, 1002), "a"), at("2017-05-08 13:20:05")
    city.accept(people, at("2017-05-08 13:20:10"), received=received)
    assert spans(city.accepted)[1].start == received


def test_records_lie_in_their_order(at: Any) -> None:
    """Positions tell the minute, as well as one can."""
    span = Span("0601", at("2017-04-12 22:00:00"), at("2017-04-12 22:10:00"), 100)
    assert span.minute_of(1) == at("2017-04-12 22:00")
    assert span.minute_of(55) == at("2017-04-12 22:05")
    assert span.minute_of(100) == at("2017-04-12 22:09")
