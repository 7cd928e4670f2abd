"""The sender as it really runs: a process of its own, against the stand-in in another, over books on the disk."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from fukuhon.ledger import File, FileState, Ledger, NewFile, RunKey, files, orders, runs
from fukuhon.ledger.orders import Order
from fukuhon.sender import start
from fukuhon.site import Site, load
from fukuhon.windows.schedule import upload_windows

BODY = "992011"
SITE_YAML = """\
schema: 1
body: {code: "992011", name: 見本市, prefecture: 見本県, group: 2}
clock: standin
folders: {work: work}
ledger: {url: "LEDGER"}
hash_key: {file: hash.key}
server:
  url: SERVER
  device: T992011-01
  accounts:
    upload: {user: officer, password: {file: password}}
    administrator: {user: admin, password: {file: password}}
sources: [{id: tax, name: 税務, kind: sqlite, path: tax.db, history: change_log}]
register: {source: tax, query: q}
spis: [{code: TM00000000000002, datasets: [{code: TK00000200000001, source: tax, query: q, rules: r, channel: 3}]}]
limits: {line_bytes_per_s: 100000, guard_margin_s: 60}
allotments:
  - {days: [2017-04-12, 2017-04-13, 2017-04-14], from: "09:00", to: "12:00", bytes: 90000000, part: tax}
