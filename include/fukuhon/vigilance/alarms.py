"""An alarm: something that should have happened by now and did not. Not having run is a failure (DESIGN §3.9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fukuhon.errors import catalogue

__all__ = ["Alarm", "alarm", "together"]


@dataclass(frozen=True, slots=True)
class Alarm:
    """What was due when, as seen at ``seen``. The wording is the error catalogue's, like that of every refusal.

    ``lines``: where it stands for several that are alike, each of them in a line.
    """

    code: str
    subject: str
    due: datetime
    seen: datetime
    facts: Mapping[str, object]
    lines: tuple[str, ...] = ()

    @property
    def late(self) -> timedelta:
        """How long it is overdue."""
        return self.seen - self.due

    @property
    def message(self) -> str:
        """The Japanese sentence."""
        entry = catalogue()[self.code]
        return ((self.lines and entry.together) or entry.message).format(**self.facts)

    @property
    def next_step(self) -> str:
        """What to do, in Japanese."""
        return catalogue()[self.code].next_step.format(**self.facts)


def alarm(code: str, subject: str, due: datetime, seen: datetime, /, **facts: object) -> Alarm:
    """Make an alarm. ``facts`` are counts, codes, dates and file names, never a value of a record."""
    return Alarm(code, subject, due, seen, facts)


def together(alarms: Iterable[Alarm], name: Callable[[str], str]) -> list[Alarm]:
    """The alarms, those of one code as one where the catalogue has a sentence for several: one thing to do.

    It stands where the first of them stood. ``name``: a subject for people.
    """
    alike: dict[object, list[Alarm]] = {}
    for place, each in enumerate(alarms):
        alike.setdefault(each.code if catalogue()[each.code].together else place, []).append(each)
    return [found[0] if len(found) == 1 else _one(found, name) for found in alike.values()]


def _one(alike: Sequence[Alarm], name: Callable[[str], str]) -> Alarm:
    ordered = sorted(alike, key=lambda each: (each.due, each.subject))
    counts = [_records(each) for each in ordered]
    lines = tuple(
        f"{name(each.subject)}　{count:,}件（{each.due:%m-%d %H:%M}から）"
        for each, count in zip(ordered, counts, strict=True)
    )
    subjects = {each.subject for each in ordered}
    facts = {"count": len(subjects), "records": sum(counts)}
    return Alarm(ordered[0].code, "、".join(sorted(subjects)), ordered[0].due, ordered[0].seen, facts, lines)


def _records(each: Alarm) -> int:
    records = each.facts["records"]
    assert isinstance(records, int), "what has a sentence for several counts its records"
    return records
