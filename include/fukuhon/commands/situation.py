"""How things stand: what is due, what waits, what is on the wire, and what is wrong with the step that mends it.

Everything comes from the books and the schedule; the server is not asked. What is wrong is told as alarms, worded in
the error catalogue like every refusal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fukuhon.calendars import day_interval, tokyo_day
from fukuhon.ledger import FileState, Reader, approvals, files, lease, orders, quarantines, runs
from fukuhon.ledger.states import WAITING
from fukuhon.reconciliation.desk_work import awaited
from fukuhon.registration.desk import Desk
from fukuhon.registration.slipping import Slip, slipped
from fukuhon.sender import at_terminal
from fukuhon.vigilance import Alarm, together
from fukuhon.vigilance.alarms import alarm
from fukuhon.vigilance.done import WORDINGS, done_since, due_times, unprepared
from fukuhon.vigilance.watch import expiries, watch
from fukuhon.windows import Window, current
from fukuhon.windows.schedule import upload_windows

__all__ = ["Situation", "look"]


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
            waiting=_waiting(desk, reader, known, now),
            on_the_wire=_on_the_wire(reader, known, now),
            wrong=together(_wrong(desk, reader, known, now), lambda subject: _named(desk, subject, now)),
            states=_states(known),
            last_run=all_runs[-1].id if all_runs else None,
        )


def _states(known: list[files.File]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for file in known:
        counts[file.state.value] = counts.get(file.state.value, 0) + 1
    return counts


def _due(desk: Desk, reader: Reader, now: datetime) -> list[dict[str, Any]]:
    """The duties of today that are not done, yesterday's changes that are not prepared, accounts that end soon."""
    today = tokyo_day(now)
    found = [
        {"what": wording, "at": at}
        for duty, wording in WORDINGS.items()
        for at in due_times(desk.site, duty)
        if tokyo_day(at) == today and not done_since(reader, duty, at)
    ]
    found += [
        {"what": f"{day} 分の差分登録の準備", "at": day_interval(day).end}
        for day in unprepared(desk.site, reader, today)
        if day == today - timedelta(days=1)
    ]
    found += [
        {"what": f"利用者 {user} の期限の更新", "at": day_interval(day).start}
        for user, day in expiries(reader, now)
        if today < day
    ]
    return sorted(found, key=lambda each: each["at"])


def _waiting(desk: Desk, reader: Reader, known: list[files.File], now: datetime) -> list[dict[str, Any]]:
    """What waits: for a person, for a window, for the server; with where it slipped to, where it did."""
    found: list[dict[str, Any]] = [
        {"what": "承認", "name": f"申請 {asked.id}（{asked.subject}）", "since": asked.asked_at}
        for asked in approvals.find(reader, state="asked")
    ]
    found += _quarantined(desk, reader)
    if (hand := at_terminal(reader, desk.site.limits)) is not None:
        found.append(
            {
                "what": "受付番号の入力（接続端末）",
                "name": hand.file.name,
                "since": hand.attempt.started,
                "by_hand": True,
            }
        )
    found += [
        {
            "what": "突合用ファイルの出力（接続端末）",
            "name": f"依頼 {len(plan.numbers)} 件",
            "since": plan.since,
            "by_hand": True,
        }
        for plan in awaited(reader)
    ]
    slips = {slip.file: slip for slip in slipped(reader, known, now)}
    for state, what in ((FileState.VALIDATED, "計画"), (FileState.PLANNED, "送信枠"), (FileState.CUT, "再送")):
        found += [_of_file(what, f, f.changed_at, slips.get(f.name)) for f in known if f.state is state]
    return found + [
        _of_file("中間サーバーの処理", f, f.received_at, slips.get(f.name)) for f in known if f.state in WAITING
    ]


def _of_file(what: str, file: files.File, since: datetime | None, slip: Slip | None) -> dict[str, Any]:
    entry: dict[str, Any] = {"what": what, "name": file.name, "since": since}
    return entry | ({"slipped": slip.wording} if slip else {})


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
    yield from watch(desk.site, reader, known, now)


def _named(desk: Desk, subject: str, now: datetime) -> str:
    """What an alarm is about, for people: a dataset by its name, too."""
    if subject not in {dataset.code for dataset in desk.site.datasets()}:
        return subject
    return f"{subject} {desk.packs.in_force(subject, tokyo_day(now)).name}"


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
    for day in unprepared(desk.site, reader, today):
        if day < today - timedelta(days=1):
            yield alarm("COMMANDS-108", str(day), day_interval(day).end, now, day=day)
