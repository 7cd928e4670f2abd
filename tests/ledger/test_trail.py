"""No change without its line; no line changed or lost unseen; books that survive what happens to them."""

from __future__ import annotations

import ast
import sqlite3
import stat
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from fukuhon.clock import FixedClock
from fukuhon.errors import ConfigurationError, FatalError, RetriableError, catalogue
from fukuhon.ledger import Event, Ledger, audit, orders, schema
from fukuhon.ledger.columns import written

ROOM = Path(__file__).parents[2] / "include/fukuhon/ledger"


def test_only_a_transaction_writes_and_it_demands_an_event() -> None:
    """No module of the room executes a statement but those that own a connection."""
    owners = {"transactions.py", "engines.py", "migration.py", "copying.py"}
    for path in ROOM.glob("*.py"):
        calls = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
        assert path.name in owners or not calls & {"execute", "exec_driver_sql", "_connection"}, path.name


def test_each_change_has_its_line(any_ledger: Ledger, planned: Callable[..., int]) -> None:
    """Who, when, what, of what; the chain holds."""
    with any_ledger.transaction("hanako") as tx:
        planned(tx)
        audit.note(tx, Event("page.seen", "files:1"))
    with any_ledger.reading() as reader:
        told = list(audit.lines(reader))
        assert [line.event for line in told][-3:] == ["file.validated", "file.planned", "page.seen"]
        assert {line.actor for line in told} == {"hanako"}
        assert told[-2].detail["position"] == 1
        assert audit.verify(reader) == audit.tail(reader)
        assert [line.event for line in audit.lines(reader, subject="files:1", after=told[-2].seq)] == ["page.seen"]


def stop_and_fail(ledger: Ledger) -> None:
    """A change, and then an error in the same transaction."""
    with ledger.transaction("x") as tx:
        orders.stop_request(tx)
        raise ZeroDivisionError


def test_a_transaction_that_fails_leaves_nothing(any_ledger: Ledger) -> None:
    """Neither the change nor its line."""
    with pytest.raises(ZeroDivisionError):
        stop_and_fail(any_ledger)
    with any_ledger.reading() as reader:
        assert not orders.stop_requested(reader)
        assert audit.tail(reader).seq == 0


def test_a_line_cannot_be_changed_through_the_database(any_ledger: Ledger) -> None:
    """The database itself refuses."""
    with any_ledger.transaction("x") as tx:
        orders.stop_request(tx)
    for change in (sa.update(schema.audit).values(actor="y"), sa.delete(schema.audit)):
        with pytest.raises((sa.exc.DatabaseError, RetriableError)), any_ledger.transaction("x") as tx:
            tx.record(Event("forge", "audit"), change)


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE audit SET actor = 'y' WHERE seq = 2",
        "UPDATE audit SET at = replace(at, 'T09:', 'T10:') WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 2",
        "UPDATE audit SET seq = 99 WHERE seq = 3",
    ],
)
def test_who_goes_around_the_database_is_seen(ledger: Ledger, tmp_path: Path, forgery: str) -> None:
    """A line that was changed, taken out or moved breaks the chain there."""
    for _ in range(3):
        with ledger.transaction("x") as tx:
            audit.note(tx, Event("something", "x"))
    with sqlite3.connect(tmp_path / "ledger.db") as raw:
        raw.execute("DROP TRIGGER audit_no_update")
        raw.execute("DROP TRIGGER audit_no_delete")
        raw.execute(forgery)
    raw.close()
    with ledger.reading() as reader, pytest.raises(FatalError) as caught:
        audit.verify(reader)
    assert caught.value.code == "LEDGER-080"


def test_a_cut_off_end_is_seen_by_an_anchor(ledger: Ledger, tmp_path: Path) -> None:
    """The chain alone cannot know that its last lines are gone; a tail that was printed can."""
    for _ in range(3):
        with ledger.transaction("x") as tx:
            audit.note(tx, Event("something", "x"))
    with ledger.reading() as reader:
        anchor = audit.verify(reader)
        assert audit.verify(reader, anchor) == anchor
    with sqlite3.connect(tmp_path / "ledger.db") as raw:
        raw.execute("DROP TRIGGER audit_no_delete")
        raw.execute("DELETE FROM audit WHERE seq = 3")
    raw.close()
    with ledger.reading() as reader:
        audit.verify(reader)
        with pytest.raises(FatalError):
            audit.verify(reader, anchor)


def test_the_books_are_their_owners(ledger: Ledger, tmp_path: Path) -> None:
    """The file and what SQLite keeps beside it."""
    with ledger.transaction("x") as tx:
        orders.stop_request(tx)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("ledger.db*")}
    assert set(modes) >= {"ledger.db", "ledger.db-wal"}
    assert set(modes.values()) == {0o600}


def test_books_are_opened_again_as_they_were(any_ledger: Ledger, clock: FixedClock) -> None:
    """Opening creates what is missing, once."""
    with any_ledger.transaction("x") as tx:
        orders.stop_request(tx)
    url = any_ledger._engine.url.render_as_string(hide_password=False)
    again = Ledger.open(url, clock)
    with again.reading() as reader:
        assert orders.stop_requested(reader)
    again.close()


def test_books_of_a_newer_program_are_left_alone(ledger: Ledger, tmp_path: Path, clock: FixedClock) -> None:
    """An older program does not write into what it does not understand."""
    with sqlite3.connect(tmp_path / "ledger.db") as raw:
        raw.execute("UPDATE schema_version SET version = 99")
    raw.close()
    with pytest.raises(ConfigurationError) as caught:
        Ledger.open(str(tmp_path / "ledger.db"), clock)
    assert caught.value.code == "LEDGER-002"


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "nonsense://"])
def test_an_address_that_is_none(url: str, clock: FixedClock) -> None:
    """Said in Japanese, without the address, which may hold a password."""
    with pytest.raises(ConfigurationError) as caught:
        Ledger.open(url, clock)
    assert caught.value.code == "LEDGER-003"


def test_books_that_are_away(clock: FixedClock) -> None:
    """The same call may go through later."""
    with pytest.raises(RetriableError) as caught:
        Ledger.open("postgresql://postgres@127.0.0.1:9/x", clock)
    assert caught.value.code == "LEDGER-001"


def test_a_reader_does_not_wait_for_a_writer(ledger: Ledger) -> None:
    """And sees what was there when it began."""
    with ledger.transaction("x") as tx:
        orders.stop_request(tx)
        with ledger.reading() as reader:
            assert not orders.stop_requested(reader)


def test_an_instant_needs_its_zone() -> None:
    """Text order is time order only in one zone."""
    with pytest.raises(ValueError):
        written(datetime(2017, 4, 12, 9))  # noqa: DTZ001


def test_every_code_of_the_room_is_in_the_catalogue() -> None:
    """And every entry is used."""
    source = "".join(path.read_text() for path in ROOM.glob("*.py"))
    codes = {code for code in catalogue() if code.startswith("LEDGER-")}
    assert all(f'"{code}"' in source for code in codes)
