"""What can happen to a call, told apart by what is known of it afterwards.

After an upload there are exactly four: a receipt; :class:`Refused` (the server said so: it has not taken the file);
:class:`LineCut` (not every byte left us: it cannot have taken it); :class:`AnswerLost` (nobody knows). The last is
never answered by sending again (DESIGN §3.1).
"""

from __future__ import annotations

from typing import ClassVar

from fukuhon.errors import FatalError, RefusedError, RetriableError
from fukuhon.server.faults import code_of

__all__ = ["AnswerLost", "LineCut", "Refused", "ServerAway"]


class ServerAway(RetriableError):  # noqa: N818 - named for what happened
    """The server could not be reached, or answered that it cannot now: nothing went on the wire."""


class Refused(RefusedError):  # noqa: N818 - named for what happened
    """The server answered with a fault: it has taken nothing. ``fault`` is the contract's code."""

    PASSING: ClassVar[frozenset[str]] = frozenset({"busy", "conflict", "unavailable"})

    @classmethod
    def by(cls, fault: str) -> Refused:
        """The error for a fault code of the contract; unknown ones have an entry of their own."""
        return cls(code_of(fault), fault=fault)

    @property
    def fault(self) -> str:
        """The contract's fault code."""
        return str(self.facts["fault"])

    @property
    def passing(self) -> bool:
        """Whether the same call may go through a little later, with nothing changed."""
        return self.fault in self.PASSING


class LineCut(RetriableError):  # noqa: N818 - named for what happened
    """The line broke before every byte was sent. Raised by uploads (SERVER-020) only."""

    @property
    def bytes_sent(self) -> int:
        """Bytes that may have been on the wire: they count against the window."""
        return int(str(self.facts["bytes_sent"]))


class AnswerLost(FatalError):  # noqa: N818 - named for what happened
    """Every byte was sent, and no answer came that says what became of them: the file is in doubt (SERVER-021)."""

    @property
    def bytes_sent(self) -> int:
        """All bytes of the file."""
        return int(str(self.facts["bytes_sent"]))
