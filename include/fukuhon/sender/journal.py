"""What became of an attempt, on the local disk first: the books may be away at the very moment when it is known.

One small file an attempt, written beside, fsynced and renamed before the ledger is told, and taken away after it was.
What is still here at the next start is told to the ledger then.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from fukuhon.errors import FatalError
from fukuhon.ledger.attempts import Ended

__all__ = ["Journal"]

_INSTANTS = ("ended", "received_at")


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal in a folder of its own (made 0700)."""

    folder: Path

    def write(self, key: str, ended: Ended) -> None:
        """Keep what became of the attempt ``key``. Raises FatalError (SENDER-005) when the disk does not take it."""
        values = {
            name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(ended).items()
        }
        beside = self.folder / f".{key}"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(
                os.open(beside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8"
            ) as file:
                json.dump(values, file)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path(key))
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
        """Forget an attempt: the ledger has it."""
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.json"

    def _settle(self) -> None:
        """Make the renaming itself outlive a loss of power."""
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
