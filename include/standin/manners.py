"""Manners of asking (seed 2.3): results are looked at when there is need, not again and again.

A look is never refused for its frequency, but what is too often is counted as ``polling``.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from standin.body import Body
from standin.clock import micros
from standin.hours import registration_hours

__all__ = ["look", "look_apart", "look_outside_service"]

_AGAIN = timedelta(minutes=10)
_LOOKS_A_RECEIPT = 2
_LOOKS_A_DAY = 60


def look(body: Body, now: datetime, user: str, query: str, receipt: str | None = None) -> None:
    """Count a look at results or at a 突合, and whatever of it is too often."""
    day = now.date().isoformat()
    store = body.store
    with store.transaction():
        again = store.one(
            "SELECT 1 FROM looks WHERE day >= ? AND what = 'query' AND user = ? AND query = ? AND at > ?",
            (now - _AGAIN).date().isoformat(),
            user,
            query,
            micros(now - _AGAIN),
        )
        store.run("INSERT INTO looks VALUES (?, ?, 'query', ?, ?, ?)", micros(now), day, user, query, receipt)
        if again:
            body.violate(now, "polling", f"10分以内に同じ問合せ: {query}")
        counted = "SELECT count(*) FROM looks WHERE day = ? AND what = 'query'"
        if receipt is not None and store.value(f"{counted} AND receipt = ?", day, receipt) > _LOOKS_A_RECEIPT:
            body.violate(now, "polling", f"1日に3回以上の照会: {receipt}")
        if store.value(counted, day) > _LOOKS_A_DAY:
            body.violate(now, "polling", "1日に61回以上の照会")


def look_outside_service(body: Body, now: datetime, user: str) -> None:
    """Count a call outside the hours in which the server serves or takes registrations (seed 5.1.4)."""
    if now not in registration_hours(now.date()):
        look_apart(body, now, user, "outside_service")


def look_apart(body: Body, now: datetime, user: str, what: str) -> None:
    """Count a look that is no polling: readiness, search."""
    body.store.run("INSERT INTO looks VALUES (?, ?, ?, ?, NULL, NULL)", micros(now), now.date().isoformat(), what, user)
