from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fukuhon.clock import tokyo
from fukuhon.registration.statuses import Meaning, Status, may_ask, read_row

DAY = date(2017, 5, 10)
COUNTS = st.integers(0, 300_000)


def test_completed_is_not_success() -> None:
    """The seed's own screen: 処理完了 with one record processed and one in error."""
    row = read_row(Status.COMPLETED, 1, 1, 1)
    assert (row.meaning, row.ok, row.clean) == (Meaning.PROCESSED_WITH_ERRORS, 0, False)


def test_registered_are_the_processed_less_the_errors() -> None:
    """Five processed, one of them in error: four are registered."""
    assert read_row(Status.COMPLETED, 5, 1, 5).ok == 4
    assert read_row(Status.COMPLETED, 5, 0, 5).clean


def test_lower_count_without_errors_is_a_failure() -> None:
    """差異がないこと: three sent, two processed, no error, and yet not clean."""
    row = read_row(Status.COMPLETED, 2, 0, 3)
    assert (row.meaning, row.counts_match, row.clean) == (Meaning.PROCESSED, False, False)


@given(st.sampled_from(Status), COUNTS, COUNTS, COUNTS)
def test_only_a_complete_row_without_error_and_difference_is_clean(
    status: Status, processed: int, errors: int, sent: int
) -> None:
    """Nothing else may be confirmed without a person; and what is clean registered every record."""
    row = read_row(status, processed, errors, sent)
    assert row.clean == (status is Status.COMPLETED and errors == 0 and processed == sent)
    assert 0 <= row.ok <= processed
    assert not row.clean or row.ok == sent


@pytest.mark.parametrize("status", [Status.ERROR, Status.WAITING])
def test_rejected_and_waiting_registered_nothing(status: Status) -> None:
    """処理エラー shows 0/0: no error, and nothing registered."""
    assert read_row(status, 0, 0, 5).ok == 0


def test_status_is_read_as_the_screen_writes_it() -> None:
    """A word that the screen does not show is refused."""
    assert Status("処理待ち") is Status.WAITING
    with pytest.raises(ValueError, match="処理中"):
        Status("処理中")


def test_first_look_is_free() -> None:
    """Nobody has looked yet."""
    assert may_ask(None, [], tokyo(DAY, 9))


@given(st.integers(0, 72), st.lists(st.integers(0, 72), max_size=4), st.integers(0, 72))
def test_each_look_waits_for_a_batch_of_a_later_day(looked: int, ends: list[int], now: int) -> None:
    """Between two looks that show 処理待ち a night's batch of a later day has ended."""
    start = tokyo(DAY)
    hours = [start + timedelta(hours=hour) for hour in ends]
    look, ask = start + timedelta(hours=looked), start + timedelta(hours=now)
    expected = any(end <= ask and end.date() > look.date() for end in hours)
    assert may_ask(look, hours, ask) == expected


def test_batch_that_ends_now_has_ended() -> None:
    """At the instant of its end one may look."""
    end = tokyo(date(2017, 5, 11), 3)
    assert may_ask(tokyo(DAY, 20), [end], end)
    assert not may_ask(tokyo(DAY, 20), [end], end - timedelta(seconds=1))
