"""Exported files of a source: which file counts on a day, and the errors that say where in it something is wrong."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from fukuhon.errors import DataError, RetriableError
from fukuhon.site import DAY

if TYPE_CHECKING:
    from fukuhon.site import FileTable

__all__ = ["FileFault", "choose", "open_whole", "unchanged"]

_DAY = "([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8})"


@dataclass(frozen=True, slots=True)
class FileFault:
    """Makes the errors of one file: they name file, line, column and byte, never what stands there."""

    source: str
    path: Path

    def error(self, code: str, **facts: object) -> DataError:
        """An error of the catalogue about this file."""
        return DataError(code, source=self.source, file=self.path.name, **facts)


def choose(table: FileTable, on: date | None, source: str, stale_days: int) -> Path:
    """The file of a table: the one there is or, of files named by day, the newest not after ``on`` (None: the newest).

    A file of a day shows the books as they were at its end.

    Raises RetriableError ORIGINALS-001 (there is no file), ORIGINALS-016 (none up to that day), ORIGINALS-017 (the
    newest is more than ``stale_days`` days older); DataError ORIGINALS-018 (a day has two files).
    """
    if DAY not in table.pattern.name:
        if not table.pattern.is_file():
            raise RetriableError("ORIGINALS-001", source=source, why=f"{table.pattern.name} がない")
        return table.pattern
    by_day: dict[date, Path] = {}
    for day, path in _dated(table.pattern, source):
        if on is None or day <= on:
            other = by_day.setdefault(day, path)
            if other != path:
                raise DataError("ORIGINALS-018", source=source, one=other.name, other=path.name)
    if not by_day:
        raise RetriableError("ORIGINALS-016", source=source, file=table.pattern.name, day=on or "今日")
    newest = max(by_day)
    if on is not None and (on - newest).days > stale_days:
        raise RetriableError(
            "ORIGINALS-017", source=source, file=by_day[newest].name, day=on, days=(on - newest).days, most=stale_days
        )
    return by_day[newest]


def _dated(pattern: Path, source: str) -> list[tuple[date, Path]]:
    """Files of the pattern whose day is one of the calendar, by name."""
    before, after = map(re.escape, pattern.name.split(DAY))
    form = re.compile(f"{before}{_DAY}{after}")
    found: list[tuple[date, Path]] = []
    try:
        entries = sorted(os.scandir(pattern.parent), key=lambda entry: entry.name)
    except OSError:
        raise RetriableError("ORIGINALS-001", source=source, why="フォルダがない") from None
    for entry in entries:
        match = form.fullmatch(entry.name)
        if match and entry.is_file():
            try:
                found.append((date.fromisoformat(match[1]), Path(entry.path)))
            except ValueError:
                continue
    return found


def open_whole(path: Path, source: str) -> tuple[BinaryIO, os.stat_result]:
    """Open a file for reading; its state is for :func:`unchanged`. Raises RetriableError ORIGINALS-001."""
    try:
        stream = path.open("rb")
    except OSError as error:
        why = "読む権限がない" if isinstance(error, PermissionError) else "ない"
        raise RetriableError("ORIGINALS-001", source=source, why=f"{path.name} が{why}") from None
    return stream, os.fstat(stream.fileno())


def unchanged(path: Path, state: os.stat_result, source: str) -> None:
    """Raise RetriableError ORIGINALS-019 where somebody wrote to the file since."""
    try:
        now = path.stat()
    except OSError:
        now = None
    seen = (state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns)
    if now is None or (now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns) != seen:
        raise RetriableError("ORIGINALS-019", source=source, file=path.name)
