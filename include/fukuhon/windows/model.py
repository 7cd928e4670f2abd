"""What the room speaks of: kinds of registration, channels, allotments, windows and files that wait to be sent."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Self

from fukuhon.calendars import Interval, day_interval, parse_day, parse_minutes
from fukuhon.errors import ConfigurationError

__all__ = ["TAX", "Allotment", "AllotmentState", "Channel", "FileToSend", "Kind", "Part", "Window", "part_of"]


class Kind(StrEnum):
    """Why a file is sent. A deletion travels in the windows of 差分."""

    PRETEST = "pretest"
    INITIAL = "initial"
    DIFFERENTIAL = "differential"
    DELETION = "deletion"

    @property
    def counts_for_cap(self) -> bool:
        """Whether its records count for the daily 5% (seed 1.5.1): 初期登録 and the pretest do not."""
        return self in {Kind.DIFFERENTIAL, Kind.DELETION}

    @property
    def travels_as(self) -> Kind:
        """The kind of window it needs."""
        return Kind.DIFFERENTIAL if self is Kind.DELETION else self


class Channel(IntEnum):
    """登録方法 1–4 of seed 1.5.2."""

    TERMINAL_SCHEDULED = 1
    TERMINAL_IMMEDIATE = 2
    XML_LINKAGE = 3
    WEB_SERVICE = 4

    @property
    def scheduled(self) -> bool:
        """定時 (processed by the night's batch) rather than 即時."""
        return self in {Channel.TERMINAL_SCHEDULED, Channel.XML_LINKAGE}


class Part(StrEnum):
    """The two calendars of 別紙5: 税情報 and 税情報以外."""

    TAX = "tax"
    OTHER = "other"


TAX = frozenset({"TM00000000000002"})
"""The 特定個人情報 that 別紙5 counts as 税情報: those of the tax laws."""


def part_of(spi: str) -> Part:
    """In which of the two calendars a 特定個人情報 is registered."""
    return Part.TAX if spi in TAX else Part.OTHER


class AllotmentState(StrEnum):
    """案 as proposed by J-LIS, or agreed by the body (seed 1.4.4): only the latter opens windows."""

    DRAFT = "draft"
    AGREED = "agreed"


@dataclass(frozen=True, slots=True)
class Allotment:
    """Days on which, hours in which and bytes below which this body may register initially (seed 1.4.1).

    ``start`` and ``end`` are minutes of the day; ``bytes`` is the volume of all its days together, and
    must stay unreached. (The seed does not say whether a volume is a day's; together is the stricter reading. A body
    that was given a volume a day writes one row a day.)
    """

    days: tuple[date, ...]
    start: int
    end: int
    bytes: int
    part: Part = Part.TAX
    version: int = 1
    state: AllotmentState = AllotmentState.AGREED

    @classmethod
    def parse(  # noqa: PLR0913 (the fields of one row of the settings)
        cls,
        days: Iterable[object],
        start: object,
        end: object,
        bytes_: int,
        *,
        part: str = Part.TAX,
        version: int = 1,
        state: str = AllotmentState.AGREED,
    ) -> Self:
        """Read one row of the settings: days ``YYYY-MM-DD``, times ``"00:00"``–``"24:00"`` of one day, bytes.

        Raises ConfigurationError: CALENDARS-001 no time, CALENDARS-002 no day, WINDOWS-001 reversed, WINDOWS-003 bytes.
        """
        first, last = parse_minutes(start), parse_minutes(end)
        parsed = tuple(parse_day(day) for day in days)
        if first >= last:
            raise ConfigurationError("WINDOWS-001", start=start, end=end)
        if bytes_ <= 0:
            raise ConfigurationError("WINDOWS-003", bytes=bytes_)
        return cls(parsed, first, last, bytes_, Part(part), version, AllotmentState(state))

    def interval(self, day: date) -> Interval:
        """Its hours on ``day``."""
        return day_interval(day, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Window:
    """An interval in which files of one kind start and end; ``bytes_limit`` (None: no limit) stays unreached.

    ``shares`` names the windows of the same allotment, itself among them: their bytes count together. ``part``: of its
    allotment; None takes both.
    """

    id: str
    interval: Interval
    kind: Kind
    bytes_limit: int | None = None
    channel: Channel | None = None
    shares: tuple[str, ...] = ()
    part: Part | None = None

    @classmethod
    def of(
        cls,
        interval: Interval,
        kind: Kind,
        *,
        bytes_limit: int | None = None,
        channel: Channel | None = None,
        part: Part | None = None,
    ) -> Self:
        """A window under the name that its kind, channel and start give it: the same in every run."""
        names = [kind.value, *([f"c{channel.value}"] if channel else []), f"{interval.start:%Y%m%dT%H%M}"]
        return cls("-".join(names), interval, kind, bytes_limit, channel, part=part)

    @property
    def account(self) -> tuple[str, ...]:
        """The windows whose bytes count together against ``bytes_limit``: those of its allotment, or it alone."""
        return self.shares or (self.id,)

    def takes(self, file: FileToSend) -> bool:
        """Whether ``file`` is of its kind, channel and part; what is None on either side excludes nothing."""
        if file.kind.travels_as is not self.kind or self.channel not in {None, file.channel}:
            return False
        return file.part is None or self.part in {None, file.part}

    def left(self, now: datetime) -> float:
        """Seconds until it ends, from ``now`` or from its start, whichever is later; 0 when it is over."""
        rest = self.interval.from_(now)
        return rest.seconds if rest else 0.0


@dataclass(frozen=True, slots=True)
class FileToSend:
    """What plan and guard need to know of a file. ``after``: files to be sent before it (register, then delete).

    ``part``: of its 特定個人情報; None where that does not matter.
    """

    id: Hashable
    bytes: int
    records: int
    kind: Kind
    channel: Channel = Channel.XML_LINKAGE
    after: tuple[Hashable, ...] = ()
    part: Part | None = None
