"""Trials: the way of a registration up to a point, with nothing registered and nothing in the books.

``extract`` reads and counts; ``validate`` also judges, and keeps the evidence where a person can look at it. Both go
through every dataset, whatever is wrong with one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from fukuhon.errors import DataError
from fukuhon.originals import addressee_register, open_source
from fukuhon.registration.books import holdings
from fukuhon.registration.census import Census
from fukuhon.registration.desk import Desk
from fukuhon.registration.evidence import read_evidence
from fukuhon.registration.material import (
    Control,
    Order,
    Watch,
    check_counts,
    control_counts,
    data_day,
    mapped_batches,
    take,
)
from fukuhon.rules import Mapper, RuleBook
from fukuhon.sender.alone import alone
from fukuhon.site import DatasetSettings

__all__ = ["Extracted", "Judged", "extract", "trial_folder", "validate"]


@dataclass(frozen=True, slots=True)
class Extracted:
    """What one dataset's source delivers: its census, what it is checked by, and what is wrong with the counts."""

    dataset: str
    census: Census
    control: Control
    seconds: dict[str, float]
    problem: DataError | None


@dataclass(frozen=True, slots=True)
class Judged:
    """What the judgement of one dataset said (``evidence``; None where it did not come so far), and what stops it."""

    dataset: str
    evidence: dict[str, Any] | None
    problem: DataError | None


def extract(desk: Desk, as_of: datetime, dataset: str | None = None) -> Iterator[Extracted]:
    """Read and count every dataset, or one. Raises what the source and the rules raise, but for wrong counts."""
    for settings in _wanted(desk, dataset):
        day, census, watch = data_day(as_of), Census(), Watch()
        layout = desk.packs.in_force(settings.code, day)
        book = RuleBook.load(desk.site.resource("rules", settings.rules or settings.code))
        mapper = Mapper(book, layout, day, threads=desk.site.limits.threads)
        with open_source(desk.site.source(settings.source)) as source:
            for _ in census.counting(mapped_batches(desk, settings, source, mapper, watch)):
                pass
            control = control_counts(source, desk, settings, day)
        problem = None
        try:
            check_counts(settings, control, census.read, first=False)
        except DataError as error:
            problem = error
        yield Extracted(settings.code, census, control, watch.seconds, problem)


def validate(desk: Desk, as_of: datetime, dataset: str | None = None) -> Iterator[Judged]:
    """Judge every dataset, or one, as a run as of ``as_of`` would; the evidence lies in :func:`trial_folder`.

    Raises RefusedError REGISTRATION-004 beside a run or another trial, and what the source, the rules and the suite
    raise, but for DataError: that is told, and the next dataset is looked at.
    """
    folder = trial_folder(desk, as_of)
    with alone(desk.folder("locks", "prepare"), "REGISTRATION-004"), holdings(desk) as held:
        for settings in _wanted(desk, dataset):
            known = held.state(settings.code)
            problem = None
            (folder / f"evidence-{settings.code}.json").unlink(missing_ok=True)
            try:
                register = addressee_register(desk.site, data_day(as_of))
                with take(desk, settings, Order(as_of, folder, not known.num_rows, register), known, Watch()):
                    pass
            except DataError as error:
                problem = error
            yield Judged(settings.code, read_evidence(folder, settings.code), problem)


def trial_folder(desk: Desk, as_of: datetime) -> Path:
    """The folder (0700) of the evidence and the quarantine of trials as of an instant."""
    return desk.folder("trials", f"{as_of:%Y%m%dT%H%M%S}")


def _wanted(desk: Desk, dataset: str | None) -> tuple[DatasetSettings, ...]:
    return desk.site.datasets() if dataset is None else (desk.site.dataset(dataset),)
