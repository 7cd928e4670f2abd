"""kill −9 of all that is ours, at twenty random moments of uploading, started again: sums close, never two at once."""

from __future__ import annotations

import random
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from fukuhon.ledger import FileState, attempts, orders
from fukuhon.registration import results
from fukuhon.registration.desk import open_desk
from rehearsal.driver_drill import UploadDays, open_upload_days
from rehearsal.judge import accounts, problems_of

pytestmark = [pytest.mark.deep, pytest.mark.e2e, pytest.mark.timeout(1200)]

SEED = 20170412
KILLS = 20
PATIENCE_S = 900.0
OPEN = (FileState.PLANNED, FileState.SENDING, FileState.CUT, FileState.IN_DOUBT)
# What Airflow must see sooner than by default: that its own parts were killed.
QUICK = {
    "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "10",
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "10",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "20",
    "AIRFLOW__TRIGGERER__TRIGGERER_HEALTH_CHECK_THRESHOLD": "10",
    "AIRFLOW__SCHEDULER__JOB_HEARTBEAT_SEC": "2",
    "AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "2",
    "AIRFLOW__TRIGGERER__JOB_HEARTBEAT_SEC": "2",
}


def test_kill_everything_at_twenty_moments(folder: Path) -> None:
    """The stand-in and its clock go on; ledger, files and Airflow's database are found as the kill left them."""
    lots = random.Random(SEED)
    with ExitStack() as stack:
        days = open_upload_days(stack, folder, days=30, records_per_file=60, bytes_a_day=400_000, **QUICK)
        days.world.standin.fault("slow", bytes_per_s=25_000, path="/xml-linkage", times=10_000)
        moments = iter([Moment.drawn(lots) for _ in range(KILLS)])
        moment, end = next(moments, None), time.monotonic() + PATIENCE_S
        while moment or days.in_state(*OPEN):
            walk(days)
            if moment and moment.has_come(days):
                days.world.supervisor.crash([program.name for program in days.world.programs()])
                days.world.start_programs(wait=False)
                moment = next(moments, None)
            assert time.monotonic() < end, f"{days.in_state(*OPEN)} files open"
            time.sleep(0.1)
        close_the_books(days)

        check_wire(days)
        found = accounts(days.office.ledger, {dataset.code: dataset.spi for dataset in days.world.site.datasets()})
        assert problems_of(found, days.world.standin.held()) == []
        assert found.records.registered == found.records.to_register > 1000


@dataclass
class Moment:
    """When to kill: so many seconds after the last kill, or after a file is on the wire."""

    seconds: float
    sending: bool
    since: float | None = None

    @classmethod
    def drawn(cls, lots: random.Random) -> Moment:
        """A moment by lot: in every other case one at which bytes are under way."""
        sending = lots.random() < 0.5
        return cls(lots.uniform(0.0, 3.0) if sending else lots.uniform(0.2, 12.0), sending)

    def has_come(self, days: UploadDays) -> bool:
        """Whether it is now."""
        if self.since is None and not (self.sending and not days.sending()):
            self.since = time.monotonic()
        return self.since is not None and time.monotonic() - self.since >= self.seconds


def walk(days: UploadDays) -> None:
    """Move the clock on where the day has nothing more to do: past a doubt's settling time, or to the next window."""
    now = days.world.standin.now()
    window = days.windows[days.done - 1] if days.done else None
    if window is not None and now < window.interval.end:
        with days.office.ledger.reading() as reader:
            order = orders.of_window(reader, window.id)
            queue = orders.queue(reader, order) if order else ()
        if order is None or (order.state == "open" and not (order.idle and (not queue or days.office.settled(window)))):
            return
    if days.sending():
        return
    if days.in_state(FileState.IN_DOUBT, FileState.SENDING):
        days.world.standin.step(now + timedelta(minutes=16))
        settled = time.monotonic() + 15.0
        while days.in_state(FileState.IN_DOUBT, FileState.SENDING) and time.monotonic() < settled:
            time.sleep(0.2)
        return
    if days.in_state(*OPEN):
        days.open_next()


def close_the_books(days: UploadDays) -> None:
    """Let nights pass, and look each morning, until nothing waits."""
    while days.in_state(FileState.RECEIVED, FileState.WAITING):
        morning = (days.world.standin.now() + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
        days.world.standin.step(morning)
        with open_desk(days.world.plan.site, "drill") as desk:
            results.confirm(desk)


def check_wire(days: UploadDays) -> None:
    """What the stand-in saw: each file taken once, one at a time, nothing forbidden."""
    traffic = days.world.standin.traffic()
    taken = Counter(each["sha256"] for each in traffic["uploads"] if each["outcome"] == "received")
    assert set(taken.values()) == {1}
    assert traffic["max_at_once"] == 1
    assert days.world.standin.violations() == []
    with days.office.ledger.reading() as reader:
        doubts = [each for each in attempts.find(reader) if each.settled == "looked"]
    assert len(doubts) >= 5, "too few kills hit a file on the wire"
