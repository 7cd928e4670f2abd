"""A hamlet of sixty people with settings, layout, rules and queries of its own, and its server in a thread."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from fukuhon.commands import acting
from fukuhon.commands.app import app
from fukuhon.ledger import Ledger, orders
from fukuhon.site import Site, load
from standin.testing import running

SPI, DATASET, BODY = "TM00000000000009", "TK00000900000001", "992011"
PEOPLE, DIRTY = 60, 2
ACCOUNTS = {
    "upload": ("gyomu01", "9000000001"),
    "collation_requester": ("totsugo01", "9000000004"),
    "collation_manager": ("sekinin01", "9000000005"),
    "administrator": ("kanri01", "9000000006"),
}
_LINES = "\n".join(
    f"    {name}: {{user: {user}, password: {{file: secrets/{name}}}}}" for name, (user, _) in ACCOUNTS.items()
)
SITE = f"""
schema: 1
body: {{code: "{BODY}", name: 小村, prefecture: 見本県, group: 2}}
clock: standin
folders: {{work: "${{FUKUHON_DATA}}/work"}}
ledger: {{url: "sqlite:///${{FUKUHON_DATA}}/ledger.db"}}
hash_key: {{file: "${{FUKUHON_DATA}}/secrets/hash.key"}}
server:
  url: ${{FUKUHON_SERVER_URL}}
  device: T-1
  accounts:
{_LINES}
sources:
  - {{id: welfare, name: 福祉システム, kind: sqlite, path: data/welfare.db, history: change_log, production: true}}
register: {{source: welfare, query: register}}
spis:
  - code: {SPI}
    datasets:
      - {{code: {DATASET}, source: welfare, query: grants, count_query: grants_count, channel: 3}}
limits: {{bytes_per_file: 3000000, line_bytes_per_s: 12500, guard_margin_s: 60, settle_minutes: 1}}
allotments:
  - {{days: [2017-04-12], from: "09:00", to: "12:00", bytes: 1000000, part: other}}
people:
  - {{name: 業務 花子, os_user: hanako, role: officer}}
  - {{name: 突合 次郎, os_user: jiro, role: collation_requester}}
  - {{name: 責任 三子, os_user: mitsuko, role: collation_manager}}
  - {{name: 管理 一郎, os_user: ichiro, role: administrator}}
"""
SCHEDULE = """
first_day: 2017-04-10
last_day: 2017-05-31
pretest: {days: [2017-04-10], from: "10:00", to: "12:00"}
differential_days: [2017-05-08, 2017-05-09]
differential_uploads: {days: [2017-05-09, 2017-05-10], from: "08:00", to: "21:00"}
duties:
  preflight:
    - {days: [2017-04-10, 2017-04-12], at: "08:30"}
  confirm_results:
    - {days: [2017-04-11, 2017-04-13], at: "09:00"}
  reconcile:
    - {days: [2017-04-20], at: "18:00"}
"""
PACK = {"version": '"2017.1"', "effective_from": "2017-01-01", "effective_to": "null", "note": "試験用"}
LAYOUT = f"""
spi: {SPI}
name: 福祉手当
datasets:
  - code: {DATASET}
    name: 手当の支給
    record_key: {{name: 支給番号, pattern: "[0-9A-Z]{{6}}", unique_within: body}}
    versioned: false
    publication: none
    items:
      - {{code: I0101, name: 年度, kind: digits, digits: 4, required: true}}
      - {{code: I0102, name: 区分, kind: code, codes: {{"1": 全部, "2": 一部}}, required: true}}
"""
RULES = f"""
dataset: {DATASET}
columns: {{grant_no: text, addressee_no: text, year: text, grade: text, ended: text}}
keys: {{addressee: addressee_no, record_key: grant_no, record_version: null}}
scope:
  - {{id: SC-ENDED, when: ended = '1', reason: 支給の終わった人, wording: 終わった支給は登録しない。, source: 小村}}
