"""The state by DuckDB against a dict that processes record after record."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from fukuhon.clock import TOKYO, tokyo
from fukuhon.records import AcceptedFile, Holdings, Question, effects, expired, save_checkpoint

PEOPLE = st.integers(1, 6)
CONTENTS = st.sampled_from("abc")
VARIATIONS = st.sampled_from(["普通徴収", "特別徴収"])
START = datetime(2017, 4, 20, 22, tzinfo=TOKYO)
UNTIL = st.one_of(st.none(), st.dates(date(2017, 4, 19), date(2017, 5, 10)))
INSTANTS = st.integers(0, 20 * 24).map(lambda hours: START + timedelta(hours=hours))


@dataclass
class Sent:
    """An accepted file as the model knows it."""

    file: AcceptedFile
    rows: list[Any]
    errors: set[int]
    as_of: datetime


class Model:
    """What a server does, record by record."""

    def __init__(self, sent: list[Sent], at: datetime) -> None:
        self.held: dict[bytes, Any] = {}
        self.age: dict[bytes, datetime] = {}
        self.effects: dict[str, Counter[str]] = {}
        self.expired: list[datetime] = []
        for one in sorted(sent, key=lambda one: (one.file.completed, one.file.receipt)):
            if one.file.completed <= at:
                self._expire(one.file.completed)
                self._process(one)
        self._expire(at)

    def _expire(self, now: datetime) -> None:
        for identity, row in list(self.held.items()):
            ends = row.until and tokyo(row.until) + timedelta(days=1)
            if ends and ends <= now:
                del self.held[identity]
                self.expired.append(ends)

    def _process(self, one: Sent) -> None:
        done = self.effects.setdefault(one.file.receipt, Counter())
        for position, row in enumerate(one.rows, 1):
            if position in one.errors:
                done["errors"] += 1
                continue
            before = self.held.pop(row.identity, None)
            self.age[row.identity] = one.as_of
            if one.file.operation == "delete":
                done["deleted" if before else "absent"] += 1
            else:
                done["overwritten" if before else "new"] += 1
                self.held[row.identity] = row
            if row.until and tokyo(row.until) + timedelta(days=1) <= one.file.completed and row.identity in self.held:
                del self.held[row.identity]
                self.expired.append(one.file.completed)


class Machine(RuleBasedStateMachine):
    """Files are accepted in any order, with errors, deletions and last days; checkpoints are made at any time."""

    books_type: Any
    row_type: Any
    incoming: Any

    @initialize()
    def open(self) -> None:
        """Begin with empty books."""
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = Path(self.temporary.name)
        self.books = self.books_type(self.folder)
        self.sent: list[Sent] = []
        self.under_way: list[tuple[list[Any], datetime, str]] = []

    def rows(self, data: Any) -> list[Any]:
        """Records of different people."""
        people = data.draw(st.lists(PEOPLE, min_size=1, max_size=4, unique=True))
        return [
            self.row_type(person, data.draw(CONTENTS), data.draw(VARIATIONS), data.draw(UNTIL)) for person in people
        ]

    @rule(
        data=st.data(),
        completed=INSTANTS,
        lag=st.integers(0, 72),
        operation=st.sampled_from(["register"] * 3 + ["delete"]),
    )
    def accept(self, data: Any, completed: datetime, lag: int, operation: str) -> None:
        """The server processed a file, at any time before or after the others."""
        rows, as_of = self.rows(data), completed - timedelta(hours=lag)
        errors = data.draw(st.sets(st.integers(1, len(rows)), max_size=2))
        file = self.books.accept(rows, completed, as_of=as_of, operation=operation, errors=sorted(errors))
        self.sent.append(Sent(file, rows, errors, as_of))

    @precondition(lambda self: not self.under_way)
    @rule(data=st.data(), as_of=INSTANTS, operation=st.sampled_from(["register", "delete"]))
    def prepare(self, data: Any, as_of: datetime, operation: str) -> None:
        """A file is on its way."""
        rows = self.rows(data)
        self.books.prepare(rows, as_of, operation)
        self.under_way.append((rows, as_of, operation))

    @rule(day=st.dates(date(2017, 4, 20), date(2017, 5, 12)))
    def checkpoint(self, day: date) -> None:
        """A checkpoint is made, and may be void soon."""
        save_checkpoint(self.books.accepted, self.folder / "checkpoints", day)

    @rule(at=INSTANTS)
    def state_is_the_models(self, at: datetime) -> None:
        """With the checkpoints that hold."""
        model = Model(self.sent, at)
        with Holdings(self.books.accepted, at=at, checkpoint_folder=self.folder / "checkpoints") as holdings:
            table = holdings.state()
            counts = holdings.counts()
        assert table["identity_hash"].to_pylist() == sorted(model.held)
        expected = {identity: row.variation for identity, row in model.held.items()}
        assert dict(zip(table["identity_hash"].to_pylist(), table["variation"].to_pylist(), strict=True)) == expected
        assert sum(counts.values()) == len(model.held)

    @rule(since=INSTANTS, hours=st.integers(0, 20 * 24))
    def sums_close(self, since: datetime, hours: int) -> None:
        """state_after = state_before + new − deleted − expired."""
        at = since + timedelta(hours=hours)
        before, after = Model(self.sent, since), Model(self.sent, at)
        receipts = {one.file.receipt for one in self.sent if since < one.file.completed <= at}
        done: Counter[str] = Counter()
        for one in effects(self.books.accepted, receipts, checkpoint_folder=self.folder / "checkpoints"):
            told = {"new": one.new, "overwritten": one.overwritten, "deleted": one.deleted, "errors": one.errors}
            done.update(told | {"absent": one.absent})
            assert one.ok == one.new + one.overwritten + one.deleted + one.absent
        assert +done == sum((after.effects[receipt] for receipt in receipts), Counter())
        gone = sum(expired(self.books.accepted, since=since, at=at).values())
        assert gone == sum(since < ends <= at for ends in after.expired)
        assert len(after.held) == len(before.held) + done["new"] - done["deleted"] - gone

    @rule(data=st.data(), as_of=INSTANTS, lag=st.integers(0, 48))
    def differences_are_the_models(self, data: Any, as_of: datetime, lag: int) -> None:
        """Of any extract as of any instant."""
        at, rows = as_of + timedelta(hours=lag), self.rows(data)
        model = Model(self.sent, at)
        known, age = dict(model.held), dict(model.age)
        for flying, flown, operation in self.under_way:
            for row in flying:
                known.pop(row.identity, None)
                if operation == "register":
                    known[row.identity] = row
                age[row.identity] = max(flown, age.get(row.identity, flown))
        expected: dict[str, set[bytes]] = {}
        for row in rows:
            expected.setdefault(_class(row, known, age, as_of), set()).add(row.identity)
        listed = {row.identity for row in rows}
        expected["gone"] = {identity for identity in known if identity not in listed and age[identity] <= as_of}
        with Holdings(self.books.accepted, self.books.pending, at=at) as holdings:
            found = holdings.differences(Question(self.incoming(rows), "TK00000200000001", as_of, complete=True))
        names = dict(zip(found.changes["identity_hash"].to_pylist(), found.changes["change"].to_pylist(), strict=True))
        for name in ("new", "changed"):
            assert {identity for identity, change in names.items() if change == name} == expected.get(name, set())
        assert set(found.superseded["identity_hash"].to_pylist()) == expected.get("superseded", set())
        assert set(found.gone["identity_hash"].to_pylist()) == expected["gone"]
        assert found.total("unchanged") == len(expected.get("unchanged", set()))

    def teardown(self) -> None:
        """Take the files away."""
        if hasattr(self, "temporary"):
            self.temporary.cleanup()


def _class(row: Any, known: dict[bytes, Any], age: dict[bytes, datetime], as_of: datetime) -> str:
    there = known.get(row.identity)
    if there and there.content == row.content:
        return "unchanged"
    if age.get(row.identity, as_of) > as_of:
        return "superseded"
    return "changed" if there else "new"


@pytest.mark.parametrize("steps", [12])
def test_the_state_follows_any_history(make_books: Any, row: Any, incoming: Any, steps: int) -> None:
    """Any order of files, errors, deletions, expiries and checkpoints: all is as the dict says."""
    machine = type(
        "Tested", (Machine,), {"books_type": make_books, "row_type": row, "incoming": staticmethod(incoming)}
    )
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
