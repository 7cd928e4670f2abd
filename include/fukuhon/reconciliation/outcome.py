"""The facts of a reconciliation, for a report: what was asked, what came back, and what may be said of all records."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from fukuhon.reconciliation.confidence import bound_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fukuhon.reconciliation.comparing import Comparison

__all__ = ["Outcome", "StratumOutcome", "sum_up"]


@dataclass(frozen=True, slots=True)
class StratumOutcome:
    """One dataset's records of one variation; ``bound``: fewer than that many in 10,000 are wrong, with 99%."""

    dataset: str
    variation: str
    held: int
    compared: int
    wrong: int
    bound: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """All requests together.

    ``bound`` takes every record compared for one drawn by itself, ``bound_by_request`` every request.
    """

    requests: int
    empty: int
    records: int
    matches: int
    mismatches: int
    missing: int
    in_flight: int
    bound: int
    bound_by_request: int
    strata: tuple[StratumOutcome, ...]

    def as_json(self) -> dict[str, Any]:
        """The facts as plain values: counts and codes only."""
        return asdict(self)


def sum_up(comparisons: Iterable[Comparison], held: Mapping[tuple[str, str], int]) -> Outcome:
    """Sum up comparisons against the records held by (dataset, variation) (``Holdings.counts()``)."""
    done = list(comparisons)
    compared = {stratum: [0, 0] for stratum in held}
    for one in done:
        for variation, (records, wrong) in one.strata.items():
            counts = compared.setdefault((one.dataset, variation), [0, 0])
            counts[0] += records
            counts[1] += wrong
    strata = tuple(
        StratumOutcome(*stratum, held.get(stratum, 0), records, wrong, _bound(records, wrong, held.get(stratum, 0)))
        for stratum, (records, wrong) in sorted(compared.items())
    )
    total, records = sum(held.values()), sum(one.matches + one.mismatches for one in done)
    mismatches, answered = sum(one.mismatches for one in done), [one for one in done if one.matches + one.mismatches]
    return Outcome(
        requests=len(done),
        empty=sum(one.empty for one in done),
        records=records,
        matches=sum(one.matches for one in done),
        mismatches=mismatches,
        missing=sum(one.missing for one in done),
        in_flight=sum(one.in_flight for one in done),
        bound=_bound(records, mismatches, total),
        bound_by_request=_bound(len(answered), sum(bool(one.mismatches) for one in answered), total),
        strata=strata,
    )


def _bound(compared: int, wrong: int, held: int) -> int:
    """Of what is held; records that nobody knew of enlarge the population, so that no sample is larger than it."""
    return bound_of(compared, wrong, max(held, compared))