withhold: []
variation: CASE grade WHEN '2' THEN '一部' ELSE '全部' END
publication: {{from: null, to: null}}
items:
  I0101: {{sql: year, wording: 年度, source: 小村}}
  I0102: {{sql: grade, wording: 区分, source: 小村}}
examples:
  - name: 一部の支給
    as_of: 2017-04-10
    row: {{grant_no: A00001, addressee_no: "000000000000001", year: "2017", grade: "2", ended: "0"}}
    expect: {{variation: 一部, I0102: "2"}}
"""
_VALID = "valid_from <= :as_of AND valid_to > :as_of"
QUERIES = {
    "grants": f"SELECT grant_no, addressee_no, year, grade, ended FROM grants WHERE {_VALID} ORDER BY grant_no",
    "grants_count": "SELECT CASE grade WHEN '2' THEN '一部' ELSE '全部' END AS v, count(*) AS n FROM grants"
    f" WHERE {_VALID} GROUP BY 1",
    "register": "SELECT DISTINCT addressee_no AS addressee, '1980-01-01' AS birth_date, '1' AS sex, 'ｱ' AS kana,"
    " '1' AS address_code, '1' AS status, '0' AS dv FROM grants",
}


def addressee(person: int) -> str:
    """The number of a person: nothing of it may be seen anywhere."""
    return f"77{person:013d}"


def grant(person: int) -> str:
    """The key of a person's record."""
    return f"Q{person:05d}"


@dataclass
class Hamlet:
    """The site's folder and the control plane of its stand-in."""

    folder: Path
    url: str

    def run(self, *arguments: str, user: str = "hanako", given: str | None = None) -> Result:
        """Run a verb as a user of the operating system."""
        before = acting.os_user
        acting.os_user = lambda: user
        try:
            return CliRunner().invoke(app, [*arguments, "--site", str(self.folder)], input=given)
        finally:
            acting.os_user = before

    def json(self, *arguments: str, user: str = "hanako", code: int = 0) -> dict[str, Any]:
        """Run a verb with ``--json``: exactly one object, whatever the exit code."""
        result = self.run(*arguments, "--json", user=user)
        assert result.exit_code == code, result.output
        (line,) = result.stdout.splitlines()
        told: dict[str, Any] = json.loads(line)
        return told

    @property
    def site(self) -> Site:
        """The settings."""
        return load(self.folder)

    def step(self, to: str) -> None:
        """Move the clock on."""
        answer = httpx.post(f"{self.url}/control/step", json={"to": f"{to}:00+09:00"}, trust_env=False, timeout=60)
        assert answer.is_success, answer.text

    def control(self, path: str, **body: object) -> Any:
        """Ask the control plane of the body."""
        where = f"{self.url}/control/{path}"
        answer = httpx.post(where, json=body, trust_env=False) if body else httpx.get(where, trust_env=False)
        answer.raise_for_status()
        return answer.json()

    def send(self, end: str) -> dict[str, Any]:
        """``fukuhon send`` in the window that is open; it ends at ``end``, once everything planned is out."""
        errors: list[Exception] = []

        def clockwork() -> None:
            try:
                self._until_idle()
                self.step(end)
            except Exception as error:  # noqa: BLE001 - told by the thread that waits
                errors.append(error)

        thread = threading.Thread(target=clockwork, daemon=True)
        thread.start()
        told = self.json("send")
        thread.join()
        assert not errors
        return told

    def _until_idle(self) -> None:
        ledger, until = Ledger.open(self.site.ledger_url(), self.site.clock()), time.monotonic() + 60
        try:
            while time.monotonic() < until:
                with ledger.reading() as reader:
                    found = [(order, orders.queue(reader, order)) for order in orders.open_orders(reader)]
                if found and not found[0][1] and orders.wait_state(ledger, found[0][0].id).sending is None:
                    return
                time.sleep(0.1)
        finally:
            ledger.close()
        raise AssertionError("nothing is sent")


