"""The days of the demo: what the schedule of the site has, and what people do beside it.

The driver does no work of the site. It steps the clock to the next moment, lets Airflow and the sender do what is due,
and starts what a person starts, with that person's own login.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fukuhon.calendars import tokyo_day
from fukuhon.clock import tokyo
from fukuhon.ledger import FileState, files, orders
from fukuhon.site import Role
from fukuhon.windows import Window
from fukuhon.windows.schedule import differential_days, duty_times, upload_windows
from rehearsal.driver_airflow import Run, scheduled

if TYPE_CHECKING:
    from rehearsal.driver_world import World

__all__ = ["MISSED", "Days", "Moment", "moments"]

MISSED = date(2017, 5, 9)
"""The day on which the source is away, so that its differences are prepared a day late."""

Act = Callable[["Days"], str]


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant of the site's clock, and what is done and waited for there. ``act`` returns what to tell."""

    at: datetime
    what: str
    act: Act


class Days:
    """Walks through moments in one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.airflow = world.airflow
        self.ledger = world.ledger
        self.seconds: dict[str, float] = {}
        self.bound: int | None = None
        """What the last 突合 says: fewer wrong records in 10,000 than this, at 99%."""
        people = world.site.people
        self.users: dict[Role, str] = {person.role: person.ui_user for person in people if person.ui_user}

    def pass_(self, moment: Moment) -> str:
        """Step the clock to a moment and let happen what happens there. Returns what to tell."""
        self.world.standin.step(moment.at)
        told = moment.act(self)
        return f"{moment.what}：{told}" if told else moment.what

    def run(self, run: Run, *tasks: str, expect: str = "success") -> dict[str, Any]:
        """Wait for a run; returns what its tasks returned, the later over the earlier."""
        self.airflow.wait(run, expect=expect)
        facts: dict[str, Any] = {}
        for task in tasks:
            returned = self.airflow.returned(run, task)
            self._count_seconds(returned)
            facts |= returned
        return facts

    def by_hand(self, dag: str, role: Role, *tasks: str, **conf: Any) -> dict[str, Any]:
        """Start a run as the person who holds a role, and wait for it."""
        return self.run(self.airflow.trigger(dag, self.users[role], conf), *tasks)

    def settle_window(self, window: Window) -> str:
        """Wait until the sender has nothing more to send in an open window."""
        before = time.monotonic()
        self.airflow.until(lambda: self._idle(window), f"送信枠 {window.id}", 180.0)
        self.seconds["sending"] = self.seconds.get("sending", 0.0) + time.monotonic() - before
        with self.ledger.reading() as reader:
            order = orders.of_window(reader, window.id)
        assert order is not None, "an idle order is one"
        state = orders.wait_state(self.ledger, order.id)
        return f"{state.received}ファイル {state.bytes_sent:,}バイト"

    def _idle(self, window: Window) -> bool:
        with self.ledger.reading() as reader:
            order = orders.of_window(reader, window.id)
            if order is None:
                return False
            waiting = [
                file
                for file in files.find(reader, state=(FileState.PLANNED, FileState.SENDING))
                if file.window_id == window.id
            ]
            return order.state == "ended" or (order.idle and not waiting)

    def _count_seconds(self, facts: dict[str, Any]) -> None:
        for stage, seconds in (facts.get("seconds") or {}).items():
            self.seconds[stage] = self.seconds.get(stage, 0.0) + float(seconds)


def moments(folder: Path, after: datetime | None = None) -> list[Moment]:
    """All moments of a site's schedule and of its people, soonest first.

    ``after``: only those later than this instant.
    """
    found = [*_duties(folder), *_windows(folder), *_differences(folder), *_people(folder)]
    return sorted((each for each in found if after is None or each.at > after), key=lambda each: each.at)


def _duties(folder: Path) -> Iterator[Moment]:
    for at in duty_times(folder, "preflight"):
        yield Moment(at, "開始前点検", _waits(scheduled("preflight", at), ["check"], _preflight))
    for at in duty_times(folder, "confirm_results"):
        yield Moment(at, "登録結果の確認", _waits(scheduled("confirm_results", at), ["confirm"], _counts))
    for at in duty_times(folder, "reconcile"):
        yield Moment(at, "突合", _reconcile(scheduled("reconcile", at)))


def _windows(folder: Path) -> Iterator[Moment]:
    for window in upload_windows(folder):
        yield Moment(window.interval.start, "送信", _settles(window))


def _differences(folder: Path) -> Iterator[Moment]:
    for day in differential_days(folder):
        end = tokyo(day) + timedelta(days=1)
        run = scheduled("prepare_differential", end)
        if day == MISSED:
            yield Moment(end - timedelta(hours=1), "既存システムの停止", _source_away)
            yield Moment(end, f"差分の準備（{day:%m-%d}分）", _fails(run))
            yield Moment(end + timedelta(hours=10), f"差分のやり直し（{day:%m-%d}分）", _backfill(day, run))
        else:
            yield Moment(end, f"差分の準備（{day:%m-%d}分）", _waits(run, ["prepare", "plan"], _counts))


def _people(folder: Path) -> Iterator[Moment]:
    first = min(window.interval.start for window in upload_windows(folder))
    day = tokyo_day(first)
    yield Moment(first - timedelta(minutes=30), "事前アップロードの準備", _by_hand("pretest_registration"))
    yield Moment(tokyo(day + timedelta(days=1), 10), "初期登録の準備", _by_hand("prepare_initial"))
    yield Moment(tokyo(day + timedelta(days=5), 11), "初期登録の完了", _initial_complete)


def _waits(run: Run, tasks: Iterable[str], tell: Callable[[dict[str, Any]], str]) -> Act:
    return lambda days: tell(days.run(run, *tasks))


def _settles(window: Window) -> Act:
    return lambda days: days.settle_window(window)


def _by_hand(dag: str) -> Act:
    return lambda days: _counts(days.by_hand(dag, "officer", "prepare", "plan"))


def _fails(run: Run) -> Act:
    def act(days: Days) -> str:
        days.run(run, expect="failed")
        return "既存システムに接続できず失敗（エラーと次の手順はログにあります）"

    return act


def _source_away(days: Days) -> str:
    for path in _source_files(days):
        path.rename(path.with_suffix(".away"))
    return "正本のデータベースを外しました"


def _source_files(days: Days) -> list[Path]:
    return [source.path for source in days.world.site.sources if source.path is not None]


def _backfill(day: date, run: Run) -> Act:
    def act(days: Days) -> str:
        for path in _source_files(days):
            path.with_suffix(".away").rename(path)
        days.airflow.backfill("prepare_differential", day)
        days.airflow.until(lambda: days.airflow.state(run) != "failed", f"backfill {day}", 60.0)
        facts = days.run(run, "prepare", "plan")
        open_window = next(w for w in upload_windows(days.world.plan.site) if days.world.standin.now() in w.interval)
        return f"{_counts(facts)}、送信 {days.settle_window(open_window)}"

    return act


def _initial_complete(days: Days) -> str:
    days.world.standin.complete_initial()
    return "差分登録に移ります"


def _reconcile(run: Run) -> Act:
    def act(days: Days) -> str:
        days.airflow.answer(run, "ask", days.users["collation_requester"], "依頼する")
        days.airflow.answer(run, "approve", days.users["collation_manager"], "承認")
        return _counts(days.run(run, "carry_out"))

    return act


_WORDS = {
    "read": "読込",
    "to_register": "登録",
    "to_delete": "削除",
    "unchanged": "変更なし",
    "quarantined": "隔離",
    "placed": "割当",
    "unplaceable": "割当不能",
    "processed": "処理",
    "waiting": "処理待ち",
    "ok": "正常",
    "errors": "エラー",
    "requests": "依頼",
    "records": "記録",
    "mismatches": "不一致",
}


def _counts(facts: dict[str, Any]) -> str:
    counts = facts.get("counts") or {}
    return " ".join(f"{word}{counts[name]:,}" for name, word in _WORDS.items() if counts.get(name) is not None)


def _preflight(_facts: dict[str, Any]) -> str:
    return "すべて満たされています"
