"""What a person sends at the terminal: handed out once, waited for by whichever sender, ended by a checked receipt."""

from __future__ import annotations

import logging
import shutil
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from fukuhon.errors import DataError, FukuhonError, RefusedError
from fukuhon.ledger import FileState, Holder, attempts, audit, lease, meters, orders
from fukuhon.sender import close, enter, settle
from fukuhon.site.settings import Limits

NUMBER = "0601201704120000000001"
OTHER = "0601201704120000000022"
AT = "2017-04-12 09:01"
LIMITS = Limits()


@pytest.fixture
def handed(room: Any) -> Any:
    """Two files planned for the terminal; the first one is handed out, and a few minutes have gone by."""
    room.one, room.two = room.plan("a.xml", 1, channel=1), room.plan("b.xml", 2, channel=1)
    room.order_ = room.order()
    room.now_sender = room.sender()
    turns(room)
    room.clock.instant += timedelta(minutes=3)
    return room


def turns(room: Any, times: int = 6) -> None:
    """A few turns of the sender."""
    for _ in range(times):
        room.now_sender.turn()


def type_in(room: Any, name: str = "a.xml", number: str = NUMBER, received: str = AT) -> Any:
    """A receipt as the officer types it."""
    return room.do(lambda tx: enter(tx, name, number, received, LIMITS))


def code(room: Any, *typed: str) -> str:
    """The error's code."""
    with pytest.raises(FukuhonError) as caught:
        type_in(room, *typed)
    told = str(caught.value) + caught.value.next_step
    assert NUMBER not in told
    assert OTHER not in told
    return caught.value.code


def test_the_file_lies_in_the_outbox_and_nothing_else_goes(handed: Any) -> None:
    """No byte on our wire; one folder; the next file waits, though an order is open."""
    assert handed.sent == []
    assert handed.file(handed.one).state is FileState.SENDING
    assert handed.file(handed.two).state is FileState.PLANNED
    (folder,) = (handed.work / "outbox").iterdir()
    assert (folder / "a.xml").read_bytes() == (handed.work / "a.xml").read_bytes()
    assert handed.outcome(handed.order_) is None


def test_another_channel_waits_as_well(handed: Any) -> None:
    """The line is one for the whole body, whichever way a file travels (seed 1.4.1)."""
    other = handed.plan("c.xml", 3, channel=3, dataset="TK00000200000002")
    turns(handed)
    assert (handed.sent, handed.file(other).state) == ([], FileState.PLANNED)


def test_the_receipt_ends_it_and_the_next_file_is_handed_out(handed: Any) -> None:
    """Received, waiting for the night; its bytes count; a person's pace is no measure of the line."""
    assert not type_in(handed).again
    file = handed.file(handed.one)
    assert (file.state, file.receipt, f"{file.received_at:%H:%M}") == (FileState.WAITING, NUMBER, "09:01")
    turns(handed)
    assert handed.file(handed.two).state is FileState.SENDING
    (folder,) = (handed.work / "outbox").iterdir()
    assert (folder / "b.xml").exists()
    with handed.ledger.reading() as reader:
        assert meters.find(reader) == []
        assert attempts.spent(reader, "w1") == 100


def test_an_immediate_one_is_received_and_waits_for_no_night(room: Any) -> None:
    """即時: its result is there at once."""
    file_id = room.plan("a.xml", channel=2)
    room.order()
    room.now_sender = room.sender()
    turns(room)
    room.clock.instant += timedelta(minutes=1)
    type_in(room)
    assert room.file(file_id).state is FileState.RECEIVED


def test_full_width_digits_and_slashes_are_understood(handed: Any) -> None:
    """As an input method leaves them, and as the screen shows the time."""
    wide = NUMBER.translate({ord("0") + n: ord("０") + n for n in range(10)})
    type_in(handed, "a.xml", f" {wide} ", "2017/04/12 09:01")
    assert handed.file(handed.one).receipt == NUMBER


def test_the_same_receipt_twice_changes_nothing(handed: Any) -> None:
    """And another one for the same file is refused, with the place of the difference."""
    type_in(handed)
    assert type_in(handed).again
    with pytest.raises(RefusedError) as caught:
        type_in(handed, "a.xml", OTHER)
    assert caught.value.code == "SENDER-011"
    assert caught.value.facts["positions"] == "21桁目、22桁目"
    assert code(handed, "a.xml", NUMBER, "2017-04-12 09:02") == "SENDER-011"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (("a.xml", "060120170412000000000l"), "SENDER-012"),
        (("a.xml", NUMBER[:-1]), "SENDER-012"),
        (("a.xml", NUMBER + "1"), "SENDER-012"),
        (("a.xml", "0601201713120000000001"), "SENDER-012"),
        (("a.xml", "0809201704120000000001"), "SENDER-012"),
        (("a.xml", "0601201704110000000001"), "SENDER-013"),
        (("a.xml", NUMBER, "12.4.2017"), "SENDER-015"),
        (("a.xml", NUMBER, "2017-04-12 08:50"), "SENDER-016"),
        (("a.xml", NUMBER, "2017-04-12 09:30"), "SENDER-016"),
        (("b.xml",), "SENDER-010"),
        (("none.xml",), "SENDER-010"),
    ],
)
def test_a_wrong_entry_moves_nothing(handed: Any, typed: tuple[str, ...], expected: str) -> None:
    """Form, date, time, a file that waits for none: each has its own words, none of which shows a number."""
    assert code(handed, *typed) == expected
    assert handed.file(handed.one).state is FileState.SENDING


