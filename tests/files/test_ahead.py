from __future__ import annotations

import threading
from collections.abc import Generator

import pytest

from fukuhon.files.ahead import ahead


def test_results_come_in_order_from_another_thread() -> None:
    """The same results as without a thread, made in one."""

    def numbers() -> Generator[tuple[int, str], None, None]:
        for number in range(100):
            yield number, threading.current_thread().name

    with ahead(numbers()) as results:
        assert list(results) == [(number, "ahead") for number in range(100)]


def test_an_error_comes_where_it_happened() -> None:
    """What was made before it is delivered; then the error itself."""

    def broken() -> Generator[int, None, None]:
        yield 1
        raise LookupError("gone")

    with ahead(broken()) as results:
        assert next(results) == 1
        with pytest.raises(LookupError, match="gone"):
            next(results)


def test_a_consumer_that_gives_up_ends_the_thread() -> None:
    """The generator is closed in its own thread, before the block is left."""
    closed = []

    def endless() -> Generator[int, None, None]:
        try:
            while True:
                yield 1
        finally:
            closed.append(threading.current_thread().name)

    with ahead(endless()) as results:
        next(results)
    assert closed == ["ahead"]
