"""How things stand: what is due, what waits, what is on the wire, and what is wrong with the step that mends it.

Everything comes from the books and the schedule; the server is not asked. What is wrong is told as alarms, worded in
the error catalogue like every refusal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from fukuhon.calendars import day_interval, tokyo_day
from fukuhon.ledger import (
    FileState,
    Reader,
    approvals,
    audit,
    files,
    lease,
    orders,
    quarantines,
    reconciliations,
    results,
    runs,
)
from fukuhon.registration.desk import Desk
from fukuhon.vigilance import Alarm, Queue, QueuedFile, ages, alarms_of, old
from fukuhon.vigilance.alarms import alarm
from fukuhon.windows import Window, current
from fukuhon.windows.schedule import differential_days, duty_times, upload_windows

__all__ = ["DUTIES", "Situation", "look"]

DUTIES = {
    "preflight": "前提作業の確認",
    "confirm_results": "登録結果の確認",
    "reconcile": "正本と副本の突合",
}
_TAKEN = (FileState.RECEIVED, FileState.WAITING)
_UNSENT = (FileState.PREPARED, FileState.VALIDATED, FileState.PLANNED, FileState.CUT)
_NIGHT_ENDS = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Situation:
    """How things stand at ``now``."""

    now: datetime
    stopped: bool
    window: Window | None
    coming: Window | None
    due: list[dict[str, Any]]
    waiting: list[dict[str, Any]]
    on_the_wire: dict[str, Any] | None
    wrong: list[Alarm]
    states: dict[str, int]
    last_run: int | None


def look(desk: Desk) -> Situation:
    """Look at the books of a desk."""
    now, windows = desk.now(), upload_windows(desk.site)
    with desk.ledger.reading() as reader:
        known = list(files.find(reader))
        all_runs = runs.find(reader)
        return Situation(
            now=now,
            stopped=orders.stop_requested(reader),
            window=current(windows, now),
            coming=next((each for each in windows if each.interval.start > now), None),
            due=_due(desk, reader, now),
            waiting=_waiting(desk, reader, known),
            on_the_wire=_on_the_wire(reader, known, now),
            wrong=list(_wrong(desk, reader, known, now)),
            states=_states(known),
            last_run=all_runs[-1].id if all_runs else None,
        )


def _states(known: list[files.File]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for file in known:
        counts[file.state.value] = counts.get(file.state.value, 0) + 1
    return counts


def _due(desk: Desk, reader: Reader, now: datetime) -> list[dict[str, Any]]:
    """The duties of today that are not done, and yesterday's changes that are not prepared."""
    today = tokyo_day(now)
    found = [
        {"what": wording, "at": at}
        for duty, wording in DUTIES.items()
        for at in duty_times(desk.site, duty)
        if tokyo_day(at) == today and not _done_since(reader, duty, at)
    ]
    found += [
        {"what": f"{day} 分の差分登録の準備", "at": day_interval(day).end}
        for day in _unprepared(desk, reader, today)
        if day == today - timedelta(days=1)
    ]
    return sorted(found, key=lambda each: each["at"])


def _unprepared(desk: Desk, reader: Reader, today: date) -> list[date]:
    """Days that are over and whose changes were not prepared, since the first one that was to be."""
    done = {run.key.day for run in runs.find(reader, kind="differential", state="done")}
    return [day for day in differential_days(desk.site) if day < today and day not in done]


def _done_since(reader: Reader, duty: str, at: datetime) -> bool:
    """Whether a duty that was due at ``at`` has been done on its day or later."""
    last = _last_done(reader, duty, tokyo_day(at))
    return last is not None and last >= day_interval(tokyo_day(at)).start


def _last_done(reader: Reader, duty: str, since: date) -> datetime | None:
    """When a duty was last done since a day; None for never."""
    if duty == "reconcile":
        return max((each.ended_at for each in reconciliations.find(reader) if each.ended_at), default=None)
    if duty == "preflight":
        return max((line.at for line in audit.lines(reader, subject=f"preflight:{since}")), default=None)
    seen = [results.looked(reader, file.receipt) for file in files.find(reader) if file.receipt]
    return max((at for at in seen if at is not None), default=None)


def _waiting(desk: Desk, reader: Reader, known: list[files.File]) -> list[dict[str, Any]]:
    """What waits: for a person, for a window, for the server."""
    found: list[dict[str, Any]] = [
        {"what": "承認", "name": f"申請 {asked.id}（{asked.subject}）", "since": asked.asked_at}
        for asked in approvals.find(reader, state="asked")
    ]
    found += _quarantined(desk, reader)
    for state, what in ((FileState.VALIDATED, "計画"), (FileState.PLANNED, "送信枠"), (FileState.CUT, "再送")):
        found += [{"what": what, "name": file.name, "since": file.changed_at} for file in known if file.state is state]
    return found + [
        {"what": "中間サーバーの処理", "name": file.name, "since": file.received_at}
        for file in known
        if file.state in _TAKEN
    ]


