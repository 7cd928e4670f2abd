"""Timetables whose occasions are read from a site's ``schedule.yaml``.

The occasions travel inside the serialized dag, because a timetable may ask neither a file nor a database when the
scheduler uses it. None of them raises while it is asked: Airflow would swallow it and a backfill would be cut short.
What is wrong with a list is said by ``validate``, when the dag file is read.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, ClassVar, Self

import pendulum
from airflow.exceptions import AirflowTimetableInvalid
from airflow.timetables.base import DagRunInfo, DataInterval, TimeRestriction, Timetable

__all__ = ["BusinessDayTimetable", "DutyTimetable", "OccasionTimetable", "WindowTimetable"]

_TOKYO = pendulum.timezone("Asia/Tokyo")
_UTC = pendulum.timezone("UTC")

Occasion = tuple[datetime, datetime]


class OccasionTimetable(Timetable):
    """Runs on listed occasions and no others. ``occasions``: aware starts and ends, in any order."""

    runs_at_end: ClassVar[bool] = True
    """Whether a run starts when its occasion ends, as core's timetables do, or when it begins."""
    wording: ClassVar[str] = ""

    def __init__(self, occasions: Iterable[Occasion]) -> None:
        self.occasions: Sequence[DataInterval] = sorted({_interval(start, end) for start, end in occasions})
        self._starts = [occasion.start for occasion in self.occasions]
        self.description = f"{self.wording} {len(self.occasions)}件{self._span()}"

    def _span(self) -> str:
        if not self.occasions:
            return ""
        first, last = (day.in_timezone(_TOKYO).format("YYYY-MM-DD") for day in (self._starts[0], self._starts[-1]))
        return f"（{first}〜{last}）"

    @property
    def summary(self) -> str:
        """What the list of dags shows."""
        return self.description

    def validate(self) -> None:
        """Refuse occasions that overlap or share a start. Raises AirflowTimetableInvalid."""
        for earlier, later in pairwise(self.occasions):
            if later.start < earlier.end or later.start == earlier.start:
                raise AirflowTimetableInvalid(f"期間が重なっています: {earlier.start} – {later.start}")

    def serialize(self) -> dict[str, Any]:
        """The occasions as JSON."""
        return {"occasions": [[start.isoformat(), end.isoformat()] for start, end in self.occasions]}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> Self:
        """The timetable that :meth:`serialize` wrote down."""
        return cls((datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in data["occasions"])

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        """The first occasion after the last run and within the restriction; None when there is none."""
        place = 0
        if last_automated_data_interval is not None:
            place = bisect_right(self._starts, last_automated_data_interval.start)
        if restriction.earliest is not None:
            place = max(place, bisect_left(self._starts, restriction.earliest))
        if not restriction.catchup:
            place = max(place, self._not_yet_over(pendulum.now("UTC")))
        if place >= len(self.occasions):
            return None
        if restriction.latest is not None and self._starts[place] > restriction.latest:
            return None
        return self._run(self.occasions[place])

    def _not_yet_over(self, now: pendulum.DateTime) -> int:
        return next((place for place, each in enumerate(self.occasions) if each.end >= now), len(self.occasions))

    def _run(self, occasion: DataInterval) -> DagRunInfo:
        return DagRunInfo(run_after=occasion.end if self.runs_at_end else occasion.start, data_interval=occasion)

    def infer_manual_data_interval(self, *, run_after: pendulum.DateTime) -> DataInterval:
        """A run by hand is about the moment at which somebody asked for it."""
        return DataInterval.exact(run_after)


def _interval(start: datetime, end: datetime) -> DataInterval:
    # In UTC, as Airflow keeps instants: run ids made here and in the database are then the same text.
    return DataInterval(pendulum.instance(start).in_timezone(_UTC), pendulum.instance(end).in_timezone(_UTC))


class WindowTimetable(OccasionTimetable):
    """Upload windows: the data interval **is** the window, and the run starts when the window opens."""

    runs_at_end = False
    wording = "送信枠"


class BusinessDayTimetable(OccasionTimetable):
    """Business days of one body: the data interval is the day, from 00:00 to 24:00, and the run starts at its end."""

    wording = "開庁日"

    @classmethod
    def of_days(cls, days: Iterable[date]) -> Self:
        """The timetable of these days."""
        midnights = [datetime(day.year, day.month, day.day, tzinfo=_TOKYO) for day in days]
        return cls((midnight, midnight + timedelta(days=1)) for midnight in midnights)


class DutyTimetable(OccasionTimetable):
    """Instants at which a duty is due: intervals without length."""

    wording = "期日"

    @classmethod
    def of_times(cls, times: Iterable[datetime]) -> Self:
        """The timetable of these instants."""
        return cls((instant, instant) for instant in times)
