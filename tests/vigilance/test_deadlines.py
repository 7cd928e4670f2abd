from __future__ import annotations

from datetime import date, time, timedelta

from fukuhon.calendars import BusinessCalendar
from fukuhon.clock import tokyo
from fukuhon.vigilance import Pending, overdue
from fukuhon.vigilance.deadlines import due

BODY = BusinessCalendar()
OPENING = time(8, 30)
FRIDAY = date(2017, 4, 14)
TUESDAY = tokyo(date(2017, 4, 18), 8, 30)


def test_alarm_rings_when_business_opens() -> None:
    """業務開始前まで: a second before 8:30 it is in time, at 8:30 it is late."""
    pending = Pending("TK00000200000001", FRIDAY, 12)
    assert due(pending, BODY, OPENING) == TUESDAY
    assert overdue([pending], TUESDAY - timedelta(seconds=1), BODY, OPENING) == []
    (found,) = overdue([pending], TUESDAY, BODY, OPENING)
    assert (found.code, found.facts["records"]) == ("VIGILANCE-011", 12)
    assert "確定・更新日：2017-04-14" in found.message


def test_what_a_comparison_found_is_labelled() -> None:
    """The day is that of the finding, and an officer is told so."""
    (found,) = overdue([Pending("TK1", FRIDAY, 1, found=True)], TUESDAY, BODY, OPENING)
    assert "突合で判明した日" in found.message


def test_undecided_record_alarms_as_old_content() -> None:
    """A changed record in quarantine leaves the old one answering: somebody has to decide by the deadline."""
    (found,) = overdue([Pending("TK1", FRIDAY, 1, withheld=True)], TUESDAY, BODY, OPENING)
    assert found.code == "VIGILANCE-012"
    assert "古い内容" in found.message


def test_oldest_first_and_nothing_for_no_records() -> None:
    """Groups without records are no alarm."""
    groups = [Pending("b", FRIDAY, 1), Pending("a", FRIDAY - timedelta(days=1), 1), Pending("c", FRIDAY, 0)]
    assert [one.subject for one in overdue(groups, TUESDAY + timedelta(days=9), BODY, OPENING)] == ["a", "b"]
