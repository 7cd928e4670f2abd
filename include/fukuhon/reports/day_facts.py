"""The facts of the day's sheet, from the books and the schedule; the server is asked for passwords only, and only once.

What is wrong is handed over as alarms: whoever calls has looked at the books already (``fukuhon status``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from fukuhon.calendars import day_interval, tokyo_day
from fukuhon.errors import FukuhonError, catalogue
from fukuhon.files import write_bytes
from fukuhon.ledger import (
    File,
    FileState,
    Reader,
    approvals,
    attempts,
    files,
    orders,
    runs,
    tallies,
)
from fukuhon.ledger.states import FINISHED, WAITING
from fukuhon.reconciliation.desk_work import awaited
from fukuhon.registration.desk import Desk
from fukuhon.registration.slipping import slipped
from fukuhon.reports.day_sheet import (
    DayFacts,
    DeadlineFacts,
    DutyFacts,
    HeldFacts,
    PasswordFacts,
    PlannedFile,
    WaitingFile,
    WindowFacts,
    WrongFacts,
    day_judgement,
    day_sheet,
)
from fukuhon.reports.quality_report import Judgement
from fukuhon.sender import at_terminal
from fukuhon.server import Readiness
from fukuhon.site import ROLE_CODES
from fukuhon.vigilance import Alarm, PasswordState, Pending, Role, WayBack, password_status
from fukuhon.vigilance.deadlines import due as deadline
from fukuhon.vigilance.done import WORDINGS, done_since, due_times
from fukuhon.windows.schedule import differential_days, upload_windows

__all__ = ["day_facts", "passwords", "write_day_sheet"]

_KINDS = {"pretest": "事前の副本アップロード", "initial": "初期登録", "differential": "差分登録", "deletion": "削除"}
_STATES = {
    FileState.PREPARED: "作成済み（検査前）",
    FileState.VALIDATED: "検査済み（計画待ち）",
    FileState.PLANNED: "送信待ち",
    FileState.SENDING: "送信中",
    FileState.RECEIVED: "受付済み（処理待ち）",
    FileState.WAITING: "処理待ち",
    FileState.CUT: "回線断（再送待ち）",
    FileState.IN_DOUBT: "結果不明",
    FileState.UNPLACEABLE: "入る枠なし",
}
_ASKED = {"collation_plan": "突合の計画", "over_cap": "一日の上限を超える登録"}
_BATCH_ENDS = timedelta(hours=6)
_BATCH = timedelta(hours=8)
_WAYS = {
    WayBack.ADMINISTRATOR: "システム管理者が初期化する。",
    WayBack.CHANGE_SCREEN: "本人がログインし、表示される変更画面で変更する。",
    WayBack.OTHER_ADMINISTRATOR: "別のシステム管理者が初期化する。",
    WayBack.HELPDESK: "ヘルプデスクに連絡する。",
}


def write_day_sheet(desk: Desk, wrong: Iterable[Alarm], path: Path, *, ask_server: bool = True) -> Judgement:
    """Write today's sheet to ``path`` (0600); returns its verdict. Raises RetriableError FILES-001, FILES-002."""
    facts = day_facts(desk, wrong, ask_server=ask_server)
    write_bytes(path, day_sheet(facts).encode())
    return day_judgement(facts)


def day_facts(desk: Desk, wrong: Iterable[Alarm], *, ask_server: bool = True) -> DayFacts:
    """All that the sheet of now tells; ``wrong``: what a look at the books has found."""
    now = desk.now()
    with desk.ledger.reading() as reader:
        known = list(files.find(reader))
        facts = DayFacts(
            body_name=desk.site.body.name,
            body_code=desk.site.body.code,
            now=now,
            business_day=desk.site.calendar().is_business_day(tokyo_day(now)),
            stopped=orders.stop_requested(reader),
            duties=tuple(sorted(_duties(desk, reader, now), key=lambda duty: duty.at)),
            deadlines=tuple(_deadlines(desk, reader, known, now)),
            held=tuple(_held(desk, reader, known, now)),
            windows=tuple(_windows(desk, reader, known, now)),
            wrong=tuple(_wrong(alarm) for alarm in wrong),
            waiting=tuple(_waiting(known, now)),
            passwords=None,
        )
    seen = _screens(desk) if ask_server else None
    return facts if seen is None else replace(facts, passwords=tuple(passwords(seen, tokyo_day(now))))


def _screens(desk: Desk) -> Readiness | None:
    try:
        return desk.server.readiness()
    except FukuhonError:  # the sheet is wanted most when something is away; it says so
        return None


def passwords(seen: Readiness, day: date) -> Iterator[PasswordFacts]:
    """Accounts whose password runs out or has, from 14 days before (seed 4.2(1)); the first to run out first."""
    administrator = ROLE_CODES["administrator"]
    others = [account.user for account in seen.accounts if account.role == administrator]
    for account in sorted(seen.accounts, key=lambda each: (each.password_set, each.user)):
        is_one = account.role == administrator
        status = password_status(
            Role.ADMINISTRATOR if is_one else Role.OFFICER,
            account.password_set,
            day,
            valid_days=account.password_days,
            other_administrator=any(user != account.user for user in others),
        )
        if status.state is PasswordState.NOTICE:
            yield PasswordFacts(account.user, status.expires, "まもなく期限", "本人がログインして変更する。")
        elif status.way_back is not None:
            yield PasswordFacts(account.user, status.expires, "期限切れ", _WAYS[status.way_back])


