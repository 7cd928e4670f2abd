"""A DuckDB of one's own: in memory, with a ceiling, its overflow in the work folder, no extension from a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["MEMORY", "connect"]

MEMORY = "512MB"


def connect(
    overflow: Path | None = None, memory: str = MEMORY, threads: int | None = None
) -> duckdb.DuckDBPyConnection:
    """Open a connection.

    ``overflow`` is the folder (0700) for what does not fit into ``memory``; without it nothing is spilled.
    """
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "preserve_insertion_order": True,
        "temp_directory": "",
    }
    if overflow is not None:
        overflow.mkdir(mode=0o700, parents=True, exist_ok=True)
        settings["temp_directory"] = str(overflow)
    if threads is not None:
        settings["threads"] = threads
    connection = duckdb.connect(config=settings)
    connection.execute("SET TimeZone = 'Asia/Tokyo'")
    return connection
