"""支払: three times a year for the four months before (定時払), and at the end of the right (随時払)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rehearsal.city.columns import Bools, Days, Ints, day
from rehearsal.city.daily import some

if TYPE_CHECKING:
    from numpy.random import Generator

    from rehearsal.city.allowance.recipients import Recipients

__all__ = ["PAID", "Payments", "make_payments"]

_DAYS = {"2015-10": "2015-10-09", "2016-02": "2016-02-10", "2016-06": "2016-06-10", "2016-10": "2016-10-07"}
_DAYS |= {"2017-02": "2017-02-10", "2017-06": "2017-06-09"}
_LATER = 10**6
PAID, FAILED, STOPPED, PREPARED = 0, 1, 2, 3


@dataclass(slots=True)
class Payments:
    """One value a payment in each column; months count from January 1970; ``recipient`` is a place in Recipients."""

    recipient: Ints
    pay_month: Ints
    paid_on: Days
    regular: Bools
    first: Ints  # the first month it is for
    months: Ints  # how many, one to four
    monthly: Ints
    adjusted: Ints
    state: Ints
    void: Bools

    def __len__(self) -> int:
        return len(self.recipient)

    @property
    def total(self) -> Ints:
        """支払額 in yen."""
        return self.months * self.monthly - self.adjusted


def make_payments(rng: Generator, recipients: Recipients) -> Payments:
    """From October 2015 (a few, out of scope) to February 2017; of June 2017 those that are prepared already."""
    started = np.where(np.isnat(recipients.started), _LATER, _month(recipients.started))
    ended = np.where(np.isnat(recipients.ended_on), _LATER, _month(recipients.ended_on))
    parts = [_of_window(rng, text, started, ended) for text in _DAYS]
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    recipient, pay_month, paid_on, regular, first, months = columns
    count = len(recipient)
    window, unreported = recipients.window[recipient], recipients.report[recipient] == 1
    last = pay_month == _month_of("2017-02")
    state = np.select(
        [pay_month >= _month_of("2017-06"), last & unreported & regular, some(rng, ~window & regular, 0.005)],
        [PREPARED, STOPPED, FAILED],
        default=PAID,
    ).astype(np.int64)
    whole = (months == 4) & (rng.random(count) < 0.02)
    return Payments(
        recipient=recipient,
        pay_month=pay_month,
        paid_on=np.where(state >= STOPPED, np.datetime64("NaT", "D"), paid_on),
        regular=regular,
        first=first,
        months=months,
        monthly=recipients.monthly[recipient],
        adjusted=np.where(whole, rng.integers(1, 4, count) * 5_000, 0).astype(np.int64),
        state=state,
        void=some(rng, (state == PAID) & (pay_month >= _month_of("2016-01")), 0.003),
    )


def _of_window(rng: Generator, pay: str, started: Ints, ended: Ints) -> tuple[Ints, Ints, Days, Bools, Ints, Ints]:
    """The payments for the four months before ``pay``: with it, or in the month after the right ended."""
    month = _month_of(pay)
    first, last = np.maximum(started, month - 4), np.minimum(ended, month - 1)
    entitled = first <= last
    regular = ended >= month - 1
    if pay == "2015-10":
        entitled = some(rng, entitled, 0.06)
    if pay == "2017-06":  # not paid yet; of those that ended, what is due by the first load
        entitled = some(rng, entitled & regular, 0.03) | (entitled & ~regular & (ended < _month_of("2017-04")))
    who = np.flatnonzero(entitled)
    at = np.where(regular, month, ended + 1)[who]
    by_hand = at.astype("datetime64[M]").astype("datetime64[D]") + np.timedelta64(4, "D")
    paid_on = np.where(regular[who], day(_DAYS[pay]), by_hand)
    return who, at, paid_on, regular[who], first[who], (last - first + 1)[who]


def _month(days: Days) -> Ints:
    months: Ints = days.astype("datetime64[M]").astype(np.int64)
    return months


def _month_of(text: str) -> int:
    return int(np.datetime64(text, "M").astype(np.int64))
