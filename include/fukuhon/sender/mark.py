"""A mark outside the ledger: the last line of its trail that this sender has seen before it touched the wire.

Books that do not hold that line are older than what was sent, or other ones: somebody has restored them.
"""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fukuhon.errors import RetriableError
from fukuhon.files import write_bytes
from fukuhon.ledger import Reader, audit
from fukuhon.ledger.chain import hash_at

__all__ = ["Mark"]

_log = logging.getLogger("fukuhon.sender")


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark in a file of the work folder."""

    path: Path

    @classmethod
    def of(cls, work: Path) -> Mark:
        """The mark of a site's work folder."""
        return cls(work / "sender" / "ledger.mark")

    def note(self, reader: Reader) -> None:
        """Write down how far the books have come. A disk that does not take it stops nobody."""
        last = audit.tail(reader)
        try:
            write_bytes(self.path, json.dumps({"seq": last.seq, "hash": last.hash}).encode())
        except (RetriableError, OSError) as error:
            _log.warning("the mark was not written: %s", type(error).__name__)

    def holds(self, reader: Reader) -> bool:
        """Whether the books hold what was marked; True where nothing was."""
        try:
            marked = json.loads(self.path.read_text(encoding="utf-8"))
            seq, wanted = int(marked["seq"]), str(marked["hash"])
        except FileNotFoundError:
            return True
        except (OSError, ValueError, KeyError, TypeError):
            return False
        return hash_at(reader, seq) == wanted

    def remove(self) -> None:
        """Forget it."""
        with suppress(FileNotFoundError):
            self.path.unlink()
