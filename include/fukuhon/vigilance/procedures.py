"""Procedures towards the help desk and their terms (seed 3.1.2)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from fukuhon.calendars import BusinessCalendar, Interval
from fukuhon.errors import RefusedError
from fukuhon.windows import Window

__all__ = ["PROCEDURES", "Procedure", "ProcedureId", "Term", "plan_stop", "term"]


class Term(StrEnum):
    """How a term is counted from the day of the event."""

    FIVE_BUSINESS_DAYS_AFTER = "five_business_days_after"
    ONE_MONTH_BEFORE = "one_month_before"
    TEN_BUSINESS_DAYS_BEFORE = "ten_business_days_before"
    AT_ONCE = "at_once"
    NONE = "none"


class ProcedureId(StrEnum):
    """The rows of the seed's table that have to do with registration."""

    CONTACT = "contact"
    VPN_ADMINISTRATOR = "vpn_administrator"
    VPN_SITE = "vpn_site"
    PLANNED_STOP = "planned_stop"
    BREAKDOWN = "breakdown"
    SUPPORT_ACCOUNT = "support_account"
    SUPPORT_PERSONS = "support_persons"


@dataclass(frozen=True, slots=True)
class Procedure:
    """Its name, the form to hand in (None: no form) and its term."""

    wording: str
    form: str | None
    term: Term


PROCEDURES: Mapping[ProcedureId, Procedure] = {
    ProcedureId.CONTACT: Procedure(
        "窓口担当部署の管理者・担当者の変更", "利用開始・変更連絡票", Term.FIVE_BUSINESS_DAYS_AFTER
    ),
    ProcedureId.VPN_ADMINISTRATOR: Procedure(
        "VPN装置管理者の変更", "利用開始・変更連絡票", Term.FIVE_BUSINESS_DAYS_AFTER
    ),
    ProcedureId.VPN_SITE: Procedure("VPN装置の設置場所の変更", "VPN装置設置場所変更届", Term.ONE_MONTH_BEFORE),
    ProcedureId.PLANNED_STOP: Procedure("計画停止の連絡", "VPN監視抑止申請書", Term.TEN_BUSINESS_DAYS_BEFORE),
    ProcedureId.BREAKDOWN: Procedure("障害による停止の連絡（電話）", None, Term.AT_ONCE),
    ProcedureId.SUPPORT_ACCOUNT: Procedure("サポートサイト管理者アカウントの再発行", None, Term.NONE),
    ProcedureId.SUPPORT_PERSONS: Procedure("サポートサイト管理者・担当者の変更", None, Term.AT_ONCE),
}


def term(procedure: ProcedureId, day: date, calendar: BusinessCalendar) -> date | None:
    """The last day to hand ``procedure`` in for an event on ``day``; None where the seed names no term."""
    match PROCEDURES[procedure].term:
        case Term.FIVE_BUSINESS_DAYS_AFTER:
            return calendar.next_business_day(day, 5)
        case Term.TEN_BUSINESS_DAYS_BEFORE:
            return calendar.previous_business_day(day, 10)
        case Term.ONE_MONTH_BEFORE:
            return _month_before(day)
        case Term.AT_ONCE:
            return day
        case Term.NONE:
            return None


def _month_before(day: date) -> date:
    year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def plan_stop(stop: Interval, windows: Sequence[Window]) -> None:
    """Let a planned stop be handed in. Raises RefusedError VIGILANCE-005 when it meets a window of uploading."""
    for window in windows:
        if window.interval.overlaps(stop):
            raise RefusedError("VIGILANCE-005", window=window.id)
