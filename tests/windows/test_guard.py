from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fukuhon.calendars import Mode, day_interval
from fukuhon.clock import tokyo
from fukuhon.errors import RefusedError
from fukuhon.windows import (
    NOT_YET,
    Channel,
    DailyCap,
    FileToSend,
    Kind,
    Line,
    Upload,
    Window,
    bytes_in,
    guard,
    plan,
    refusals,
)

DAY = date(2017, 4, 12)
NOON = tokyo(DAY, 12)
OPEN = Window.of(day_interval(DAY, 540, 720), Kind.INITIAL, bytes_limit=10_000_000)
DIFFERENTIAL = Window.of(day_interval(DAY, 480, 1440), Kind.DIFFERENTIAL)
START = OPEN.interval.start


def file(size: int = 1_000, *, kind: Kind = Kind.INITIAL, records: int = 10) -> FileToSend:
    """A file."""
    return FileToSend("f1", size, records, kind)


def codes(one: FileToSend, window: Window, now: datetime, **more: object) -> list[str]:
    """The codes of all refusals, at 1,000 bytes a second."""
    return [refusal.code for refusal in refusals(one, window, now, **({"rate": 1_000.0} | more))]


def test_file_that_fits_may_start() -> None:
    """Silence is consent."""
    guard(file(), OPEN, START, rate=1_000.0)


@pytest.mark.parametrize("now", [START - timedelta(seconds=1), OPEN.interval.end])
def test_nothing_starts_outside_its_window(now: datetime) -> None:
    """Half-open: at the end it is over."""
    assert codes(file(), OPEN, now) == ["WINDOWS-010"]


def test_file_must_end_with_the_margin_before_the_window_does() -> None:
    """To the second: 60 seconds of bytes and 300 of margin fit 360, not 359. The greatest size is named."""
    one = file(60_000)
    guard(one, OPEN, OPEN.interval.end - timedelta(seconds=360), rate=1_000.0, margin_s=300)
    with pytest.raises(RefusedError) as caught:
        guard(one, OPEN, OPEN.interval.end - timedelta(seconds=359), rate=1_000.0, margin_s=300)
    assert caught.value.code == "WINDOWS-011"
    assert caught.value.facts["greatest"] == bytes_in(59, 1_000.0)


def test_volume_counts_every_byte_and_must_stay_unreached() -> None:
    """9,999,000 spent: 999 more are below ten million, 1,000 reach it."""
    assert codes(file(999), OPEN, START, spent_bytes=9_999_000) == []
    (refused,) = refusals(file(1_000), OPEN, START, rate=1_000.0, spent_bytes=9_999_000)
    assert (refused.code, refused.facts["left"]) == ("WINDOWS-012", 999)


def test_cap_allows_equality_and_not_one_more() -> None:
    """5%以内."""
    cap = DailyCap(1_000, [Upload(tokyo(DAY, 9), "deletion", 40)])
    assert codes(file(kind=Kind.DIFFERENTIAL, records=10), DIFFERENTIAL, NOON, cap=cap) == []
    assert codes(file(kind=Kind.DIFFERENTIAL, records=11), DIFFERENTIAL, NOON, cap=cap) == ["WINDOWS-013"]


@pytest.mark.parametrize("cap", [None, DailyCap(None)])
@pytest.mark.parametrize("kind", [Kind.DIFFERENTIAL, Kind.DELETION])
def test_no_difference_before_the_total_is_known(cap: DailyCap | None, kind: Kind) -> None:
    """A forgotten cap refuses rather than lets through."""
    assert codes(file(kind=kind), DIFFERENTIAL, NOON, cap=cap) == ["WINDOWS-014"]


@pytest.mark.parametrize("kind", [Kind.PRETEST, Kind.INITIAL])
def test_pretest_and_initial_need_no_cap(kind: Kind) -> None:
    """They do not count."""
    assert codes(file(kind=kind, records=10**9), Window.of(OPEN.interval, kind), START) == []


def test_test_mode_and_unmet_preconditions_refuse() -> None:
    """What an officer has to do is in the message."""
    found = refusals(file(), OPEN, START, rate=1_000.0, mode=Mode.INTEGRATION_TEST, unmet=["(9) VPN切断"])
    assert [refusal.code for refusal in found] == ["WINDOWS-015", "WINDOWS-016"]
    assert "(9) VPN切断" in found[1].message


@pytest.mark.parametrize(
    ("channel", "done", "found"),
    [
        (Channel.WEB_SERVICE, NOT_YET, ["WINDOWS-018"]),
        (Channel.WEB_SERVICE, NOON + timedelta(seconds=1), ["WINDOWS-018"]),
        (Channel.WEB_SERVICE, NOON, []),
        (Channel.WEB_SERVICE, None, []),
        (Channel.XML_LINKAGE, NOT_YET, []),
    ],
)
def test_immediate_waits_for_scheduled_processing(channel: Channel, done: datetime | None, found: list[str]) -> None:
    """Otherwise it errs, or makes scheduled files slip to the next day (seed 1.5.2, 1.5.4)."""
    one = FileToSend("f1", 10, 1, Kind.DIFFERENTIAL, channel)
    window = Window.of(DIFFERENTIAL.interval, Kind.DIFFERENTIAL, channel=channel)
    assert codes(one, window, NOON, cap=DailyCap(1_000), scheduled_done=done) == found


def test_file_of_another_kind_is_refused() -> None:
    """A difference does not travel in an allotment, and the other way round."""
    assert "WINDOWS-017" in codes(file(kind=Kind.DIFFERENTIAL), OPEN, START, cap=DailyCap(1_000))
    assert "WINDOWS-017" in codes(file(), DIFFERENTIAL, NOON)


def test_first_refusal_is_raised_and_all_are_told() -> None:
    """An officer who mends one thing should not meet the next afterwards."""
    everything = codes(file(10**9), OPEN, NOON, mode=Mode.INTEGRATION_TEST, unmet=["x"], spent_bytes=9_999_999)
    assert everything == ["WINDOWS-015", "WINDOWS-016", "WINDOWS-010", "WINDOWS-012"]
    with pytest.raises(RefusedError) as caught:
        guard(file(10**9), OPEN, NOON, rate=1_000.0, mode=Mode.INTEGRATION_TEST)
    assert caught.value.code == "WINDOWS-015"


@given(st.lists(st.integers(1, 3_000_000), max_size=12), st.sampled_from([100.0, 999.9, 5_000.0]))
def test_guard_lets_through_what_the_plan_placed(sizes: list[int], rate: float) -> None:
    """On a line as fast as reckoned, no planned start is refused: plan and guard know one arithmetic."""
    files = [FileToSend(n, size, 1, Kind.INITIAL) for n, size in enumerate(sizes)]
    spent = 0
    for placement in plan(files, [OPEN], Line(rate, 120.0)).placed:
        guard(placement.file, OPEN, placement.interval.start, rate=rate, spent_bytes=spent, margin_s=120.0)
        spent += placement.file.bytes
    assert spent < 10_000_000
