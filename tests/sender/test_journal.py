"""What became of an attempt outlives the books' absence, and is told to them once."""

from __future__ import annotations

import stat
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fukuhon.clock import TOKYO
from fukuhon.errors import FatalError, RetriableError
from fukuhon.ledger import FileState, Holder, Ledger, attempts, lease
from fukuhon.ledger.attempts import Ended
from fukuhon.sender import Journal

INSTANTS = st.datetimes(min_value=datetime.fromisoformat("2017-01-01"), timezones=st.just(TOKYO))
ENDS = st.builds(
    Ended,
    outcome=st.sampled_from(["received", "cut", "refused", "in_doubt"]),
    bytes_on_wire=st.integers(0, 10**12),
    ended=INSTANTS,
    seconds=st.floats(0, 10**6),
    receipt=st.none() | st.from_regex("[0-9]{22}", fullmatch=True),
    received_at=st.none() | INSTANTS,
    fault=st.none() | st.text(max_size=20),
    again=st.booleans(),
)
ENDED = Ended(outcome="cut", bytes_on_wire=7, ended=datetime(2017, 4, 12, 9, tzinfo=TOKYO), seconds=1.0)


@given(ended=ENDS)
def test_what_is_written_is_read(ended: Ended, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every field, exactly."""
    journal = Journal(tmp_path_factory.mktemp("j") / "journal")
    journal.write("k1", ended)
    assert list(journal.pending()) == [("k1", ended)]
    journal.drop("k1")
    journal.drop("k1")
    assert list(journal.pending()) == []


def test_nobody_else_reads_it(tmp_path: Path) -> None:
    """Folder and files are their owner's."""
    journal = Journal(tmp_path / "journal")
    journal.write("k1", ENDED)
    assert stat.S_IMODE(journal.folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in journal.folder.iterdir()] == [0o600]


def test_a_disk_that_takes_nothing(tmp_path: Path) -> None:
    """The error has a code; the sender tells the books all the same."""
    (tmp_path / "journal").write_text("in the way")
    with pytest.raises(FatalError) as caught:
        Journal(tmp_path / "journal").write("k1", ENDED)
    assert caught.value.code == "SENDER-005"


def test_a_torn_entry_stops_the_start(tmp_path: Path) -> None:
    """What cannot be read is not guessed."""
    journal = Journal(tmp_path)
    (tmp_path / "k1.json").write_text('{"outcome": "rec')
    with pytest.raises(FatalError) as caught:
        list(journal.pending())
    assert caught.value.code == "SENDER-006"


def test_books_that_go_away_during_an_upload_learn_of_it_later(room: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The receipt came, the books were gone: the journal keeps it, the next turn tells, nothing is sent twice."""
    file_id = room.plan("a.xml")
    room.order()
    real = Ledger.transaction

    def away(ledger: Ledger, actor: str) -> Any:
        raise RetriableError("LEDGER-001", why="x")

    room.server.ends.append(lambda: monkeypatch.setattr(Ledger, "transaction", away))
    sender = room.sender()
    with pytest.raises(RetriableError):
        sender.turn()
    with pytest.raises(RetriableError):
        sender.turn()
    assert [ended.outcome for _, ended in room.journal.pending()] == ["received"]
    monkeypatch.setattr(Ledger, "transaction", real)
    sender.turn()
    assert room.file(file_id).state is FileState.WAITING
    assert (list(room.journal.pending()), room.sent) == ([], ["a.xml"])


def test_the_next_sender_learns_from_the_journal_of_the_dead_one(room: Any) -> None:
    """The outcome was on the disk, the process died before the books had it: no doubt arises."""
    file_id = room.plan("a.xml")
    with room.ledger.transaction("sender") as tx:
        fence = lease.acquire(tx, Holder("x", "y", 1, 1))
        lease.claim(tx, file_id, fence, "k1")
        lease._pass_on(tx, Holder(Holder.this_process().host, "an earlier boot", 1, 1))
    assert room.file(file_id).state is FileState.IN_DOUBT
    receipt = str(room.server.number())
    room.journal.write(
        "k1",
        Ended(
            outcome="received",
            bytes_on_wire=50,
            ended=room.clock.now(),
            seconds=1,
            receipt=receipt,
            received_at=room.clock.now(),
        ),
    )
    room.sender()
    assert (room.file(file_id).state, room.file(file_id).receipt) == (FileState.WAITING, receipt)
    with room.ledger.reading() as reader:
        assert attempts.by_key(reader, "k1").settled == "journal"


def test_what_the_books_have_already_is_not_told_again(room: Any) -> None:
    """Killed between telling and forgetting: the entry is dropped, nothing changes."""
    room.plan("a.xml")
    room.order()
    sender = room.sender()
    sender.turn()
    with room.ledger.reading() as reader:
        (attempt,) = attempts.find(reader)
    room.journal.write(attempt.key, Ended(outcome="received", bytes_on_wire=50, ended=room.clock.now(), seconds=1))
    sender.turn()
    assert list(room.journal.pending()) == []


def test_a_journal_that_contradicts_the_books_stops_the_sender(room: Any) -> None:
    """Cut in one, received in the other: a person looks."""
    room.plan("a.xml")
    room.order()
    sender = room.sender()
    sender.turn()
    with room.ledger.reading() as reader:
        (attempt,) = attempts.find(reader)
    room.journal.write(attempt.key, ENDED)
    with pytest.raises(FatalError) as caught:
        sender.turn()
    assert caught.value.code == "LEDGER-041"
    assert len(list(room.journal.pending())) == 1


def test_a_full_disk_is_found_before_the_wire_is_touched(room: Any) -> None:
    """No room for the outcome, no upload: the file stays planned, and goes when there is room again."""
    file_id = room.plan("a.xml")
    room.order()
    sender = room.sender()
    (room.work / "journal").write_text("in the way")
    with pytest.raises(RetriableError) as caught:
        sender.turn()
    assert (caught.value.code, room.sent, room.file(file_id).state) == ("SENDER-008", [], FileState.PLANNED)
    (room.work / "journal").unlink()
    sender.turn()
    assert room.sent == ["a.xml"]


def test_a_disk_that_fails_after_the_upload_does_not_hide_a_receipt(room: Any) -> None:
    """The journal could not be written, the books could: the file has its receipt, and the error is told."""
    file_id = room.plan("a.xml")
    room.order()

    def lose_disk() -> None:
        for path in room.journal.folder.iterdir():
            path.unlink()
        room.journal.folder.rmdir()
        room.journal.folder.write_text("in the way")

    room.server.ends.append(lose_disk)
    with pytest.raises(FatalError) as caught:
        room.sender().turn()
    assert caught.value.code == "SENDER-005"
    assert room.file(file_id).state is FileState.WAITING


def test_room_that_was_never_used_is_given_back(room: Any) -> None:
    """Killed between reserving and claiming: the next start tidies up."""
    room.journal.reserve("k1")
    room.sender()
    assert list(room.journal.folder.iterdir()) == []
