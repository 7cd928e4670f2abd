"""After a restore: what has the server taken that the books do not know?

Books from an older backup do not know what was sent since. So the stop that a restore leaves, or that the sender or a
preflight has asked for, is lifted only after a look at the server's list.
"""

from __future__ import annotations

from fukuhon import sender
from fukuhon.ledger import audit, copying
from fukuhon.registration.desk import Desk
from fukuhon.sender import Compared, Mark

__all__ = ["accept", "is_pending", "look"]


def is_pending(desk: Desk) -> bool:
    """Whether nobody has looked since the books were restored, or were found to be older than what was sent."""
    with desk.ledger.reading() as reader:
        last = audit.latest(reader, copying.RESTORED)
        to_do = last is not None and last.event in {"ledger.restored", "receipts.unknown"}
        return to_do or not Mark.of(desk.site.work).holds(reader)


def look(desk: Desk) -> Compared:
    """What sending was stopped for; else what the server's list shows now.

    Raises as :func:`fukuhon.sender.ask` does.
    """
    with desk.ledger.reading() as reader:
        known = sender.stopped_for(reader) if Mark.of(desk.site.work).holds(reader) else None
    return known or sender.ask(desk.ledger, desk.server, desk.actor)


def accept(desk: Desk, found: Compared, reason: str | None) -> None:
    """Write down that somebody has looked, and why sending may go on; the sender's mark is set anew."""
    with desk.ledger.transaction(desk.actor) as tx:
        sender.accept(tx, found, reason)
    Mark.of(desk.site.work).remove()
