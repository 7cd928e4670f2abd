"""What a use case tells of itself: counts, codes, file names and hashes. Fit for a log, an XCom or a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

__all__ = ["FileFacts", "Summary"]


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file that was prepared."""

    name: str
    dataset: str
    operation: str
    sha256: str
    bytes: int
    records: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The outcome of one use case.

    ``counts`` by name; ``by_dataset`` the same names by dataset; ``seconds`` by stage.
    """

    what: str
    run: int | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    by_dataset: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    files: Sequence[FileFacts] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, object] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Plain dicts, lists, strings and numbers."""
        return asdict(self)
