"""The days of the demo: what the schedule of the site has, and what people do beside it.

The driver does no work of the site. It steps the clock to the next moment, lets the office and the sender do what is
due, and starts what a person starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from fukuhon.calendars import tokyo_day
from fukuhon.clock import tokyo
from fukuhon.windows import Kind, Part, Window
from fukuhon.windows.schedule import differential_days, duty_times, upload_windows
from rehearsal import driver_department as department
from rehearsal import driver_nature as nature
from rehearsal import papers
from rehearsal.driver_office import Office
from rehearsal.driver_world import World
from rehearsal.month import CUT, LEVY, MISSED, NOTICE, WITHOUT_CODE

__all__ = ["Moment", "moments"]

Act = Callable[[Office], str | None]
_SENDING = "sending_phase"
_SETTLING = timedelta(minutes=20)
"""Longer than the site waits before it looks for a file in doubt."""


def _nothing(_: World) -> None:
    """What happens before most moments."""


def _silent(_: Office) -> None:
    """What people do where the world alone has done something."""


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant of the site's clock, and what is done there. ``act`` returns what to tell; None: nothing.

    ``before``: what the world does just before, so that who wakes at the instant finds it done.
    """

    at: datetime
    what: str
    act: Act
    before: Callable[[World], object] = _nothing
    phase: str = "others"
    """Under which of ``driver_watch.PHASES`` its time is told."""

    def happen(self, office: Office) -> str | None:
        """Step the clock here and let happen what happens. Returns what to tell, None where nothing is worth it."""
        self.before(office.world)
        office.world.standin.step(self.at)
        told = self.act(office)
        return None if told is None else f"{self.what}：{told}" if told else self.what


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
        yield Moment(at, "登録結果の確認", _due("confirm_results", at), phase="confirming")
    for at in duty_times(folder, "report_progress"):
        yield Moment(at, "別紙5の作成", _due("report_progress", at))
    for at in duty_times(folder, "reconcile"):
        yield Moment(at, "突合", _reconciles(at), phase="reconciling")


def _windows(folder: Path) -> Iterator[Moment]:
    for window in upload_windows(folder):
        start = window.interval.start
        name = f"初期登録の送信（{_PARTS[window.part]}）" if window.kind is Kind.INITIAL else "送信"
        if _is_cut(window):
            yield Moment(start, name, _sends_by_a_line_that_breaks(window), nature.cut_the_line, _SENDING)
        else:
            yield Moment(start, name, _sends(window), phase=_SENDING)


def _is_cut(window: Window) -> bool:
    return window.kind is Kind.INITIAL and tokyo_day(window.interval.start) == CUT


def _differences(folder: Path) -> Iterator[Moment]:
    for day in differential_days(folder):
        end = tokyo(day) + timedelta(days=1)
        what = f"差分の準備（{day:%m-%d}分）"
        if day == MISSED:
            yield Moment(end, what, _fails(end), _ends(day, nature.source_away), "preparing")
            yield Moment(end + timedelta(hours=9, minutes=30), "本日の作業票の印刷", _prints)
            again = f"差分のやり直し（{day:%m-%d}分）"
            yield Moment(end + timedelta(hours=10), again, _again(day), nature.source_back, "preparing")
        else:
            yield Moment(end, what, _due("prepare_differential", end), _ends(day), "preparing")
        if day == LEVY:
            yield Moment(
                end - timedelta(hours=7), "当初課税：件数の検査の範囲を見直す", _silent, department.ranges_of_the_levy
            )
            yield Moment(end + timedelta(hours=7), "上限を超える登録の計画", _exceeds(tokyo_day(end)))
        if day == WITHOUT_CODE:
            no_code = partial(nature.without_code, day=day)
            yield Moment(end + timedelta(hours=1), "符号を取得していない宛名がある", _silent, no_code)
            on = tokyo_day(end) + timedelta(days=1)
            mend = partial(nature.corrected, day=day, on=on)
            yield Moment(tokyo(on, 14), "エラーの記録を税務課が正本で訂正、符号も取得", _told, mend)