"""
SETUP: dict[str, Any] = {
    "name": "見本市",
    "group": 2,
    "accounts": [
        {"user": "officer", "password": "secret", "role": "9000000001"},
        {"user": "admin", "password": "secret", "role": "9000000006"},
    ],
    "devices": ["T992011-01"],
    "allotments": [
        {"days": ["2017-04-12", "2017-04-13", "2017-04-14"], "from": "09:00", "to": "12:00", "bytes": 90000000}
    ],
    "line_bytes_per_s": 100000,
}
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<File xmlns="urn:fukuhon:file:1" body="992011" spi="TM00000000000002" '
    'dataset="TK00000200000001" layout="2017.1" operation="register" records="{records}">'
)


def until(what: Callable[[], Any], seconds: float = 20.0) -> Any:
    """Wait for something to become true; what it is then."""
    end = time.monotonic() + seconds
    while not (got := what()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return got


@pytest.fixture(name="until")
def _until() -> Callable[..., Any]:
    """Waits for something to become true."""
    return until


@dataclass
class World:
    """A site, its books, the stand-in, and the senders that were started."""

    folder: Path
    control: httpx.Client
    site: Site
    ledger: Ledger
    senders: list[subprocess.Popen[bytes]] = field(default_factory=list)
    files: int = 0

    def sender(self) -> subprocess.Popen[bytes]:
        """Start a sender."""
        self.senders.append(start(self.site.folder, self.folder / "sender.log"))
        return self.senders[-1]

    def end(self, sender: subprocess.Popen[bytes], number: int = signal.SIGTERM) -> int:
        """End a sender by a signal; its exit code."""
        sender.send_signal(number)
        return sender.wait(30)

    def plan(self, name: str, size: int = 200_000, window: int = 0) -> int:
        """A file of about ``size`` bytes, planned into a window; returns its id."""
        self.files += 1
        record = f"<Record><Addressee>{self.files:015d}</Addressee><Key>2016</Key></Record>"
        count = size // len(record) + 1
        content = (HEAD.format(records=count) + record * count + "</File>").encode()
        (self.site.work / name).write_bytes(content)
        at = upload_windows(self.site)[window]
        with self.ledger.transaction("plan") as tx:
            now = tx.now
            run = runs.open_run(tx, RunKey("s", "initial", date(2017, 4, 12), None, now.replace(hour=0, minute=0)))
            file_id = files.add(
                tx,
                NewFile(
                    run_id=run.id,
                    spi="TM00000000000002",
                    dataset="TK00000200000001",
                    kind="initial",
                    operation="register",
                    name=name,
                    path=name,
                    sidecar="",
                    sha256=hashlib.sha256(content).hexdigest(),
                    bytes=len(content),
                    records=count,
                    as_of=now,
                    layout="2017.1",
                    channel=3,
                ),
            )
            files.move(tx, file_id, FileState.VALIDATED)
            files.place(tx, file_id, at.id, at.interval.start, file_id)
        return file_id

    def order(self, window: int = 0) -> Order:
        """An order for a window."""
        at = upload_windows(self.site)[window]
        with self.ledger.transaction("airflow") as tx:
            return orders.request(tx, at.interval, at.id, "initial")

    def file(self, file_id: int) -> File:
        """A file as the books have it."""
        with self.ledger.reading() as reader:
            return files.get(reader, file_id)

    def state(self, file_id: int) -> FileState:
        """Where a file stands."""
        return self.file(file_id).state

    def ended(self, order: Order) -> str | None:
        """How an order ended, None while it is open."""
        return orders.wait_state(self.ledger, order.id).order.outcome

    def fault(self, kind: str, **fields: Any) -> None:
        """Let the stand-in misbehave once."""
        row = {"kind": kind, "path": "/xml-linkage/files", **fields}
        self.control.post("/control/faults", json=row).raise_for_status()

    def step(self, to: str) -> None:
        """Step the clock."""
        self.control.post("/control/step", json={"to": f"{to}+09:00"}).raise_for_status()

    @property
    def traffic(self) -> dict[str, Any]:
        """What the stand-in saw of uploads."""
        got: dict[str, Any] = self.control.get(f"/control/bodies/{BODY}/traffic").json()
        return got

    @property
    def uploads(self) -> list[str]:
        """How each upload that came over the wire ended."""
        return [one["outcome"] for one in self.traffic["uploads"]]

    def under_way(self) -> bool:
        """Whether bytes of an upload are arriving."""
        return any(one["outcome"] == "under_way" and one["bytes"] > 0 for one in self.traffic["uploads"])

    @property
    def violations(self) -> list[str]:
        """What the stand-in holds against us."""
        return [one["kind"] for one in self.control.get(f"/control/bodies/{BODY}/violations").json()]


@pytest.fixture
def standin(tmp_path: Path) -> Iterator[str]:
    """The stand-in's address; its clock stands at nine."""
    port = tmp_path / "port"
    command = "from standin.main import main; main()"
    options = ["--data", tmp_path / "standin", "--port-file", port, "--start", "2017-04-12T09:00:00+09:00"]
    process = subprocess.Popen([sys.executable, "-c", command, *map(str, options)])
    try:
        until(lambda: process.poll() is not None or (port.exists() and port.read_text().strip()))
        assert process.poll() is None, "the stand-in did not start"
        yield f"http://127.0.0.1:{port.read_text().strip()}"
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def ledger_url() -> str:
    """Where the books of the world are; a test may say otherwise."""
    return "sqlite:///ledger.db"


@pytest.fixture
def world(tmp_path: Path, standin: str, ledger_url: str) -> Iterator[World]:
    """Everything, with nothing planned, ordered or started."""
    folder = tmp_path / "site"
    for name, text in {
        "site.yaml": SITE_YAML.replace("SERVER", standin).replace("LEDGER", ledger_url),
        "schedule.yaml": "first_day: 2017-04-10\nlast_day: 2017-04-30\n",
        "password": "secret",
        "queries/q.sql": "SELECT 1",
        "rules/r.yaml": "{}",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "password").chmod(0o600)
    site = load(folder)
    # A step of the clock takes in every file that is due, which may be long where the machine is busy.
    with httpx.Client(base_url=standin, trust_env=False, timeout=60) as control:
        control.put(f"/control/bodies/{BODY}", json=SETUP).raise_for_status()
        ledger = Ledger.open(site.ledger_url(), site.clock())
        made = World(tmp_path, control, site, ledger)
        yield made
        for sender in made.senders:
            with contextlib.suppress(ProcessLookupError):
                os.kill(sender.pid, signal.SIGKILL)
            sender.wait()
        ledger.close()
