"""The calendar: what was allotted, planned and done on each day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from fukuhon.calendars import Interval
from fukuhon.clock import TOKYO
from fukuhon.ledger import Holder, attempts, lease, orders
from fukuhon_airflow.pages.desk import desk_of
from fukuhon_airflow.pages.month import Day, month, parse_month
from fukuhon_airflow.sites import sites

if TYPE_CHECKING:
    from conftest import Office
    from fukuhon.ledger.attempts import Outcome

OPENS = datetime(2017, 4, 12, 9, tzinfo=TOKYO)


def day(office: Office, number: int) -> Day:
    """One day of April 2017."""
    (site,) = sites()
    shown = month(desk_of(site, "x"), date(2017, 4, 1))
    return next(each for week in shown.weeks for each in week if each and each.day.day == number)


def sent(office: Office, number: int, at: datetime, outcome: Outcome = "received") -> None:
    """A file goes, or the line is cut."""
    office.clock.instant = at
    with office.ledger.transaction("sender") as tx:
        order = orders.request(tx, Interval(OPENS, OPENS + timedelta(hours=3)), "initial-20170412T0900", "initial")
        fence = lease.acquire(tx, Holder.this_process())
        lease.claim(tx, number, fence, f"key{number}{outcome}", order=order, requester="mihongyomu01")
        ended = attempts.Ended(outcome=outcome, bytes_on_wire=1_250_000, ended=at, seconds=100.0, receipt="R")
        attempts.end(tx, f"key{number}{outcome}", ended)
        lease.release(tx, fence)


def test_an_allotted_day_shows_its_volume(office: Office) -> None:
    """From the settings; nothing is planned yet."""
    found = day(office, 12)
    assert found.limit > 0
    assert found.windows
    assert found.state == ("plain", "予定（計画前）")


def test_a_planned_file_that_went_is_as_planned(office: Office) -> None:
    """Today it is still to go, then it has gone."""
    number = office.file(window=OPENS)
    assert day(office, 12).state == ("plain", "本日送信")
    sent(office, number, OPENS + timedelta(minutes=1))
    found = day(office, 12)
    assert (found.actual.files, found.actual.records, found.actual.bytes) == (1, 1_500, 1_250_000)
    assert found.state == ("good", "予定どおり")


def test_a_day_that_passed_with_files_unsent_is_wrong(office: Office) -> None:
    """It says how many."""
    office.file(window=OPENS)
    office.clock.instant = OPENS + timedelta(days=1)
    assert day(office, 12).state == ("bad", "1 ファイルが当日に送れず")


def test_a_cut_is_counted_apart(office: Office) -> None:
    """It is no actual upload."""
    number = office.file(window=OPENS)
    sent(office, number, OPENS + timedelta(minutes=1), "cut")
    found = day(office, 12)
    assert (found.faults, found.actual.files) == (1, 0)


def test_a_month_shows_closed_days_and_holidays(office: Office) -> None:
    """昭和の日 is a Saturday in 2017; each is shaded."""
    assert day(office, 29).holiday == "昭和の日"
    assert day(office, 29).closed
    assert not day(office, 28).closed


@pytest.mark.parametrize("wanted", ["2017-05", "1999-01", "2099-12", "x", ""])
def test_the_page_stays_within_the_schedule(office: Office, wanted: str) -> None:
    """A month of nobody is the nearest, nonsense the present one."""
    answer = office.client.get(f"/fukuhon/calendar?month={wanted}", headers=office.as_("gyomu"))
    assert answer.status_code == 200
    assert "<h2>2017年" in answer.text


def test_months_are_read_strictly() -> None:
    """Nothing else is a month."""
    assert parse_month("2017-05") == date(2017, 5, 1)
    assert [parse_month(text) for text in (None, "2017", "2017-13", "2017-05-01")] == [None] * 4
