"""A site with a few files in its books, on the disk and with the server."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from fukuhon.clock import TOKYO, FixedClock
from fukuhon.identifiers import ReceiptNumber
from fukuhon.ledger import FileState, Ledger, NewFile, RunKey, files, runs
from fukuhon.registration.desk import Desk
from fukuhon.server import ResultRow
from fukuhon.site import load

NOON = datetime(2017, 4, 12, 12, tzinfo=TOKYO)
SITE = """\
schema: 1
body: {code: "992011", name: 見本市, prefecture: 見本県, group: 2}
clock: system
folders: {work: work}
ledger: {url: "sqlite:///ledger.db"}
hash_key: {file: secrets/hash.key}
server:
  url: http://127.0.0.1:1
  device: T992011-01
  accounts: {upload: {user: gyomu, password: {file: secrets/upload}}}
sources: [{id: tax, name: 税務, kind: sqlite, path: tax.db, history: change_log}]
register: {source: tax, query: q}
spis: [{code: TM00000000000002, datasets: [{code: TK00000200000001, source: tax, query: q, rules: r, channel: 3}]}]
"""


@dataclass
class Server:
    """A server of which only the list is asked."""

    rows: list[ResultRow] = field(default_factory=list)
    requester: str = "gyomu"

    def results(self, first: date, last: date) -> list[ResultRow]:
        """What it has taken on these days."""
        return [row for row in self.rows if first <= row.received.date() <= last]

    def take(self, number: str, received: datetime) -> None:
        """Take a file."""
        self.rows.append(ResultRow(ReceiptNumber.parse(number), received, self.requester, "処理待ち", 0, 0))


@dataclass
class World:
    """The desk of a site, and how its files are made."""

    desk: Desk
    server: Server
    clock: FixedClock

    def file(self, name: str, state: FileState) -> int:
        """A file on the disk and in the books."""
        xml, sidecar = (self.desk.folder("files") / f"{name}{end}" for end in (".xml", ".parquet"))
        xml.write_text(f"<File>{name}</File>", encoding="utf-8")
        sidecar.write_text(f"keys of {name}", encoding="utf-8")
        with self.desk.ledger.transaction("test") as tx:
            run = runs.open_run(tx, RunKey("s", "initial", date(2017, 4, 12), None, NOON))
            new = NewFile(
                run_id=run.id,
                spi="TM00000000000002",
                dataset="TK00000200000001",
                kind="initial",
                operation="register",
                name=xml.name,
                path=str(xml),
                sidecar=str(sidecar),
                sha256=hashlib.sha256(xml.read_bytes()).hexdigest(),
                bytes=xml.stat().st_size,
                records=1,
                as_of=NOON,
                layout="2017.1",
                channel=3,
            )
            file_id = files.add(tx, new)
            if state is not FileState.PREPARED:
                files.move(tx, file_id, FileState.VALIDATED)
        return file_id

    def later(self, minutes: int = 60) -> datetime:
        """Let time pass; returns the instant."""
        self.clock.instant += timedelta(minutes=minutes)
        return self.clock.now()


def site_folder(folder: Path) -> Path:
    """Write a site's settings."""
    for name, text in {"site.yaml": SITE, "queries/q.sql": "SELECT 1", "rules/r.yaml": "{}"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def desk_at(folder: Path, clock: FixedClock, server: Server) -> Desk:
    """The desk of the site in a folder, with a clock and a server of the test's own."""
    site = load(folder)
    desk = Desk(site, Ledger.open(site.ledger_url(), clock), clock, "管理 一郎")
    desk.__dict__["server"] = server  # in place of the cached property
    return desk


@pytest.fixture
def at() -> object:
    """Opens a desk."""
    return desk_at


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A site with one file that was validated and one that was only prepared."""
    clock, server = FixedClock(NOON), Server()
    desk = desk_at(site_folder(tmp_path / "site"), clock, server)
    made = World(desk, server, clock)
    made.file("a", FileState.VALIDATED)
    made.file("b", FileState.PREPARED)
    yield made
    desk.ledger.close()