def write_site(folder: Path) -> None:
    """Write the hamlet's settings and data."""
    for name in ("secrets", "data", "queries", "rules", "layouts/2017.1"):
        (folder / name).mkdir(parents=True, mode=0o700)
    texts = {
        "site.yaml": SITE,
        "schedule.yaml": SCHEDULE,
        "layouts/2017.1/pack.yaml": "".join(f"{name}: {value}\n" for name, value in PACK.items()),
        f"layouts/2017.1/{SPI}.yaml": LAYOUT,
        f"rules/{DATASET}.yaml": RULES,
        **{f"queries/{name}.sql": text for name, text in QUERIES.items()},
        **{f"secrets/{name}": f"geheim-{name}\n" for name in ACCOUNTS},
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(0o600)
    write_data(folder)


def write_data(folder: Path) -> None:
    """Everybody gets a grant; two grades are no grades; one changes on 8 May."""
    with sqlite3.connect(folder / "data" / "welfare.db") as database:
        database.execute("CREATE TABLE grants (grant_no, addressee_no, year, grade, ended, valid_from, valid_to)")
        always = ("2016-01-01", "9999-12-31")
        rows = [
            (grant(n), addressee(n), "2017", "9" if n <= DIRTY else "12"[n % 2], "1" if n == PEOPLE else "0", *always)
            for n in range(1, PEOPLE + 1)
        ]
        database.executemany("INSERT INTO grants VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        database.execute("UPDATE grants SET valid_to = '2017-05-08' WHERE grant_no = ?", [grant(10)])
        new = (grant(10), addressee(10), "2018", "1", "0", "2017-05-08", "9999-12-31")
        database.execute("INSERT INTO grants VALUES (?, ?, ?, ?, ?, ?, ?)", new)


def body_settings() -> dict[str, Any]:
    """The stand-in's side."""
    account = {"department": "FUKUSHI", "valid_to": "2018-03-31", "password_set": "2017-04-03", "password_days": 90}
    return {
        "name": "小村",
        "group": 2,
        "accounts": [
            {"user": user, "password": f"geheim-{name}", "role": role, **account}
            for name, (user, role) in ACCOUNTS.items()
        ],
        "departments": [{"id": "FUKUSHI", "registered": "2017-04-03", "valid_to": "2018-03-31"}],
        "masters": [{"name": "配信マスター", "applied": "2017-04-02"}],
        "devices": [{"id": "T-1"}],
        "modes": {"applied": []},
        "allotments": [{"days": ["2017-04-12"], "from": "09:00", "to": "12:00", "bytes": 1_000_000}],
        "batch": {"start": "22:00", "end": "03:00", "records_per_s": 10, "capacity_per_night": 10_000},
        "line_bytes_per_s": 12_500,
        "immediate_records_per_s": 10,
    }


@pytest.fixture(scope="module")
def environment() -> Iterator[pytest.MonkeyPatch]:
    """The environment, put back after a module's tests."""
    with pytest.MonkeyPatch.context() as patched:
        yield patched


@pytest.fixture(scope="module")
def hamlet(tmp_path_factory: pytest.TempPathFactory, environment: pytest.MonkeyPatch) -> Iterator[Hamlet]:
    """The hamlet, on 2017-04-10 at eight."""
    root = tmp_path_factory.mktemp("hamlet")
    write_site(root / "site")
    with running(root / "standin", layouts=root / "site" / "layouts", start="2017-04-10T08:00:00+09:00") as url:
        httpx.put(f"{url}/control/bodies/{BODY}", json=body_settings(), trust_env=False).raise_for_status()
        environment.setenv("FUKUHON_SERVER_URL", url)
        environment.setenv("FUKUHON_DATA", str(root / "state"))
        yield Hamlet(root / "site", url)


@pytest.fixture(scope="module")
def sender(hamlet: Hamlet) -> Iterator[subprocess.Popen[str]]:
    """``fukuhon sender`` as a process; ended by a signal."""
    command = [Path(sys.executable).with_name("fukuhon"), "sender", "--site", hamlet.folder, "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ))
    yield process
    if process.poll() is None:
        process.terminate()
        process.communicate(timeout=30)
