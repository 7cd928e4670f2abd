"""Books that do not know what the server has of ours are older than what was sent: nothing more is sent under them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from fukuhon.errors import RefusedError
from fukuhon.ledger import audit, orders, results
from fukuhon.ledger.copying import RESTORED
from fukuhon.sender import accept, compare, stopped_for
from fukuhon.server import AnswerLost, ResultRow

LOST = AnswerLost("SERVER-021", bytes_sent=50, why="x")


def compared(room: Any) -> tuple[str, ...]:
    """Compare, and return what the books do not know."""
    unknown: tuple[str, ...] = compare(room.ledger, room.server, "test").unknown
    return unknown


def taken(room: Any, **fields: Any) -> ResultRow:
    """The server takes a file that these books know nothing of."""
    row: ResultRow = room.server.row(room.clock.now(), **fields)
    room.server.listed.append(row)
    return row


def turns(sender: Any) -> None:
    """A few turns."""
    for _ in range(3):
        sender.turn()


def test_before_the_first_file_the_list_is_asked_once(room: Any) -> None:
    """However many files follow; and not at all while there is nothing to send."""
    room.order()
    sender = room.sender()
    turns(sender)
    assert room.server.looks == []
    room.plan("a.xml", 1)
    room.plan("b.xml", 2)
    turns(sender)
    assert room.sent == ["a.xml", "b.xml"]
    assert len(room.server.looks) == 1


def test_an_unknown_receipt_stops_all_sending(room: Any) -> None:
    """The order fails with its reason, the stop is in force, and the next order is refused."""
    room.plan("a.xml")
    room.clock.instant += timedelta(minutes=30)
    row = taken(room)
    order = room.order()
    turns(room.sender())
    ended = orders.wait_state(room.ledger, order.id).order
    assert (room.sent, ended.outcome, ended.reason) == ([], "failed", "SENDER-021")
    with pytest.raises(RefusedError, match="LEDGER-023"):
        room.order("w2")
    with room.ledger.reading() as reader:
        found = stopped_for(reader)
    assert found is not None
    assert found.unknown == (str(row.number),)
    with pytest.raises(RefusedError, match=f"SENDER-021.*{row.number}"):
        found.require()


def test_what_a_person_has_accepted_alarms_no_more(room: Any) -> None:
    """Registered at the terminal, past these books: the decision is written down with the receipts."""
    room.clock.instant += timedelta(minutes=30)
    taken(room)
    assert len(compared(room)) == 1
    assert len(compared(room)) == 1  # nobody has decided; the server is not asked again for that
    assert len(room.server.looks) == 1
    with room.ledger.reading() as reader:
        found = stopped_for(reader)
    room.do(lambda tx: accept(tx, found, "端末から登録した"))
    room.do(orders.stop_lift)
    room.clock.instant += timedelta(minutes=1)
    assert compared(room) == ()
    room.clock.instant += timedelta(minutes=20)
    assert compared(room) == ()
    assert len(room.server.looks) == 2
    with room.ledger.reading() as reader:
        last = audit.latest(reader, RESTORED)
    assert last is not None
    assert last.detail["receipts"] == [str(room.server.listed[0].number)]


def test_receipts_of_others_and_of_before_are_not_ours(room: Any) -> None:
    """Another account of the body; a day on which these books were not begun."""
    room.sender()
    taken(room, requester="another")
    room.server.listed.append(room.server.row(room.clock.now() - timedelta(hours=2)))
    room.clock.instant += timedelta(minutes=30)
    assert compared(room) == ()


def test_our_own_receipts_are_known(room: Any) -> None:
    """By the file, whatever became of it since."""
    file_id = room.plan("a.xml")
    room.order()
    turns(room.sender())
    number = room.file(file_id).receipt
    room.server.listed.append(room.server.row(room.clock.now(), number=number))
    room.clock.instant += timedelta(minutes=20)
    assert compared(room) == ()
    assert len(room.server.looks) == 2


def test_a_doubt_explains_one_receipt_and_no_second(room: Any) -> None:
    """It may be the doubt's own, which settling looks into; two cannot both be."""
    room.plan("a.xml")
    room.order()
    room.server.ends = [LOST]
    turns(room.sender())
    taken(room)
    room.clock.instant += timedelta(minutes=11)
    assert compared(room) == ()
    taken(room)
    room.clock.instant += timedelta(minutes=11)
    assert len(compared(room)) == 2


def test_what_a_doubt_explained_is_looked_at_again(room: Any) -> None:
    """The list counts as compared up to the doubt, no further: were the receipt not its own, it shows later."""
    room.plan("a.xml")
    room.order()
    room.server.ends = [LOST]
    turns(room.sender())
    first = taken(room)
    for _ in range(2):
        room.clock.instant += timedelta(hours=1)
        assert compared(room) == ()
    taken(room)
    room.clock.instant += timedelta(hours=1)
    assert str(first.number) in compared(room)


def test_who_was_asked_just_now_is_not_asked_again(room: Any) -> None:
    """Somebody else put the same question: nothing is sent before it may be asked again."""
    room.plan("a.xml")
    room.order()
    sender = room.sender(again=0.0)
    day = room.clock.now().date()
    room.do(lambda tx: results.look(tx, "results", results.days(day - timedelta(days=1), day)))
    turns(sender)
    assert (room.sent, room.server.looks) == ([], [])
    room.clock.instant += timedelta(minutes=11)
    turns(sender)
    assert room.sent == ["a.xml"]