def _people(folder: Path) -> Iterator[Moment]:
    windows = upload_windows(folder)
    first = min(window.interval.start for window in windows)
    day = tokyo_day(first)
    last = max((tokyo_day(w.interval.end) for w in windows if w.kind is Kind.INITIAL), default=day)
    yield Moment(
        first - timedelta(minutes=30), "事前アップロードの準備", _by_hand("pretest_registration"), phase="preparing"
    )
    yield Moment(tokyo(day + timedelta(days=1), 10), "初期登録の準備", _by_hand("prepare_initial"), phase="preparing")
    yield Moment(tokyo(last + timedelta(days=3), 11), "初期登録の完了：差分登録に移ります", _completed)


def _completed(office: Office) -> str:
    """On the server's side it is, once the nights of the last files are over: not a moment before."""
    nature.initial_complete(office.world)
    return ""


def _ends(day: date, *more: Callable[[World], object]) -> Callable[[World], None]:
    def before(world: World) -> None:
        nature.day_ends(world, day)
        for each in more:
            each(world)

    return before


def _due(dag: str, at: datetime) -> Act:
    return lambda office: _counts(office.due(dag, at))


def _reconciles(at: datetime) -> Act:
    def act(office: Office) -> str:
        facts = office.reconcile(at)
        return f"{_counts(facts)}（うち接続端末で出力 {facts['by_hand']}件）"

    return act


def _by_hand(dag: str) -> Act:
    return lambda office: _counts(office.by_hand(dag))


def _sends(window: Window) -> Act:
    def act(office: Office) -> str | None:
        sent = office.send(window)
        return _sent(sent) if sent["bytes"] else None

    return act


def _sends_by_a_line_that_breaks(window: Window) -> Act:
    """Where all bytes were on their way, only a later look tells that the file has not come (seed 1.4.1)."""

    def act(office: Office) -> str:
        office.send(window)
        if office.in_doubt():
            office.world.standin.step(office.world.standin.now() + _SETTLING)
            office.until_settled()
        return _sent(office.sent(window))

    return act


def _fails(at: datetime) -> Act:
    def act(office: Office) -> str:
        office.fail("prepare_differential", at)
        return "既存システムに接続できず失敗（理由と次の手順はログ）"

    return act


def _again(day: date) -> Act:
    def act(office: Office) -> str:
        prepared = _counts(office.again(day))
        now = office.world.standin.now()
        window = next(each for each in upload_windows(office.world.plan.site) if now in each.interval)
        return f"{prepared}、{_sent(office.send(window))}"

    return act


def _exceeds(day: date) -> Act:
    """J-LIS has coordinated the day with the server's side and with the body; the body's people plan for it."""

    def act(office: Office) -> str:
        department.quiet_ranges(office.world)
        queued, cap = office.records_queued(), office.daily_cap()
        if queued <= cap:
            return f"要りません（{queued:,}件、1日の上限{cap:,}件）"
        records, before = -(-queued // 100) * 100, office.files_without_window(day)
        office.world.standin.change({"coordinated": [{"days": [day.isoformat()], "records": records}]})
        office.exceed(NOTICE, day, records)
        after = office.files_without_window(day)
        told = f"待ち{queued:,}件、上限{cap:,}件、承認により{records:,}件まで"
        return f"{told}、当日に入らないファイル{before}→{after}"

    return act


def _prints(office: Office) -> str:
    plan = office.world.plan
    return papers.day_sheet(plan.site, plan.folder / "reports").name


def _told(_: Office) -> str:
    """The name of the moment says it."""
    return ""


def _sent(facts: Mapping[str, int]) -> str:
    cut = f"　回線断{facts['cut']}回：同じファイルを送り直します" if facts.get("cut") else ""
    by_hand = f"、うち接続端末で{facts['by_hand']}" if facts.get("by_hand") else ""
    return f"送信{facts['received']}ファイル（{facts['bytes']:,}バイト{by_hand}）{cut}"


_PARTS = {Part.TAX: "税", Part.OTHER: "税以外", None: "全部"}
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
    "progress": {"rows": "特定個人情報", "open": "未完了", "findings": "食い違い"},
    "preflight": {"items": "項目", "met": "充足"},
}
"""By what a summary is about: its counts that are told, and their names."""


def _counts(facts: Mapping[str, Any]) -> str:
    counts, words = facts.get("counts") or {}, _WORDS.get(facts.get("what", ""), {})
    return " ".join(f"{word}{counts[name]:,}" for name, word in words.items() if counts.get(name) is not None)
