"""All absence alarms in one place: every duty with a due time that has not been done (DESIGN §3.9).

Status, the day's sheet and the page ask here, so that none of them knows of fewer than another. The server is not
asked: what only its screens show (expiries) is as the last preflight saw it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from fukuhon.calendars import day_interval, tokyo_day
from fukuhon.ledger import File, FileState, Reader, audit, runs, tallies
from fukuhon.ledger.states import FINISHED, QUEUED, WAITING
from fukuhon.reconciliation.desk_work import awaited
from fukuhon.sender import at_terminal
from fukuhon.site import Site
from fukuhon.vigilance.alarms import Alarm, alarm
from fukuhon.vigilance.deadlines import Pending, overdue
from fukuhon.vigilance.done import WORDINGS, nights, still_due
from fukuhon.vigilance.duties import alarms_of
from fukuhon.vigilance.freshness import stale
from fukuhon.vigilance.preflight import ACCOUNTS
from fukuhon.vigilance.queue import Queue, QueuedFile, ages, old
from fukuhon.windows.schedule import differential_days

__all__ = ["expiries", "held_back", "watch"]

_UNSENT = QUEUED - {FileState.SENDING, FileState.UNPLACEABLE}
_NOTICE = timedelta(days=14)


def watch(site: Site, reader: Reader, known: Sequence[File], now: datetime) -> list[Alarm]:
    """What should have happened by ``now`` and did not; ``known``: every file of the books."""
    return [
        *_duties(site, reader, known, now),
        *_preconditions(reader, now),
        *_at_the_terminal(site, reader, now),
        *overdue(_pending(reader, known), now, site.calendar(), site.opening),
        *_held_back(site, reader, now),
        *_stale(site, reader, now),
        *old(ages(_queued(known), nights(known, now), now), now),
        *_expired(reader, now),
    ]


def _duties(site: Site, reader: Reader, known: Sequence[File], now: datetime) -> Iterator[Alarm]:
    for duty, wording in WORDINGS.items():
        yield from alarms_of(duty, wording, still_due(site, reader, known, duty, now), None, now)


def _preconditions(reader: Reader, now: datetime) -> Iterator[Alarm]:
    """Today's preflight was done, and did not hold: until it is done again and holds."""
    line = audit.latest(reader, f"preflight:{tokyo_day(now)}")
    if line is not None and line.event == "preflight.unmet":
        items = "、".join(str(each) for each in _listed(line.detail.get("unmet")))
        yield alarm("VIGILANCE-016", "preflight", line.at, now, items=items)


def _at_the_terminal(site: Site, reader: Reader, now: datetime) -> Iterator[Alarm]:
    """What people at the 接続端末 have not brought: a receipt past its hour, 突合 past the next business day."""
    waiting = at_terminal(reader, site.limits)
    if waiting is not None and waiting.late(now):
        yield alarm("SENDER-009", waiting.file.name, waiting.due, now, file=waiting.file.name, due=waiting.due)
    for plan in awaited(reader):
        due = day_interval(site.calendar().next_business_day(tokyo_day(plan.since))).end
        if now >= due:
            count = len(plan.numbers)
            yield alarm("VIGILANCE-018", plan.plan_sha256[:8], due, now, count=count, since=plan.since)


def _pending(reader: Reader, known: Sequence[File]) -> list[Pending]:
    """Changes that the server does not hold, by dataset and the day whose changes they are."""
    days = {run.id: run.key.day for run in runs.find(reader)}
    groups: dict[tuple[str, date], int] = {}
    for file in known:
        if file.kind in {"differential", "deletion"} and file.state not in FINISHED:
            key = (file.dataset, days[file.run_id])
            groups[key] = groups.get(key, 0) + file.records
    return [Pending(dataset, day, records) for (dataset, day), records in groups.items()]


def held_back(reader: Reader) -> dict[str, tuple[int, int, date]]:
    """By dataset: records quarantined and withheld by its last preparation, and the day since which there are some."""
    found: dict[str, tuple[int, int, date]] = {}
    for run in runs.find(reader, state="done"):
        if run.key.kind == "pretest":
            continue
        for dataset, tally in tallies.by_dataset(reader, run.id).items():
            if not tally.quarantined and not tally.withheld:
                found.pop(dataset, None)
                continue
            since = found[dataset][2] if dataset in found else run.key.day
            found[dataset] = (tally.quarantined, tally.withheld, since)
    return found


def _held_back(site: Site, reader: Reader, now: datetime) -> Iterator[Alarm]:
    calendar, opening = site.calendar(), site.opening
    held = held_back(reader)
    withheld = [Pending(code, since, count, withheld=True) for code, (_, count, since) in held.items()]
    yield from overdue(withheld, now, calendar, opening)
    for dataset, (records, _, since) in held.items():
        due = calendar.due(since, opening)
        if records and now >= due:
            yield alarm("VIGILANCE-017", dataset, due, now, dataset=dataset, records=records, since=since)


def _stale(site: Site, reader: Reader, now: datetime) -> list[Alarm]:
    """Datasets whose settings say how often something new is usual."""
    usual = {each.code: each.usual_days for each in site.datasets() if each.usual_days}
    days = [day for day in differential_days(site) if day < tokyo_day(now)]
    if not usual or not days:
        return []
    last_new: dict[str, date] = {}
    for run in runs.find(reader, kind="differential", state="done"):
        for dataset, tally in tallies.by_dataset(reader, run.id).items():
            if tally.to_register + tally.to_delete:
                last_new[dataset] = max(run.key.day, last_new.get(dataset, run.key.day))
    return stale(usual, last_new, now, site.calendar(), days[0])


def _queued(known: Sequence[File]) -> list[QueuedFile]:
    unsent = [QueuedFile(f.name, Queue.UNSENT, f.prepared_at, f.records) for f in known if f.state in _UNSENT]
    return unsent + [
        QueuedFile(f.name, Queue.WAITING, f.received_at, f.records)
        for f in known
        if f.state in WAITING and f.received_at
    ]


def expiries(reader: Reader, now: datetime) -> list[tuple[str, date]]:
    """Accounts whose password, own validity or department ends within 14 days or has ended, the first to end first.

    As the last preflight saw them (seed 1.3.4, 1.3.5).
    """
    line = audit.latest(reader, ACCOUNTS)
    seen = _listed(line.detail.get("expires")) if line else []
    found = [(str(user), date.fromisoformat(str(last))) for user, last in seen]
    near = tokyo_day(now + _NOTICE)
    return sorted(((user, last) for user, last in found if last <= near), key=lambda each: each[::-1])


def _expired(reader: Reader, now: datetime) -> Iterator[Alarm]:
    for user, day in expiries(reader, now):
        if tokyo_day(now) >= day:
            yield alarm("VIGILANCE-019", user, day_interval(day).start, now, user=user, day=day)


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
