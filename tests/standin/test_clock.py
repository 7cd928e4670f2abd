from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standin.clock import (
    ClockError,
    SimulatedClock,
    from_micros,
    iso,
    micros,
    minute,
    minute_iso,
    parse_instant,
    second,
)

instants = st.integers(0, 14 * 366 * 24 * 3600 * 1_000_000).map(lambda one: from_micros(one + 1_451_606_400_000_000))


@given(instants)
def test_what_is_kept_comes_back(at: datetime) -> None:
    """Neither text nor microseconds lose anything."""
    assert parse_instant(iso(at)) == at
    assert from_micros(micros(at)) == at


@given(instants, instants)
def test_clock_never_goes_back(first: datetime, second_one: datetime) -> None:
    """A step into the past is refused; bytes of an older upload leave the clock where it is."""
    clock = SimulatedClock(first)
    clock.reach(second_one)
    assert clock.now == max(first, second_one)
    with pytest.raises(ClockError):
        clock.advance_to(clock.now - timedelta(microseconds=1))


@given(instants)
def test_screens_round_nothing_up(at: datetime) -> None:
    """A record registered in the 59th second is of that minute."""
    assert minute(at) <= parse_instant(second(at)) <= at
    assert minute_iso(at) == iso(minute(at))[:16] + "+09:00"


@pytest.mark.parametrize("text", ["", "2017-04-12", "2017-04-12T09:00:00", "2017-02-29T09:00:00+09:00", "24:00"])
def test_instant_without_offset_is_refused(text: str) -> None:
    """Half an instant would be read by the zone of the machine."""
    with pytest.raises(ClockError):
        parse_instant(text)
