"""What must happen, day by day: for tests only. It follows from how records were made, not from rules that judge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rehearsal.city.columns import Bools, Ints, labelled
from rehearsal.city.dirt import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rehearsal.city.book import Book

__all__ = ["DATASETS", "Day", "Truth", "tell"]

DATASETS = {"assessment": "TK00000200000001", "notice": "TK00000200000002"}
_KEYS = {"assessment": "fiscal_year", "notice": "notice_no"}
_VARIATIONS = {
    "assessment": ("levy_class", {"1": "住民", "2": "住登外", "3": "家屋敷", "4": "転出済"}),
    "notice": ("collection", {"1": "普通徴収", "2": "給与特別徴収", "3": "年金特別徴収"}),
}
OUTCOMES = ("unchanged", "changed", "new", "out_of_scope", "withheld", "quarantined", "gone")
_SHOWN = (
    "dataset",
    "source_row",
    "addressee",
    "record_key",
    "variation",
    "scope",
    "withhold",
    "kind",
    "rule",
    "outcome",
    "held",
)


@dataclass(frozen=True, slots=True)
class Day:
    """One day: each record read, and each that is gone (outcome ``gone``, beside its row where that still is there)."""

    day: str
    records: pa.Table

    def tallies(self) -> dict[str, dict[str, dict[str, int]]]:
        """Counts by dataset, variation and outcome, in the names of the accounts (DESIGN §3.4).

        A quarantined record whose older content goes on answering is ``withheld`` (DESIGN §3.6).
        """
        counts: dict[str, dict[str, dict[str, int]]] = {}
        grouped = self.records.group_by(["dataset", "variation", "outcome", "held"]).aggregate([([], "count_all")])
        for group in grouped.to_pylist():
            named = counts.setdefault(group["dataset"], {}).setdefault(group["variation"], dict.fromkeys(OUTCOMES, 0))
            answering = group["outcome"] == "quarantined" and group["held"]
            named["withheld" if answering else group["outcome"]] += group["count_all"]
        return {
            dataset: {name: _accounts(named) for name, named in sorted(by.items())}
            for dataset, by in sorted(counts.items())
        }


@dataclass(frozen=True, slots=True)
class Truth:
    """The truth over all days, the first load first."""

    days: Sequence[Day]

    def day(self, day: str) -> Day:
        """That day's truth (of the last day before it where nothing happened on it)."""
        return [one for one in self.days if one.day <= day][-1]


def _accounts(named: dict[str, int]) -> dict[str, int]:
    in_scope = sum(named[name] for name in ("unchanged", "changed", "new", "withheld", "quarantined"))
    return {
        "read": in_scope + named["out_of_scope"],
        "out_of_scope": named["out_of_scope"],
        "in_scope": in_scope,
        "unchanged": named["unchanged"],
        "to_register": named["new"] + named["changed"],
        "quarantined": named["quarantined"],
        "withheld": named["withheld"],
        "to_delete": named["gone"],
        "new": named["new"],
        "overwritten": named["changed"],
        "deleted": named["gone"],
    }


def tell(books: dict[str, Book], days: Sequence[str]) -> Truth:
    """Follow the books through ``days``, as a registration that does every day in order must."""
    told = {name: _follow(name, books[name], days) for name in DATASETS}
    return Truth(
        [Day(day, pa.concat_tables([told[name][place] for name in DATASETS])) for place, day in enumerate(days)]
    )


def _follow(name: str, book: Book, days: Sequence[str]) -> list[pa.Table]:
    history = book.history()
    held = np.full(book.base.num_rows + len(book.added), -1, dtype=np.int64)
    before: pa.Table | None = None
    told = []
    for day in days:
        view = _as_of(history, day)
        outcome, gone = _outcomes(view, held)
        shown = _shown(name, view, outcome, held[view["_row"].to_numpy()] >= 0)
        rows = view["_row"].to_numpy()
        told.append(pa.concat_tables([shown, *_gone(name, before, gone)]))
        accepted = (outcome == OUTCOMES.index("new")) | (outcome == OUTCOMES.index("changed"))
        held[rows[accepted]] = view["_content"].to_numpy()[accepted]
        held[gone] = -1
        before = view
    return told


def _as_of(history: pa.Table, day: str) -> pa.Table:
    """The rows in force at the end of ``day``."""
    bound = f"{day}T24:00"
    return history.filter(pc.and_(pc.less(history["valid_from"], bound), pc.greater_equal(history["valid_to"], bound)))


def _outcomes(view: pa.Table, held: Ints) -> tuple[Ints, Ints]:
    """The outcome of each row of ``view`` (a place in ``OUTCOMES``), and the rows that are gone."""
    rows, contents = view["_row"].to_numpy(), view["_content"].to_numpy()
    out = _given(view, "_scope")
    known = held[rows]
    usual = np.where(known < 0, OUTCOMES.index("new"), np.where(known == contents, 0, OUTCOMES.index("changed")))
    outcome = np.select(
        [out, _given(view, "_withhold"), _given(view, "_dirt")],
        [OUTCOMES.index("out_of_scope"), OUTCOMES.index("withheld"), OUTCOMES.index("quarantined")],
        default=usual,
    ).astype(np.int64)
    here = np.zeros(len(held), dtype=np.bool_)
    here[rows[~out]] = True
    return outcome, np.flatnonzero((held >= 0) & ~here).astype(np.int64)


def _given(view: pa.Table, column: str) -> Bools:
    given: Bools = pc.is_valid(view[column]).to_numpy()
    return given


def _gone(name: str, before: pa.Table | None, gone: Ints) -> list[pa.Table]:
    """The gone rows as they were on the day before."""
    if before is None:
        return []
    last = before.filter(pc.is_in(before["_row"], value_set=pa.array(gone)))
    return [_shown(name, last, np.full(last.num_rows, OUTCOMES.index("gone")), np.ones(last.num_rows, dtype=np.bool_))]


def _shown(name: str, view: pa.Table, outcome: Ints, held: Bools) -> pa.Table:
    column, labels = _VARIATIONS[name]
    rules = {kind.name: kind.rule for kind in KINDS}
    columns: dict[str, Any] = {
        "dataset": pa.repeat(DATASETS[name], view.num_rows),
        "source_row": view[f"{name}_no" if name == "assessment" else f"{name}_row"],
        "addressee": view["addressee_no"],
        "record_key": view[_KEYS[name]],
        "variation": _relabelled(view[column], labels),
        "scope": view["_scope"],
        "withhold": view["_withhold"],
        "kind": view["_dirt"],
        "rule": _relabelled(view["_dirt"], rules),
        "outcome": labelled(outcome, OUTCOMES),
        "held": pa.array(held),
    }
    return pa.table({key: columns[key] for key in _SHOWN})


def _relabelled(values: pa.ChunkedArray, labels: dict[str, str]) -> pa.ChunkedArray:
    return pa.array(list(labels.values()), pa.string()).take(
        pc.index_in(values, value_set=pa.array(list(labels), pa.string()))
    )
