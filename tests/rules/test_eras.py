from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fukuhon.rules.eras import ERAS, UNREADABLE, wire_date

DAYS = st.dates(date(1868, 1, 25), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("明治元年1月25日", "1868-01-25"),
        ("明治45年7月30日", "1912-07-30"),
        ("大正元年7月30日", "1912-07-30"),
        ("大正15年12月25日", "1926-12-25"),
        ("昭和元年12月25日", "1926-12-25"),
        ("昭和64年1月7日", "1989-01-07"),
        ("平成元年1月8日", "1989-01-08"),
        ("平成31年4月30日", "2019-04-30"),
        ("令和元年5月1日", "2019-05-01"),
    ],
)
def test_eras_begin_and_end_on_their_days(text: str, day: str) -> None:
    """The days of change of 大正 and 昭和 belong to both eras; 平成 and 令和 began at midnight."""
    assert wire_date(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "明治元年1月24日",
        "明治45年7月31日",
        "大正元年7月29日",
        "昭和元年12月24日",
        "昭和64年1月8日",
        "平成元年1月7日",
        "平成31年5月1日",
        "令和元年4月30日",
        "令和元年4月不詳日",
    ],
)
def test_days_outside_their_era_are_not_guessed(text: str) -> None:
    """Whoever wrote one of these meant another year or another era."""
    assert wire_date(text) == UNREADABLE


@pytest.mark.parametrize(
    "text",
    [
        "平成29年4月1日",
        "平成２９年４月１日",
        "平成二十九年四月一日",
        "平成29.4.1",
        "平29.4.1",
        "H29.4.1",
        "h29/04/01",
        "H.29.4.1",
        "Ｈ２９－４－１",
        "H290401",
        "4290401",
        "平290401",
        "㍻29年4月1日",
        " 平成 29年 4月 1日 ",
        "2017-04-01",
        "20170401",
        "2017/4/1",
        "2017年4月1日",
        "２０１７．４．１",
    ],
)
def test_one_day_in_many_hands(text: str) -> None:
    """Systems and officers write the same day in many ways."""
    assert wire_date(text) == "2017-04-01"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("3250500", "1950-05-00"),
        ("3250000", "1950-00-00"),
        ("昭和25年5月不詳", "1950-05-00"),
        ("昭和25年不詳月不詳日", "1950-00-00"),
        ("19500500", "1950-05-00"),
        ("1950-00-00", "1950-00-00"),
        ("昭和64年00月00日", "1989-00-00"),
        ("0000000", "0000-00-00"),
        ("00000000", "0000-00-00"),
        ("不詳", "0000-00-00"),
    ],
)
def test_unknown_parts_stay_unknown(text: str, day: str) -> None:
    """不詳 is a fact of its own: it becomes zeros, never the first of a month."""
    assert wire_date(text) == day


@pytest.mark.parametrize("text", ["", " ", "　"])
def test_a_blank_is_no_date(text: str) -> None:
    """Columns of fixed width hold blanks where there is nothing."""
    assert wire_date(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "2017-02-29",
        "20170431",
        "昭和25年13月1日",
        "3250001",
        "99999999",
        "9999999",
        "6010101",
        "平成0年1月1日",
        "昭和不詳年1月1日",
        "昨日",
        "17-4-1",
        "2017-4",
        "H29",
        "1867-12-31",
        "20170401x",
        "?",
    ],
)
def test_what_cannot_be_read_is_marked(text: str) -> None:
    """The mark is refused by every layout check: quarantined, never sent, never lost."""
    assert wire_date(text) == UNREADABLE


@given(DAYS)
def test_every_day_can_be_said_in_its_era(day: date) -> None:
    """Whatever the form, the same day comes back."""
    era = next(era for era in reversed(ERAS) if era.first <= day)
    year = day.year - era.first.year + 1
    forms = [
        f"{era.name}{'元' if year == 1 else year}年{day.month}月{day.day}日",
        f"{era.letter}{year}.{day.month}.{day.day}",
        day.strftime("%Y%m%d"),
        day.isoformat(),
    ]
    if year < 100:
        forms += [f"{era.code}{year:02d}{day:%m%d}", f"{era.letter}{year:02d}{day:%m%d}"]
    assert {wire_date(form) for form in forms} == {day.isoformat()}


@given(st.text(max_size=12))
def test_anything_is_read_marked_or_blank(text: str) -> None:
    """No input raises, and none comes back as it was when it was not understood."""
    read = wire_date(text)
    assert read is None or read == UNREADABLE or (len(read) == 10 and read[4] == read[7] == "-")


def test_eras_follow_each_other() -> None:
    """No day without an era since 明治; the changes of 1912 and 1926 overlap by their day."""
    for earlier, later in pairwise(ERAS):
        assert later.first - earlier.last in {timedelta(0), timedelta(1)}
        assert earlier.year(1) == earlier.first.year
