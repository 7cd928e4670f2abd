"""What the books say of the duties: which there are, when each was last done, and which due times still matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from fukuhon.calendars import day_interval, tokyo_day
from fukuhon.clock import TOKYO
from fukuhon.ledger import File, Reader, audit, files, reconciliations, results, runs
from fukuhon.ledger.states import WAITING
from fukuhon.site import Site
from fukuhon.vigilance.progress import CUTOFFS_2017
from fukuhon.windows.schedule import differential_days, duty_times, load_schedule

__all__ = ["PROGRESS", "WORDINGS", "done_since", "due_times", "nights", "still_due", "unprepared"]

PROGRESS = "report.progress"
"""The event under which writing 別紙5 stands in the trail; its subject too."""

WORDINGS: Mapping[str, str] = MappingProxyType(
    {
        "preflight": "前提作業の確認",
        "confirm_results": "登録結果の確認",
        "reconcile": "正本と副本の突合",
        "report_progress": "別紙5（初期登録の進捗状況）の作成",
    }
)
_HANDED_IN = time(17)


def due_times(site: Site, duty: str) -> list[datetime]:
    """The due instants of a duty, soonest first: those of the schedule.

    別紙5, where the schedule does not name it: at 17:00 of the business day after each cut-off (the municipality's own
    term is its prefecture's to set, seed 1.4.3; the hour is inferred).
    """
    named = duty_times(site, duty)
    if named or duty != "report_progress":
        return named
    schedule = load_schedule(site.folder)
    days = [site.calendar().next_business_day(day) for day in sorted(CUTOFFS_2017)]
    return [datetime.combine(day, _HANDED_IN, TOKYO) for day in days if schedule.first_day <= day <= schedule.last_day]


def still_due(site: Site, reader: Reader, known: Sequence[File], duty: str, now: datetime) -> list[datetime]:
    """The due instants of a duty that have come, were not met, and are not overtaken.

    Yesterday's preconditions matter no more; results are only waited for where the server had taken something.
    """
    dues = [at for at in due_times(site, duty) if at <= now]
    if duty == "preflight":
        dues = [at for at in dues if tokyo_day(at) == tokyo_day(now)]
    if duty == "confirm_results":
        taken = [file.received_at for file in known if file.state in WAITING and file.received_at]
        dues = [at for at in dues if taken and min(taken) < at]
    return [at for at in dues if not done_since(reader, duty, at)]


def done_since(reader: Reader, duty: str, at: datetime) -> bool:
    """Whether a duty that was due at ``at`` has been done on its day or later; 別紙5 from its cut-off on."""
    day = tokyo_day(at)
    if duty == "report_progress":
        day = max((cutoff for cutoff in CUTOFFS_2017 if cutoff <= day), default=day)
    last = _last_done(reader, duty, day)
    return last is not None and last >= day_interval(day).start


def _last_done(reader: Reader, duty: str, since: date) -> datetime | None:
    """When a duty was last done since a day; None for never. What was asked at the terminal has its own alarm."""
    if duty == "reconcile":
        rows = reconciliations.find(reader)
        return max((at for row in rows for at in (row.ended_at, row.asked_at) if at), default=None)
    if duty == "preflight":
        return _at(audit.latest(reader, f"preflight:{since}"))
    if duty == "report_progress":
        return _at(audit.latest(reader, PROGRESS))
    seen = [results.looked(reader, file.receipt) for file in files.find(reader) if file.receipt]
    return max((at for at in seen if at is not None), default=None)


def _at(line: audit.Line | None) -> datetime | None:
    return line.at if line else None


def unprepared(site: Site, reader: Reader, today: date) -> list[date]:
    """Days that are over and whose changes were not prepared, since the first one that was to be."""
    done = {run.key.day for run in runs.find(reader, kind="differential", state="done")}
    return [day for day in differential_days(site) if day < today and day not in done]


def nights(known: Sequence[File], now: datetime) -> list[datetime]:
    """When the nights' batches since the oldest receipt have ended, at the latest (seed 1.4.1)."""
    received = [file.received_at for file in known if file.state in WAITING and file.received_at]
    if not received:
        return []
    first = tokyo_day(min(received))
    days = [first + timedelta(days=n) for n in range((tokyo_day(now) - first).days + 1)]
    return [day_interval(day).start + timedelta(hours=6) for day in days]
