from __future__ import annotations

from datetime import date

import pytest

from fukuhon.calendars import BusinessCalendar, day_interval
from fukuhon.errors import RefusedError
from fukuhon.vigilance import PROCEDURES, ProcedureId, plan_stop, term
from fukuhon.windows import Kind, Window

BODY = BusinessCalendar()


@pytest.mark.parametrize(
    ("procedure", "day", "last"),
    [
        (ProcedureId.CONTACT, "2017-04-28", "2017-05-10"),  # over 5/3–5/7
        (ProcedureId.VPN_ADMINISTRATOR, "2017-04-03", "2017-04-10"),
        (ProcedureId.VPN_SITE, "2017-05-31", "2017-04-30"),
        (ProcedureId.VPN_SITE, "2018-01-15", "2017-12-15"),
        (ProcedureId.PLANNED_STOP, "2017-05-10", "2017-04-21"),
        (ProcedureId.SUPPORT_PERSONS, "2017-05-10", "2017-05-10"),
        (ProcedureId.SUPPORT_ACCOUNT, "2017-05-10", None),
    ],
)
def test_term_of_each_procedure(procedure: ProcedureId, day: str, last: str | None) -> None:
    """Five business days after, a month before, ten business days before, at once, or no term."""
    assert term(procedure, date.fromisoformat(day), BODY) == (last and date.fromisoformat(last))


def test_every_procedure_has_a_wording_and_a_term() -> None:
    """No row of the table is empty."""
    assert set(PROCEDURES) == set(ProcedureId)
    assert all(row.wording for row in PROCEDURES.values())
    for procedure in ProcedureId:
        term(procedure, date(2017, 5, 10), BODY)


def test_planned_stop_never_meets_a_window() -> None:
    """It may touch one, but not take a minute of it."""
    day = date(2017, 4, 12)
    window = Window.of(day_interval(day, 540, 720), Kind.INITIAL)
    plan_stop(day_interval(day, 720, 800), [window])
    with pytest.raises(RefusedError) as caught:
        plan_stop(day_interval(day, 719, 800), [window])
    assert caught.value.code == "VIGILANCE-005"
