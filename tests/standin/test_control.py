from __future__ import annotations

from typing import Any

import pytest


def test_clock_moves_by_steps_and_never_back(start: Any, kit: Any) -> None:
    """It does not tick by itself."""
    server = start("2017-04-12 09:00")
    assert server.now() == server.now() == "2017-04-12T09:00:00+09:00"
    server.step("2017-04-12 09:00:30")
    assert server.http.post("/control/step", json={"to": kit.instant("2017-04-12 09:00")}).status_code == 409
    assert server.http.post("/control/step", json={"to": "tomorrow"}).status_code == 422
    assert server.http.post("/control/step", content=b"no json").status_code == 422
    assert server.http.post("/control/step", json=[1]).status_code == 422
    assert server.now() == "2017-04-12T09:00:30+09:00"


@pytest.mark.parametrize(
    "changes",
    [
        {"allotments": [{"days": ["2017-04-12"], "from": "12:00", "to": "09:00", "bytes": 1}]},
        {"allotments": [{"days": ["2017-04-31"], "from": "09:00", "to": "12:00", "bytes": 1}]},
        {"allotments": [{"from": "09:00", "to": "12:00", "bytes": 1}]},
        {"accounts": [{"user": "x"}]},
        {"batch": {"start": "late"}},
        {"closures": [{"from": "2017-04-12", "to": "2017-04-13"}]},
        {"modes": {"applied": [{"from": "2017-04-10"}]}},
    ],
)
def test_set_up_that_cannot_be_used_is_refused(start: Any, kit: Any, changes: dict[str, Any]) -> None:
    """The one there was stays."""
    server = start("2017-04-12 09:00")
    assert server.http.put(f"/control/bodies/{kit.BODY}", json=kit.set_up(**changes)).status_code == 422
    server.send(kit.make_file(1), "initial")


def test_body_that_is_none(start: Any, kit: Any) -> None:
    """A code with a wrong check digit cannot be set up, an unknown body has nothing to show."""
    server = start()
    assert server.http.put("/control/bodies/992012", json=kit.set_up()).status_code == 422
    assert server.http.get("/control/bodies/011002/held").status_code == 404
    assert server.http.patch("/control/bodies/011002", json={}).status_code == 404
    answer = server.http.get("/bodies/011002/readiness", auth=("kanri001", "pw-kanri001"))
    assert kit.code(answer) == "not_found"
    assert server.http.post("/control/faults", json={"kind": "flood"}).status_code == 422
    assert server.http.post("/control/faults", json={"kind": "cut", "when": "now"}).status_code == 422


def test_bodies_are_kept_apart(start: Any, kit: Any) -> None:
    """Each has its own numbers, records and violations; the clock is one."""
    server = start("2017-04-12 09:00")
    server.control("PUT", "/control/bodies/011002", kit.set_up())
    server.send(kit.make_file(1))
    other = server.http.post(
        "/bodies/011002/xml-linkage/files",
        content=kit.make_file(2, body="011002"),
        headers={"X-Device": "T-0001", "X-Registration": "pretest"},
        auth=("gyomu001", "pw-gyomu001"),
    )
    assert 'number="0601201704120000000001"' in other.text
    server.step("2017-04-13 08:00")
    assert server.seen("held") == {kit.NOTICE: 1}
    assert server.control("GET", "/control/bodies/011002/held") == {kit.NOTICE: 2}


def test_next_event_is_told(start: Any, kit: Any) -> None:
    """Soonest first, or the soonest of what is asked for."""
    server = start("2017-04-12 09:00")
    assert server.control("GET", "/control/next") == {
        "at": "2017-04-12T12:00:00+09:00",
        "what": "window_end",
        "body": kit.BODY,
    }

    def coming(what: str) -> str:
        return server.control("GET", f"/control/next?what={what}")["at"]

    assert coming("window_start") == "2017-04-13T09:00:00+09:00"
    assert coming("batch_start") == "2017-04-12T22:00:00+09:00"
    assert coming("batch_end") == "2017-04-13T03:00:00+09:00"
    assert coming("midnight") == "2017-04-13T00:00:00+09:00"
    assert coming("differential_start,differential_end") == "2017-04-13T00:00:00+09:00"
    server.send(kit.make_file(90), "initial")
    server.step("2017-04-12 22:00")
    assert coming("file_end") == "2017-04-12T22:01:30+09:00"
    server.step("2017-04-13 09:00")
    assert server.control("GET", "/control/next?what=window_start") is None
    assert server.control("GET", "/control/next?what=file_start") is None


def test_inquiries_are_answered_by_what_is_held(start: Any, kit: Any) -> None:
    """Silently from July on, by staff where the answer is restricted, not at all where records are several."""
    server = start("2017-07-03 10:00")
    person = {"spi": kit.SPI, "addressee": f"{1:015d}", "datasets": [kit.NOTICE, kit.LEVY]}

    def ask(**changes: Any) -> str:
        return server.control("POST", f"/control/bodies/{kit.BODY}/inquiries", {**person, **changes})["answer"]

    accounts = [{**one, "password_set": "2017-07-01"} for one in kit.set_up()["accounts"]]
    server.patch(accounts=accounts)
    assert ask() == "not_registered"
    server.send(kit.make_file([kit.record(1), kit.record(1, Key="B000000000")]))
    server.step("2017-07-04 08:00")
    assert ask() == "ambiguous"
    assert ask(key="B000000000") == "partial"
    assert ask(key="B000000000", datasets=[kit.NOTICE]) == "full"
    server.patch(accounts=accounts, restricted=[{"spi": kit.SPI, "addressee": f"{1:015d}"}])
    assert ask() == "manual"


def test_initial_total_is_frozen_when_it_is_complete(start: Any, kit: Any) -> None:
    """What was complete stays as it was counted, whatever is registered after."""
    server = start("2017-04-12 09:00")
    server.send(kit.make_file(40), "initial")
    server.step("2017-04-13 09:00")
    path = f"/control/bodies/{kit.BODY}/initial_complete"
    assert server.control("POST", path, {"spi": kit.SPI})["totals"] == {kit.SPI: 40}
    server.send(kit.make_file(60), "initial")
    server.step("2017-04-14 09:00")
    assert server.control("POST", path)["totals"] == {kit.SPI: 40, "*": 0}
    server.send(kit.make_file(2), "differential")
    assert kit.code(server.upload(kit.make_file(1), "differential")) == "over_cap"


def test_judges_see_what_is_held_without_a_look(start: Any, kit: Any) -> None:
    """Page by page, by id."""
    server = start("2017-04-12 09:00")
    server.send(kit.make_file(5))
    server.step("2017-04-13 08:00")
    first = server.seen("records?limit=3")
    rest = server.seen(f"records?after={first[-1]['id']}&dataset={kit.NOTICE}")
    assert [row["key"] for row in first + rest] == [f"{n:010d}" for n in range(1, 6)]
    assert first[0]["registered"] == "2017-04-12T22:00:01+09:00"
    assert server.seen("traffic")["looks"] == {}
