"""Writing one step behind: while a batch is hashed and written, the next one is rendered on the other core.

Hashing and writing leave the interpreter to others, and take about as long as rendering does. One batch at most waits,
so memory stays bounded; what goes wrong in a write is raised at the next one, or at the end.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from fukuhon.files.atomic import Beside

__all__ = ["Behind", "Run"]

Run = tuple["Beside", "pa.StringArray"]
"""Rendered records and the file that they go to."""


class Behind:
    """A lane of one thread.

    Use as a context manager; call :meth:`wait` before anything else is written to the files.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="disk")
        self._last: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True)

    def put(self, runs: Sequence[Run]) -> None:
        """Have rendered records written, in this order. Raises what the write before raised."""
        self.wait()
        self._last = self._pool.submit(_put, runs)

    def wait(self) -> None:
        """Return when all is written. Raises OSError where it could not be."""
        if self._last is not None:
            self._last.result()
            self._last = None


def _put(runs: Sequence[Run]) -> None:
    """Write the text as it lies in memory, without copying it."""
    for file, texts in runs:
        if len(texts):
            offsets = memoryview(texts.buffers()[1]).cast("i")
            file.write(memoryview(texts.buffers()[2])[offsets[texts.offset] : offsets[texts.offset + len(texts)]])
