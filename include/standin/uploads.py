"""Uploads: who may begin one, what is counted while its bytes arrive, and what becomes of it.

Every attempt is kept, refused and cut ones too, with the bytes that came over the wire.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from standin import admission
from standin.batch import check_immediate, slip_rest_of_night
from standin.body import Body
from standin.clock import SimulatedClock, micros
from standin.contents import FileHead, read_head
from standin.hours import IMMEDIATE_CHANNELS
from standin.numbers import REGISTRATION
from standin.refusals import Refusal

__all__ = ["Receipt", "Upload", "UploadOrder", "begin", "end", "finish", "refuse"]

_HEAD_BYTES = 1 << 16


@dataclass(frozen=True)
class UploadOrder:
    """What the request's line and headers say."""

    channel: int
    kind: str
    user: str
    expected: int | None
    key: str | None


@dataclass(frozen=True)
class Receipt:
    """What the client is answered."""

    number: str
    received: datetime
    bytes: int
    replayed: bool = False


@dataclass
class Upload:
    """An upload whose bytes are arriving."""

    id: int
    body: Body
    order: UploadOrder
    started: datetime
    room: admission.Room
    path: Path
    out: BinaryIO = field(repr=False)
    digest: hashlib._Hash = field(default_factory=hashlib.sha256, repr=False)
    sent: int = 0
    start: bytearray = field(default_factory=bytearray, repr=False)
    head: FileHead | None = None

    def take(self, chunk: bytes, clock: SimulatedClock) -> bool:
        """Take a piece of the body: count it, let its time pass, keep it. Raises Refusal.

        True asks for ``look_at_head``, which reads the body's state and so needs the lock.
        """
        self.sent += len(chunk)
        pass_line_time(self, clock)
        self.digest.update(chunk)
        self.out.write(chunk)
        self.room.check_volume(self.sent)
        if self.head is None:
            self.start += chunk
        return self.head is None

    def look_at_head(self) -> None:
        """Read the file's head as soon as it is there, and refuse what it forbids. Raises Refusal."""
        self.head = read_head(bytes(self.start[:_HEAD_BYTES]))
        if self.head is not None:
            self.start.clear()
            admission.check_head(self.body, self.order.kind, self.head, self.started, known=self.room.known_key)
        elif len(self.start) > _HEAD_BYTES:
            raise Refusal("bad_file")


def pass_line_time(upload: Upload, clock: SimulatedClock) -> None:
    """Move the clock by the bytes that have come; the line of each body is its own."""
    rate = upload.body.settings.line_bytes_per_s
    if rate:
        clock.reach(upload.started + timedelta(seconds=upload.sent / rate))


def begin(body: Body, order: UploadOrder, now: datetime) -> Upload:
    """Begin an upload. Raises Refusal; whoever calls keeps the refused attempt with ``refuse``."""
    body.note_at_once(len(body.receiving) + 1)
    if body.receiving:
        raise Refusal("busy", violation="two_at_once")
    room = admission.find_room(body, order.channel, order.kind, order.expected, now)
    room.known_key = admission.check_key(body, order.key, order.expected)
    row = _insert(body, order, now, room.allotment)
    path = body.folder / "incoming" / f"{row}.part"
    upload = Upload(row, body, order, now, room, path, path.open("wb"))
    body.receiving[row] = upload
    return upload


def refuse(body: Body, order: UploadOrder, clock: SimulatedClock, refusal: Refusal, spilt: int) -> None:
    """Keep an attempt that was refused before its body was read; ``spilt`` bytes of it came all the same."""
    started, rate = clock.now, body.settings.line_bytes_per_s
    if rate:
        clock.reach(started + timedelta(seconds=spilt / rate))
    with body.store.transaction():
        row = _insert(body, order, started, admission.allotment_at(body, order.kind, started))
        body.store.run(
            "UPDATE uploads SET ended = ?, bytes = ?, outcome = 'refused', fault = ? WHERE id = ?",
            *(micros(clock.now), spilt, refusal.code, row),
        )


def end(upload: Upload, clock: SimulatedClock, outcome: str, fault: str | None = None) -> None:
    """End an upload that brought no receipt: ``cut`` or ``refused``."""
    _close(upload, clock.now, outcome, fault=fault)
    upload.path.unlink(missing_ok=True)


def finish(upload: Upload, clock: SimulatedClock) -> Receipt:
    """Take what has arrived whole: a receipt, in one transaction with the file it stands for. Raises Refusal."""
    if upload.head is None:
        raise Refusal("bad_file")
    body, now = upload.body, clock.now
    if known := admission.same_file(body, upload.order.key, upload.digest.hexdigest()):
        _close(upload, now, "replayed", receipt=known.number)
        upload.path.unlink(missing_ok=True)
        return Receipt(known.number, known.received, known.bytes, replayed=True)
    immediate = upload.order.channel in IMMEDIATE_CHANNELS
    if immediate:
        check_immediate(body, now)
    upload.out.flush()
    with body.store.transaction():
        if immediate:
            slip_rest_of_night(body)
        number = REGISTRATION.issue(now.date(), body.store.next_number(REGISTRATION.prefix, now.date().isoformat()))
        upload.path.rename(body.folder / "files" / f"{number}.xml")
        _keep_file(upload, upload.head, number, now)
        if upload.order.key is not None:
            body.store.run(
                "INSERT INTO keys VALUES (?, ?, ?, ?)",
                upload.order.key,
                number,
                upload.digest.hexdigest(),
                upload.sent,
            )
        _close(upload, now, "received", receipt=number)
    return Receipt(number, now, upload.sent)


def _insert(body: Body, order: UploadOrder, now: datetime, allotment: int | None) -> int:
    sql = "INSERT INTO uploads (started, expected, channel, kind, user, allotment) VALUES (?, ?, ?, ?, ?, ?)"
    row = body.store.run(sql, micros(now), order.expected, order.channel, order.kind, order.user, allotment).lastrowid
    assert row is not None
    return row


def _keep_file(upload: Upload, head: FileHead, number: str, now: datetime) -> None:
    """Queue the file; an immediate one runs from now on."""
    body, order = upload.body, upload.order
    state, starts, ends = "waiting", None, None
    if order.channel in IMMEDIATE_CHANNELS:
        seconds = head.records / body.settings.immediate_records_per_s
        state, starts, ends = "running", micros(now), micros(now + timedelta(seconds=seconds))
    body.store.run(
        """INSERT INTO files (receipt, received, user, channel, kind, spi, dataset, layout, operation, records, bytes,
           sha256, path, day, state, starts, ends) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        *(number, micros(now), order.user, order.channel, order.kind),
        *(head.spi, head.dataset, head.layout, head.operation, head.records),
        *(upload.sent, upload.digest.hexdigest(), f"files/{number}.xml", upload.started.date().isoformat()),
        *(state, starts, ends),
    )


def _close(
    upload: Upload, now: datetime, outcome: str, *, receipt: str | None = None, fault: str | None = None
) -> None:
    """Write down how an upload ended, and whether it ran on past its window (seed 1.4.1)."""
    upload.out.close()
    upload.body.receiving.pop(upload.id, None)
    with upload.body.store.transaction():
        if not upload.room.covers(upload.started, now):
            upload.body.violate(now, "outside_window", "割当時間を過ぎて送信が続いた")
        upload.body.store.run(
            "UPDATE uploads SET ended = ?, bytes = ?, outcome = ?, fault = ?, receipt = ?, sha256 = ? WHERE id = ?",
            *(micros(now), upload.sent, outcome, fault, receipt, upload.digest.hexdigest(), upload.id),
        )
