"""The sender sends what is ordered, in the order of the plan, and stops for good where it must."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from fukuhon.errors import FatalError, RefusedError, RetriableError
from fukuhon.ledger import FileState, Holder, attempts, lease, meters, orders
from fukuhon.server import AnswerLost, LineCut, Refused, ServerAway

CUT = LineCut("SERVER-020", bytes_sent=7, bytes=50, why="x")
LOST = AnswerLost("SERVER-021", bytes_sent=50, why="x")
AWAY = ServerAway("SERVER-001", url="x", why="x")


def turns(sender: Any, times: int = 10) -> None:
    """Turn until nothing happens, a few times at most."""
    for _ in range(times):
        sender.turn()


def test_nothing_is_sent_without_an_order(room: Any) -> None:
    """A plan alone puts no byte on the wire."""
    room.plan("a.xml")
    turns(room.sender())
    assert room.sent == []


def test_what_is_planned_goes_in_the_order_of_the_plan(room: Any) -> None:
    """File after file; each has its receipt, and waits for the night; its bytes and seconds are measured."""
    second, first = room.plan("b.xml", 2), room.plan("a.xml", 1)
    order = room.order()
    turns(room.sender())
    assert room.sent == ["a.xml", "b.xml"]
    for file_id in (first, second):
        file = room.file(file_id)
        assert (file.state, file.requester) == (FileState.WAITING, "officer")
        assert file.receipt
        assert file.waiting_since is not None
    assert room.outcome(order) is None
    with room.ledger.reading() as reader:
        assert [(one.bytes, one.seconds) for one in meters.find(reader)] == [(50, 10.0), (50, 10.0)]
        assert attempts.spent(reader, "w1") == 100


def test_an_order_stays_open_for_what_is_planned_meanwhile(room: Any) -> None:
    """While the window is open, whichever run prepared it."""
    order, sender = room.order(), room.sender()
    turns(sender)
    assert orders.wait_state(room.ledger, order.id).order.idle
    room.plan("a.xml")
    assert not orders.wait_state(room.ledger, order.id).order.idle
    turns(sender)
    assert room.sent == ["a.xml"]
    assert room.outcome(order) is None


@pytest.mark.parametrize(("planned", "outcome"), [(False, "nothing_left"), (True, "window_over")])
def test_the_windows_end_ends_the_order(room: Any, *, planned: bool, outcome: str) -> None:
    """Its end is not in it; the outcome tells whether something was left over."""
    order, sender = room.order(), room.sender()
    if planned:
        room.plan("a.xml")
    room.clock.instant = order.end
    turns(sender)
    assert (room.sent, room.outcome(order)) == ([], outcome)


def test_before_the_window_opens_nothing_goes(room: Any) -> None:
    """An order may be early; the wire is not."""
    room.plan("a.xml")
    order, sender = room.order(), room.sender()
    room.clock.instant = order.start - timedelta(seconds=1)
    turns(sender)
    assert room.sent == []
    assert not orders.wait_state(room.ledger, order.id).order.idle
    room.clock.instant = order.start
    turns(sender)
    assert room.sent == ["a.xml"]


def test_a_window_that_was_taken_back_ends_the_order(room: Any) -> None:
    """The settings are read again: an allotment that no longer stands opens nothing."""
    room.plan("a.xml")
    order = room.order()
    room.rules.open = None
    turns(room.sender())
    ended = orders.wait_state(room.ledger, order.id).order
    assert (room.sent, ended.outcome, ended.reason) == ([], "failed", "SENDER-007")


def test_books_that_are_older_than_what_was_sent_send_nothing(room: Any) -> None:
    """Put back from a copy: the mark in the work folder names a line that they do not hold."""
    room.plan("a.xml")
    order, sender = room.order(), room.sender()
    with room.ledger.reading() as reader:
        sender.sending.mark.note(reader)
    marked = json.loads(sender.sending.mark.path.read_text(encoding="utf-8"))
    sender.sending.mark.path.write_text(json.dumps(marked | {"seq": marked["seq"] + 100}), encoding="utf-8")
    turns(sender)
    ended = orders.wait_state(room.ledger, order.id).order
    assert (room.sent, ended.outcome, ended.reason) == ([], "failed", "SENDER-020")


def test_a_window_that_shrank_ends_earlier(room: Any) -> None:
    """The order's own end is the latest, not the only one."""
    order, sender = room.order(), room.sender()
    shorter = replace(room.rules.open.interval, end=order.start + timedelta(hours=1))
    room.rules.open = replace(room.rules.open, interval=shorter)
    room.clock.instant = shorter.end
    turns(sender)
    assert room.outcome(order) == "nothing_left"


