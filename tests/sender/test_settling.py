"""A doubt is settled by looking: one receipt that fits, none, or several; and never by sending."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from fukuhon.clock import tokyo
from fukuhon.errors import FatalError, RefusedError, RetriableError
from fukuhon.identifiers import ReceiptNumber
from fukuhon.ledger import FileState, approvals, attempts, meters, results
from fukuhon.ledger.approvals import NewApproval
from fukuhon.sender import decide, question, settle
from fukuhon.server import AnswerLost

LOST = AnswerLost("SERVER-021", bytes_sent=50, why="x")


@pytest.fixture
def doubt(room: Any) -> int:
    """A file whose answer was lost; the settling time is over."""
    file_id: int = room.plan("a.xml")
    room.order()
    room.server.ends.append(LOST)
    sender = room.sender()
    sender.turn()
    sender.turn()
    assert room.file(file_id).state is FileState.IN_DOUBT
    room.server.looks.clear()  # what the sender asked before its first file
    room.clock.instant += timedelta(minutes=15)
    return file_id


def test_before_the_settling_time_nobody_looks(room: Any, doubt: int) -> None:
    """The list may lag: an empty look too early would send the file twice."""
    room.clock.instant -= timedelta(seconds=1)
    (told,) = settle(room.ledger, room.server, 15)
    assert (told.answer, room.server.looks) == ("too_early", [])


def test_one_receipt_that_fits_is_the_files(room: Any, doubt: int) -> None:
    """The file is received under it, and waits like any other; a doubt measures no line."""
    row = room.server.row(tokyo(date(2017, 4, 12), 9, 0))
    room.server.listed.append(row)
    (told,) = settle(room.ledger, room.server, 15)
    assert (told.answer, told.receipts) == ("received", (row.number,))
    file = room.file(doubt)
    assert (file.state, file.receipt, file.received_at) == (FileState.WAITING, row.number, row.received)
    with room.ledger.reading() as reader:
        assert attempts.find(reader)[-1].settled == "looked"
        assert meters.find(reader) == []
        assert results.latest(reader, row.number) is not None
    assert len(room.sent) == 1


def test_no_receipt_means_that_the_file_goes_again(room: Any, doubt: int) -> None:
    """Not received: cut, all its bytes spent; it is sent again under the guard, with the key of before."""
    (told,) = settle(room.ledger, room.server, 15)
    assert told.answer == "cut"
    assert room.file(doubt).state is FileState.CUT
    with room.ledger.reading() as reader:
        assert attempts.spent(reader, "w1") == 50
    room.order("w2")
    room.sender().turn()
    assert room.sent == ["a.xml", "a.xml"]
    assert len({upload.key for upload in room.server.uploads}) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"requester": "somebody"},
        {"received": tokyo(date(2017, 4, 12), 8, 59)},
        {"status": "処理完了", "processed": 9},
    ],
)
def test_what_cannot_be_ours_is_not(room: Any, doubt: int, fields: dict[str, Any]) -> None:
    """Another requester, a minute before the attempt, another count: not our receipt."""
    room.server.listed.append(room.server.row(tokyo(date(2017, 4, 12), 9, 5), **fields))
    assert settle(room.ledger, room.server, 15)[0].answer == "cut"


@pytest.mark.parametrize(
    "fields",
    [
        {"received": tokyo(date(2017, 4, 12), 9, 0)},
        {"received": tokyo(date(2017, 4, 13), 3, 30)},
        {"status": "処理完了", "processed": 10, "errors": 1},
        {"status": "処理エラー"},
    ],
)
def test_what_may_be_ours_is(room: Any, doubt: int, fields: dict[str, Any]) -> None:
    """The minute of the start, an hour outside all hours, processed already, rejected whole: it was received."""
    room.server.listed.append(room.server.row(tokyo(date(2017, 4, 12), 9, 5), **fields))
    assert settle(room.ledger, room.server, 15)[0].answer == "received"


def test_a_receipt_that_belongs_to_another_file_is_not_taken(room: Any) -> None:
    """The file sent just before has its own."""
    one, other = room.plan("a.xml", 1), room.plan("b.xml", 2)
    room.order()
    room.server.ends += [lambda: None, LOST]
    sender = room.sender()
    sender.turn()
    sender.turn()
    room.clock.instant += timedelta(minutes=15)
    known = ReceiptNumber.parse(room.file(one).receipt)
    room.server.listed.append(room.server.row(tokyo(date(2017, 4, 12), 9, 0), number=known))
    assert settle(room.ledger, room.server, 15)[0].answer == "cut"
    assert room.file(other).state is FileState.CUT


def several(room: Any) -> list[str]:
    """Two receipts that fit."""
    room.server.listed += [room.server.row(tokyo(date(2017, 4, 12), 9, 1))]
    room.server.listed += [room.server.row(tokyo(date(2017, 4, 12), 9, 2))]
    return [row.number for row in room.server.listed]


def test_of_several_two_people_decide(room: Any, doubt: int) -> None:
    """Without their approval of exactly this answer nothing moves; with it the file has its receipt."""
    first, second = several(room)
    assert settle(room.ledger, room.server, 15)[0].answer == "several"
    assert room.file(doubt).state is FileState.IN_DOUBT
    file = room.file(doubt)
    asked = room.do(
        lambda tx: approvals.ask(
            tx,
            NewApproval(
                kind="settle",
                subject=file.name,
                sha256=question(file, first),
                valid_until=room.clock.now() + timedelta(hours=1),
            ),
        )
    )
    with room.ledger.transaction("ichiro") as tx:
        approvals.approve(tx, asked.id)
    with pytest.raises(RefusedError):
        room.do(lambda tx: decide(tx, doubt, ReceiptNumber.parse(second)))
    room.do(lambda tx: decide(tx, doubt, ReceiptNumber.parse(first)))
    assert (room.file(doubt).state, room.file(doubt).receipt) == (FileState.WAITING, first)
    with room.ledger.reading() as reader:
        assert attempts.find(reader)[-1].settled == "people"


def test_two_people_cannot_invent_a_receipt(room: Any, doubt: int) -> None:
    """It must have been shown by a look."""
    invented = ReceiptNumber.parse("0601201704120000009999")
    file = room.file(doubt)
    until = room.clock.now() + timedelta(hours=1)
    new = NewApproval(kind="settle", subject=file.name, sha256=question(file, invented), valid_until=until)
    asked = room.do(lambda tx: approvals.ask(tx, new))
    with room.ledger.transaction("ichiro") as tx:
        approvals.approve(tx, asked.id)
    with pytest.raises(FatalError) as caught:
        room.do(lambda tx: decide(tx, doubt, invented))
    assert caught.value.code == "SENDER-004"
    with room.ledger.reading() as reader:  # the decision is still there to be used
        assert approvals.require(reader, "settle", question(file, invented), room.clock.now()).used == 0


def test_the_manners_towards_the_server_hold(room: Any, doubt: int) -> None:
    """The same list is not asked twice within ten minutes, whoever asks."""
    several(room)
    assert settle(room.ledger, room.server, 15)[0].answer == "several"
    assert settle(room.ledger, room.server, 15)[0].answer == "not_asked"
    assert room.server.looks == [(date(2017, 4, 12), date(2017, 4, 12))]


def test_the_loop_settles_by_itself_and_asks_people_once(room: Any, doubt: int) -> None:
    """Turn after turn looks once; several candidates end the looking."""
    several(room)
    sender = room.sender()
    for _ in range(5):
        sender.turn()
        room.clock.instant += timedelta(minutes=11)
    assert len(room.server.looks) == 1


def test_a_server_that_is_away_settles_nothing(room: Any, doubt: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """An absence is no empty list."""

    def away(*_: object) -> None:
        raise RetriableError("SERVER-001", url="x", why="x")

    monkeypatch.setattr(room.server, "results", away)
    with pytest.raises(RetriableError):
        settle(room.ledger, room.server, 15)
    assert room.file(doubt).state is FileState.IN_DOUBT
