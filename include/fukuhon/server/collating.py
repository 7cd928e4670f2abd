"""突合 where datasets go different ways: some over the line, some by people at the 接続端末."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from fukuhon.server.port import Collation, CollationCase, CollationRequest
from fukuhon.server.worksheet import WorksheetCollation

__all__ = ["CollationByDataset"]


@dataclass(frozen=True, slots=True)
class CollationByDataset:
    """A request goes the way of its dataset; later calls find that way by its number, for each has its own form."""

    at_terminal: Collection[str]
    terminal: WorksheetCollation
    line: Collation

    def ask(self, request: CollationRequest) -> CollationCase:
        """Ask for a file, as the requester."""
        return (self.terminal if request.dataset in self.at_terminal else self.line).ask(request)

    def order(self, number: str) -> CollationCase:
        """Have the file made, as the manager."""
        return self._of(number).order(number)

    def release(self, number: str) -> CollationCase:
        """Let the file out, as the manager."""
        return self._of(number).release(number)

    def state(self, number: str) -> CollationCase:
        """How a request stands."""
        return self._of(number).state(number)

    def fetch(self, number: str, folder: Path) -> Path:
        """Download a released file."""
        return self._of(number).fetch(number, folder)

    def _of(self, number: str) -> Collation:
        return self.terminal if self.terminal.is_mine(number) else self.line
