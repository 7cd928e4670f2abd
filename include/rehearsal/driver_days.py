"""The days of the demo: what the schedule of the site has, and what people do beside it.

The driver does no work of the site. It steps the clock to the next moment, lets the office and the sender do what is
due, and starts what a person starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from fukuhon.calendars import tokyo_day
from fukuhon.clock import tokyo
from fukuhon.windows import Window
from fukuhon.windows.schedule import differential_days, duty_times, upload_windows
from rehearsal.driver_office import Office

__all__ = ["MISSED", "Moment", "moments"]

MISSED = date(2017, 5, 9)
"""The day on which the source is away, so that its differences are prepared a day late."""

Act = Callable[[Office], str]


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant of the site's clock, and what is done and waited for there. ``act`` returns what to tell."""

    at: datetime
    what: str
    act: Act

    def happen(self, office: Office) -> str:
        """Step the clock here and let happen what happens. Returns what to tell."""
        office.world.standin.step(self.at)
        told = self.act(office)
        return f"{self.what}：{told}" if told else self.what


def moments(folder: Path, after: datetime | None = None) -> list[Moment]:
    """All moments of a site's schedule and of its people, soonest first.

    ``after``: only those later than this instant.
    """
    found = [*_duties(folder), *_windows(folder), *_differences(folder), *_people(folder)]
    return sorted((each for each in found if after is None or each.at > after), key=lambda each: each.at)


def _duties(folder: Path) -> Iterator[Moment]:
    for at in duty_times(folder, "preflight"):
        yield Moment(at, "開始前点検", _due("preflight", at))
    for at in duty_times(folder, "confirm_results"):
        yield Moment(at, "登録結果の確認", _due("confirm_results", at))
    for at in duty_times(folder, "reconcile"):
        yield Moment(at, "突合", _reconciles(at))


def _windows(folder: Path) -> Iterator[Moment]:
    for window in upload_windows(folder):
        yield Moment(window.interval.start, "送信", _sends(window))


def _differences(folder: Path) -> Iterator[Moment]:
    for day in differential_days(folder):
        end = tokyo(day) + timedelta(days=1)
        what = f"差分の準備（{day:%m-%d}分）"
        if day == MISSED:
            yield Moment(end - timedelta(hours=1), "既存システムの停止", _source_away)
            yield Moment(end, what, _fails(end))
            yield Moment(end + timedelta(hours=10), f"差分のやり直し（{day:%m-%d}分）", _again(day))
        else:
            yield Moment(end, what, _due("prepare_differential", end))


def _people(folder: Path) -> Iterator[Moment]:
    first = min(window.interval.start for window in upload_windows(folder))
    day = tokyo_day(first)
    yield Moment(first - timedelta(minutes=30), "事前アップロードの準備", _by_hand("pretest_registration"))
    yield Moment(tokyo(day + timedelta(days=1), 10), "初期登録の準備", _by_hand("prepare_initial"))
    yield Moment(tokyo(day + timedelta(days=5), 11), "初期登録の完了", _initial_complete)


def _due(dag: str, at: datetime) -> Act:
    return lambda office: _counts(office.due(dag, at))


def _reconciles(at: datetime) -> Act:
    return lambda office: _counts(office.reconcile(at))


def _by_hand(dag: str) -> Act:
    return lambda office: _counts(office.by_hand(dag))


def _sends(window: Window) -> Act:
    return lambda office: _sent(office.send(window))


def _fails(at: datetime) -> Act:
    def act(office: Office) -> str:
        office.fail("prepare_differential", at)
        return "既存システムに接続できず失敗（理由と次の手順はログ）"

    return act


def _source_away(office: Office) -> str:
    for path in _source_files(office):
        path.rename(path.with_suffix(".away"))
    return "正本のデータベースを外しました"


def _source_files(office: Office) -> list[Path]:
    return [source.path for source in office.world.site.sources if source.path is not None]


def _again(day: date) -> Act:
    def act(office: Office) -> str:
        for path in _source_files(office):
            path.with_suffix(".away").rename(path)
        prepared = _counts(office.again(day))
        now = office.world.standin.now()
        window = next(each for each in upload_windows(office.world.plan.site) if now in each.interval)
        return f"{prepared}、{_sent(office.send(window))}"

    return act


def _initial_complete(office: Office) -> str:
    office.world.standin.complete_initial()
    return "差分登録に移ります"


def _sent(facts: Mapping[str, int]) -> str:
    return f"送信{facts['received']}ファイル（{facts['bytes']:,}バイト）"


_WORDS = {
    "prepare": {
        "read": "読込",
        "to_register": "登録",
        "to_delete": "削除",
        "unchanged": "変更なし",
        "quarantined": "隔離",
        "withheld": "保留",
    },
    "confirm": {"asked": "照会", "processed": "処理", "waiting": "処理待ち", "errors": "エラー"},
    "reconcile": {"requests": "依頼", "records": "記録", "mismatches": "不一致"},
    "preflight": {"items": "項目", "met": "充足"},
}
"""By what a summary is about: its counts that are told, and their names."""


def _counts(facts: Mapping[str, Any]) -> str:
    counts, words = facts.get("counts") or {}, _WORDS.get(facts.get("what", ""), {})
    return " ".join(f"{word}{counts[name]:,}" for name, word in words.items() if counts.get(name) is not None)
