"""What the demo says: one line a step, with the simulated moment and the real seconds; at the end a table."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Sequence
from datetime import datetime

__all__ = ["Progress", "padded", "table", "width"]


class Progress:
    """Prints steps. At most ``limit`` lines; it is an error to say more."""

    def __init__(self, limit: int = 40) -> None:
        self.began = time.monotonic()
        self.left = limit

    def seconds(self) -> float:
        """Real seconds since the beginning."""
        return time.monotonic() - self.began

    def say(self, what: str, at: datetime | None = None) -> None:
        """Print one step."""
        assert self.left > 0, "more lines than a reader wants"
        self.left -= 1
        moment = f"{at:%Y-%m-%d %H:%M}" if at else " " * 16
        print(f"{self.seconds():6.1f}秒  {moment}  {what}", flush=True)


def width(text: str) -> int:
    """Columns that a terminal needs for ``text``: Japanese characters take two."""
    return sum(2 if unicodedata.east_asian_width(each) in "FWA" else 1 for each in text)


def padded(text: str, columns: int, *, right: bool = False) -> str:
    """``text`` filled up to ``columns``."""
    space = " " * max(0, columns - width(text))
    return space + text if right else text + space


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose first column is text and whose others are numbers."""
    widths = [max(width(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = [
        "  ".join(
            padded(cell, columns, right=place > 0)
            for place, (cell, columns) in enumerate(zip(row, widths, strict=True))
        )
        for row in (head, *rows)
    ]
    return "\n".join([lines[0], "  ".join("-" * columns for columns in widths), *lines[1:]])