def _duties(desk: Desk, reader: Reader, now: datetime) -> Iterator[DutyFacts]:
    today = tokyo_day(now)
    for duty, wording in WORDINGS.items():
        for at in due_times(desk.site, duty):
            if tokyo_day(at) == today:
                yield DutyFacts(wording, at, done=done_since(reader, duty, at))
    prepared = {run.key.day for run in runs.find(reader, kind="differential", state="done")}
    yesterday = today - timedelta(days=1)
    if yesterday in differential_days(desk.site.folder):
        wording = f"{yesterday.month}月{yesterday.day}日分の差分登録の準備"
        yield DutyFacts(wording, day_interval(today, 0, 540).end, done=yesterday in prepared)


def _deadlines(desk: Desk, reader: Reader, known: Sequence[File], now: datetime) -> list[DeadlineFacts]:
    """Changes that the server does not hold and that are due before the next business day opens, or overdue.

    What is due tomorrow at 8:30 has to be done today.
    """
    calendar, opening = desk.site.calendar(), desk.site.opening
    horizon = datetime.combine(calendar.next_business_day(tokyo_day(now)), opening, now.tzinfo)
    days = {run.id: run.key.day for run in runs.find(reader)}
    groups: dict[tuple[str, date, str], int] = {}
    for file in known:
        if file.kind in {"differential", "deletion"} and file.state not in FINISHED:
            key = (file.dataset, days[file.run_id], _STATES[file.state])
            groups[key] = groups.get(key, 0) + file.records
    found = [
        DeadlineFacts(_name(desk, code, now), day, deadline(Pending(code, day, count), calendar, opening), count, state)
        for (code, day, state), count in groups.items()
    ]
    return sorted((each for each in found if each.due <= horizon), key=lambda each: (each.due, each.dataset))


def _name(desk: Desk, dataset: str, now: datetime) -> str:
    return desk.packs.in_force(dataset, tokyo_day(now)).name


def _held(desk: Desk, reader: Reader, known: Sequence[File], now: datetime) -> Iterator[HeldFacts]:
    for asked in approvals.find(reader, state="asked"):
        if asked.valid_until > now:
            what = f"承認：{_ASKED.get(asked.kind, '申請')}"
            name = f"申請{asked.id}「{asked.subject}」"
            yield HeldFacts(what, name, f"{asked.asked_by}さん以外の承認者", asked.asked_at, asked.valid_until)
    if (hand := at_terminal(reader, desk.site.limits)) is not None:
        yield HeldFacts("受付番号の入力（接続端末）", hand.file.name, "業務担当者", hand.attempt.started, hand.due)
    for plan in awaited(reader):
        what = f"突合用ファイルの出力（接続端末）{len(plan.numbers)}件"
        yield HeldFacts(what, "突合作業票", "突合用ファイル出力担当者と責任者", plan.since)
    for file in known:
        if file.state is FileState.IN_DOUBT:
            yield HeldFacts("結果不明の送信", file.name, "システム管理者", file.changed_at)
    yield from _quarantined(desk, reader, now)


def _quarantined(desk: Desk, reader: Reader, now: datetime) -> Iterator[HeldFacts]:
    """Records held back by the last preparation of each dataset."""
    last: dict[str, tuple[date, int, int]] = {}
    for run in runs.find(reader, state="done"):
        if run.key.kind != "pretest":
            for dataset, tally in tallies.by_dataset(reader, run.id).items():
                last[dataset] = (run.key.day, tally.quarantined, tally.withheld)
    for dataset, (day, quarantined, withheld) in sorted(last.items()):
        name = _name(desk, dataset, now)
        if quarantined:
            yield HeldFacts("留め置き（正本の訂正）", f"{name} {quarantined:,}件", "業務担当課", day)
        if withheld:
            yield HeldFacts("保留（扱いの決定）", f"{name} {withheld:,}件", "業務担当課", day)


def _windows(desk: Desk, reader: Reader, known: Sequence[File], now: datetime) -> Iterator[WindowFacts]:
    slips = {slip.file: f"（{slip.wording}）" for slip in slipped(reader, known, now)}
    for window in upload_windows(desk.site):
        if tokyo_day(window.interval.start) != tokyo_day(now):
            continue
        ready = (FileState.PLANNED, FileState.SENDING, FileState.CUT)
        mine = [file for file in known if file.window_id == window.id and file.state in ready]
        yield WindowFacts(
            kind=_KINDS[window.kind.value],
            start=window.interval.start,
            end=window.interval.end,
            limit=window.bytes_limit,
            spent=attempts.spent(reader, *window.account),
            files=tuple(
                PlannedFile(
                    f.name, _name(desk, f.dataset, now), f.records, f.bytes, _STATES[f.state] + slips.get(f.name, "")
                )
                for f in sorted(mine, key=lambda file: (file.position or 0, file.id))
            ),
        )


def _waiting(known: Sequence[File], now: datetime) -> list[WaitingFile]:
    """What the server has taken and not processed, the oldest first."""
    found = [
        WaitingFile(f.name, f.receipt or "―", f.records, f.received_at, _nights(f.received_at, now), f.slipped_to)
        for f in known
        if f.state in WAITING and f.received_at
    ]
    return sorted(found, key=lambda file: (file.since, file.name))


def _nights(since: datetime, now: datetime) -> int:
    """How many of the server's nightly batches have ended since a receipt from 22:00 to 6:00 (seed 1.4.1)."""
    first = tokyo_day(since)
    days = (first + timedelta(days=n) for n in range((tokyo_day(now) - first).days + 1))
    ends = (day_interval(day).start + _BATCH_ENDS for day in days)
    return sum(since <= end - _BATCH and end <= now for end in ends)


def _wrong(alarm: Alarm) -> WrongFacts:
    manual = catalogue()[alarm.code].manual
    return WrongFacts(alarm.code, alarm.message, alarm.next_step, manual, alarm.due, alarm.lines)
