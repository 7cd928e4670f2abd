"""Decisions on the page: by the right person, about what was shown, from our own form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from httpx import Response

    from conftest import Office

CHIEF, CLERK, OFFICER, CHIEF_NAME = "sekinin", "totsugo", "gyomu", "責任 三子"
OURS = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}


def token_of(office: Office, user: str) -> str:
    """The token of the form that the page shows to a user."""
    found = re.search(
        r'name="token" value="([^"]+)"', office.client.get("/fukuhon/today", headers=office.as_(user)).text
    )
    assert found
    return found[1]


def post(office: Office, number: int, user: str = CHIEF, headers: dict[str, str] = OURS, **given: str) -> Response:
    """Send the form."""
    fields = {"site": "sample", "choice": "approve", **given}
    return office.client.post(f"/fukuhon/approvals/{number}", data=fields, headers={**office.as_(user), **headers})


def test_an_approval_is_a_row_of_the_ledger(office: Office) -> None:
    """In the name of the person who is logged in; the page says so afterwards."""
    wanted = office.wish()
    answer = post(office, wanted, token=token_of(office, CHIEF))

    assert (answer.status_code, answer.headers["location"]) == (303, f"../today?site=sample&decided={wanted}")
    assert office.state(wanted) == "approved"
    told = office.client.get(f"/fukuhon/today?decided={wanted}", headers=office.as_(CHIEF)).text
    assert f"申請 {wanted} を承認しました（{CHIEF_NAME}）" in told


def test_a_rejection_needs_a_reason_without_personal_values(office: Office) -> None:
    """The reason stands in the books."""
    wanted = office.wish()
    token = token_of(office, CHIEF)
    assert post(office, wanted, token=token, choice="reject").status_code == 422
    assert post(office, wanted, token=token, choice="reject", reason="番号 123456789018 の件").status_code == 422
    assert office.state(wanted) == "asked"
    assert post(office, wanted, token=token, choice="reject", reason="件数が多い").status_code == 303
    assert office.state(wanted) == "rejected"


def test_who_asked_cannot_approve(office: Office) -> None:
    """The page offers nothing, and a form made from another one's token is refused."""
    mine, other = office.wish(by=CHIEF_NAME), office.wish(kind="settle", subject="別")
    text = office.client.get("/fukuhon/today", headers=office.as_(CHIEF)).text
    assert "申請した本人は承認できません" in text
    assert f"approvals/{mine}" not in text
    assert post(office, mine, token=token_of(office, CHIEF)).status_code == 403
    assert [office.state(mine), office.state(other)] == ["asked", "asked"]


def test_the_ledger_refuses_who_asked_even_with_a_token(office: Office) -> None:
    """Whatever the page would offer."""
    from fukuhon_airflow.pages import forms  # noqa: PLC0415 - after the settings of the test

    mine = office.wish(by=CHIEF_NAME)
    answer = post(office, mine, token=forms.token(CHIEF, "sample", mine, "0" * 64))
    assert answer.status_code == 409
    assert "LEDGER-050" in answer.text
    assert office.state(mine) == "asked"


@pytest.mark.parametrize("user", [CLERK, OFFICER, "nobody"])
def test_another_role_decides_nothing(office: Office, user: str) -> None:
    """Neither by the page, which offers nothing, nor with the form of somebody else."""
    wanted = office.wish(by="管理 一郎")
    assert "<form" not in office.client.get("/fukuhon/today", headers=office.as_(user)).text
    assert post(office, wanted, user=user, token=token_of(office, CHIEF)).status_code == 403
    assert office.state(wanted) == "asked"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {},
    ],
)
def test_a_form_of_another_page_is_refused(office: Office, headers: dict[str, str]) -> None:
    """Even with a true token."""
    wanted = office.wish()
    assert post(office, wanted, headers=headers, token=token_of(office, CHIEF)).status_code == 403
    assert office.state(wanted) == "asked"


@pytest.mark.parametrize("token", ["", "x", "WyIxIl0.a.b"])
def test_a_form_without_our_token_is_refused(office: Office, token: str) -> None:
    """Even from our own origin."""
    wanted = office.wish()
    assert post(office, wanted, token=token).status_code == 403
    assert office.state(wanted) == "asked"


def test_a_long_form_is_not_read(office: Office) -> None:
    """No memory for strangers."""
    assert post(office, office.wish(), token="x" * 20_000).status_code == 413


def test_the_anonymous_decide_nothing(office: Office) -> None:
    """The login comes before everything."""
    assert office.client.post(f"/fukuhon/approvals/{office.wish()}", headers=OURS).status_code == 401
