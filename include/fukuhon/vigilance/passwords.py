"""Passwords of server accounts: when they expire, who is told, what the way back is (seed 1.3.5, 4.2(1))."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

__all__ = ["NOTICE_DAYS", "PasswordState", "PasswordStatus", "Role", "WayBack", "password_status"]

NOTICE_DAYS = 14
LOCK_DAYS = 90


class Role(StrEnum):
    """業務担当者, or システム管理者: the rules differ."""

    OFFICER = "officer"
    ADMINISTRATOR = "administrator"


class PasswordState(StrEnum):
    """Fine; noticed daily; to be changed on the screen after login; locked out."""

    OK = "ok"
    NOTICE = "notice"
    MUST_CHANGE = "must_change"
    LOCKED = "locked"


class WayBack(StrEnum):
    """Who or what opens the account again."""

    ADMINISTRATOR = "administrator"
    CHANGE_SCREEN = "change_screen"
    OTHER_ADMINISTRATOR = "other_administrator"
    HELPDESK = "helpdesk"


@dataclass(frozen=True, slots=True)
class PasswordStatus:
    """``expires``: first day on which it no longer holds (inferred); ``notice_by``: screen or mail, while noticed."""

    state: PasswordState
    first_notice: date
    expires: date
    notice_by: str | None = None
    way_back: WayBack | None = None


def password_status(
    role: Role, set_on: date, day: date, *, valid_days: int = 90, other_administrator: bool = True
) -> PasswordStatus:
    """The state on ``day`` of a password set on ``set_on``; ``other_administrator``: another one can reset it."""
    expires = set_on + timedelta(days=valid_days)
    first_notice = expires - timedelta(days=NOTICE_DAYS)
    if day < first_notice:
        return PasswordStatus(PasswordState.OK, first_notice, expires)
    if day < expires:
        by = "screen" if role is Role.OFFICER else "mail"
        return PasswordStatus(PasswordState.NOTICE, first_notice, expires, notice_by=by)
    state, way_back = _expired(role, (day - expires).days, other_administrator=other_administrator)
    return PasswordStatus(state, first_notice, expires, way_back=way_back)


def _expired(role: Role, days: int, *, other_administrator: bool) -> tuple[PasswordState, WayBack]:
    if role is Role.OFFICER:
        return PasswordState.LOCKED, WayBack.ADMINISTRATOR
    if days < LOCK_DAYS:
        return PasswordState.MUST_CHANGE, WayBack.CHANGE_SCREEN
    return PasswordState.LOCKED, WayBack.OTHER_ADMINISTRATOR if other_administrator else WayBack.HELPDESK
