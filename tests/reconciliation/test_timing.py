from __future__ import annotations

from datetime import timedelta
from typing import Any

from fukuhon.reconciliation import spans


def test_files_of_a_night_follow_one_another(city: Any, at: Any) -> None:
    """A file begins where the one before it ended; the first one at the others' pace."""
    first = city.accept(dict.fromkeys(range(300), "a"), at("2017-04-12 22:05:00"))
    second = city.accept(dict.fromkeys(range(300, 500), "a"), at("2017-04-12 22:07:00"))
    one, two = spans([second, first])
    assert (one.receipt, one.end, one.records) == (first.receipt, first.completed, 300)
    assert one.start == at("2017-04-12 22:02:00")
    assert (two.receipt, two.start, two.end) == (second.receipt, first.completed, second.completed)


def test_a_pause_begins_anew(city: Any, at: Any) -> None:
    """The next night's first file did not wait since yesterday."""
    city.accept(dict.fromkeys(range(100), "a"), at("2017-04-12 22:05:00"))
    city.accept(dict.fromkeys(range(100), "b"), at("2017-04-13 22:05:00"))
    one, two = spans(city.accepted)
    assert two.end - two.start == one.end - one.start == timedelta(seconds=1)


def test_nothing_is_processed_before_it_was_received(city: Any, at: Any) -> None:
    """An immediate file."""
    city.accept({1: "a"}, at("2017-05-08 13:00:10"))
    city.accept({2: "a"}, at("2017-05-08 13:20:10"), received=at("2017-05-08 13:20:05"))
    assert spans(city.accepted)[1].start == at("2017-05-08 13:20:05")


def test_records_lie_in_their_order(city: Any, at: Any) -> None:
    """Positions tell the minute, as well as one can."""
    city.accept({1: "a"}, at("2017-04-12 22:00:00"))
    city.accept(dict.fromkeys(range(100), "a"), at("2017-04-12 22:10:00"))
    span = spans(city.accepted)[1]
    assert span.minute_of(1) == at("2017-04-12 22:00")
    assert span.minute_of(55) == at("2017-04-12 22:05")
    assert span.minute_of(100) == at("2017-04-12 22:09")
