"""What 今日の作業 tells: what is due, what waits for whom, what is going out, what is wrong and what to do."""
# ruff: noqa: PLC0415 - the library is loaded with the first page

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from fukuhon_airflow.pages import forms
from fukuhon_airflow.pages.desk import person_of

if TYPE_CHECKING:
    from fukuhon.commands.situation import Situation
    from fukuhon.ledger import Reader
    from fukuhon.ledger.approvals import Approval
    from fukuhon.ledger.attempts import Attempt
    from fukuhon.ledger.files import File
    from fukuhon.registration.desk import Desk
    from fukuhon.site import Person
    from fukuhon.windows import Window
    from fukuhon_airflow.pages.login import Viewer
    from fukuhon_airflow.pages.steps import Step

__all__ = ["Asked", "Outgoing", "Queued", "Today", "today"]

_LISTED = 20
_SHOWN_STATES = {
    "validated": "送信枠への割当て",
    "planned": "送信枠の開始",
    "turn": "送信の順番",
    "cut": "再送（回線断）",
    "received": "中間サーバーの処理",
    "waiting": "中間サーバーの処理",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Something that waits for a decision; ``token`` where this user may decide it, else why not."""

    approval: Approval
    matter: str
    deciders: str
    expired: bool
    token: str | None
    why_not: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The file on the wire: when it should be through at the line's rate, and what the window still has."""

    file: File
    started: datetime
    rate: float
    sent: int
    """Estimated: the line's rate by the time since the start; the sender writes bytes down at the end only."""
    ends: datetime
    window_ends: datetime | None
    window_spent: int
    window_limit: int | None

    @property
    def fits(self) -> bool:
        """Whether it should end before the window does."""
        return self.window_ends is None or self.ends < self.window_ends


@dataclass
class Queued:
    """Files that wait for the same thing."""

    what: str
    files: list[File] = field(default_factory=list)
    since: datetime | None = None

    def add(self, file: File, since: datetime) -> None:
        """One more."""
        self.files.append(file)
        self.since = min(since, self.since or since)

    @property
    def records(self) -> int:
        """Of all of them."""
        return sum(file.records for file in self.files)

    @property
    def bytes(self) -> int:
        """Of all of them."""
        return sum(file.bytes for file in self.files)

    @property
    def shown(self) -> Sequence[File]:
        """Those that are named one by one."""
        return self.files[:_LISTED]


@dataclass(frozen=True, slots=True)
class Today:
    """The page's facts."""

    now: datetime
    situation: Situation
    person: Person | None
    role: str
    asked: list[Asked]
    outgoing: Outgoing | None
    queues: list[Queued]
    told: str | None
    steps: list[Step]
    """Airflow's own questions to this user."""

    @property
    def mine(self) -> list[Asked]:
        """What waits for this user."""
        return [each for each in self.asked if each.token]

    @property
    def by_hand(self) -> list[dict[str, Any]]:
        """What people at the 接続端末 have still to bring."""
        return [each for each in self.situation.waiting if each.get("by_hand")]

    @property
    def slipped(self) -> list[dict[str, Any]]:
        """Files that slipped to a later day."""
        return [each for each in self.situation.waiting if each.get("slipped")]

    @property
    def overdue(self) -> list[dict[str, Any]]:
        """Duties whose hour has come."""
        return [each for each in self.situation.due if each["at"] <= self.now]


def today(desk: Desk, site: str, viewer: Viewer, steps: list[Step], decided: int | None = None) -> Today:
    """Look. ``decided``: the approval that this user has just decided."""
    from fukuhon.calendars import tokyo_day
    from fukuhon.commands.acting import ROLE_NAMES
    from fukuhon.commands.situation import look

    situation = look(desk)
    person = person_of(desk.site, viewer, tokyo_day(situation.now))
    with desk.ledger.reading() as reader:
        return Today(
            now=situation.now,
            situation=situation,
            person=person,
            role=ROLE_NAMES.get(person.role, person.role) if person else "",
            asked=sorted(
                (_asked(each, site, viewer, person, situation.now) for each in _open(reader)),
                key=lambda each: each.token is None,  # what this user may decide comes first
            ),
            outgoing=_outgoing(desk, reader, situation.now),
            queues=_queues(reader, situation.now),
            told=_told(reader, decided),
            steps=steps,
        )


def _open(reader: Reader) -> Iterable[Approval]:
    from fukuhon.ledger import approvals

    return approvals.find(reader, state="asked")


def _asked(approval: Approval, site: str, viewer: Viewer, person: Person | None, now: datetime) -> Asked:
    from fukuhon.commands.acting import ROLE_NAMES
    from fukuhon.commands.matters import MATTERS, deciders

    roles = deciders(approval.kind)
    names = "又は".join(ROLE_NAMES.get(role, role) for role in roles)
    why_not = ""
    if now >= approval.valid_until:
        why_not = "期限が過ぎました。申請し直してください。"
    elif person is None:
        why_not = f"{names}が承認します（このログイン名は、団体の設定の担当者にありません）。"
    elif person.name == approval.asked_by:
        why_not = f"申請した本人は承認できません。{names}の別の方が承認します。"
    elif person.role not in roles:
        why_not = f"{names}が承認します。"
    return Asked(
        approval=approval,
        matter=MATTERS.get(approval.kind, approval.kind),
        deciders=names,
        expired=now >= approval.valid_until,
        token=None if why_not else forms.token(viewer.id, site, approval.id, approval.sha256),
        why_not=why_not,
    )


def _outgoing(desk: Desk, reader: Reader, now: datetime) -> Outgoing | None:
    from fukuhon.ledger import attempts, files, meters, orders
    from fukuhon.windows import line_rate

    attempt = next(iter(attempts.open_attempts(reader)), None)
    if attempt is None:
        return None
    order = orders.get(reader, attempt.order_id) if attempt.order_id else None
    window = _window(desk, order.window_id) if order else None
    rate = line_rate([sample.rate for sample in meters.find(reader)], desk.site.limits.line_bytes_per_s)
    return Outgoing(
        file=files.get(reader, attempt.file_id),
        started=attempt.started,
        rate=rate,
        sent=_sent(attempt, rate, now),
        ends=attempt.started + timedelta(seconds=attempt.bytes / rate),
        window_ends=order.end if order else None,
        window_spent=attempts.spent(reader, *window.account) if window else 0,
        window_limit=window.bytes_limit if window else None,
    )


def _sent(attempt: Attempt, rate: float, now: datetime) -> int:
    return min(attempt.bytes, int(rate * max((now - attempt.started).total_seconds(), 0.0)))


def _window(desk: Desk, window_id: str) -> Window | None:
    from fukuhon.windows.schedule import upload_windows

    return next((window for window in upload_windows(desk.site) if window.id == window_id), None)


def _queues(reader: Reader, now: datetime) -> list[Queued]:
    """What waits, by what it waits for, in the order of a file's life."""
    from fukuhon.ledger import FileState, files

    queues = {what: Queued(what) for what in _SHOWN_STATES.values()}
    for file in files.find(reader, state=[FileState(state) for state in _SHOWN_STATES if state != "turn"]):
        has_come = file.state is FileState.PLANNED and file.window_start is not None and file.window_start <= now
        what = _SHOWN_STATES["turn" if has_come else file.state.value]
        queues[what].add(file, file.received_at or file.changed_at)
    return [queue for queue in queues.values() if queue.files]


def _told(reader: Reader, decided: int | None) -> str | None:
    from fukuhon.ledger import approvals

    if decided is None:
        return None
    found = next((each for each in approvals.find(reader) if each.id == decided and each.state != "asked"), None)
    words = {"approved": "承認しました", "rejected": "却下しました"}
    return f"申請 {found.id} を{words[found.state]}（{found.decided_by}）。" if found else None
