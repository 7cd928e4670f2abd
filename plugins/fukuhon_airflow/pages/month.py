"""What the calendar tells: for each day what was allotted, what is planned and what was done."""
# ruff: noqa: PLC0415 - the library is loaded with the first page

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fukuhon.ledger.attempts import Attempt
    from fukuhon.ledger.files import File
    from fukuhon.registration.desk import Desk
    from fukuhon.windows import Allotment, Window

__all__ = ["Amount", "Day", "Month", "month", "parse_month"]

_WORDS = {"reconcile": "突合", "confirm_results": "結果確認", "preflight": "前提確認"}


@dataclass
class Amount:
    """Files with what they hold."""

    files: int = 0
    records: int = 0
    bytes: int = 0

    def add(self, records: int, bytes_: int) -> None:
        """One more file."""
        self.files += 1
        self.records += records
        self.bytes += bytes_


@dataclass
class Day:
    """One day of the calendar."""

    day: date
    closed: bool
    holiday: str | None
    today: bool
    past: bool
    allotted: list[Allotment] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)
    planned: Amount = field(default_factory=Amount)
    sent_on_time: int = 0
    """Of the planned files, those that the server took on this day or before."""
    actual: Amount = field(default_factory=Amount)
    faults: int = 0
    confirmed: int = 0
    """Files whose processing ended on this day."""
    duties: list[tuple[datetime, str]] = field(default_factory=list)
    prepares: bool = False

    @property
    def limit(self) -> int:
        """The bytes of the agreed allotments; 0 for none."""
        return sum(row.bytes for row in self.allotted if row.state == "agreed")

    @property
    def empty(self) -> bool:
        """Whether nothing is told of it."""
        return not (self.allotted or self.windows or self.planned.files or self.actual.files or self.rest)

    @property
    def rest(self) -> bool:
        """Whether anything but sending happens."""
        return bool(self.faults or self.confirmed or self.duties or self.prepares)

    @property
    def state(self) -> tuple[str, str]:
        """How the day stands: a class of colour and a word; two empty ones where nothing is to be sent."""
        late = self.planned.files - self.sent_on_time
        if self.limit and self.actual.bytes >= self.limit:
            return "bad", "割当量に達した"
        if late and self.past:
            return "bad", f"{late:,} ファイルが当日に送れず"
        if self.actual.files > self.planned.files:
            return "warn", "計画外の送信あり"
        if self.planned.files:
            return ("plain", "本日送信" if self.today else "予定") if late else ("good", "予定どおり")
        return ("plain", "送るものなし" if self.past else "予定（計画前）") if self.windows else ("", "")


@dataclass(frozen=True, slots=True)
class Month:
    """One month, week by week (Sunday first), and its neighbours where anything is planned there."""

    now: datetime
    first: date
    weeks: list[list[Day | None]]
    before: date | None
    after: date | None

    @property
    def days(self) -> list[Day]:
        """Its days of which something is told."""
        return [day for week in self.weeks for day in week if day is not None and not day.empty]


def parse_month(text: str | None) -> date | None:
    """The first day of ``YYYY-MM``; None for anything else."""
    try:
        return datetime.strptime(text or "", "%Y-%m").date()  # noqa: DTZ007 - a month, no instant
    except ValueError:
        return None


def month(desk: Desk, wanted: date | None) -> Month:
    """One month of a site: the wanted one, else the present one. It stays within the schedule."""
    from fukuhon.calendars import tokyo_day
    from fukuhon.windows.schedule import load_schedule

    now = desk.now()
    schedule = load_schedule(desk.site.folder)
    first, last = schedule.first_day.replace(day=1), schedule.last_day.replace(day=1)
    shown = min(max((wanted or tokyo_day(now)).replace(day=1), first), last)
    days = _days(desk, shown, tokyo_day(now))
    _planned(desk, days)
    _done(desk, days)
    weeks = calendar.Calendar(firstweekday=6).monthdatescalendar(shown.year, shown.month)
    return Month(
        now=now,
        first=shown,
        weeks=[[days.get(day) for day in week] for week in weeks],
        before=_step(shown, -1) if shown > first else None,
        after=_step(shown, 32) if shown < last else None,
    )


def _step(first: date, days: int) -> date:
    return (first + timedelta(days=days)).replace(day=1)


def _days(desk: Desk, first: date, today: date) -> dict[date, Day]:
    import jpholiday

    business = desk.site.calendar()
    length = calendar.monthrange(first.year, first.month)[1]
    days = [first + timedelta(days=n) for n in range(length)]
    return {
        day: Day(
            day=day,
            closed=not business.is_business_day(day),
            holiday=jpholiday.is_holiday_name(day),
            today=day == today,
            past=day < today,
        )
        for day in days
    }


def _planned(desk: Desk, days: Mapping[date, Day]) -> None:
    """Allotments, windows and duties: from settings and schedule."""
    from fukuhon.calendars import tokyo_day
    from fukuhon.windows.schedule import allotments, differential_days, duty_times, upload_windows

    for row in allotments(desk.site):
        for day in _of(days, row.days):
            day.allotted.append(row)
    for window in upload_windows(desk.site):
        for day in _of(days, [tokyo_day(window.interval.start)]):
            day.windows.append(window)
    for duty, word in _WORDS.items():
        for at in duty_times(desk.site, duty):
            for day in _of(days, [tokyo_day(at)]):
                day.duties.append((at, word))
    for day in _of(days, differential_days(desk.site)):
        day.prepares = True


def _of(days: Mapping[date, Day], wanted: Iterable[date]) -> list[Day]:
    return [days[day] for day in wanted if day in days]


def _done(desk: Desk, days: Mapping[date, Day]) -> None:
    """What the books say: planned files, files taken by the server, files whose processing ended."""
    from fukuhon.ledger import attempts, files

    with desk.ledger.reading() as reader:
        tries, known = attempts.find(reader), files.find(reader)
    sent = _received(tries)
    for attempt in tries:
        _count_attempt(attempt, days)
    for file in known:
        _count_file(file, sent.get(file.id), days)


def _received(tries: Iterable[Attempt]) -> dict[int, date]:
    """The day on which each file went, of those that the server took."""
    from fukuhon.calendars import tokyo_day

    return {each.file_id: tokyo_day(each.started) for each in tries if each.outcome == "received"}


def _count_attempt(attempt: Attempt, days: Mapping[date, Day]) -> None:
    from fukuhon.calendars import tokyo_day

    for day in _of(days, [tokyo_day(attempt.started)]):
        if attempt.outcome == "received":
            day.actual.add(attempt.records, attempt.bytes)
        elif attempt.outcome is not None:
            day.faults += 1


def _count_file(file: File, sent: date | None, days: Mapping[date, Day]) -> None:
    from fukuhon.calendars import tokyo_day

    if file.window_start is not None and file.state.value != "superseded":
        for day in _of(days, [tokyo_day(file.window_start)]):
            day.planned.add(file.records, file.bytes)
            day.sent_on_time += sent is not None and sent <= day.day
    if file.completed_at is not None:
        for day in _of(days, [tokyo_day(file.completed_at)]):
            day.confirmed += 1
