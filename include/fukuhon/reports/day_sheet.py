"""本日の作業票: what is due today, what waits for whom, what goes out, what is wrong; to be ticked by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fukuhon.reports.quality_report import Judgement
from fukuhon.reports.style import render

__all__ = [
    "DayFacts",
    "DeadlineFacts",
    "DutyFacts",
    "HeldFacts",
    "PasswordFacts",
    "PlannedFile",
    "WaitingFile",
    "WindowFacts",
    "WrongFacts",
    "bytes_text",
    "day_judgement",
    "day_sheet",
]

_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class DutyFacts:
    """A duty of today and its due time; ``done``: it has been done since the day began."""

    wording: str
    at: datetime
    done: bool


@dataclass(frozen=True, slots=True)
class DeadlineFacts:
    """Records of one dataset, changed on one day, that have to be registered before ``due`` (翌々開庁日)."""

    dataset: str
    changed: date
    due: datetime
    records: int
    state: str


@dataclass(frozen=True, slots=True)
class HeldFacts:
    """What waits for a person: an approval, quarantined records, a file in doubt; ``who`` is to decide by ``until``."""

    what: str
    name: str
    who: str
    since: datetime | date | None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file planned for a window."""

    name: str
    dataset: str
    records: int
    bytes: int
    state: str


@dataclass(frozen=True, slots=True)
class WindowFacts:
    """A window of today. The volume must stay unreached: what is spare is below ``limit`` by one byte at least."""

    kind: str
    start: datetime
    end: datetime
    limit: int | None
    spent: int
    files: tuple[PlannedFile, ...]

    @property
    def planned(self) -> int:
        """Bytes of the files planned for it and not sent yet."""
        return sum(file.bytes for file in self.files)

    @property
    def spare(self) -> int | None:
        """Bytes that may be added; negative where too much is planned; None where there is no limit."""
        return None if self.limit is None else self.limit - 1 - self.spent - self.planned


@dataclass(frozen=True, slots=True)
class WrongFacts:
    """What is wrong: its code, the sentence, what to do, the manual's section; where it is several, each in a line."""

    code: str
    message: str
    next_step: str
    manual: str | None
    since: datetime
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """A file that the server has taken and not processed (処理待ち)."""

    name: str
    receipt: str
    records: int
    since: datetime
    nights: int
    slipped_to: date | None

    def waited(self, now: datetime) -> str:
        """How long it has waited."""
        return _span(now - self.since)


@dataclass(frozen=True, slots=True)
class PasswordFacts:
    """An account whose password runs out: the first day on which it no longer holds, and who helps."""

    user: str
    expires: date
    state: str
    what_to_do: str


@dataclass(frozen=True, slots=True)
class DayFacts:
    """All that the sheet tells. ``passwords`` None: the server was not asked, or did not answer."""

    body_name: str
    body_code: str
    now: datetime
    business_day: bool
    stopped: bool
    duties: tuple[DutyFacts, ...]
    deadlines: tuple[DeadlineFacts, ...]
    held: tuple[HeldFacts, ...]
    windows: tuple[WindowFacts, ...]
    wrong: tuple[WrongFacts, ...]
    waiting: tuple[WaitingFile, ...]
    passwords: tuple[PasswordFacts, ...] | None

    @property
    def late(self) -> tuple[DeadlineFacts, ...]:
        """Records whose deadline has passed."""
        return tuple(each for each in self.deadlines if each.due <= self.now)

    @property
    def open_duties(self) -> tuple[DutyFacts, ...]:
        """Duties of today that are not done."""
        return tuple(duty for duty in self.duties if not duty.done)


def day_sheet(facts: DayFacts) -> str:
    """Return the sheet as one self-contained HTML page for A4. It stays in the body: counts are told as they are."""
    return render("day.html", facts=facts, verdict=day_judgement(facts), size=bytes_text)


def day_judgement(facts: DayFacts) -> Judgement:
    """The day in one sentence: something is wrong, something is to be done, or nothing."""
    reasons = []
    if facts.stopped:
        reasons.append("送信の停止が指示されています。解除するまで何も送信しません。")
    if facts.late:
        reasons.append(f"登録期限を過ぎた異動があります（{sum(each.records for each in facts.late):,}件）。")
    if facts.wrong:
        reasons.append(f"直すことが{len(facts.wrong)}件あります（「異常と対処」）。")
    if reasons:
        return Judgement("stop", "先に直すことがあります。", tuple(reasons))
    todo = len(facts.open_duties) + len(facts.held) + len(facts.deadlines)
    if todo or facts.passwords:
        return Judgement("partial", f"今日することが{todo + len(facts.passwords or ())}件あります。", ())
    return Judgement("ok", "今日までにすることは済んでいます。", ())


def bytes_text(count: int | None) -> str:
    """A size for a person; a dash where there is none."""
    if count is None:
        return "―"
    sign, size = ("−" if count < 0 else ""), abs(count)
    for unit, step in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= step:
            return f"{sign}{size / step:,.1f} {unit}"
    return f"{sign}{size:,} B"


def _span(waited: timedelta) -> str:
    days, rest = divmod(int(waited.total_seconds()), _DAY_S)
    hours, minutes = rest // 3600, rest % 3600 // 60
    return f"{days}日{hours}時間" if days else f"{hours}時間{minutes:02d}分"
