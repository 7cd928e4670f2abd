"""The ports over HTTP: XML data linkage, web service, and the terminal's screens as far as they can be reached so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from xml.sax.saxutils import quoteattr

from fukuhon.clock import TOKYO
from fukuhon.identifiers import ReceiptNumber
from fukuhon.server import answers, uploading
from fukuhon.server.connection import Caller, Connection
from fukuhon.server.download import keep
from fukuhon.server.port import (
    CollationCase,
    CollationRequest,
    HeldRecord,
    Progress,
    Readiness,
    Receipt,
    ResultDetail,
    ResultRow,
    Upload,
    no_progress,
)

__all__ = ["HttpCollation", "HttpServer"]

_NAMESPACE = "urn:fukuhon:answers:1"


@dataclass(frozen=True, slots=True)
class HttpServer:
    """IntermediateServer: files and results as ``officer``, readiness as ``administrator``."""

    connection: Connection
    officer: Caller
    administrator: Caller

    @property
    def requester(self) -> str:
        """The account under which files are sent."""
        return self.officer.user

    def upload(self, upload: Upload, progress: Progress = no_progress) -> Receipt:
        """Send a file as a stream."""
        return uploading.send(self.connection, self.officer, upload, progress)

    def results(self, first: date, last: date) -> Sequence[ResultRow]:
        """The list of results of days, the newest first."""
        query = {"from": first.isoformat(), "to": last.isoformat()}
        return answers.results(self.connection.get(self.officer, "/results", query))

    def detail(self, number: ReceiptNumber) -> ResultDetail:
        """The details of one receipt."""
        return answers.detail(self.connection.get(self.officer, f"/results/{number}"))

    def search(self, addressee: str, spi: str, dataset: str | None = None) -> Sequence[HeldRecord]:
        """What is held of one person, without items."""
        query = {"addressee": addressee, "spi": spi} | ({"dataset": dataset} if dataset else {})
        return answers.records(self.connection.get(self.officer, "/records", query))

    def record(self, addressee: str, spi: str, dataset: str, key: str) -> Sequence[HeldRecord]:
        """One record with its items."""
        query = {"addressee": addressee, "spi": spi, "dataset": dataset, "key": key}
        return answers.records(self.connection.get(self.officer, "/records/detail", query))

    def readiness(self) -> Readiness:
        """Mode, masters, departments, accounts, devices."""
        return answers.readiness(self.connection.get(self.administrator, "/readiness"))


@dataclass(frozen=True, slots=True)
class HttpCollation:
    """Collation: asked and fetched as ``requester``, ordered and released as ``manager``."""

    connection: Connection
    requester: Caller
    manager: Caller

    def ask(self, request: CollationRequest) -> CollationCase:
        """Ask for a file."""
        return answers.collation(self.connection.post(self.requester, "/collations", _message(request)))

    def order(self, number: str) -> CollationCase:
        """Have the file made."""
        return answers.collation(self.connection.post(self.manager, f"/collations/{number}/order"))

    def release(self, number: str) -> CollationCase:
        """Let the file out."""
        return answers.collation(self.connection.post(self.manager, f"/collations/{number}/release"))

    def state(self, number: str) -> CollationCase:
        """How a request stands."""
        return answers.collation(self.connection.get(self.requester, f"/collations/{number}"))

    def fetch(self, number: str, folder: Path) -> Path:
        """Download a released file."""
        content = self.connection.get(self.requester, f"/collations/{number}/file")
        answers.collation_file(content)  # what is not of the contract is not kept
        return keep(folder / f"{number}_result.xml", content)


def _message(request: CollationRequest) -> bytes:
    minute = request.minute.astimezone(TOKYO).strftime("%Y-%m-%dT%H:%M+09:00")
    given = {
        "spi": request.spi,
        "dataset": request.dataset,
        "key": request.key,
        "version": request.version,
        "user": request.user,
        "from": minute,
        "to": minute,
    }
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in given.items() if value is not None)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<CollationRequest xmlns="{_NAMESPACE}"{attributes}/>\n'.encode()
