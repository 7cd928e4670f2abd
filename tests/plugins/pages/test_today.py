"""今日の作業: what is due, going out, waiting and wrong, in words; counts and codes only."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from fukuhon.calendars import Interval
from fukuhon.clock import TOKYO
from fukuhon.ledger import FileState, Holder, files, lease, orders
from fukuhon_airflow.pages import steps
from fukuhon_airflow.pages.look import clock, lasting

if TYPE_CHECKING:
    from conftest import Office

OPENS = datetime(2017, 4, 12, 9, tzinfo=TOKYO)


def page(office: Office, user: str = "gyomu") -> str:
    """The page's text."""
    return office.client.get("/fukuhon/today", headers=office.as_(user)).text


def send(office: Office, number: int, window: str = "initial-20170412T0900") -> None:
    """Put a file on the wire."""
    with office.ledger.transaction("sender") as tx:
        order = orders.request(tx, Interval(OPENS, OPENS + timedelta(hours=3)), window, "initial")
        fence = lease.acquire(tx, Holder.this_process())
        lease.claim(tx, number, fence, "key", order=order, requester="mihongyomu01")


def test_an_empty_day_says_so(office: Office) -> None:
    """No empty tables, and who is looking is named."""
    text = page(office)
    assert "送信していません" in text
    assert "業務 花子（業務担当者）" in text
    assert "2017年4月12日（水）" in text


def test_what_is_late_says_since_when(office: Office) -> None:
    """前提作業の確認 was due at 8:30; it is half past nine."""
    office.clock.instant = office.clock.instant.replace(day=10)
    text = page(office)
    assert "前提作業の確認" in text
    assert "時刻を過ぎています（1時間）" in text


def test_what_goes_out_is_told_with_bytes_and_time(office: Office) -> None:
    """1.25 MB at 12,500 bytes a second: a hundred seconds; the window ends at noon."""
    number = office.file(window=OPENS)
    send(office, number)
    office.clock.instant = office.clock.now() + timedelta(seconds=60)
    text = page(office)
    assert "1.2 MB" in text
    assert 'max="1250000" value="750000"' in text
    assert "2時間29分" in text
    assert "枠内の見込み" in text
    assert '<meta http-equiv="refresh"' in text


def test_what_waits_is_summed_up_and_named(office: Office) -> None:
    """By what it waits for."""
    for name in ("a.xml", "b.xml"):
        office.file(name, window=OPENS)
    text = page(office)
    assert "送信の順番" in text
    assert "3,000" in text
    assert "b.xml" in text


def test_what_is_wrong_comes_with_what_to_do(office: Office) -> None:
    """From the catalogue, with its code."""
    number = office.file()
    with office.ledger.transaction("planner") as tx:
        files.move(tx, number, FileState.UNPLACEABLE)
    text = page(office)
    assert "COMMANDS-105" in text
    assert "次にすること" in text


def test_a_file_s_name_is_text(office: Office) -> None:
    """HTML in it does nothing."""
    office.file("<b>&.xml", window=OPENS)
    text = page(office)
    assert "&lt;b&gt;&amp;.xml" in text
    assert "<b>&.xml" not in text


def test_a_file_of_a_later_window_waits_for_that(office: Office) -> None:
    """It is not its turn yet."""
    office.file(window=OPENS + timedelta(days=1))
    assert "送信枠の開始" in page(office)


def test_airflow_s_questions_to_this_user_are_named(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """With where to answer them."""
    monkeypatch.setattr(steps, "waiting", lambda _, user: [steps.Step(f"{user}への質問", OPENS)])
    text = page(office)
    assert "gyomuへの質問" in text
    assert "要対応" in text


def test_a_question_to_nobody_by_name_is_everybody_s() -> None:
    """Where Airflow's login does not know our names."""
    rows = [
        SimpleNamespace(subject=name, created_at=OPENS, assignees=who)
        for name, who in (("a", [{"id": "gyomu", "name": "x"}]), ("b", [{"id": "kanri", "name": "x"}]), ("c", None))
    ]
    assert [step.subject for step in steps.of_user(rows, "gyomu")] == ["a", "c"]


def test_hours_and_spans_read_like_japanese() -> None:
    """Another day is named, another year too."""
    now = datetime(2017, 5, 9, 12, tzinfo=TOKYO)
    assert clock(datetime(2017, 5, 9, 8, 5, tzinfo=TOKYO), now) == "8:05"
    assert clock(datetime(2017, 5, 8, 18, 30, tzinfo=TOKYO), now) == "5/8 18:30"
    assert clock(datetime(2016, 5, 8, 18, 30, tzinfo=TOKYO), now) == "2016/5/8 18:30"
    assert [lasting(timedelta(minutes=m)) for m in (0, 59, 60, 125, 1440, 1500)] == [
        "0分",
        "59分",
        "1時間",
        "2時間5分",
        "1日",
        "1日1時間",
    ]
