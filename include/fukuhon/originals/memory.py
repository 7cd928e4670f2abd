"""The columns that a query delivered last time, kept as a small file: a system that was changed overnight is named."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from fukuhon.errors import FatalError
from fukuhon.originals.fingerprint import Fingerprint, require_unchanged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fukuhon.originals.fingerprint import Change
    from fukuhon.originals.query import Parameters
    from fukuhon.originals.source import Source

__all__ = ["changed_columns", "require_known_columns"]


def require_known_columns(
    source: Source, query: str, parameters: Parameters, memory: Path, *, accept: bool = False
) -> Fingerprint:
    """The columns of ``query`` today, which must be those of the last time; they are kept in ``memory`` (0600).

    The first time, after a change of the query itself and with ``accept`` they are only kept. Raises, beside what
    :meth:`Source.fingerprint` raises, DataError ORIGINALS-011 (each column that is new, gone or of another kind; the
    memory stays, so that tomorrow says so too) and FatalError ORIGINALS-030 (the memory cannot be read).
    """
    asked = hashlib.sha256(query.encode()).hexdigest()
    today = source.fingerprint(query, parameters)
    before = _recalled(memory, asked)
    if before is not None and not accept:
        require_unchanged(today, before, source.name)
        today = _completed(today, before)
    if today != before:
        _kept(memory, {"query": asked, "columns": today.as_dict()})
    return today


def changed_columns(
    source: Source, query: str, parameters: Parameters, memory: Path
) -> tuple[Fingerprint, Sequence[Change] | None]:
    """The columns of ``query`` today, and what of them is other than the last time; nothing is kept.

    None where nothing is known: the first time, and after a change of the query. Raises as
    :func:`require_known_columns`, but for ORIGINALS-011.
    """
    today = source.fingerprint(query, parameters)
    before = _recalled(memory, hashlib.sha256(query.encode()).hexdigest())
    return today, None if before is None else today.changes(before)


def _completed(today: Fingerprint, before: Fingerprint) -> Fingerprint:
    """A kind that nothing tells today is still that of the last time."""
    known = before.as_dict()
    return Fingerprint.of({name: known[name] if kind == "unknown" else kind for name, kind in today.columns})


def _recalled(memory: Path, asked: str) -> Fingerprint | None:
    try:
        body = json.loads(memory.read_text(encoding="utf-8"))
        columns = Fingerprint.of(body["columns"])
        return columns if body["query"] == asked else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise FatalError("ORIGINALS-030", file=memory) from None


def _kept(memory: Path, body: dict[str, object]) -> None:
    """Written beside and renamed: there is the old memory or the new one."""
    memory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{memory.name}.", dir=memory.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(body, stream, ensure_ascii=False, indent=1, sort_keys=True)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(memory)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
