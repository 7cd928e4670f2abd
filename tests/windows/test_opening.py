from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import fukuhon
from fukuhon.clock import tokyo
from fukuhon.site import load
from fukuhon.windows import Allotment, Channel, Kind, Premises, current, open_windows

SAMPLE = Path(fukuhon.__file__).parents[1] / "sites" / "sample"
ALLOTTED = Allotment.parse(["2017-04-12", "2017-04-13"], "09:00", "12:00", 1_000_000)
PREMISES = Premises(2, [ALLOTTED])


def test_initial_windows_of_a_range_of_days() -> None:
    """Only the allotted days that lie in the range."""
    found = open_windows(PREMISES, Kind.INITIAL, date(2017, 4, 13), date(2017, 4, 30))
    assert [window.interval.start for window in found] == [tokyo(date(2017, 4, 13), 9)]


@pytest.mark.parametrize("kind", [Kind.DIFFERENTIAL, Kind.DELETION])
def test_deletion_travels_in_the_windows_of_differences(kind: Kind) -> None:
    """A window for each day of a weekend and the Monday after it, by the channel asked for."""
    found = open_windows(PREMISES, kind, date(2017, 5, 12), date(2017, 5, 15), Channel.TERMINAL_SCHEDULED)
    assert [f"{window.interval.start:%d %H}" for window in found] == ["12 08", "13 09", "14 09"]
    assert {(window.kind, window.channel) for window in found} == {(Kind.DIFFERENTIAL, Channel.TERMINAL_SCHEDULED)}


def test_end_of_processing_bears_on_its_day_only() -> None:
    """Each day's processing ends at an instant of its own."""
    premises = Premises(2, scheduled_done={date(2017, 5, 11): tokyo(date(2017, 5, 11), 15, 20)})
    found = open_windows(premises, Kind.DIFFERENTIAL, date(2017, 5, 10), date(2017, 5, 11), Channel.WEB_SERVICE)
    assert [f"{window.interval.start:%d %H:%M}" for window in found] == ["10 13:00", "11 15:20"]


def test_current_window_is_the_one_that_ends_first() -> None:
    """Of several that are open, the one with the least time left; none outside all of them."""
    windows = [
        *open_windows(PREMISES, Kind.DIFFERENTIAL, date(2017, 4, 12), date(2017, 4, 12)),
        *open_windows(PREMISES, Kind.INITIAL, date(2017, 4, 12), date(2017, 4, 12)),
    ]
    assert current(windows, tokyo(date(2017, 4, 12), 10)) == windows[1]
    assert current(windows, tokyo(date(2017, 4, 12), 13)) == windows[0]
    assert current(windows, tokyo(date(2017, 4, 12), 7)) is None


def test_sample_site_gives_its_premises() -> None:
    """The settings' allotments open as windows with their volumes."""
    found = open_windows(Premises.of(load(SAMPLE)), Kind.INITIAL, date(2017, 4, 1), date(2017, 6, 30))
    days = ["04-12", "04-13", "04-14", "04-17", "04-18"]
    assert [f"{window.interval.start:%m-%d %H:%M}" for window in found] == [f"{day} 09:00" for day in days]
    assert all(window.bytes_limit for window in found)
