"""What the rest of the house knows of the intermediate server: two ports, and the things that come through them.

How the bytes travel (XML data linkage, web service, a person at the terminal) is the adapters' matter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Literal, Protocol

from fukuhon.identifiers import ReceiptNumber
from fukuhon.windows import Channel

__all__ = [
    "Account",
    "Collation",
    "CollationCase",
    "CollationRequest",
    "Department",
    "HeldRecord",
    "IntermediateServer",
    "Master",
    "Progress",
    "Readiness",
    "Receipt",
    "RecordError",
    "Registration",
    "ResultDetail",
    "ResultRow",
    "Status",
    "Upload",
    "no_progress",
]

Status = Literal["処理待ち", "処理完了", "処理エラー"]
Registration = Literal["pretest", "initial", "differential"]
Progress = Callable[[int], None]
"""Told the bytes that have left us so far."""


def no_progress(_sent: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One file to be sent: where it lies, how large it must be, how it travels, under which attempt's key."""

    path: Path
    bytes: int
    channel: Channel
    registration: Registration
    key: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """受付: the server has taken a file. ``replayed``: the answer to an earlier upload under the same key."""

    number: ReceiptNumber
    received: datetime
    bytes: int
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One line of the list of results (SC_DBM_0103); ``received`` to the minute."""

    number: ReceiptNumber
    received: datetime
    requester: str
    status: Status
    processed: int
    errors: int


@dataclass(frozen=True, slots=True)
class RecordError:
    """An error of one record, by its position in the file from 1.

    The message may echo values: it is never shown in a log.
    """

    position: int
    code: str
    message: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ResultDetail:
    """The details of one receipt (要領 4.5.3)."""

    number: ReceiptNumber
    status: Status
    processed: int
    errors: int
    completed: datetime | None
    slipped_to: date | None
    records: tuple[RecordError, ...] = ()


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """A record as the server holds it. Personal from end to end: nothing of it is shown but its dataset."""

    spi: str
    dataset: str
    layout: str
    addressee: str = field(repr=False)
    key: str = field(repr=False)
    version: str | None = field(repr=False)
    published_from: date | None = field(repr=False)
    published_to: date | None = field(repr=False)
    registered: datetime
    items: dict[str, str] | None = field(repr=False)
    """Item code → value in wire form; None where the screen shows no items. A missing item is absent."""


@dataclass(frozen=True, slots=True)
class Master:
    """A master and the day on which it was last applied."""

    name: str
    applied: date


@dataclass(frozen=True, slots=True)
class Department:
    """A department on the server."""

    id: str
    registered: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Account:
    """An account on the server, with what its password's age is reckoned from."""

    user: str
    role: str
    department: str
    valid_to: date | None
    password_set: date
    password_days: int


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a system administrator sees before an upload (seed 1.3.2-1.3.5, 1.3.7, 1.9.2)."""

    mode: Literal["normal", "integration_test"]
    vpn_cuts_today: int
    masters: tuple[Master, ...]
    departments: tuple[Department, ...]
    accounts: tuple[Account, ...]
    devices: tuple[str, ...]


class IntermediateServer(Protocol):
    """自治体中間サーバー, as one body sees it.

    Every call may raise ServerAway (SERVER-001, -002), Refused (SERVER-1xx) and DataError (SERVER-003: an answer that
    is not of the contract).
    """

    @property
    def requester(self) -> str:
        """The account under which files are sent: the 要求者 of the list of results."""
        ...

    def upload(self, upload: Upload, progress: Progress = no_progress) -> Receipt:
        """Send a file as a stream. Raises beside the others LineCut (SERVER-020) and AnswerLost (SERVER-021)."""
        ...

    def results(self, first: date, last: date) -> Sequence[ResultRow]:
        """The list of results by day of 受付日時, both days included, the newest first."""
        ...

    def detail(self, number: ReceiptNumber) -> ResultDetail:
        """The details of one receipt."""
        ...

    def search(self, addressee: str, spi: str, dataset: str | None = None) -> Sequence[HeldRecord]:
        """What is held of one person (SC_DBM_0202), without items."""
        ...

    def record(self, addressee: str, spi: str, dataset: str, key: str) -> Sequence[HeldRecord]:
        """One record with its items (SC_DBM_0203)."""
        ...

    def readiness(self) -> Readiness:
        """Mode, masters, departments, accounts, devices."""
        ...


@dataclass(frozen=True, slots=True)
class CollationRequest:
    """What SC_DBM_0701 is asked: one dataset, one record key (exact), one minute of processing."""

    spi: str
    dataset: str
    key: str = field(repr=False)
    user: str
    """The 担当者's user id."""
    minute: datetime
    version: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class CollationCase:
    """A request of 突合 as the server has it."""

    number: str
    state: Literal["asked", "ordered", "released"]
    spi: str
    dataset: str | None
    requester: str
    registered: datetime
    file: str | None


class Collation(Protocol):
    """突合, between two people.

    One asks and fetches, another orders and releases. Raises as IntermediateServer does.
    """

    def ask(self, request: CollationRequest) -> CollationCase:
        """Ask for a file, as the requester."""
        ...

    def order(self, number: str) -> CollationCase:
        """Have the file made, as the manager."""
        ...

    def release(self, number: str) -> CollationCase:
        """Let the file out, as the manager."""
        ...

    def state(self, number: str) -> CollationCase:
        """How a request stands."""
        ...

    def fetch(self, number: str, folder: Path) -> Path:
        """Download a released file into a folder, as ``<number>_result.xml`` (0600)."""
        ...
