"""Nobody sees a page without Airflow's login, and the pages describe themselves to nobody."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Office

PRIVATE = ["today", "calendar", "style.css", "today.svg", "calendar.svg", ""]


@pytest.mark.parametrize("page", PRIVATE)
def test_the_anonymous_are_sent_to_the_login(office: Office, page: str) -> None:
    """Pages, and their assets, too: 401, and nothing of the site in it."""
    answer = office.client.get(f"/fukuhon/{page}")
    assert answer.status_code == 401
    assert "ログイン" in answer.text
    assert "見本市" not in answer.text


@pytest.mark.parametrize("page", ["today", "calendar"])
def test_a_token_and_the_cookie_of_the_ui_open_them(office: Office, page: str) -> None:
    """Airflow's own login is all that is needed."""
    assert office.client.get(f"/fukuhon/{page}", headers=office.as_("gyomu")).status_code == 200
    office.client.cookies.set("_token", office.token("gyomu"))
    assert office.client.get(f"/fukuhon/{page}").status_code == 200


def test_a_made_up_token_opens_nothing(office: Office) -> None:
    """Nor one that was signed elsewhere."""
    answer = office.client.get("/fukuhon/today", headers={"Authorization": "Bearer x.y.z"})
    assert answer.status_code in {401, 403}


def test_who_may_not_see_the_dags_does_not_see_their_work(office: Office) -> None:
    """A login without a role."""
    assert office.client.get("/fukuhon/today", headers=office.as_("someone", None)).status_code == 404


@pytest.mark.parametrize("page", ["docs", "redoc", "openapi.json", "docs/oauth2-redirect"])
def test_the_app_is_not_described(office: Office, page: str) -> None:
    """Not even to an administrator."""
    assert office.client.get(f"/fukuhon/{page}", headers=office.as_("kanri", "ADMIN")).status_code == 404


def test_each_answer_forbids_scripts_and_foreign_assets(office: Office) -> None:
    """Errors as well as pages; only Airflow itself may frame them."""
    for page, headers in (("today", office.as_("gyomu")), ("today", {}), ("nothing", office.as_("gyomu"))):
        answer = office.client.get(f"/fukuhon/{page}", headers=headers)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("page", ["today", "calendar"])
def test_nothing_is_loaded_from_outside_and_links_survive_a_prefix(office: Office, page: str) -> None:
    """Every address is relative; there is no script and no style within the page."""
    office.wish()
    text = office.client.get(f"/fukuhon/{page}", headers=office.as_("sekinin")).text
    assert "<script" not in text
    assert "style=" not in text
    assert "//" not in text.replace("<!DOCTYPE html>", "")
    assert not [part for part in text.split('"')[1::2] if part.startswith("/")]


@pytest.mark.parametrize("page", ["today", "calendar"])
def test_a_page_answers_soon(office: Office, page: str) -> None:
    """Under 300 ms once warm: the median of eleven."""
    for n in range(40):
        office.file(f"{n}.xml", window=office.clock.now().replace(hour=9, minute=0))
    headers, taken = office.as_("gyomu"), []
    for _ in range(11):
        began = time.perf_counter()
        assert office.client.get(f"/fukuhon/{page}", headers=headers).status_code == 200
        taken.append(time.perf_counter() - began)
    median = sorted(taken)[5]
    assert median < 0.3, f"{page}: {median * 1000:.0f} ms, median of 11 requests in one process, 40 files in SQLite"
