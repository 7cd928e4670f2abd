"""What can go wrong, in words for people.

Each error has a code of the catalogue (``catalogue/<room>.yaml``), facts that fill its Japanese sentence, the next
step to take and, where there is one, the manual's section. Code says *what the caller can do* by the class; the
catalogue says what an officer reads. Facts are counts, codes, paths and dates: never a value of a personal record.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar

__all__ = [
    "ConfigurationError",
    "DataError",
    "Entry",
    "FatalError",
    "FukuhonError",
    "RefusedError",
    "RetriableError",
    "catalogue",
]

Fact = object


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the catalogue: the Japanese sentence, the next step and the manual's section.

    ``together``: the sentence for several alarms of the code, by their ``count`` and ``records``.
    """

    code: str
    message: str
    next_step: str
    manual: str | None = None
    together: str | None = None


class FukuhonError(Exception):
    """Base of every error that this project raises on purpose; never raised itself."""

    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, **facts: Fact) -> None:
        self.code = code
        self.facts = facts
        super().__init__(f"{code}: {self.message}")

    @property
    def entry(self) -> Entry:
        """The catalogue's entry; raises KeyError for a code that nobody wrote down."""
        return catalogue()[self.code]

    @property
    def message(self) -> str:
        """The Japanese sentence, filled with the facts."""
        return self.entry.message.format(**self.facts)

    @property
    def next_step(self) -> str:
        """What to do next, in Japanese, filled with the facts."""
        return self.entry.next_step.format(**self.facts)

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.code, self.facts))


def _rebuild(kind: type[FukuhonError], code: str, facts: dict[str, Fact]) -> FukuhonError:
    return kind(code, **facts)


class ConfigurationError(FukuhonError):
    """Settings or usage are wrong: whoever installed or called it mends it. Never retried."""

    exit_code: ClassVar[int] = 2


class DataError(FukuhonError):
    """The data or a file does not hold what it must:

    the department mends the 正本, the rule or the file. Never retried.
    """


class RefusedError(FukuhonError):
    """A rule of the domain forbids it now: wait, plan otherwise or get an approval. Tried again at the next window."""


class RetriableError(FukuhonError):
    """The other side is away or slow: the same call may go through later."""


class FatalError(FukuhonError):
    """Our own books contradict each other: stop, a person looks. Never retried."""


@cache
def catalogue() -> dict[str, Entry]:
    """All entries by code. Raises ValueError where a code stands twice or an entry lacks a part."""
    import yaml  # noqa: PLC0415 - only who meets an error needs it: --help stays quick

    entries: dict[str, Entry] = {}
    for path in sorted((Path(__file__).parent / "catalogue").glob("*.yaml")):
        for code, body in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).items():
            if code in entries:
                raise ValueError(f"{code} stands twice in the catalogue, again in {path.name}")
            entries[code] = Entry(code, body["message"], body["next_step"], body.get("manual"), body.get("together"))
    return entries