def _quarantined(desk: Desk, reader: Reader) -> list[dict[str, Any]]:
    """The records that wait for a correction or a decision, by dataset, since the oldest of them."""
    found = []
    for dataset in desk.site.datasets():
        count, oldest = quarantines.standing(quarantines.last(reader, dataset.code), "waiting")
        if count and oldest:
            name = f"{dataset.code} {count:,}件"
            found.append({"what": "訂正（留め置き）", "name": name, "since": day_interval(oldest).start})
    return found


def _on_the_wire(reader: Reader, known: list[files.File], now: datetime) -> dict[str, Any] | None:
    """The file that is being sent, and how long the window is still open."""
    file = next((file for file in known if file.state is FileState.SENDING), None)
    if file is None:
        return None
    order = next(iter(orders.open_orders(reader)), None)
    left = max((order.end - now).total_seconds(), 0.0) if order else None
    return {"file": file.name, "bytes": file.bytes, "records": file.records, "window_seconds_left": left}


def _wrong(desk: Desk, reader: Reader, known: list[files.File], now: datetime) -> Iterator[Alarm]:
    if orders.stop_requested(reader):
        yield alarm("COMMANDS-102", "stop", now, now)
    yield from _wrong_order(reader, now)
    yield from _wrong_files(known, now)
    yield from _wrong_runs(desk, reader, now)
    for duty, wording in DUTIES.items():
        dues = [at for at in _still_matters(desk, known, duty, now) if not _done_since(reader, duty, at)]
        yield from alarms_of(duty, wording, dues, None, now)
    yield from old(ages(_queued(known), _nights(known, now), now), now)


def _still_matters(desk: Desk, known: list[files.File], duty: str, now: datetime) -> list[datetime]:
    """The due times of a duty that have come and are not overtaken.

    Yesterday's preconditions matter no more; results are only waited for where the server had taken something.
    """
    dues = [at for at in duty_times(desk.site, duty) if at <= now]
    if duty == "preflight":
        return [at for at in dues if tokyo_day(at) == tokyo_day(now)]
    if duty == "confirm_results":
        taken = [file.received_at for file in known if file.state in _TAKEN and file.received_at]
        return [at for at in dues if taken and min(taken) < at]
    return dues


def _wrong_order(reader: Reader, now: datetime) -> Iterator[Alarm]:
    """An order that nobody carries out."""
    holder = lease.holder(reader)
    if holder is None or lease.holder_is_dead(holder):
        for order in orders.open_orders(reader):
            yield alarm("COMMANDS-103", order.window_id, order.start, now, window=order.window_id)


def _wrong_files(known: list[files.File], now: datetime) -> Iterator[Alarm]:
    for file in known:
        if file.state is FileState.IN_DOUBT:
            yield alarm("COMMANDS-101", file.name, file.changed_at, now, file=file.name)
        elif file.state is FileState.UNPLACEABLE:
            yield alarm("COMMANDS-105", file.name, file.changed_at, now, file=file.name, bytes=file.bytes)
        elif file.state is FileState.REJECTED_WHOLE:
            yield alarm("COMMANDS-106", file.name, file.changed_at, now, file=file.name, receipt=file.receipt)
        elif file.state is FileState.PROCESSED_WITH_ERRORS:
            yield alarm("COMMANDS-107", file.name, file.changed_at, now, file=file.name, errors=file.errors)


def _wrong_runs(desk: Desk, reader: Reader, now: datetime) -> Iterator[Alarm]:
    for run in runs.find(reader, state="failed"):
        yield alarm("COMMANDS-104", str(run.id), run.ended_at or now, now, run=run.id)
    today = tokyo_day(now)
    for day in _unprepared(desk, reader, today):
        if day < today - timedelta(days=1):
            yield alarm("COMMANDS-108", str(day), day_interval(day).end, now, day=day)


def _queued(known: list[files.File]) -> list[QueuedFile]:
    unsent = [QueuedFile(f.name, Queue.UNSENT, f.prepared_at, f.records) for f in known if f.state in _UNSENT]
    return unsent + [
        QueuedFile(f.name, Queue.WAITING, f.received_at, f.records)
        for f in known
        if f.state in _TAKEN and f.received_at
    ]


def _nights(known: list[files.File], now: datetime) -> list[datetime]:
    """When the nights' batches since the oldest receipt have ended, at the latest (seed 1.4.1)."""
    received = [file.received_at for file in known if file.state in _TAKEN and file.received_at]
    if not received:
        return []
    first = tokyo_day(min(received))
    days = [first + timedelta(days=n) for n in range((tokyo_day(now) - first).days + 1)]
    return [day_interval(day).start + _NIGHT_ENDS for day in days]
