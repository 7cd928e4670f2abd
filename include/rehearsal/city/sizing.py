"""Sizes of the sample's settings: a city of any size shows several files, two windows and a night that is too short."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rehearsal.city.city import City

__all__ = ["Sizes", "sizes_of"]

_FIRST_WINDOW = 0.42
_NIGHT = 0.52


@dataclass(frozen=True, slots=True)
class Sizes:
    """What the settings and the stand-in are set to."""

    records: int  # that the first load registers
    records_per_file: int
    bytes_per_file: int
    line_bytes_per_s: int
    window_bytes: tuple[int, int]  # of the two days; together more than the whole, the first for less than half
    capacity_per_night: (
        int  # takes what the first day brings; not all that the second does: a part waits one more night
    )
    records_per_s: int

    @property
    def night_s(self) -> float:
        """How long the fullest night takes, in seconds."""
        return self.capacity_per_night / self.records_per_s


def sizes_of(city: City) -> Sizes:
    """Sizes for this city's first load."""
    first = city.truth.days[0].tallies()
    counts = {dataset: sum(by["to_register"] for by in variations.values()) for dataset, variations in first.items()}
    records = sum(counts.values())
    whole = sum(counts[dataset.code] * dataset.record_bytes for dataset in city.datasets)
    per_file = min(200_000, max(200, round(records / 800) * 100))
    capacity = round(records * _NIGHT)
    return Sizes(
        records=records,
        records_per_file=per_file,
        bytes_per_file=per_file * 2000,
        line_bytes_per_s=max(12_500, whole // 1200),
        window_bytes=(_rounded(whole * _FIRST_WINDOW), _rounded(whole * 1.2)),
        capacity_per_night=capacity,
        records_per_s=max(10, capacity // 9000),
    )


def _rounded(size: float) -> int:
    return round(size / 100_000) * 100_000
