"""Sizes of the sample's settings: any city shows several files, five windows and a night that is too short."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fukuhon.windows import Part, part_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rehearsal.city.city import City

__all__ = ["OTHER_DAYS", "TAX_DAYS", "Sizes", "sizes_of"]

TAX_DAYS = {"2017-04-12": 0.42, "2017-04-13": 1.2}
"""Allotted days of 税情報, each with its volume as a share of what there is: together more than the whole."""
OTHER_DAYS = {"2017-04-14": 0.36, "2017-04-17": 0.5, "2017-04-18": 1.2}
"""The same of 税情報以外."""
_NIGHT = {Part.TAX: 0.52, Part.OTHER: 0.42}
"""What a night takes, as a share of a part: less than the fullest of its days brings, so that something waits."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """What the settings and the stand-in are set to."""

    records: int  # that the first load registers
    records_per_file: int
    bytes_per_file: int
    line_bytes_per_s: int
    windows: Mapping[str, int]  # bytes by day
    capacity_per_night: int
    records_per_s: int

    @property
    def night_s(self) -> float:
        """How long the fullest night takes, in seconds."""
        return self.capacity_per_night / self.records_per_s


def sizes_of(city: City) -> Sizes:
    """Sizes for this city's first load."""
    first = city.truth.days[0].tallies()
    counts = {dataset: sum(by["to_register"] for by in variations.values()) for dataset, variations in first.items()}
    records, wire = dict.fromkeys(Part, 0), dict.fromkeys(Part, 0)
    for subject in city.subjects:
        part = part_of(subject.spis[0])
        for dataset in subject.datasets:
            records[part] += counts[dataset.code]
            wire[part] += counts[dataset.code] * dataset.record_bytes
    whole = sum(records.values())
    per_file = min(200_000, max(200, round(whole / 800) * 100))
    capacity = max(round(count * _NIGHT[part]) for part, count in records.items())
    shares = ((wire[Part.TAX], TAX_DAYS), (wire[Part.OTHER], OTHER_DAYS))
    return Sizes(
        records=whole,
        records_per_file=per_file,
        bytes_per_file=per_file * 2000,
        line_bytes_per_s=max(12_500, sum(wire.values()) // 1200),
        windows={day: _rounded(size * share) for size, days in shares if size for day, share in days.items()},
        capacity_per_night=capacity,
        records_per_s=max(10, capacity // 9000),
    )


def _rounded(size: float) -> int:
    return max(round(size / 100_000), 1) * 100_000
