from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fukuhon.vigilance import PasswordState, Role, WayBack, password_status

SET = date(2017, 4, 3)
ROLES = st.sampled_from(Role)
ORDER = list(PasswordState)


@given(ROLES, st.integers(1, 365), st.integers(0, 600), st.booleans())
def test_state_only_gets_worse(role: Role, valid_days: int, days: int, other: bool) -> None:  # noqa: FBT001
    """Without a change, tomorrow's state is never better than today's; and whoever is shut out has a way back."""

    def on(day: int) -> PasswordState:
        found = password_status(role, SET, SET + timedelta(days=day), valid_days=valid_days, other_administrator=other)
        shut_out = found.state in {PasswordState.MUST_CHANGE, PasswordState.LOCKED}
        assert shut_out == (found.way_back is not None)
        assert (found.state is PasswordState.NOTICE) == (found.notice_by is not None)
        return found.state

    assert ORDER.index(on(days)) <= ORDER.index(on(days + 1))


@given(ROLES)
def test_notice_comes_daily_for_fourteen_days(role: Role) -> None:
    """From 14 days before it expires until the day before."""
    days = [SET + timedelta(days=n) for n in range(120)]
    noticed = [day for day in days if password_status(role, SET, day).state is PasswordState.NOTICE]
    assert noticed == [date(2017, 6, 18) + timedelta(days=n) for n in range(14)]


def test_officers_see_it_on_the_screen_and_administrators_get_mail() -> None:
    """お知らせ一覧, and LGWAN mail."""
    day = date(2017, 6, 20)
    assert password_status(Role.OFFICER, SET, day).notice_by == "screen"
    assert password_status(Role.ADMINISTRATOR, SET, day).notice_by == "mail"


def test_administrator_may_change_it_for_ninety_days() -> None:
    """2017-07-02 to 2017-09-29; then another administrator, or the help desk."""
    last = password_status(Role.ADMINISTRATOR, SET, date(2017, 9, 29))
    locked = password_status(Role.ADMINISTRATOR, SET, date(2017, 9, 30), other_administrator=False)
    assert (last.state, last.way_back) == (PasswordState.MUST_CHANGE, WayBack.CHANGE_SCREEN)
    assert (locked.state, locked.way_back) == (PasswordState.LOCKED, WayBack.HELPDESK)
