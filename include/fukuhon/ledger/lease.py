"""The fenced lease: who may put bytes of this body on the wire. One at a time, whatever else happens.

It never expires. It passes on when its holder gives it back, when its holder is proven dead, or when two people have
decided so. Each passing raises the fence, and a claim under an older fence moves nothing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import sqlalchemy as sa

from fukuhon.errors import FatalError, RefusedError
from fukuhon.ledger import approvals, attempts, schema
from fukuhon.ledger.attempts import Attempt
from fukuhon.ledger.files import get as get_file
from fukuhon.ledger.holders import Holder, holder_is_dead
from fukuhon.ledger.orders import Order
from fukuhon.ledger.states import ON_THE_WIRE, FileState
from fukuhon.ledger.transactions import Event, Reader, Tx

__all__ = [
    "Fence",
    "Holder",
    "acquire",
    "claim",
    "fence_number",
    "holder",
    "holder_is_dead",
    "is_ours",
    "question",
    "release",
    "take_over",
]

_l, _f = schema.lease, schema.files
_NOBODY = {"host": None, "boot_id": None, "pid": None, "start_time": None, "acquired_at": None}


@dataclass(frozen=True, slots=True)
class Fence:
    """The right to send, as long as nobody has a higher number.

    ``doubts``: files that the holder before left in doubt.
    """

    number: int
    doubts: tuple[int, ...] = ()


def holder(reader: Reader) -> Holder | None:
    """Who holds the lease now."""
    row = reader.row(sa.select(_l))
    return None if row is None or row.host is None else Holder(row.host, row.boot_id, row.pid, row.start_time)


def fence_number(reader: Reader) -> int:
    """The highest fence that was given out."""
    return int(reader.scalar(sa.select(_l.c.fence)) or 0)


def question(fence: int) -> str:
    """What two people decide about when the lease is to be taken over, as the sha256 of their approval."""
    return approvals.digest(f"fence {fence}")


def is_ours(reader: Reader, fence: Fence) -> bool:
    """Whether no higher fence was given out."""
    return bool(reader.scalar(sa.select(_l.c.fence)) == fence.number)


def acquire(tx: Tx, who: Holder) -> Fence:
    """Take the lease; the holder it already belongs to gets its own fence again.

    From a holder that is proven dead it passes on, and what that one had on the wire is then ``in_doubt``.
    Raises RefusedError (LEDGER-030) while another holder lives, or may live on another host.
    """
    row, current = tx.row(sa.select(_l)), holder(tx)
    if row is not None and current == who:
        return Fence(row.fence)
    if current is not None and not holder_is_dead(current):
        raise RefusedError("LEDGER-030", host=current.host, pid=current.pid)
    return _pass_on(tx, who)


def take_over(tx: Tx, who: Holder) -> Fence:
    """Take the lease from a holder that cannot be proven dead, because two people decided it.

    Their approval is of kind ``lease`` and of the fence that stands (``question``).
    Raises RefusedError (LEDGER-05x) without their approval.
    """
    approvals.use(tx, "lease", question(fence_number(tx)))
    return _pass_on(tx, who)


def _pass_on(tx: Tx, who: Holder) -> Fence:
    number = int(tx.scalar(sa.select(_l.c.fence))) + 1
    change = sa.update(_l).values(fence=number, acquired_at=tx.now, **asdict(who))
    tx.record(Event("lease.acquired", f"fence:{number}", {"host": who.host, "pid": who.pid}), change)
    return Fence(number, tuple(attempts.doubt_open(tx)))


def release(tx: Tx, fence: Fence) -> None:
    """Give the lease back; a fence that is no longer the highest gives back nothing.

    Raises FatalError (LEDGER-031) while a file is on the wire or in doubt: the lease ends when that is known, not
    before. What a person sends at the terminal needs no process, and keeps the line all the same: ``claim`` gives it
    to nobody until the receipt is entered.
    """
    by_hand = sa.and_(_f.c.state == FileState.SENDING, _f.c.channel.in_(attempts.BY_HAND))
    if tx.row(sa.select(_f.c.id).where(_f.c.state.in_(ON_THE_WIRE), ~by_hand)) is not None:
        raise FatalError("LEDGER-031", fence=fence.number)
    change = sa.update(_l).where(_l.c.fence == fence.number).values(**_NOBODY)
    tx.record(Event("lease.released", f"fence:{fence.number}"), change)


def claim(  # noqa: PLR0913 - one row of the books, part by part
    tx: Tx,
    file_id: int,
    fence: Fence,
    attempt_key: str,
    *,
    order: Order | None = None,
    requester: str = "",
) -> Attempt | None:
    """Claim a planned file for the wire and write its attempt down, before the wire is touched.

    None: it may not be sent, or not by us.

    One UPDATE decides: the file is planned, the fence is the highest, and nothing of this body is on the wire or in
    doubt.
    """
    other = _f.alias()
    busy = sa.exists().where(other.c.state.in_(ON_THE_WIRE))
    current = sa.select(_l.c.fence).scalar_subquery()
    change = (
        sa.update(_f)
        .where(_f.c.id == file_id, _f.c.state == FileState.PLANNED, current == fence.number, ~busy)
        .values(state=FileState.SENDING, fence=fence.number, requester=requester, changed_at=tx.now)
    )
    event = Event(
        "file.sending", f"files:{file_id}", {"from": "planned", "fence": fence.number, "attempt": attempt_key}
    )
    if tx.record(event, change) != 1:
        return None
    return attempts.begin(tx, get_file(tx, file_id), attempt_key, order)
