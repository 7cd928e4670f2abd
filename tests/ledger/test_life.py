"""Whatever people and processes do to files, in any order: the books stay true."""

from __future__ import annotations

import socket
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from fukuhon.calendars import Interval
from fukuhon.clock import TOKYO, FixedClock
from fukuhon.errors import FatalError
from fukuhon.ledger import (
    FileState,
    Holder,
    Ledger,
    NewFile,
    RunKey,
    attempts,
    audit,
    files,
    lease,
    orders,
    runs,
    tallies,
)
from fukuhon.ledger.attempts import Ended
from fukuhon.ledger.states import ON_THE_WIRE, TRANSITIONS

NINE = datetime(2017, 4, 12, 9, tzinfo=TOKYO)
WINDOW = Interval(NINE, NINE + timedelta(hours=3))
BY_PEOPLE = st.sampled_from([state for state in FileState if state not in ON_THE_WIRE])


class Life(RuleBasedStateMachine):
    """A model that knows each file's state, beside the ledger; whatever succeeds in one must hold in the other."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = FixedClock(NINE)
        self.ledger = Ledger.open(str(Path(self.folder.name) / "ledger.db"), self.clock)
        self.states: dict[int, FileState] = {}
        self.resplit: set[int] = set()
        self.attempts = 0
        self.bytes = 0
        self.trail = 0
        self.ghosts = 0

    def teardown(self) -> None:
        """Nothing stays."""
        self.ledger.close()
        self.folder.cleanup()

    @initialize()
    def begin(self) -> None:
        """A run, an order, and the lease."""
        with self.ledger.transaction("test") as tx:
            self.run_id = runs.open_run(tx, RunKey("s", "initial", date(2017, 4, 12), None, NINE)).id
            self.order = orders.request(tx, WINDOW, "w", "initial")
            self.fence = lease.acquire(tx, self.ghost())

    @rule(records=st.integers(1, 50))
    def prepare(self, records: int) -> None:
        """A file is written, with records of two variations, and the run's count grows with it."""
        name = f"{len(self.states)}.xml"
        with self.ledger.transaction("prepare") as tx:
            file_id = files.add(
                tx,
                NewFile(
                    run_id=self.run_id,
                    spi="TM",
                    dataset="TK",
                    kind="initial",
                    operation="register",
                    name=name,
                    path=name,
                    sidecar=name,
                    sha256="0",
                    bytes=records,
                    records=records,
                    as_of=NINE,
                    layout="1",
                    channel=3,
                    variations={"a": records - 1, "b": 1},
                ),
            )
        self.states[file_id] = FileState.PREPARED

    @precondition(lambda self: self.states)
    @rule(data=st.data(), to=BY_PEOPLE)
    def move(self, data: st.DataObject, to: FileState) -> None:
        """Anybody tries to move any file anywhere: it succeeds where the table and the rule of the wire allow it."""
        file_id = data.draw(st.sampled_from(sorted(self.states)))
        before = self.states[file_id]
        counted = to in {FileState.PROCESSED, FileState.PROCESSED_WITH_ERRORS}
        if to in TRANSITIONS[before] and before not in ON_THE_WIRE and not counted:
            facts = {"replaced": True} if before is FileState.UNPLACEABLE and to is FileState.SUPERSEDED else {}
            with self.ledger.transaction("test") as tx:
                assert files.move(tx, file_id, to, **facts).state is to
            self.states[file_id] = to
            self.resplit |= {file_id} if facts else set()
        else:
            with pytest.raises(FatalError), self.ledger.transaction("test") as tx:
                files.move(tx, file_id, to)

    @precondition(lambda self: self.states)
    @rule(data=st.data())
    def claim(self, data: st.DataObject) -> None:
        """The sender claims: it gets the file exactly when it is planned and the wire is free."""
        file_id = data.draw(st.sampled_from(sorted(self.states)))
        free = not ON_THE_WIRE & set(self.states.values())
        self.attempts += 1
        with self.ledger.transaction("sender") as tx:
            got = lease.claim(tx, file_id, self.fence, f"k{self.attempts}", order=self.order, requester="u")
        assert (got is not None) is (free and self.states[file_id] is FileState.PLANNED)
        if got is not None:
            self.states[file_id] = FileState.SENDING

    @precondition(lambda self: FileState.SENDING in self.states.values())
    @rule(
        outcome=st.sampled_from(["received", "cut", "refused", "in_doubt"]), again=st.booleans(), part=st.floats(0, 1)
    )
    def end(self, *, outcome: attempts.Outcome, again: bool, part: float) -> None:
        """The upload ends in one of its ways."""
        with self.ledger.transaction("sender") as tx:
            (attempt,) = attempts.open_attempts(tx)
            sent = attempt.bytes if outcome in {"received", "in_doubt"} else int(attempt.bytes * part)
            ended = Ended(
                outcome=outcome, bytes_on_wire=sent, ended=tx.now, seconds=1, receipt=attempt.key, again=again
            )
            file = attempts.end(tx, attempt.key, ended)
        self.bytes += sent
        self.states[file.id] = file.state

    @precondition(lambda self: FileState.IN_DOUBT in self.states.values())
    @rule(found=st.booleans())
    def settle(self, *, found: bool) -> None:
        """A look shows one receipt, or none."""
        with self.ledger.transaction("sender") as tx:
            (doubt,) = files.find(tx, state=FileState.IN_DOUBT)
            attempt = attempts.find(tx, file_id=doubt.id)[-1]
            outcome: attempts.Outcome = "received" if found else "cut"
            ended = Ended(outcome=outcome, bytes_on_wire=attempt.bytes, ended=tx.now, seconds=1, receipt=attempt.key)
            self.states[doubt.id] = attempts.settle(tx, attempt.key, ended, "looked").state

    @precondition(lambda self: {FileState.RECEIVED, FileState.WAITING} & set(self.states.values()))
    @rule(data=st.data())
    def process(self, data: st.DataObject) -> None:
        """The night's batch is done with a file."""
        taken = [id_ for id_, state in self.states.items() if state in {FileState.RECEIVED, FileState.WAITING}]
        file_id = data.draw(st.sampled_from(sorted(taken)))
        with self.ledger.transaction("results") as tx:
            outcomes = {}
            for name, count in files.variations(tx, file_id).items():
                errors = data.draw(st.integers(0, count))
                new = data.draw(st.integers(0, count - errors))
                outcomes[name] = files.Outcome(count - errors, errors, new, count - errors - new, 0)
            self.states[file_id] = files.processed(tx, file_id, outcomes).state

    @rule()
    def die_and_come_again(self) -> None:
        """The sender is another process now; what it had on the wire is in doubt."""
        with self.ledger.transaction("sender") as tx:
            self.fence = lease.acquire(tx, self.ghost())
        for file_id, state in self.states.items():
            if state is FileState.SENDING:
                assert self.fence.doubts == (file_id,)
                self.states[file_id] = FileState.IN_DOUBT
                self.bytes += self.size(file_id)

    def ghost(self) -> Holder:
        """A process of this host before its last boot: proven dead whenever somebody asks."""
        self.ghosts += 1
        return Holder(socket.gethostname(), "an earlier boot", self.ghosts, 1)

    def size(self, file_id: int) -> int:
        """The bytes of a file."""
        with self.ledger.reading() as reader:
            return files.get(reader, file_id).bytes

    @invariant()
    def the_books_agree(self) -> None:
        """States as the model has them, one file on the wire, every byte counted, sums closed, the trail whole."""
        with self.ledger.reading() as reader:
            found = {file.id: file.state for file in files.find(reader)}
            assert found == self.states
            assert sum(state in ON_THE_WIRE for state in found.values()) <= 1
            tail = audit.verify(reader)
            open_bytes = sum(attempt.bytes for attempt in attempts.open_attempts(reader))
            assert attempts.spent(reader, "w") == self.bytes + open_bytes
            self.sums_close(tallies.of_run(reader, getattr(self, "run_id", 0)))
        assert tail.seq >= self.trail
        self.trail = tail.seq

    def sums_close(self, cells: dict[tuple[str, str], tallies.Tally]) -> None:
        """What was filed is somewhere, and what was processed has a fate."""
        for tally in cells.values():
            assert tally.filed == tally.queued + tally.in_doubt + tally.waiting + tally.rejected_whole + tally.processed
            assert tally.processed == tally.ok + tally.errors
            assert tally.ok == tally.new + tally.overwritten + tally.deleted


Life.TestCase.settings = settings(
    max_examples=15, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
test_life = Life.TestCase
