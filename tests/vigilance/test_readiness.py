from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from fukuhon.calendars import Mode
from fukuhon.vigilance import AccountState, DepartmentState, Evidence, Fact, Readiness, evidence, lacking

DAY = date(2017, 4, 10)
TAX = DepartmentState("tax", date(2017, 4, 3))
CLERK = AccountState("clerk", "tax", password_set=date(2017, 4, 3))
READY = Readiness(
    mode=Mode.NORMAL,
    masters=[date(2017, 4, 2), date(2017, 4, 2)],
    departments=[TAX],
    accounts=[CLERK],
    devices=["T992011-01"],
    vpn_cuts_today=0,
    accounts_needed=["clerk"],
    devices_needed=["T992011-01"],
    files_ready=True,
    production_switched=True,
    masters_in_system=True,
)


def unmet(**changed: object) -> list[Fact]:
    """What is lacking once the ready body is changed."""
    return lacking(evidence(replace(READY, **changed), DAY))


def test_ready_body_lacks_nothing() -> None:
    """And every fact has its evidence."""
    found = evidence(READY, DAY)
    assert [one.fact for one in found] == list(Fact)
    assert lacking(found) == []


@pytest.mark.parametrize(
    ("changed", "fact"),
    [
        ({"files_ready": False}, Fact.FILES_READY),
        ({"mode": Mode.INTEGRATION_TEST}, Fact.NORMAL_MODE),
        ({"masters": []}, Fact.MASTERS_APPLIED),
        ({"masters": [date(2017, 4, 11)]}, Fact.MASTERS_APPLIED),
        ({"masters": [date(2017, 4, 2), date(2017, 4, 7)]}, Fact.DEPARTMENTS_REGISTERED),
        ({"accounts_needed": ["clerk", "other"]}, Fact.ACCOUNTS_MADE),
        ({"departments": [replace(TAX, valid_to=date(2017, 4, 9))]}, Fact.ACCOUNTS_VALID),
        ({"accounts": [replace(CLERK, valid_to=date(2017, 4, 9))]}, Fact.ACCOUNTS_VALID),
        ({"accounts": [replace(CLERK, password_set=date(2017, 1, 10))]}, Fact.ACCOUNTS_VALID),
        ({"accounts": [replace(CLERK, department="gone")]}, Fact.ACCOUNTS_VALID),
        ({"devices": []}, Fact.DEVICES_REGISTERED),
        ({"production_switched": False}, Fact.PRODUCTION_SWITCHED),
        ({"masters_in_system": False}, Fact.MASTERS_IN_SYSTEM),
        ({"vpn_cuts_today": 1}, Fact.VPN_STEADY),
    ],
)
def test_each_lack_shows_as_its_own_fact(changed: dict[str, object], fact: Fact) -> None:
    """Masters after the departments call for departments again; an expired department locks out its accounts."""
    assert unmet(**changed) == [fact]


def test_last_day_still_holds() -> None:
    """valid_to is included; a password set 90 days ago no longer holds, one set 89 days ago does."""
    accounts = [replace(CLERK, valid_to=DAY, password_set=date(2017, 1, 11))]
    assert unmet(accounts=accounts, departments=[replace(TAX, valid_to=DAY)]) == []


def test_masters_and_departments_of_today_hold() -> None:
    """Applied this morning, departments registered after it on the same day."""
    assert unmet(masters=[DAY], departments=[replace(TAX, registered=DAY)]) == []


def test_evidence_counts_what_is_expired() -> None:
    """One of two accounts: an officer reads how many, not which."""
    accounts = [CLERK, AccountState("other", "tax", password_set=date(2016, 1, 1))]
    seen = {
        one.fact: one.seen
        for one in evidence(replace(READY, accounts=accounts, accounts_needed=["clerk", "other"]), DAY)
    }
    assert seen[Fact.ACCOUNTS_VALID] == "期限切れ1件"


def test_expired_account_that_nobody_uses_does_not_matter() -> None:
    """Only accounts named in the settings are looked at."""
    stranger = AccountState("stranger", "gone", password_set=date(2010, 1, 1))
    assert unmet(accounts=[CLERK, stranger]) == []


def test_not_having_looked_is_a_lack() -> None:
    """Absence of evidence."""
    assert lacking([Evidence(Fact.NORMAL_MODE, met=True, seen="")]) == [
        fact for fact in Fact if fact is not Fact.NORMAL_MODE
    ]
