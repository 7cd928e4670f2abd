"""``fukuhon extract``: reads every dataset and counts, against the count taken another way; registers nothing."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fukuhon.commands import instants
from fukuhon.commands.acting import at_desk
from fukuhon.commands.failures import as_dict
from fukuhon.commands.options import HERE, AsJson, AsOf, Dataset, SiteFolder
from fukuhon.commands.telling import finish, table, working

if TYPE_CHECKING:
    from fukuhon.registration.trial import Extracted

__all__ = ["extract"]


def extract(*, dataset: Dataset = None, as_of: AsOf = None, site: SiteFolder = HERE, as_json: AsJson = False) -> None:
    """Read and count."""
    from fukuhon.registration import trial

    with at_desk(site) as desk, working("抽出") as progress:
        instant = instants.as_of(desk, as_of)
        found = []
        for one in trial.extract(desk, instant, dataset):
            progress(f"{one.dataset} を読みました")
            found.append(one)
    problems = [one.problem for one in found if one.problem]
    finish(
        {"as_of": instant, "datasets": [_body(one) for one in found]},
        lambda console: console.print(_listed(found)),
        as_json=as_json,
        failed=problems[0] if problems else None,
    )


def _body(one: Extracted) -> dict[str, Any]:
    return {
        "dataset": one.dataset,
        "read": one.census.read,
        "out_of_scope": one.census.out_of_scope,
        "withheld": one.census.withheld,
        "control": one.control,
        "seconds": one.seconds,
        "error": as_dict(one.problem) if one.problem else None,
    }


def _listed(found: Sequence[Extracted]) -> object:
    rows = []
    for one in found:
        for variation in sorted({*one.census.read, *(name for known in one.control.values() for name in known)}):
            ranges = [_range(known.get(variation)) for known in one.control.values()]
            counts = (one.census.read.get(variation, 0), one.census.out_of_scope.get(variation, 0))
            rows.append((one.dataset, variation, *counts, "、".join(ranges) or "—"))
    return table(("データセット", "業務区分", "読込", "対象外", "正本の件数"), rows)


def _range(known: tuple[int, int, str] | None) -> str:
    low, high, _ = known or (0, 0, "")
    return f"{low:,}" if low == high else f"{low:,}〜{high:,}"
