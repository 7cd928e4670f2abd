"""How fast the line is taken to be: measured where there is enough, and then pessimistic (DESIGN §3.3)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import ceil, floor

from fukuhon.errors import ConfigurationError

__all__ = ["ENOUGH_SAMPLES", "LOW_QUANTILE", "bytes_in", "line_rate", "seconds_for"]

LOW_QUANTILE = Fraction(1, 10)
ENOUGH_SAMPLES = 5


def line_rate(
    samples: Iterable[float],
    configured: float,
    *,
    quantile: Fraction = LOW_QUANTILE,
    enough: int = ENOUGH_SAMPLES,
) -> float:
    """Bytes per second to reckon with: a low ``quantile`` of the measured rates; ``configured`` while there are few.

    ``samples``: bytes per second of uploads that ended, soonest or last first alike; those of a pretest must not be
    among them (a few records tell latency only). Raises ConfigurationError WINDOWS-005 when ``configured`` is not
    positive.
    """
    if configured <= 0:
        raise ConfigurationError("WINDOWS-005", rate=configured)
    rates = sorted(rate for rate in samples if rate > 0)
    return rates[floor(quantile * (len(rates) - 1))] if len(rates) >= max(enough, 1) else configured


def seconds_for(size: int, rate: float) -> int:
    """Whole seconds that ``size`` bytes take at ``rate`` bytes per second, rounded up; exact, so that all agree."""
    return ceil(size / Fraction(rate))


def bytes_in(seconds: float, rate: float) -> int:
    """The greatest size that ``seconds_for`` gives at most ``seconds`` for; 0 when there is no time."""
    return floor(max(floor(seconds), 0) * Fraction(rate))
