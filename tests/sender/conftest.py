"""A server that does what the test says, rules that the test sets, and books with real files behind them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fukuhon.calendars import Interval
from fukuhon.clock import TOKYO, FixedClock
from fukuhon.errors import RefusedError
from fukuhon.identifiers import ReceiptNumber
from fukuhon.ledger import File, FileState, Ledger, NewFile, Reader, RunKey, Tx, files, orders, runs
from fukuhon.ledger.orders import Order
from fukuhon.sender import ByHand, Journal, Pace, Sender, Sending
from fukuhon.server import Outbox, Receipt, ResultRow, Upload
from fukuhon.site.settings import Limits
from fukuhon.windows import Kind, Window

NINE = datetime(2017, 4, 12, 9, tzinfo=TOKYO)
WINDOW = Window("w1", Interval(NINE, NINE + timedelta(hours=3)), Kind.INITIAL)


@dataclass
class Scripted:
    """IntermediateServer: each upload takes ten seconds and ends as ``ends`` says, or in a receipt."""

    clock: FixedClock
    ends: list[Exception | Callable[[], None]] = field(default_factory=list)
    uploads: list[Upload] = field(default_factory=list)
    listed: list[ResultRow] = field(default_factory=list)
    looks: list[tuple[date, date]] = field(default_factory=list)
    requester: str = "officer"

    def upload(self, upload: Upload, progress: Callable[[int], None]) -> Receipt:
        """Take a file."""
        self.uploads.append(upload)
        self.clock.instant += timedelta(seconds=10)
        end = self.ends.pop(0) if self.ends else None
        if isinstance(end, Exception):
            raise end
        if end is not None:
            end()
        progress(upload.bytes)
        return Receipt(self.number(), self.clock.now(), upload.bytes)

    def number(self) -> ReceiptNumber:
        """The next receipt's number."""
        return ReceiptNumber.parse(f"0601{self.clock.now():%Y%m%d}{len(self.uploads):010d}")

    def results(self, first: date, last: date) -> Sequence[ResultRow]:
        """The list."""
        self.looks.append((first, last))
        return self.listed

    def row(self, at: datetime, **fields: Any) -> ResultRow:
        """A line for the list."""
        number = ReceiptNumber.parse(f"0601{at:%Y%m%d}{90 + len(self.listed):010d}")
        given = {"number": number, "received": at, "requester": "officer", "status": "処理待ち"}
        return ResultRow(**(given | {"processed": 0, "errors": 0} | fields))


@dataclass
class Settable:
    """Rules: one window, and refusals by file name."""

    open: Window | None = WINDOW
    refuse: dict[str, str] = field(default_factory=dict)
    asked: int = 0

    def window(self, order: Order) -> Window | None:
        """The window, if it still stands."""
        return self.open

    def refusal(self, reader: Reader, file: File, window: Window, now: datetime) -> RefusedError | None:
        """What the test wants refused."""
        self.asked += 1
        code = self.refuse.get(file.name)
        return RefusedError(code, file=file.name, bytes=1, spent=1, left=1) if code else None


@dataclass
class Room:
    """Everything a sender stands in."""

    ledger: Ledger
    clock: FixedClock
    server: Scripted
    rules: Settable
    work: Path
    stopping: bool = False

    @property
    def journal(self) -> Journal:
        """The journal on the disk."""
        return Journal(self.work / "journal")

    @property
    def by_hand(self) -> ByHand:
        """The outbox for a person at the terminal."""
        outbox = Outbox(self.work / "outbox")
        return ByHand(self.ledger, outbox, Limits(), "見本市", self.server.requester, self.work)

    def sender(self, **pace: Any) -> Sender:
        """A sender that has started."""
        quick: dict[str, Any] = {"poll": 0.0, "idle": 0.0, "again": 60.0, "settle": 0.0, "pauses": (0.0,)}
        sending = Sending(self.ledger, self.server, self.rules, self.journal, self.work, self.by_hand)
        made = Sender(sending, 15, lambda: self.stopping, Pace(**(quick | pace)))
        made.start()
        return made

    def plan(self, name: str, position: int = 1, **fields: Any) -> int:
        """A file on the disk, planned; returns its id."""
        content = name.encode() * 10
        (self.work / name).write_bytes(content)
        given: dict[str, Any] = {
            "spi": "TM00000000000002",
            "dataset": "TK00000200000001",
            "kind": "initial",
            "operation": "register",
            "path": name,
            "sidecar": "",
            "sha256": hashlib.sha256(content).hexdigest(),
            "bytes": len(content),
            "records": 10,
            "as_of": NINE,
            "layout": "2017.1",
            "channel": 3,
        }
        with self.ledger.transaction("plan") as tx:
            run = runs.open_run(tx, RunKey("s", "initial", date(2017, 4, 12), None, NINE))
            file_id = files.add(tx, NewFile(run_id=run.id, name=name, **(given | fields)))
            files.move(tx, file_id, FileState.VALIDATED)
            files.place(tx, file_id, "w1", NINE, position)
        return file_id

    def order(self, window: str = "w1") -> Order:
        """An order for the window."""
        return self.do(lambda tx: orders.request(tx, WINDOW.interval, window, "initial"))

    def do(self, what: Callable[[Tx], Any]) -> Any:
        """Something in a transaction of a person's."""
        with self.ledger.transaction("hanako") as tx:
            return what(tx)

    def file(self, file_id: int) -> File:
        """A file as the books have it."""
        with self.ledger.reading() as reader:
            return files.get(reader, file_id)

    def outcome(self, order: Order) -> str | None:
        """How an order ended."""
        return orders.wait_state(self.ledger, order.id).order.outcome

    @property
    def sent(self) -> list[str]:
        """The names of the files that were put on the wire, in order."""
        return [upload.path.name for upload in self.server.uploads]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """A room at nine o'clock, with nothing planned and nothing ordered."""
    clock = FixedClock(NINE)
    ledger = Ledger.open(str(tmp_path / "ledger.db"), clock)
    yield Room(ledger, clock, Scripted(clock), Settable(), tmp_path)
    ledger.close()
