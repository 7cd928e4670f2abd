from __future__ import annotations

from datetime import date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fukuhon.calendars import BusinessCalendar
from fukuhon.clock import tokyo
from fukuhon.vigilance import DUTIES, Duty, Rhythm, alarms, alarms_of, missed

BODY = BusinessCalendar()
SINCE = date(2017, 5, 8)  # a Monday
RECONCILE = Duty("reconcile", "正本と副本の突合", time(18, 0), SINCE)
INSTANTS = st.integers(0, 30 * 24).map(lambda hours: tokyo(SINCE) + timedelta(hours=hours))


def late(done: datetime | None, now: datetime, duty: Duty = RECONCILE) -> list[datetime]:
    """Due instants of a duty that were missed."""
    return missed(duty.dues(now, BODY), done, now)


def at(day: int, hour: int = 18, minute: int = 0) -> datetime:
    """An instant of May 2017."""
    return tokyo(date(2017, 5, day), hour, minute)


def test_paused_reconciliation_alarms_within_a_day() -> None:
    """豊岡市 2017–2023: done on Monday, then paused. Tuesday 18:00 alarms, not a minute earlier."""
    done = {"reconcile": at(8, 10)}
    assert alarms([RECONCILE], done, at(9, 17, 59), BODY) == []
    (found,) = alarms([RECONCILE], done, at(9), BODY)
    assert (found.due, found.late) == (at(9), timedelta())
    assert "正本と副本の突合" in found.message
    assert found.next_step


def test_eight_days_of_pause_are_one_alarm_with_a_count() -> None:
    """Due on 9, 10, 11, 12, 15 and 16 May; weekends do not count."""
    (found,) = alarms([RECONCILE], {"reconcile": at(8, 10)}, at(16, 19), BODY)
    assert found.facts["times"] == 6
    assert found.late == timedelta(days=7, hours=1)


def test_done_late_ends_the_alarm() -> None:
    """Wednesday morning is late for Tuesday and in time for Wednesday."""
    assert late(at(10, 9), at(10, 19)) == []


def test_yesterday_evening_does_not_count_for_today() -> None:
    """Done late on Monday, then paused: Tuesday's due time still alarms, within a day."""
    assert late(at(8, 19), at(9)) == [at(9)]


def test_midnight_belongs_to_the_day_it_begins() -> None:
    """Done at 00:00 it is done for that day."""
    assert late(at(9, 0), at(9)) == []


def test_schedule_of_a_site_may_name_the_instants() -> None:
    """Irregular days, told in any order: what was done on its day, or late, is not missed."""
    dues = [at(20, 9), at(10, 9)]
    assert alarms_of("preflight", "前提作業の確認", dues, at(10, 8), at(19)) == []
    assert alarms_of("preflight", "前提作業の確認", dues, at(11, 8), at(19)) == []
    (found,) = alarms_of("preflight", "前提作業の確認", dues, at(11, 8), at(20, 9))
    assert (found.due, found.subject) == (at(20, 9), "preflight")


def test_never_done_alarms_from_the_first_day() -> None:
    """A duty that nobody ever did is not forgotten; before its first due instant it is not late."""
    assert late(None, at(8, 17, 59)) == []
    assert late(None, at(9)) == [at(8), at(9)]


def test_done_on_friday_holds_over_the_weekend() -> None:
    """The next due instant is Monday's."""
    assert late(at(12, 17), at(15, 17, 59)) == []
    assert late(at(12, 17), at(15)) == [at(15)]


def test_daily_rhythm_knows_no_weekend() -> None:
    """Every day."""
    daily = Duty("d", "毎日", time(18, 0), SINCE, Rhythm.DAY)
    assert late(at(12, 17), at(14, 18), daily) == [at(13), at(14)]


@given(st.lists(INSTANTS, min_size=1, max_size=12).map(sorted), INSTANTS)
def test_doing_it_never_makes_it_worse(done: list[datetime], now: datetime) -> None:
    """Having done it later leaves no more missed instants than having done it earlier."""
    done = [instant for instant in done if instant <= now] or [tokyo(SINCE)]
    counts = [len(late(instant, now)) for instant in done]
    assert counts == sorted(counts, reverse=True)
    assert late(now, now) == []


def test_alarms_come_longest_overdue_first() -> None:
    """Whatever the order of the duties."""
    early, late = Duty("a", "甲", time(9), SINCE), Duty("b", "乙", time(8), SINCE)
    assert [found.subject for found in alarms([early, late], {"b": at(9, 7)}, at(10), BODY)] == ["a", "b"]


def test_duties_of_the_house_have_names_and_wordings() -> None:
    """An id is used once."""
    assert len({duty.id for duty in DUTIES}) == len(DUTIES)
    assert all(duty.wording for duty in DUTIES)