def test_wrong_signs_are_told_by_their_place(handed: Any) -> None:
    """Not by what was typed."""
    with pytest.raises(DataError, match="3桁目、22桁目"):
        type_in(handed, "a.xml", "06O120170412000000000l")


def test_the_receipt_of_another_file_is_refused(handed: Any) -> None:
    """Each file has its own."""
    type_in(handed)
    turns(handed)
    handed.clock.instant += timedelta(minutes=1)
    assert code(handed, "b.xml", NUMBER, "2017-04-12 09:03") == "SENDER-014"
    type_in(handed, "b.xml", OTHER, "2017-04-12 09:03")
    assert handed.file(handed.two).state is FileState.WAITING


def test_the_sender_may_leave_and_the_next_one_goes_on_waiting(handed: Any) -> None:
    """No doubt, no second handing out; and the lease is free for whoever comes, but not the line."""
    handed.now_sender.leave()
    assert handed.do(lease.holder) is None
    fence = handed.do(lambda tx: lease.acquire(tx, Holder("elsewhere", "boot", 1, 1)))
    assert fence.doubts == ()
    assert handed.do(lambda tx: lease.claim(tx, handed.two, fence, "k")) is None
    handed.do(lambda tx: lease.release(tx, fence))
    handed.now_sender = handed.sender()
    turns(handed)
    assert handed.file(handed.one).state is FileState.SENDING
    type_in(handed)
    turns(handed)
    assert handed.file(handed.two).state is FileState.SENDING


def test_a_sender_that_died_is_followed_without_a_doubt(handed: Any) -> None:
    """Kill -9 between writing down and laying out: the next one waits, and lays the file out."""
    shutil.rmtree(handed.work / "outbox")
    dead = Holder.this_process()
    with handed.ledger.transaction("x") as tx:
        lease.release(tx, handed.now_sender.fence)
        lease.acquire(tx, replace(dead, pid=2**22 + 1))
    handed.now_sender = handed.sender()
    turns(handed)
    assert handed.file(handed.one).state is FileState.SENDING
    (folder,) = (handed.work / "outbox").iterdir()
    assert (folder / "a.xml").exists()


def test_the_order_outlives_its_window_until_the_receipt_is_due(handed: Any) -> None:
    """A receipt may be typed in a little later; then the order ends, and the line stays held."""
    end = handed.order_.end
    type_in(handed)
    handed.clock.instant = end - timedelta(minutes=5)
    turns(handed)
    handed.clock.instant = end
    turns(handed)
    assert handed.outcome(handed.order_) is None
    handed.clock.instant = end + timedelta(minutes=26)
    turns(handed)
    assert handed.outcome(handed.order_) == "window_over"
    assert handed.file(handed.two).state is FileState.SENDING


def test_an_overdue_receipt_is_called_once(handed: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Expected end and thirty minutes."""
    handed.clock.instant += timedelta(minutes=30)
    with caplog.at_level(logging.WARNING, "fukuhon.sender"):
        turns(handed)
    assert sum("SENDER-009" in line for line in caplog.messages) == 1


def test_the_administrator_closes_it_with_a_reason_and_the_list_settles_it(handed: Any) -> None:
    """In doubt, its folder gone; a receipt of whoever was logged in at the terminal is the file's."""
    with pytest.raises(RefusedError) as early:
        handed.do(lambda tx: close(tx, "a.xml", "端末の故障", LIMITS))
    assert early.value.code == "SENDER-017"
    handed.clock.instant += timedelta(minutes=30)
    with pytest.raises(DataError):
        handed.do(lambda tx: close(tx, "a.xml", "  ", LIMITS))
    handed.do(lambda tx: close(tx, "a.xml", "端末の故障", LIMITS))
    assert handed.file(handed.one).state is FileState.IN_DOUBT
    turns(handed)
    assert list((handed.work / "outbox").iterdir()) == []
    assert handed.outcome(handed.order_) == "in_doubt"
    handed.clock.instant += timedelta(minutes=15)
    row = handed.server.row(handed.clock.now() - timedelta(minutes=40), requester="another")
    handed.server.listed.append(row)
    assert settle(handed.ledger, handed.server, 15)[0].answer == "received"
    with handed.ledger.reading() as reader:
        (line,) = [line for line in audit.lines(reader) if line.event == "attempt.closed"]
        assert "端末の故障" in str(line.detail)


def test_a_stop_ends_the_order_but_not_what_is_under_way(handed: Any) -> None:
    """A started upload cannot be interrupted (seed 1.4.1); its receipt is taken all the same."""
    handed.do(orders.stop_request)
    turns(handed)
    assert handed.outcome(handed.order_) == "stopped"
    type_in(handed)
    turns(handed)
    assert (handed.file(handed.one).state, handed.file(handed.two).state) == (FileState.WAITING, FileState.PLANNED)


def test_what_the_disk_does_not_take_was_not_sent(room: Any) -> None:
    """The outbox cannot be made: the file goes back into the queue, no byte is spent, and nothing is in doubt."""
    (room.work / "outbox").write_text("in the way")
    file_id = room.plan("a.xml", channel=1)
    room.order()
    room.now_sender = room.sender()
    room.now_sender.turn()
    assert room.file(file_id).state is FileState.CUT
    with room.ledger.reading() as reader:
        assert attempts.spent(reader, "w1") == 0
    (room.work / "outbox").unlink()
    turns(room)
    assert room.file(file_id).state is FileState.SENDING
