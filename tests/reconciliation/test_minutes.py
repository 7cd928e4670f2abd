from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fukuhon.clock import tokyo
from fukuhon.reconciliation.minutes import Actor, MatchingRequest, Phase, Reason, rule_on

DAY = date(2017, 5, 10)
MINUTE = tokyo(DAY, 22, 5)
GOOD = MatchingRequest(
    spi="TM00000000000002",
    dataset="TK00000200000002",
    key="0001A",
    first=MINUTE,
    last=MINUTE,
    received=tokyo(DAY, 20, 41),
    completed=tokyo(DAY, 22, 31, 40),
    asked=Actor("groustaff001", "9000000004"),
    ordered=Actor("resp001", "9000000005"),
    released=Actor("resp001", "9000000005"),
)
MINUTES = st.integers(0, 1439).map(lambda minute: tokyo(DAY) + timedelta(minutes=minute))


def reason(**changed: object) -> Reason | None:
    """Why the good request is refused once it is changed."""
    return rule_on(replace(GOOD, **changed)).reason


def test_one_key_one_minute_two_people() -> None:
    """The request of the seed."""
    assert rule_on(GOOD).allowed


def test_request_that_nobody_ordered_yet_may_be_made() -> None:
    """It is asked first, then ordered, then released."""
    assert rule_on(replace(GOOD, ordered=None, released=None)).allowed


@pytest.mark.parametrize("phase", Phase)
def test_full_output_never(phase: Phase) -> None:
    """全件出力 is barred at any time."""
    assert reason(dataset=None, key=None, first=None, last=None, phase=phase) is Reason.FULL_OUTPUT


@pytest.mark.parametrize("blank", [None, ""])
def test_every_field_is_asked_for_during_initial(blank: str | None) -> None:
    """Dataset, key and minute; an empty text is no key."""
    assert reason(dataset=blank) is Reason.NO_DATASET
    assert reason(key=blank) is Reason.NO_KEY
    assert reason(first=None, last=None) is Reason.NOT_ONE_MINUTE
    assert reason(last=None) is Reason.NOT_ONE_MINUTE


@given(MINUTES, MINUTES)
def test_only_equal_ends_are_one_minute(first: datetime, last: datetime) -> None:
    """開始日時 and 終了日時 are the same."""
    ruling = rule_on(replace(GOOD, first=first, last=last))
    assert first == last or ruling.reason is Reason.NOT_ONE_MINUTE


@given(MINUTES)
def test_minute_lies_between_receipt_and_completion(minute: datetime) -> None:
    """Both minutes included: the one in which it was received, and the one of 処理完了日時."""
    inside = tokyo(DAY, 20, 41) <= minute <= tokyo(DAY, 22, 31)
    assert rule_on(replace(GOOD, first=minute, last=minute)).allowed == inside


def test_receipt_within_a_minute_leaves_that_minute() -> None:
    """Received at 20:41:30: 20:41 may be asked for, 20:40 not."""
    received = tokyo(DAY, 20, 41, 30)
    early = tokyo(DAY, 20, 40)
    assert reason(received=received, first=tokyo(DAY, 20, 41), last=tokyo(DAY, 20, 41)) is None
    assert reason(received=received, first=early, last=early) is Reason.BEFORE_RECEIPT


def test_completion_on_the_minute_includes_that_minute() -> None:
    """処理完了日時 22:05:00 still lets 22:05 be asked for."""
    assert reason(completed=MINUTE) is None


def test_file_that_is_not_processed_has_no_minute() -> None:
    """処理完了日時 is unknown."""
    assert reason(completed=None) is Reason.NOT_COMPLETED


@pytest.mark.parametrize("who", ["ordered", "released"])
def test_manager_is_another_person_in_another_role(who: str) -> None:
    """Whoever asked neither orders nor releases, whatever roles the account has."""
    assert reason(**{who: Actor("groustaff001", "9000000005")}) is Reason.SAME_PERSON
    assert reason(**{who: Actor("resp001", "9000000004")}) is Reason.WRONG_ROLE


@pytest.mark.parametrize("role", ["9000000001", "9000000005", "9000000006", ""])
def test_only_the_collation_requester_asks(role: str) -> None:
    """一般業務, 取扱責任者 and システム管理者 may not."""
    assert reason(asked=Actor("someone", role)) is Reason.WRONG_ROLE


def test_key_alone_is_enough_in_operation_where_it_is_unique() -> None:
    """The minute is a rule of 初期登録; but a key that is a fiscal year selects everybody's record."""
    narrow = {"phase": Phase.OPERATION, "first": None, "last": None}
    assert reason(**narrow, key_unique=True) is None
    assert reason(**narrow, key_unique=False) is Reason.NOT_ONE_MINUTE
    assert reason(**narrow, key=None, key_unique=True) is Reason.FULL_OUTPUT
