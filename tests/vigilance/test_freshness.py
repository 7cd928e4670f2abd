from __future__ import annotations

from datetime import date, timedelta

from fukuhon.calendars import BusinessCalendar
from fukuhon.clock import tokyo
from fukuhon.vigilance import stale

BODY = BusinessCalendar()
SINCE = date(2017, 5, 8)


def test_silence_longer_than_usual_alarms() -> None:
    """石巻市 2023: usually three business days at most. New on Monday 5/8: Thursday may pass, Friday rings."""
    usual, last = {"TK1": 3}, {"TK1": SINCE}
    friday = tokyo(date(2017, 5, 12))
    assert stale(usual, last, friday - timedelta(seconds=1), BODY, SINCE) == []
    (found,) = stale(usual, last, friday, BODY, SINCE)
    assert (found.subject, found.due) == ("TK1", friday)
    assert "2017-05-08" in found.message


def test_source_that_never_brought_anything_alarms_too() -> None:
    """Counted from the first day of its 差分."""
    assert stale({"TK1": 1}, {}, tokyo(date(2017, 5, 10)), BODY, SINCE)


def test_weekend_and_holidays_are_no_silence() -> None:
    """New on 5/2: 5/3–5/7 are closed, 5/8 is the first day on which something was to be expected."""
    last = {"TK1": date(2017, 5, 2)}
    assert stale({"TK1": 1}, last, tokyo(date(2017, 5, 8), 23, 59), BODY, SINCE) == []
    assert stale({"TK1": 1}, last, tokyo(date(2017, 5, 9)), BODY, SINCE)


def test_longest_silent_first() -> None:
    """Each dataset by its own interval."""
    now = tokyo(date(2017, 6, 1))
    last = {"TK1": date(2017, 5, 15), "TK2": date(2017, 5, 10)}
    assert [found.subject for found in stale({"TK1": 2, "TK2": 2, "TK3": 99}, last, now, BODY, SINCE)] == ["TK2", "TK1"]
