"""A plan above the daily cap: asked for by one person, approved by another (seed 2.1.1; DESIGN §3.7, §3.15).

June's 当初課税 or a change of law brings more than a day may take. J-LIS then coordinates the days, as for 初期登録,
and says so in a notice. Without an approved plan what is too much waits for the days that follow, counted ``queued``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from fukuhon.calendars import tokyo_day
from fukuhon.clock import tokyo
from fukuhon.errors import RefusedError
from fukuhon.ledger import cap_plans
from fukuhon.ledger.cap_plans import NewCapPlan
from fukuhon.registration.desk import Desk
from fukuhon.registration.summary import Summary
from fukuhon.sender import cap_as_of

__all__ = ["MOST_DAYS", "MOST_LETTERS", "ask"]

MOST_DAYS = 31
MOST_LETTERS = 100


def ask(desk: Desk, notice: str, days: Sequence[date], records: int) -> Summary:
    """Write a plan down and ask for its approval in the name of the desk's actor; the same again is the same.

    ``notice``: the name or number of J-LIS's notice. ``records``: what each of ``days`` may take. Raises RefusedError:
    REGISTRATION-006 (a day is past, in test mode, or there are none or too many), -007 (no more than the cap), -008.
    """
    name = " ".join(notice.split())
    if not 0 < len(name) <= MOST_LETTERS:
        raise RefusedError("REGISTRATION-008", most=MOST_LETTERS)
    wanted = tuple(sorted(set(days)))
    _check_days(desk, wanted)
    with desk.ledger.transaction(desk.actor) as tx:
        cap = cap_as_of(desk.site, tx, tokyo_day(tx.now)).of_a_day
        if records <= (cap or 0):
            raise RefusedError("REGISTRATION-007", records=records, cap=cap or 0)
        plan = cap_plans.ask(tx, NewCapPlan(name, wanted, records), tokyo(wanted[-1] + timedelta(days=1)))
    return Summary(
        "exceed",
        counts={"days": len(wanted), "records": records},
        facts={
            "notice": name,
            "days": [day.isoformat() for day in wanted],
            "cap": cap,
            "plan_sha256": plan.approval.sha256,
            "approval": plan.approval.id,
            "state": plan.approval.state,
        },
    )


def _check_days(desk: Desk, days: Sequence[date]) -> None:
    today, modes = tokyo_day(desk.now()), desk.site.mode_calendar()
    wrong = [day for day in days if day < today or not modes.registers(day)]
    if wrong or not 0 < len(days) <= MOST_DAYS:
        shown = "、".join(f"{day:%Y-%m-%d}" for day in wrong[:5]) or f"{len(days)}日"
        raise RefusedError("REGISTRATION-006", days=shown, most=MOST_DAYS)
