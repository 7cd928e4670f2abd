"""What has to hold before a file is taken: mode, window, volume, cap, counts, keys."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from standin import caps
from standin.body import Body
from standin.clock import from_micros
from standin.contents import FileHead
from standin.hours import IMMEDIATE_CHANNELS, Span, channel_windows, initial_windows, registration_hours, service_hours
from standin.modes import NORMAL, mode_on
from standin.refusals import Refusal

__all__ = [
    "KINDS",
    "KnownFile",
    "Room",
    "allotment_at",
    "cap_left",
    "check_head",
    "check_key",
    "check_service",
    "complete_initial",
    "find_room",
    "initial_total",
    "same_file",
]

KINDS = frozenset({"pretest", "initial", "differential"})


@dataclass(frozen=True)
class KnownFile:
    """A file already taken under a key."""

    number: str
    received: datetime
    bytes: int


@dataclass
class Room:
    """The window an upload runs in: for 初期登録 the allotment with its volume, and what was spent of it before."""

    windows: tuple[Span, ...] = ()
    allotment: int | None = None
    limit: int | None = None
    spent: int = 0
    known_key: bool = False

    def check_volume(self, sent: int) -> None:
        """Refuse bytes that reach the allotted volume: 以上 is barred, so strictly below (seed 1.4.1)."""
        if self.limit is not None and self.spent + sent >= self.limit:
            raise Refusal("over_volume", violation="over_volume")

    def covers(self, start: datetime, end: datetime) -> bool:
        """Whether allotted windows cover a span; what has no allotment may end when it does."""
        reach = start
        for span in self.windows:
            if span.start <= reach < span.end:
                reach = span.end
        return not self.windows or reach >= end


def check_service(body: Body, now: datetime) -> None:
    """Refuse everything while the service is stopped, and outside its hours where the body's set-up says so."""
    if any(now in span for span in body.settings.closures):
        raise Refusal("unavailable", "サービスの一時的な停止")
    if body.settings.closed_outside_service and now not in registration_hours(now.date()):
        raise Refusal("unavailable", "サービス提供時間外")


def find_room(body: Body, channel: int, kind: str, expected: int | None, now: datetime) -> Room:
    """Return the room for an upload that starts now. Raises Refusal."""
    if kind not in KINDS:
        raise Refusal("bad_request", "X-Registration")
    if mode_on(now.date(), body.settings.applied) != NORMAL:
        raise Refusal("wrong_mode", violation="wrong_mode")
    if kind == "initial":
        return _initial_room(body, expected, now)
    if not any(now in span for span in _spans(body, channel, kind, now)):
        raise Refusal("outside_window", violation="outside_window")
    return Room()


def _spans(body: Body, channel: int, kind: str, now: datetime) -> Iterable[Span]:
    """Return when an upload without allotment may start: 差分 by its channel, the pretest while the server serves."""
    if kind == "differential":
        return channel_windows(now.date(), body.settings.group, channel, applied=body.settings.applied)
    return [service_hours(now.date()) if channel in IMMEDIATE_CHANNELS else registration_hours(now.date())]


def _initial_room(body: Body, expected: int | None, now: datetime) -> Room:
    windows = initial_windows(body.settings.allotments, body.settings.applied)
    index = allotment_at(body, "initial", now)
    if index is None:
        raise Refusal("outside_window", violation="outside_window")
    spent = body.store.value("SELECT coalesce(sum(bytes), 0) FROM uploads WHERE allotment = ?", index)
    room = Room(tuple(span for span, _ in windows), index, body.settings.allotments[index].bytes, spent)
    room.check_volume(expected or 0)
    return room


def allotment_at(body: Body, kind: str, now: datetime) -> int | None:
    """Return the allotment on whose volume an upload of 初期登録 draws."""
    if kind != "initial":
        return None
    windows = initial_windows(body.settings.allotments, body.settings.applied)
    return next((index for span, index in windows if now in span), None)


def check_head(body: Body, kind: str, head: FileHead, started: datetime, *, known: bool) -> None:
    """Refuse a file by what its head says: another body's, too many records, over the day's cap."""
    if head.body != body.code:
        raise Refusal("bad_file", "団体コード")
    limit = body.settings.pretest_records if kind == "pretest" else body.settings.records_per_file
    if head.records > limit:
        raise Refusal("too_many_records")
    if kind == "differential" and not known:
        _check_cap(body, head, started)


def _check_cap(body: Body, head: FileHead, started: datetime) -> None:
    total = initial_total(body, head.spi)
    upload = caps.Counted(started.date(), "registration", head.records)
    agreed = caps.agreed_for(started.date(), body.settings.coordinated)
    decision = caps.decide(total, _counted(body, started), upload, body.settings.cap_percent, agreed)
    if decision.allowed:
        return
    if decision.cap is None:
        raise Refusal("over_cap", "初期登録が完了していません", violation="over_cap")
    raise Refusal("over_cap", violation="over_cap")


def _counted(body: Body, started: datetime) -> list[caps.Counted]:
    sql = "SELECT coalesce(sum(records), 0) FROM files WHERE kind = 'differential' AND day = ?"
    return [caps.Counted(started.date(), "registration", body.store.value(sql, started.date().isoformat()))]


def cap_left(body: Body, day: datetime) -> int | None:
    """Return how many records a day has left, None before any 初期登録 is complete."""
    total = sum(_totals(body).values()) if _totals(body) else None
    nothing, agreed = (
        caps.Counted(day.date(), "registration", 0),
        caps.agreed_for(day.date(), body.settings.coordinated),
    )
    return caps.decide(total, _counted(body, day), nothing, body.settings.cap_percent, agreed).remaining


def initial_total(body: Body, spi: str) -> int | None:
    """Return the body's initially registered records, None while that of this 特定個人情報 is not complete."""
    totals = _totals(body)
    return sum(totals.values()) if spi in totals or "*" in totals else None


def _totals(body: Body) -> dict[str, int]:
    totals: dict[str, int] = json.loads(body.store.fact("initial_totals") or "{}")
    return totals


def complete_initial(body: Body, spi: str | None = None) -> dict[str, int]:
    """Freeze the count of what was initially registered, for one 特定個人情報 or for all that is left."""
    totals = _totals(body)
    counts = body.store.all("SELECT spi, count(*) FROM records WHERE kind = 'initial' GROUP BY spi")
    found = {row[0]: row[1] for row in counts}
    if spi is not None:
        totals.setdefault(spi, found.get(spi, 0))
    else:
        totals = {**found, **totals, "*": totals.get("*", 0)}
    body.store.keep_fact("initial_totals", json.dumps(totals))
    return totals


def check_key(body: Body, key: str | None, expected: int | None) -> bool:
    """Whether a file was already taken under a key; one of another length is refused before it comes."""
    if key is None:
        return False
    size = body.store.value("SELECT bytes FROM keys WHERE key = ?", key)
    if size is not None and expected is not None and size != expected:
        raise Refusal("key_reused")
    return size is not None


def same_file(body: Body, key: str | None, sha256: str) -> KnownFile | None:
    """Return the file taken under a key, None where there is none. Raises Refusal where its bytes were others."""
    sql = "SELECT receipt, keys.sha256, keys.bytes, received FROM keys JOIN files USING (receipt) WHERE key = ?"
    row = body.store.one(sql, key) if key is not None else None
    if row is None:
        return None
    if row["sha256"] != sha256:
        raise Refusal("key_reused")
    return KnownFile(row["receipt"], from_micros(row["received"]), row["bytes"])
