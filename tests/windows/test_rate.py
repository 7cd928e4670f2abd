from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fukuhon.errors import ConfigurationError
from fukuhon.windows import bytes_in, line_rate, seconds_for

RATES = st.floats(0.5, 1e9)


@given(st.integers(0, 10**12), RATES)
def test_size_and_seconds_agree(size: int, rate: float) -> None:
    """The greatest size for the seconds a file takes is no smaller than the file; one second less does not do."""
    seconds = seconds_for(size, rate)
    assert bytes_in(seconds, rate) >= size
    assert seconds == 0 or bytes_in(seconds - 1, rate) < size


@given(st.floats(-10, 1e6), RATES)
def test_greatest_size_fits_and_one_more_byte_does_not(seconds: float, rate: float) -> None:
    """What is named as the greatest size is the greatest."""
    greatest = bytes_in(seconds, rate)
    assert greatest >= 0
    assert seconds_for(greatest, rate) <= max(seconds, 0)
    assert seconds_for(greatest + 1, rate) > seconds


@given(st.lists(RATES, max_size=4), RATES)
def test_few_samples_tell_nothing(samples: list[float], configured: float) -> None:
    """Below five the configured rate holds."""
    assert line_rate(samples, configured) == configured


@given(st.lists(RATES, min_size=5, max_size=60), RATES)
def test_rate_is_a_low_one_that_was_measured(samples: list[float], configured: float) -> None:
    """At most one in ten uploads was slower, and the order in which they are told does not matter."""
    rate = line_rate(samples, configured)
    assert rate in samples
    assert sum(sample < rate for sample in samples) <= len(samples) / 10
    assert line_rate(sorted(samples), configured) == rate


def test_quantile_is_a_setting() -> None:
    """The median of eleven."""
    assert line_rate(range(1, 12), 1.0, quantile=Fraction(1, 2)) == 6


@pytest.mark.parametrize("configured", [0, -1.0])
def test_line_without_a_rate_is_a_mistake_of_the_settings(configured: float) -> None:
    """Nothing would ever fit, or everything."""
    with pytest.raises(ConfigurationError) as caught:
        line_rate([], configured)
    assert caught.value.code == "WINDOWS-005"


def test_uploads_without_duration_are_left_out() -> None:
    """A rate of nothing measures nothing."""
    assert line_rate([0.0] * 50, 7.0) == 7.0
