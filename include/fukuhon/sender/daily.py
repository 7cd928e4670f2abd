"""The daily cap as the books have it: what was registered initially, what the day has used, what was coordinated."""

from __future__ import annotations

from datetime import date

from fukuhon.calendars import day_interval
from fukuhon.ledger import Reader, attempts, cap_plans, tallies
from fukuhon.site import Site
from fukuhon.windows import DailyCap, Initial, Upload, initial_total

__all__ = ["cap_as_of"]


def cap_as_of(site: Site, reader: Reader, day: date) -> DailyCap:
    """The cap, with the uploads that started on ``day`` and the days of every approved plan above it."""
    progress = {spi: Initial(*how_far) for spi, how_far in tallies.initial_progress(reader).items()}
    hours = day_interval(day)
    counted = [Upload(one.started, one.kind, one.records) for one in attempts.counted(reader, hours.start, hours.end)]
    return DailyCap(
        initial_total(progress), counted, site.limits.daily_cap_percent, coordinated=cap_plans.agreed(reader)
    )
