"""PostgreSQL goes away during an upload: what became of it is on the local disk, and told when it is back."""

from __future__ import annotations

import os
import selectors
import signal
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import psycopg
import pytest

from fukuhon.ledger import FileState, attempts

pytestmark = [pytest.mark.e2e, pytest.mark.deep]
SERVER = ("127.0.0.1", 5432)
ADMIN = "postgresql://postgres@127.0.0.1:5432/postgres"


class Gate:
    """A way to PostgreSQL that can be closed and opened again, always at the same port."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.pairs: list[socket.socket] = []
        self.listener: socket.socket | None = None
        self.open()

    def open(self) -> None:
        """Let through."""
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def close(self) -> None:
        """Let nothing through, and break what is open."""
        assert self.listener is not None
        for one in (self.listener, *self.pairs):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self.pairs.clear()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(SERVER)
                self.pairs += [near, far]
                threading.Thread(target=self._carry, args=(near, far), daemon=True).start()

    @staticmethod
    def _carry(near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError, ValueError), selectors.DefaultSelector() as ready:
            ready.register(near, selectors.EVENT_READ, far)
            ready.register(far, selectors.EVENT_READ, near)
            while True:
                for key, _ in ready.select():
                    content = key.fileobj.recv(65536)  # type: ignore[union-attr]
                    if not content:
                        near.close()
                        far.close()
                        return
                    key.data.sendall(content)


@pytest.fixture
def gate() -> Iterator[Gate]:
    """An open gate."""
    made = Gate()
    yield made
    made.close()


@pytest.fixture
def ledger_url(gate: Gate) -> Iterator[str]:
    """Books in PostgreSQL behind the gate; skipped without a server, unless services are required."""
    name = f"fukuhon_{uuid.uuid4().hex[:12]}"
    try:
        with psycopg.connect(ADMIN, autocommit=True, connect_timeout=3) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
    except psycopg.OperationalError:
        if os.environ.get("FUKUHON_REQUIRE_SERVICES") == "1":
            raise
        pytest.skip("no PostgreSQL on 127.0.0.1:5432")
    yield f"postgresql://postgres@127.0.0.1:{gate.port}/{name}"
    with psycopg.connect(ADMIN, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def kept(world: Any) -> list[Any]:
    """What stands in the sender's journal."""
    return list((world.site.work / "sender" / "journal").glob("*.json"))


@pytest.mark.parametrize("killed", [False, True])
def test_the_receipt_outlives_the_books_absence(
    world: Any, gate: Gate, until: Callable[..., Any], *, killed: bool
) -> None:
    """Whether the same sender lives on or the next one takes over: the file has its receipt, and was sent once."""
    file_id = world.plan("a.xml", 2_000_000)
    world.order()
    world.fault("slow", bytes_per_s=1_000_000)
    sender = world.sender()
    until(world.under_way)
    gate.close()
    until(lambda: world.uploads == ["received"])
    until(lambda: kept(world))
    if killed:
        world.end(sender, signal.SIGKILL)
        sender = world.sender()
        time.sleep(3)  # it starts while the books are away, and waits for them
    gate.open()
    until(lambda: world.state(file_id) is FileState.WAITING, 40)
    with world.ledger.reading() as reader:
        (attempt,) = attempts.find(reader)
    assert (attempt.outcome, attempt.settled) == ("received", None)
    until(lambda: not kept(world))
    assert world.uploads == ["received"]
    assert world.end(sender) == 0
