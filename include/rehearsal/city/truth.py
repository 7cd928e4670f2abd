"""What must happen, day by day: for tests only. It follows from how records were made, not from rules that judge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rehearsal.city.book import HIDDEN, in_force
from rehearsal.city.columns import Bools, Ints, labelled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from rehearsal.city.book import Book
    from rehearsal.city.subject import Dataset

__all__ = ["OUTCOMES", "Day", "Truth", "tell"]

OUTCOMES = ("unchanged", "changed", "new", "out_of_scope", "withheld", "quarantined", "gone")
_PLACE = {name: place for place, name in enumerate(OUTCOMES)}


@dataclass(frozen=True, slots=True)
class _Fate:
    """What becomes of one dataset's records on one day: versions by their place in the history, and their outcome.

    Numbers, not rows: a million people have the same records on every day.
    """

    dataset: Dataset
    history: pa.Table
    versions: NDArray[np.int32]
    outcome: NDArray[np.int8]
    held: Bools

    def shown(self) -> pa.Table:
        view = self.history.take(pa.array(self.versions))
        columns: dict[str, Any] = {
            "dataset": pa.repeat(self.dataset.code, view.num_rows),
            "source_row": view[self.dataset.row],
            "addressee": view["addressee_no"],
            "record_key": view[self.dataset.key],
            "variation": _relabelled(view[self.dataset.variation], self.dataset.labels),
            "scope": view["_scope"],
            "withhold": view["_withhold"],
            "kind": view["_dirt"],
            "outcome": labelled(self.outcome, OUTCOMES),
            "held": pa.array(self.held),
        }
        return pa.table(columns)

    def counted(self) -> dict[str, dict[str, int]]:
        """Records by variation and outcome; ``withheld`` too where older content goes on answering (DESIGN §3.6)."""
        answering = (self.outcome == _PLACE["quarantined"]) & self.held
        outcome = np.where(answering, _PLACE["withheld"], self.outcome)
        codes = self.history[self.dataset.variation].take(pa.array(self.versions))
        table = pa.table({"variation": _relabelled(codes, self.dataset.labels), "outcome": pa.array(outcome)})
        counts: dict[str, dict[str, int]] = {}
        for group in table.group_by(["variation", "outcome"]).aggregate([([], "count_all")]).to_pylist():
            named = counts.setdefault(group["variation"], dict.fromkeys(OUTCOMES, 0))
            named[OUTCOMES[group["outcome"]]] = group["count_all"]
        return counts


@dataclass(frozen=True, slots=True)
class Day:
    """One day: each record read, and each that is gone (outcome ``gone``, beside its row where that still is there)."""

    day: str
    fates: Sequence[_Fate]
    rules: Mapping[str, str]

    @property
    def records(self) -> pa.Table:
        """A row a record; ``rule`` is the one that has to keep it back."""
        return pa.concat_tables(self.parts())

    def parts(self) -> Iterator[pa.Table]:
        """The records of one dataset after the other."""
        for fate in self.fates:
            shown = fate.shown()
            place = shown.schema.get_field_index("kind") + 1
            yield shown.add_column(place, "rule", _relabelled(shown["kind"], self.rules))

    def tallies(self) -> dict[str, dict[str, dict[str, int]]]:
        """Counts by dataset, variation and outcome, in the names of the accounts (DESIGN §3.4).

        A quarantined record whose older content goes on answering is ``withheld`` (DESIGN §3.6).
        """
        counts = {fate.dataset.code: fate.counted() for fate in self.fates}
        return {
            code: {name: _accounts(named) for name, named in sorted(by.items())} for code, by in sorted(counts.items())
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


def tell(
    books: Mapping[str, Book], datasets: Sequence[Dataset], days: Sequence[str], rules: Mapping[str, str]
) -> Truth:
    """Follow the books through ``days``, as a registration that does every day in order must.

    ``rules`` gives the rule that has to find each kind of dirt.
    """
    told = [_follow(dataset, books[dataset.table], days) for dataset in datasets]
    return Truth([Day(day, [fates[place] for fates in told], rules) for place, day in enumerate(days)])


def _follow(dataset: Dataset, book: Book, days: Sequence[str]) -> list[_Fate]:
    told_of = (dataset.row, "addressee_no", dataset.key, dataset.variation)
    history = book.history(list(dict.fromkeys((*told_of, *HIDDEN.names))))
    held = np.full(book.base.num_rows + len(book.added), -1, dtype=np.int64)
    kept = history.select(list(dict.fromkeys((*told_of, "_scope", "_withhold", "_dirt"))))  # all that is told later
    before: Ints = np.zeros(0, dtype=np.int64)
    told = []
    for day in days:
        here: Ints = np.flatnonzero(in_force(history, day).to_numpy()).astype(np.int64)
        view = history.select(["_row", "_content", "_scope", "_withhold", "_dirt"]).take(pa.array(here))
        outcome, gone = _outcomes(view, held)
        rows = view["_row"].to_numpy()
        last = before[np.isin(history["_row"].to_numpy()[before], gone)]  # the gone rows as they were the day before
        told.append(_fate(dataset, kept, (here, outcome, held[rows] >= 0), last))
        accepted = (outcome == _PLACE["new"]) | (outcome == _PLACE["changed"])
        held[rows[accepted]] = view["_content"].to_numpy()[accepted]
        held[gone] = -1
        before = here
    return told


def _fate(dataset: Dataset, history: pa.Table, read: tuple[Ints, Ints, Bools], gone: Ints) -> _Fate:
    versions, outcome, held = read
    return _Fate(
        dataset,
        history,
        np.concatenate([versions, gone]).astype(np.int32),
        np.concatenate([outcome, np.full(len(gone), _PLACE["gone"])]).astype(np.int8),
        np.concatenate([held, np.ones(len(gone), dtype=np.bool_)]),
    )


def _outcomes(view: pa.Table, held: Ints) -> tuple[Ints, Ints]:
    """The outcome of each row of ``view`` (a place in ``OUTCOMES``), and the rows that are gone."""
    rows, contents = view["_row"].to_numpy(), view["_content"].to_numpy()
    out = _given(view, "_scope")
    known = held[rows]
    usual = np.where(known < 0, _PLACE["new"], np.where(known == contents, _PLACE["unchanged"], _PLACE["changed"]))
    outcome = np.select(
        [out, _given(view, "_withhold"), _given(view, "_dirt")],
        [_PLACE["out_of_scope"], _PLACE["withheld"], _PLACE["quarantined"]],
        default=usual,
    ).astype(np.int64)
    here = np.zeros(len(held), dtype=np.bool_)
    here[rows[~out]] = True
    return outcome, np.flatnonzero((held >= 0) & ~here).astype(np.int64)


def _given(view: pa.Table, column: str) -> Bools:
    given: Bools = pc.is_valid(view[column]).to_numpy()
    return given


def _relabelled(values: pa.ChunkedArray, labels: Mapping[str, str]) -> pa.ChunkedArray:
    return pa.array(list(labels.values()), pa.string()).take(
        pc.index_in(values, value_set=pa.array(list(labels), pa.string()))
    )
