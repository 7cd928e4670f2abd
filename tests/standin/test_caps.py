from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from standin.caps import COUNTED_KINDS, Coordinated, Counted, agreed_for, daily_cap, decide

DAY = date(2017, 6, 1)
counted = st.lists(
    st.builds(
        Counted,
        st.sampled_from([DAY, date(2017, 6, 2)]),
        st.sampled_from([*COUNTED_KINDS, "pretest"]),
        st.integers(0, 500),
    )
)


@given(st.integers(0, 100_000), counted, st.integers(1, 5_000))
def test_a_day_never_passes_its_cap(total: int, before: list[Counted], records: int) -> None:
    """Allowed exactly when all that counts of the day stays at or below 5%; the rest of the day is never negative."""
    decision = decide(total, before, Counted(DAY, "registration", records))
    spent = sum(one.records for one in before if one.day == DAY and one.kind != "pretest")
    assert decision.allowed == (
        max(spent, 0) + records <= max(daily_cap(total), spent) and spent + records <= daily_cap(total)
    )
    assert decision.remaining is not None
    assert decision.remaining == max(daily_cap(total) - spent, 0) - (records if decision.allowed else 0)


@given(st.integers(0, 10**9))
def test_cap_is_the_floor_of_five_percent(total: int) -> None:
    """A started record is none."""
    assert daily_cap(total) * 20 <= total < (daily_cap(total) + 1) * 20


def test_without_complete_initial_registration_nothing_goes() -> None:
    """差分 needs what it is a difference to."""
    assert not decide(None, [], Counted(DAY, "registration", 1)).allowed


@given(st.integers(0, 10_000), counted, st.integers(1, 900), st.integers(1, 900))
def test_a_coordinated_day_takes_what_was_agreed(total: int, before: list[Counted], agreed: int, records: int) -> None:
    """Seed 2.1.1: that day, that many; where the percentage is more, the percentage."""
    there = [Coordinated(frozenset({DAY}), agreed)]
    limit = max(daily_cap(total), agreed)
    decision = decide(total, before, Counted(DAY, "registration", records), agreed=agreed_for(DAY, there))
    spent = sum(one.records for one in before if one.day == DAY and one.kind != "pretest")
    assert decision.allowed == (spent + records <= limit)
    assert agreed_for(date(2017, 6, 2), there) == 0
