"""What became of an attempt, on the local disk first: the books may be away at the very moment when it is known.

One small file an attempt: its room is taken before the wire is touched, it is written, fsynced and renamed before the
ledger is told, and taken away after it was.
What is still here at the next start is told to the ledger then.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from fukuhon.errors import FatalError, RetriableError
from fukuhon.ledger.attempts import Ended

__all__ = ["Journal"]

_INSTANTS = ("ended", "received_at")
_ROOM = 4096


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal in a folder of its own (made 0700)."""

    folder: Path

    def reserve(self, key: str) -> None:
        """Take the room on the disk before the wire is touched, so that the outcome will fit.

        Raises RetriableError (SENDER-008) when the disk has none.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._put(key, " " * _ROOM)
        except OSError as error:
            self.drop(key)
            raise RetriableError("SENDER-008", why=type(error).__name__) from None

    def write(self, key: str, ended: Ended) -> None:
        """Keep what became of the attempt ``key``, in the reserved room.

        Raises FatalError (SENDER-005) when the disk does not take it all the same.
        """
        given = asdict(ended).items()
        values = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in given}
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._put(key, json.dumps(values).ljust(_ROOM))
            self._reserved(key).replace(self._kept(key))
            self._settle()
        except OSError as error:
            raise FatalError("SENDER-005", why=type(error).__name__) from None

    def pending(self) -> Iterator[tuple[str, Ended]]:
        """What the ledger may not know yet, by the attempt's key.

        Raises FatalError (SENDER-006) for a file that cannot be read.
        """
        for path in sorted(self.folder.glob("*.json")):
            try:
                values = json.loads(path.read_text(encoding="utf-8"))
                instants = {name: datetime.fromisoformat(values[name]) for name in _INSTANTS if values[name]}
                yield path.stem, Ended(**(values | instants))
            except (ValueError, TypeError, KeyError):
                raise FatalError("SENDER-006", file=path.name) from None

    def drop(self, key: str) -> None:
        """Forget an attempt: the ledger has it. What cannot be taken away is told again, which changes nothing."""
        for path in (self._reserved(key), self._kept(key)):
            with suppress(OSError):
                path.unlink()

    def tidy(self) -> None:
        """Take away reserved room that was never used."""
        for path in self.folder.glob("*.room"):
            path.unlink(missing_ok=True)

    def _put(self, key: str, text: str) -> None:
        """Write into the reserved room, in place, down to the disk."""
        with os.fdopen(os.open(self._reserved(key), os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())

    def _reserved(self, key: str) -> Path:
        return self.folder / f"{key}.room"

    def _kept(self, key: str) -> Path:
        return self.folder / f"{key}.json"

    def _settle(self) -> None:
        """Make the renaming itself outlive a loss of power."""
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