def test_a_stop_is_heard_between_two_files(room: Any) -> None:
    """The running file finishes, the next one does not start, and the order has ended for good."""
    one, other = room.plan("a.xml", 1), room.plan("b.xml", 2)
    order = room.order()
    room.server.ends.append(lambda: room.do(orders.stop_request))
    sender = room.sender()
    turns(sender)
    assert room.sent == ["a.xml"]
    assert (room.file(one).state, room.file(other).state) == (FileState.WAITING, FileState.PLANNED)
    assert room.outcome(order) == "stopped"
    room.do(orders.stop_lift)
    turns(sender)
    assert room.sent == ["a.xml"]


def test_a_signal_lets_the_running_file_finish(room: Any) -> None:
    """Told to leave, the sender sends no other file, gives the lease back, and leaves the order to the next one."""
    one = room.plan("a.xml", 1)
    room.plan("b.xml", 2)
    order = room.order()

    def stop() -> None:
        room.stopping = True

    room.server.ends.append(stop)
    sender = room.sender()
    sender.run()
    assert room.sent == ["a.xml"]
    assert room.file(one).state is FileState.WAITING
    assert room.outcome(order) is None
    assert room.do(lease.holder) is None


def test_a_file_that_does_not_fit_lets_others_pass_but_not_its_own_dataset(room: Any) -> None:
    """A stuck kind blocks no other; within a dataset the order is kept, or old would overwrite new."""
    room.plan("big.xml", 1)
    room.plan("next.xml", 2)
    room.plan("other.xml", 3, dataset="TK00000200000002")
    room.rules.refuse["big.xml"] = "WINDOWS-012"
    order = room.order()
    turns(room.sender())
    assert room.sent == ["other.xml"]
    assert orders.wait_state(room.ledger, order.id).order.idle


def test_the_guard_is_not_asked_all_the_time(room: Any) -> None:
    """What it has refused is asked again later, or when the queue changes."""
    room.plan("big.xml", 1)
    room.rules.refuse["big.xml"] = "WINDOWS-012"
    room.order()
    sender = room.sender()
    turns(sender, 50)
    assert room.rules.asked == 1
    room.plan("other.xml", 2, dataset="TK00000200000002")
    turns(sender)
    assert room.sent == ["other.xml"]


def test_a_cut_line_sends_the_file_again_and_counts_its_bytes(room: Any) -> None:
    """The same file, a new attempt, the same key towards the server; seven bytes are gone from the window."""
    file_id = room.plan("a.xml")
    room.order()
    room.server.ends.append(CUT)
    turns(room.sender())
    assert room.sent == ["a.xml", "a.xml"]
    assert room.server.uploads[0].key == room.server.uploads[1].key
    assert room.file(file_id).state is FileState.WAITING
    with room.ledger.reading() as reader:
        first, second = attempts.find(reader, file_id=file_id)
        assert (first.outcome, first.bytes_on_wire, second.outcome) == ("cut", 7, "received")
        assert attempts.spent(reader, "w1") == 57


def test_a_cut_file_goes_again_only_under_the_guard(room: Any) -> None:
    """When what is left no longer takes it, it stays cut, and counts as left over at the window's end."""
    file_id = room.plan("a.xml")
    order = room.order()

    def refuse_then_cut() -> None:
        room.rules.refuse["a.xml"] = "WINDOWS-012"
        raise CUT

    room.server.ends.append(refuse_then_cut)
    sender = room.sender()
    turns(sender)
    assert room.sent == ["a.xml"]
    assert room.file(file_id).state is FileState.CUT
    room.clock.instant = order.end
    turns(sender)
    assert room.outcome(order) == "window_over"


