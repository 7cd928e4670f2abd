"""Hours of 差分 by registration method (seed 1.5.2), as dated settings.

Until the end of June 2017 the seed's table holds; from July on the hours in which the server serves, the data stop
included (seed 2.1.1), until J-LIS presents others: then a row is added. On weekends and holidays both meet the
service hours (inferred).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fukuhon.calendars import SERVICE_HOURS, Interval, ModeCalendar, ServiceHours, day_interval
from fukuhon.clock import TOKYO
from fukuhon.errors import ConfigurationError
from fukuhon.windows.model import Channel, Kind

__all__ = ["CHANNEL_HOURS", "NOT_YET", "ChannelHours", "channel_windows"]

# Stands for the end of scheduled processing that is planned for the day and not over: no immediate window opens.
NOT_YET = datetime(9999, 12, 31, tzinfo=TOKYO)

_SCHEDULED = frozenset({Channel.TERMINAL_SCHEDULED, Channel.XML_LINKAGE})
_IMMEDIATE = frozenset({Channel.TERMINAL_IMMEDIATE, Channel.WEB_SERVICE})
_ALL_GROUPS = frozenset({1, 2, 3})


@dataclass(frozen=True, slots=True)
class ChannelHours:
    """Hours (minutes of the day) in which a 差分 upload may start; ``valid_from`` and ``valid_to`` are included."""

    channels: frozenset[Channel]
    start: int
    end: int
    groups: frozenset[int] = _ALL_GROUPS
    valid_from: date | None = None
    valid_to: date | None = None
    after_scheduled: bool = False

    def covers(self, day: date, group: int, channel: Channel) -> bool:
        """Whether it says something about this day, group and channel."""
        in_time = (self.valid_from or date.min) <= day <= (self.valid_to or date.max)
        return in_time and group in self.groups and channel in self.channels


_JUNE_END, _JULY = date(2017, 6, 30), date(2017, 7, 1)
_MAY_END, _JUNE = date(2017, 5, 31), date(2017, 6, 1)

# The first row that covers the day holds. That an immediate waits for the day's scheduled processing is kept after
# July, since the conflicts of seed 1.5.4 are the server's behaviour and not the spring's agreement (inferred).
CHANNEL_HOURS: tuple[ChannelHours, ...] = (
    ChannelHours(_SCHEDULED, 480, 1440, valid_to=_JUNE_END),
    ChannelHours(_IMMEDIATE, 1140, 1260, groups=frozenset({1}), valid_to=_MAY_END, after_scheduled=True),
    ChannelHours(_IMMEDIATE, 780, 1260, groups=frozenset({2, 3}), valid_to=_MAY_END, after_scheduled=True),
    ChannelHours(_IMMEDIATE, 780, 1260, valid_from=_JUNE, valid_to=_JUNE_END, after_scheduled=True),
    ChannelHours(_SCHEDULED, 0, 1440, valid_from=_JULY),
    ChannelHours(_IMMEDIATE, 0, 1440, valid_from=_JULY, after_scheduled=True),
)


def channel_windows(  # noqa: PLR0913 (the columns of the seed's table, and the settings that date it)
    day: date,
    group: int,
    channel: int,
    kind: Kind = Kind.DIFFERENTIAL,
    scheduled_done: datetime | None = None,
    *,
    hours: ServiceHours = SERVICE_HOURS,
    modes: ModeCalendar | None = None,
    rules: Sequence[ChannelHours] = CHANNEL_HOURS,
) -> list[Interval]:
    """The intervals of ``day`` in which an upload of ``kind`` may start; none for 初期登録, which is allotted.

    A pretest may be sent on any day (seed 1.4.2); that it keeps to the same hours is inferred: an immediate one would
    interrupt scheduled processing like any other. ``scheduled_done``: when all 定時 processing planned for that day
    ended; None when none was planned, ``NOT_YET`` while it is not over. Raises ConfigurationError WINDOWS-004 for a
    group or channel that does not exist, or a day without a rule.
    """
    rule = _rule(rules, day, group, channel)
    if kind is Kind.INITIAL or not (modes or ModeCalendar()).registers(day):
        return []
    allowed: Interval | None = day_interval(day, rule.start, rule.end)
    if rule.after_scheduled and scheduled_done is not None and allowed:
        allowed = allowed.from_(scheduled_done)
    return [part for open_ in hours.uploads(day) if allowed and (part := allowed.meet(open_))]


def _rule(rules: Sequence[ChannelHours], day: date, group: int, channel: int) -> ChannelHours:
    known = channel in set(Channel)
    rule = next((row for row in rules if row.covers(day, group, Channel(channel))), None) if known else None
    if rule is None:
        raise ConfigurationError("WINDOWS-004", day=day.isoformat(), group=group, channel=channel)
    return rule
