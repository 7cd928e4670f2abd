"""What no screen shows and a person says: that an existing system has taken in the masters (seed 1.3, item 8).

A word holds until the next delivery of masters: each one has to be taken in again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fukuhon.calendars import tokyo_day
from fukuhon.errors import ConfigurationError, DataError
from fukuhon.ledger import Event, Reader, audit
from fukuhon.registration.desk import Desk
from fukuhon.site import Site

__all__ = ["Attested", "attest_masters", "attested_masters", "masters_in_systems"]


@dataclass(frozen=True, slots=True)
class Attested:
    """Who said of which source that the masters are in it since which day, by what evidence."""

    source: str
    on: date
    by: str
    evidence: str


def attest_masters(desk: Desk, source: str, on: date, evidence: str) -> Attested:
    """Write down, in the name of the desk's actor, that ``source`` took in the masters on the day ``on``.

    Raises ConfigurationError SITE-010 (no such source), VIGILANCE-020 (it needs none); DataError VIGILANCE-021 (no
    evidence), VIGILANCE-022 (the day has not come).
    """
    if not desk.site.source(source).masters_needed:
        raise ConfigurationError("VIGILANCE-020", source=source)
    if not evidence.strip():
        raise DataError("VIGILANCE-021")
    if on > tokyo_day(desk.now()):
        raise DataError("VIGILANCE-022", day=on)
    said = Attested(source, on, desk.actor, evidence.strip())
    detail = {"on": on.isoformat(), "evidence": said.evidence}
    with desk.ledger.transaction(desk.actor) as tx:
        audit.note(tx, Event("masters.attested", _subject(source), detail))
    return said


def attested_masters(reader: Reader, site: Site) -> Mapping[str, Attested | None]:
    """The last word about each source that needs the masters."""
    return {source.id: _last(reader, source.id) for source in site.sources if source.masters_needed}


def masters_in_systems(said: Mapping[str, Attested | None], applied: Sequence[date]) -> tuple[bool, str]:
    """Whether each source has the masters of the last delivery, and what an officer reads as evidence.

    ``applied``: the days on which masters were applied to the server, up to today.
    """
    if not said:
        return True, "マスターを使う既存システムはありません"
    last = max(applied, default=date.min)
    lacking = [source for source, word in said.items() if word is None or word.on < last]
    if lacking:
        return False, f"未取込又は最後の配信（{last}）より前：{'、'.join(lacking)}"
    return True, "、".join(f"{word.source} {word.on}（確認 {word.by}）" for word in said.values() if word)


def _last(reader: Reader, source: str) -> Attested | None:
    found = None
    for line in audit.lines(reader, subject=_subject(source)):
        on, evidence = str(line.detail["on"]), str(line.detail["evidence"])
        found = Attested(source, date.fromisoformat(on), line.actor, evidence)
    return found


def _subject(source: str) -> str:
    return f"masters:{source}"
