"""A DuckDB of one's own: in memory, with a ceiling, its overflow in the work folder, no extension from a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CEILING", "connect"]

CEILING = "512MB"


def connect(overflow: Path | None = None, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """Open a connection of one's own.

    With ``overflow``, a folder (made 0700), at most :data:`CEILING` of memory are used and the rest goes there; without
    it everything stays in memory, under DuckDB's own limit.
    """
    settings: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "temp_directory": "",
    }
    if overflow is not None:
        overflow.mkdir(mode=0o700, parents=True, exist_ok=True)
        settings |= {"temp_directory": str(overflow), "memory_limit": CEILING}
    if threads is not None:
        settings["threads"] = threads
    connection = duckdb.connect(config=settings)
    connection.execute("SET TimeZone = 'Asia/Tokyo'")
    return connection
