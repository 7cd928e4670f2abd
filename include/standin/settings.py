"""What the control plane sets up for a body, read from JSON; what is left out gets a usable default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from standin.caps import Coordinated
from standin.clock import ClockError, parse_instant
from standin.hours import Allotment, AllotmentError, Span, initial_windows
from standin.modes import DayRange
from standin.numbers import is_body

__all__ = ["Account", "BatchSettings", "BodySettings", "Department", "Master", "SettingsError", "read_settings"]

_FIRST_DAY = date(2017, 4, 2)


class SettingsError(ValueError):
    """A set-up that cannot be used."""


@dataclass(frozen=True)
class Account:
    """One user with one role or several; ``password`` is shown in no representation."""

    user: str
    password: str = field(repr=False)
    roles: frozenset[str]
    department: str
    valid_to: date | None
    password_set: date
    password_days: int


@dataclass(frozen=True)
class Department:
    """A department: registered again after each delivery of masters (seed 1.3.3), valid to a day included."""

    id: str
    registered: date
    valid_to: date | None


@dataclass(frozen=True)
class Master:
    """A master and the day from which it is applied."""

    name: str
    applied: date


@dataclass(frozen=True)
class BatchSettings:
    """The night's batch: begins ``start``, no file begins that would end after ``end``; both as time since 0:00.

    ``capacity`` is how many records a night takes; a file that is larger than a whole night goes first and alone.
    """

    start: timedelta
    end: timedelta
    records_per_s: float
    capacity: int | None
    gap: timedelta

    @property
    def length(self) -> timedelta:
        """From start to end; an end before the start is the next day's."""
        return self.end - self.start if self.end > self.start else self.end - self.start + timedelta(days=1)


@dataclass(frozen=True)
class BodySettings:
    """Everything set up for one body.

    ``restricted`` are 自動応答制限, ``without_code`` people whose 符号 is not acquired, ``closures`` announced stops of
    the service (seed 5.1.5), ``coordinated`` the days of large registrations (seed 2.1.1). Whether calls beside uploads
    are refused outside the service hours is a setting, too: the seed names the hours, not what happens outside.
    """

    code: str
    name: str
    group: int
    accounts: Mapping[str, Account]
    departments: Mapping[str, Department]
    masters: tuple[Master, ...]
    devices: frozenset[str] | None
    applied: tuple[DayRange, ...]
    allotments: tuple[Allotment, ...]
    batch: BatchSettings
    line_bytes_per_s: float | None
    immediate_records_per_s: float
    records_per_file: int
    pretest_records: int
    cap_percent: int
    coordinated: tuple[Coordinated, ...]
    restricted: frozenset[tuple[str, str | None]]
    without_code: frozenset[str]
    closures: tuple[Span, ...]
    closed_outside_service: bool


def read_settings(code: str, setup: Mapping[str, Any]) -> BodySettings:
    """Read a body's set-up; SettingsError names what is wrong with it."""
    if not is_body(code):
        raise SettingsError(f"{code}: six digits with a check digit are a body's code")
    try:
        return _read(code, setup)
    except AllotmentError as error:
        raise SettingsError(f"allotments: {error}") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SettingsError(f"{type(error).__name__}: {error}") from error


def _read(code: str, setup: Mapping[str, Any]) -> BodySettings:
    accounts = _accounts(setup.get("accounts", []))
    applied = tuple(_range(one) for one in (setup.get("modes") or {}).get("applied") or [])
    allotments = tuple(_allotment(one) for one in setup.get("allotments") or [])
    initial_windows(allotments, applied)
    devices = setup.get("devices")
    return BodySettings(
        code=code,
        name=setup.get("name", code),
        group=int(setup.get("group", 2)),
        accounts=accounts,
        departments=_departments(setup.get("departments"), accounts),
        masters=_masters(setup.get("masters")),
        devices=None if devices is None else frozenset(_id(one) for one in devices),
        applied=applied,
        allotments=allotments,
        batch=_batch(setup.get("batch") or {}),
        line_bytes_per_s=_rate(setup.get("line_bytes_per_s")),
        immediate_records_per_s=float(setup.get("immediate_records_per_s") or 10),
        records_per_file=int(setup.get("records_per_file", 200_000)),
        pretest_records=int(setup.get("pretest_records", 5)),
        cap_percent=int(setup.get("daily_cap_percent", 5)),
        coordinated=tuple(_coordinated(one) for one in setup.get("coordinated") or []),
        restricted=frozenset((one["spi"], one.get("addressee")) for one in setup.get("restricted") or []),
        without_code=frozenset(setup.get("without_code") or ()),
        closures=tuple(Span(_instant(one["from"]), _instant(one["to"])) for one in setup.get("closures") or []),
        closed_outside_service=bool(setup.get("closed_outside_service", False)),
    )


def _accounts(rows: list[dict[str, Any]]) -> dict[str, Account]:
    """Read the accounts; a user named twice has both roles."""
    accounts: dict[str, Account] = {}
    for row in rows:
        user = row["user"]
        roles = frozenset(row.get("roles") or [row["role"]])
        held = accounts[user].roles if user in accounts else frozenset()
        accounts[user] = Account(
            user=user,
            password=row["password"],
            roles=roles | held,
            department=row.get("department", "D01"),
            valid_to=_day(row.get("valid_to")),
            password_set=_day(row.get("password_set")) or _FIRST_DAY,
            password_days=int(row.get("password_days", 90)),
        )
    return accounts


def _departments(rows: list[dict[str, Any]] | None, accounts: Mapping[str, Account]) -> dict[str, Department]:
    if rows is None:
        rows = [{"id": one} for one in sorted({account.department for account in accounts.values()})]
    return {
        row["id"]: Department(row["id"], _day(row.get("registered")) or _FIRST_DAY, _day(row.get("valid_to")))
        for row in rows
    }


def _masters(rows: list[dict[str, Any]] | None) -> tuple[Master, ...]:
    if rows is None:
        rows = [{"name": "情報提供NWS配信マスター"}, {"name": "独自マスター"}]
    return tuple(Master(row["name"], _day(row.get("applied")) or _FIRST_DAY) for row in rows)


def _batch(row: Mapping[str, Any]) -> BatchSettings:
    capacity = row.get("capacity_per_night")
    return BatchSettings(
        start=_clock(row.get("start", "22:00")),
        end=_clock(row.get("end", "03:00")),
        records_per_s=float(row.get("records_per_s") or 100),
        capacity=None if capacity is None else int(capacity),
        gap=timedelta(seconds=float(row.get("gap_s", 60))),
    )


def _allotment(row: Mapping[str, Any]) -> Allotment:
    days = tuple(str(day) for day in row["days"])
    return Allotment(days, row["from"], row["to"], None if row.get("bytes") is None else int(row["bytes"]))


def _coordinated(row: Mapping[str, Any]) -> Coordinated:
    records = int(row["records"])
    if records <= 0:
        raise SettingsError("coordinated: records")
    return Coordinated(frozenset(date.fromisoformat(day) for day in row["days"]), records)


def _range(row: Mapping[str, Any]) -> DayRange:
    return DayRange(date.fromisoformat(row["from"]), date.fromisoformat(row["to"]))


def _clock(text: str) -> timedelta:
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def _instant(text: str) -> datetime:
    try:
        return parse_instant(text)
    except ClockError as error:
        raise SettingsError(str(error)) from error


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _rate(value: float | None) -> float | None:
    """Return bytes a second, None for a line so fast that no time passes."""
    return float(value) if value else None


def _id(device: str | Mapping[str, Any]) -> str:
    return device if isinstance(device, str) else str(device["id"])
