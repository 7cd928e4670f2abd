from __future__ import annotations

from typing import Any

import pytest

from standin.accounts import basic_credentials
from standin.refusals import Refusal

ACCOUNT = {"user": "gyomu001", "password": "pw-gyomu001", "role": "9000000001"}


@pytest.mark.parametrize("header", [None, "", "Basic", "Basic !!", "Basic eA==", "Bearer eDp5"])
def test_header_without_credentials_is_an_unknown_account(header: str | None) -> None:
    """Nobody comes in unnamed."""
    with pytest.raises(Refusal) as refused:
        basic_credentials(header)
    assert refused.value.code == "unknown_account"


def test_who_may_come_in(start: Any, kit: Any) -> None:
    """User, password and device are checked in this order."""
    server = start()
    assert kit.code(server.call("GET", "/readiness", auth=("nobody", "x"))) == "unknown_account"
    assert kit.code(server.call("GET", "/readiness", auth=("kanri001", "x"))) == "wrong_password"
    assert kit.code(server.call("GET", "/readiness", "kanri001", headers={"X-Device": "T-9"})) == "unknown_device"
    assert server.call("GET", "/readiness", "kanri001").status_code == 200
    assert server.kinds() == []


@pytest.mark.parametrize(
    "changes",
    [
        {"accounts": [{**ACCOUNT, "valid_to": "2017-04-11"}]},
        {"accounts": [{**ACCOUNT, "password_set": "2017-01-12"}]},
        {"departments": [{"id": "D01", "registered": "2017-04-03", "valid_to": "2017-04-11"}]},
        {"departments": [{"id": "D02", "registered": "2017-04-03"}]},
    ],
)
def test_what_has_run_out_locks_out(start: Any, kit: Any, changes: dict[str, Any]) -> None:
    """An account's date, its password's 90 days, its department's date: the day after nobody gets in (seed 1.3.5)."""
    server = start("2017-04-12 09:00", **changes)
    assert kit.code(server.upload(kit.make_file(1))) == "account_expired"


def test_last_day_still_counts(start: Any, kit: Any) -> None:
    """The day of the end is the last day on which an account, a department and a password hold."""
    server = start(
        "2017-04-12 09:00",
        accounts=[{**ACCOUNT, "valid_to": "2017-04-12", "password_set": "2017-01-13"}],
        departments=[{"id": "D01", "registered": "2017-04-03", "valid_to": "2017-04-12"}],
    )
    server.send(kit.make_file(1))


def test_departments_are_registered_again_after_masters(start: Any, kit: Any) -> None:
    """A delivery of masters voids the departments' work until they are registered again (seed 1.3.3)."""
    masters = [{"name": "情報提供NWS配信マスター", "applied": "2017-04-10"}]
    old, new = [[{"id": "D01", "registered": f"2017-04-{day}"}] for day in ("09", "10")]
    server = start(masters=masters, departments=old)
    assert kit.code(server.upload(kit.make_file(1))) == "account_expired"
    server.patch(departments=new)
    server.send(kit.make_file(1))
    server.patch(masters=[])
    assert kit.code(server.upload(kit.make_file(1))) == "unavailable"


@pytest.mark.parametrize(
    ("user", "method", "path"),
    [
        ("totsu001", "POST", "/xml-linkage/files"),
        ("kanri001", "GET", "/records?addressee=000000000000001&spi=TM00000000000002"),
        ("gyomu001", "GET", "/readiness"),
        ("gyomu001", "POST", "/collations"),
        ("gyomu001", "GET", "/collations/080920170412000000001"),
        ("seki001", "GET", "/results?from=2017-04-12&to=2017-04-12"),
    ],
)
def test_each_role_keeps_to_its_work(start: Any, kit: Any, user: str, method: str, path: str) -> None:
    """Work of another role is refused and counted (seed 1.9.1)."""
    server = start()
    headers = {"X-Registration": "pretest"}
    assert kit.code(server.call(method, path, user, headers=headers, content=kit.make_file(1))) == "wrong_role"
    assert server.kinds() == ["wrong_role"]


def test_administrator_looks_at_results_too(start: Any) -> None:
    """The second look of seed 1.5.1 is another account's and no polling."""
    server = start()
    assert server.results("2017-04-12") == server.results("2017-04-12", user="kanri001") == []
    assert server.kinds() == []
