"""One step ahead: an iterator runs in a thread of its own while its consumer works on what came before.

Databases, DuckDB and Arrow leave the interpreter to others while they compute, so two cores are kept busy by composing
generators as before. One result at most waits, so memory stays bounded by the batch.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from queue import Queue
from typing import TypeVar

__all__ = ["ahead"]

T = TypeVar("T")


@contextmanager
def ahead(results: Generator[T, None, None]) -> Iterator[Iterator[T]]:
    """The same results, and the same error at the same place; when the block ends, the thread has ended, too.

    The generator runs, and is closed, in the one thread.
    """
    waiting: Queue[tuple[T] | BaseException | None] = Queue(maxsize=1)
    over = threading.Event()

    def run() -> None:
        end: BaseException | None = None
        try:
            for result in results:
                waiting.put((result,))
                if over.is_set():
                    break
            results.close()
        except BaseException as error:  # noqa: BLE001  # whatever it is, the consumer is told
            end = error
        waiting.put(end)

    thread = threading.Thread(target=run, name="ahead", daemon=True)
    thread.start()
    try:
        yield _received(waiting)
    finally:
        over.set()
        while thread.is_alive():
            _emptied(waiting)
            thread.join(timeout=0.01)


def _received(waiting: Queue[tuple[T] | BaseException | None]) -> Iterator[T]:
    while isinstance(got := waiting.get(), tuple):
        yield got[0]
    if got is not None:
        raise got


def _emptied(waiting: Queue[tuple[T] | BaseException | None]) -> None:
    while not waiting.empty():
        waiting.get()