def test_a_lost_answer_ends_the_order_in_doubt(room: Any) -> None:
    """Nothing more goes on the wire, neither this file nor another, until it is known what is there."""
    one, other = room.plan("a.xml", 1), room.plan("b.xml", 2)
    order = room.order()
    room.server.ends.append(LOST)
    turns(room.sender())
    assert room.sent == ["a.xml"]
    assert (room.file(one).state, room.file(other).state) == (FileState.IN_DOUBT, FileState.PLANNED)
    assert room.outcome(order) == "in_doubt"
    with pytest.raises(RefusedError):
        room.order("w2")


def test_a_bug_of_our_own_is_a_doubt_too(room: Any) -> None:
    """An error that says nothing of the file says nothing of the file."""
    file_id = room.plan("a.xml")
    room.order()
    room.server.ends.append(ZeroDivisionError())
    turns(room.sender())
    assert (room.file(file_id).state, room.sent) == (FileState.IN_DOUBT, ["a.xml"])


def test_a_refused_file_waits_for_somebody_and_the_next_one_goes(room: Any) -> None:
    """The server's reason stays with the file; it is not sent again by itself."""
    one, other = room.plan("a.xml", 1), room.plan("b.xml", 2)
    room.order()
    room.server.ends.append(Refused.by("bad_file"))
    turns(room.sender())
    assert room.sent == ["a.xml", "b.xml"]
    assert (room.file(one).state, room.file(one).reason) == (FileState.VALIDATED, "bad_file")
    assert room.file(other).state is FileState.WAITING


def test_a_busy_server_is_asked_again_after_a_pause(room: Any) -> None:
    """What passes by itself needs nobody, and longer and longer pauses."""
    file_id = room.plan("a.xml")
    room.order()
    room.server.ends += [Refused.by("busy"), AWAY]
    sender = room.sender()
    turns(sender)
    assert room.sent == ["a.xml"] * 3
    assert room.file(file_id).state is FileState.WAITING
    with room.ledger.reading() as reader:
        assert [one.outcome for one in attempts.find(reader)] == ["refused", "cut", "received"]
        assert attempts.find(reader, outcome="cut")[0].bytes_on_wire == 0
    assert [sender.pace.pause(n) for n in (1, 2, 9)] == [0.0] * 3


def test_a_pause_is_kept(room: Any) -> None:
    """During it nothing is tried."""
    room.plan("a.xml")
    room.order()
    room.server.ends += [AWAY]
    turns(room.sender(pauses=(60.0,)))
    assert room.sent == ["a.xml"]


def test_a_file_that_was_changed_on_the_disk_is_not_sent(room: Any) -> None:
    """Its sha256 is not that of the books: it goes back, with a reason, and no attempt is written."""
    file_id = room.plan("a.xml")
    (room.work / "a.xml").write_bytes(b"z" * 50)
    room.order()
    turns(room.sender())
    assert room.sent == []
    assert (room.file(file_id).state, room.file(file_id).reason) == (FileState.VALIDATED, "SENDER-002")


def test_a_second_sender_refuses(room: Any) -> None:
    """The holder lives: it is this very test."""
    sender = room.sender()
    sender.start()  # the same process again is no second one
    with room.ledger.transaction("x") as tx, pytest.raises(RefusedError) as caught:
        lease.acquire(tx, replace(Holder.this_process(), start_time=1))
    assert caught.value.code == "LEDGER-030"


def test_a_sender_that_lost_its_lease_ends(room: Any) -> None:
    """Two people gave it to another: this one sends nothing, and says so."""
    room.plan("a.xml")
    room.order()
    sender = room.sender()
    room.do(lambda tx: lease._pass_on(tx, Holder("elsewhere", "b", 1, 1)))
    with pytest.raises(FatalError) as caught:
        sender.turn()
    assert (caught.value.code, room.sent) == ("SENDER-003", [])


def test_books_that_are_away_are_waited_for(room: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that may pass ends nothing: the loop waits and goes on."""
    room.plan("a.xml")
    room.order()
    sender = room.sender()
    real, failures = sender.sending.rules.window, [RetriableError("LEDGER-001", why="x")] * 2

    def window(order: Any) -> Any:
        if failures:
            raise failures.pop()
        room.stopping = bool(room.sent)
        return real(order)

    monkeypatch.setattr(room.rules, "window", window)
    sender.run()
    assert room.sent == ["a.xml"]
