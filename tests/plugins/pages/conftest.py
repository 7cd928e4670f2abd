"""The pages behind Airflow's real login, with the sample site on a day of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from airflow.api_fastapi import app as airflow_app
from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from airflow.models.revoked_token import RevokedToken
from fastapi import FastAPI
from fastapi.testclient import TestClient

from fukuhon.clock import TOKYO, FixedClock
from fukuhon.ledger import Ledger, NewFile, RunKey, approvals, files, runs
from fukuhon.site import load
from fukuhon_airflow.pages import APPS, MIDDLEWARES, PREFIX, desk, steps

SAMPLE = Path(__file__).resolve().parents[3] / "include" / "sites" / "sample"
NOW = datetime(2017, 4, 12, 9, 30, tzinfo=TOKYO)
BASE = "http://localhost"


@dataclass
class Office:
    """The pages, their books, and who may log in."""

    client: TestClient
    ledger: Ledger
    clock: FixedClock
    manager: SimpleAuthManager

    def token(self, user: str, role: str | None = "USER") -> str:
        """A token such as the login gives out."""
        return self.manager.generate_jwt(SimpleAuthManagerUser(username=user, role=role))

    def as_(self, user: str, role: str | None = "USER") -> dict[str, str]:
        """The headers of a request by a user."""
        return {"Authorization": f"Bearer {self.token(user, role)}"}

    def wish(self, by: str = "突合 次郎", kind: str = "collation_plan", subject: str = "突合計画 20件") -> int:
        """Something that waits for its approval."""
        until = self.clock.now() + timedelta(days=1)
        new = approvals.NewApproval(kind=kind, subject=subject, sha256="0" * 64, valid_until=until, budget=3)
        with self.ledger.transaction(by) as tx:
            return approvals.ask(tx, new).id

    def state(self, approval_id: int) -> str:
        """How it stands."""
        with self.ledger.reading() as reader:
            return approvals.get(reader, approval_id).state

    def file(self, name: str = "a.xml", *, kind: str = "initial", window: datetime | None = None) -> int:
        """A file, placed into a window where one is given."""
        with self.ledger.transaction("test") as tx:
            key = RunKey("992011", kind, NOW.date(), None, NOW)  # type: ignore[arg-type]
            new = NewFile(
                run_id=runs.open_run(tx, key).id,
                spi="TM00000000000002",
                dataset="TK00000200000001",
                kind=kind,  # type: ignore[arg-type]
                operation="register",
                name=name,
                path=name,
                sidecar=name,
                sha256="0" * 64,
                bytes=1_250_000,
                records=1_500,
                as_of=NOW,
                layout="2017.1",
                channel=3,
            )
            number = files.add(tx, new)
            files.move(tx, number, files.FileState.VALIDATED)
            if window:
                files.place(tx, number, f"{kind}-{window:%Y%m%dT%H%M}", window, 1)
        return number


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """Airflow's login in a root app, and the pages mounted in it as Airflow mounts them."""
    for key, value in {
        "AIRFLOW__API_AUTH__JWT_SECRET": "s" * 64,
        "AIRFLOW__API__SECRET_KEY": "k" * 64,
        "AIRFLOW__API__BASE_URL": BASE,
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(tmp_path / "passwords.json"),
        "FUKUHON_SITES": str(SAMPLE),
    }.items():
        monkeypatch.setenv(key, value)
    monkeypatch.setattr(RevokedToken, "is_revoked", staticmethod(lambda _: False))  # asks Airflow's database
    manager = SimpleAuthManager()
    monkeypatch.setattr(airflow_app._AuthManagerState, "instance", manager)
    clock = FixedClock(NOW)
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}", clock)
    site = load(SAMPLE)
    monkeypatch.setattr(steps, "waiting", lambda *_: [])  # the same
    monkeypatch.setattr(desk, "open_site", lambda _: site)
    monkeypatch.setattr(desk, "site_clock", lambda _: clock)
    monkeypatch.setattr(desk, "open_ledger", lambda _: ledger)
    with TestClient(root(), base_url=BASE, follow_redirects=False) as client:
        yield Office(client, ledger, clock, manager)
    ledger.close()


def root(page: Callable[[], str] = lambda: "<html><head></head></html>") -> FastAPI:
    """A root app as Airflow's is: the pages mounted, their middleware around everything."""
    from fastapi.responses import HTMLResponse  # noqa: PLC0415 - for this only

    made = FastAPI()
    for each in APPS:
        made.mount(each["url_prefix"], each["app"])
    made.add_api_route("/", lambda: HTMLResponse(page()))
    made.add_api_route("/api/v2/version", lambda: {"version": "3"})
    for each in MIDDLEWARES:
        made.add_middleware(each["middleware"], *each["args"], **each["kwargs"])
    assert PREFIX == "/fukuhon"
    return made
