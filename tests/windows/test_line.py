from __future__ import annotations

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fukuhon.calendars import day_interval
from fukuhon.windows import Channel, Kind, Window
from fukuhon.windows.line import one_line

DAY = date(2017, 4, 12)
C1, C3, C4 = Channel.TERMINAL_SCHEDULED, Channel.XML_LINKAGE, Channel.WEB_SERVICE


def window(start: int, end: int, kind: Kind = Kind.DIFFERENTIAL, channel: Channel | None = C3) -> Window:
    """A window by hours of the day."""
    return Window.of(day_interval(DAY, start * 60, end * 60), kind, channel=channel)


HOURS = st.tuples(st.integers(0, 24), st.integers(0, 24)).filter(lambda pair: pair[0] < pair[1])
WINDOWS = st.lists(
    st.builds(
        lambda hours, kind, channel: window(*hours, kind, channel),
        HOURS,
        st.sampled_from([Kind.INITIAL, Kind.PRETEST, Kind.DIFFERENTIAL]),
        st.sampled_from([C1, C3, C4]),
    ),
    max_size=6,
)


@given(WINDOWS)
def test_no_two_are_open_at_once_and_no_hour_is_lost(windows: list[Window]) -> None:
    """Every hour that was open stays open, for a kind that had it; each window has a name of its own."""
    found = one_line(windows)
    assert all(not one.interval.overlaps(next_.interval) for one, next_ in pairwise(found))
    assert len({one.id for one in found}) == len(found)
    for hour in range(24):
        at = day_interval(DAY, hour * 60).start
        before = {one.kind for one in windows if at in one.interval}
        after = {one.kind for one in found if at in one.interval}
        assert bool(before) == bool(after)
        assert after <= before


def test_what_is_not_cut_stays_as_it_is() -> None:
    """With its name, volume and channel."""
    alone = Window.of(day_interval(DAY, 540, 720), Kind.INITIAL, bytes_limit=5)
    assert one_line([alone]) == [alone]
    assert one_line([]) == []


def test_allotment_keeps_its_hours() -> None:
    """差分 has the rest of the day, in two windows with two names."""
    found = one_line([window(8, 24), window(9, 12, Kind.INITIAL, None)])
    assert [(one.kind, one.interval.start.hour) for one in found] == [
        (Kind.DIFFERENTIAL, 8),
        (Kind.INITIAL, 9),
        (Kind.DIFFERENTIAL, 12),
    ]


def test_touching_allotments_are_not_merged() -> None:
    """Their volumes are two."""
    assert len(one_line([window(9, 12, Kind.INITIAL, None), window(12, 15, Kind.INITIAL, None)])) == 2


def test_channels_that_are_open_together_share_the_window() -> None:
    """定時 8–24 and 即時 13–21: from 13 to 21 a file of either may start."""
    found = one_line([window(8, 24, channel=C1), window(13, 21, channel=C4)])
    assert [(one.interval.start.hour, one.channel) for one in found] == [(8, C1), (13, None), (21, C1)]
