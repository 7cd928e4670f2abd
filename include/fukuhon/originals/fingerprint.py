"""What a source delivered yesterday and what it delivers today: changes of its columns, named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from fukuhon.errors import DataError

__all__ = ["Change", "Fingerprint", "require_unchanged"]


@dataclass(frozen=True, slots=True)
class Change:
    """One column that is new, gone or of another kind."""

    column: str
    what: Literal["added", "removed", "retyped"]
    before: str = ""
    after: str = ""

    @property
    def wording(self) -> str:
        """In Japanese."""
        if self.what == "added":
            return f"{self.column}：増えた（{self.after}）"
        if self.what == "removed":
            return f"{self.column}：なくなった（{self.before}）"
        return f"{self.column}：型が変わった（{self.before}→{self.after}）"


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Names and kinds of an extract's columns, by name. ``unknown`` is like any kind: nothing was there to tell it."""

    columns: tuple[tuple[str, str], ...]

    def as_dict(self) -> dict[str, str]:
        """For keeping as JSON."""
        return dict(self.columns)

    @classmethod
    def of(cls, columns: Mapping[str, str]) -> Fingerprint:
        """What :meth:`as_dict` gave."""
        return cls(tuple(sorted(columns.items())))

    def changes(self, since: Fingerprint) -> tuple[Change, ...]:
        """What is other than in the earlier fingerprint ``since``, by column."""
        before, after = dict(since.columns), dict(self.columns)
        found: list[Change] = []
        for column in sorted(before.keys() | after.keys()):
            if column not in before:
                found.append(Change(column, "added", after=after[column]))
            elif column not in after:
                found.append(Change(column, "removed", before=before[column]))
            elif before[column] != after[column] and "unknown" not in {before[column], after[column]}:
                found.append(Change(column, "retyped", before[column], after[column]))
        return tuple(found)


def require_unchanged(today: Fingerprint, since: Fingerprint, source: str) -> None:
    """Raise DataError ORIGINALS-011, naming each column, where the source delivers other columns than before."""
    changes = today.changes(since)
    if changes:
        told = "".join(f"\n  {change.wording}" for change in changes)
        raise DataError("ORIGINALS-011", source=source, changes=told)
