"""A failure mask for each row rule over a chunk of the mapped batch.

What defines a mask is the rule's SQL, evaluated by DuckDB: in one pass for the rules across columns, once a distinct
value for those that read one column. Where a look at a whole column proves that no value of it can fail (`proofs`),
nothing is evaluated at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fukuhon.errors import DataError
from fukuhon.quality.across import Across
from fukuhon.quality.by_value import ByValue
from fukuhon.quality.expressions import NUMBER, literal, narrow_columns, quoted, read_by, with_numbers
from fukuhon.quality.model import Kind
from fukuhon.quality.proofs import Look, holds
from fukuhon.quality.register import Register, needs_register

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    import duckdb
    from numpy.typing import NDArray

    from fukuhon.quality.model import Rule

__all__ = ["IDENTITY", "Chunk", "Masker", "hash_column"]

IDENTITY = ("addressee", "record_key", "record_version")
_FRAME = ("row_no", "scope", "withhold", "variation", *IDENTITY)


@dataclass(frozen=True, slots=True)
class Chunk:
    """The judged records of one chunk: masks of the row rules, and the narrow facts that the other kinds need."""

    row_no: NDArray[np.int64]
    variation: pa.ChunkedArray
    masks: pa.Table
    facts: pa.Table

    def failing(self) -> NDArray[np.int64]:
        """Positions of the records that fail at least one rule."""
        joined = np.zeros(len(self.row_no), np.bool_)
        for column in self.masks.columns:
            if pc.any(column).as_py():
                joined |= column.to_numpy()
        return np.flatnonzero(joined)


class _Judged:
    """The records of a chunk that are in scope and not withheld: a column is cut to them when it is asked for."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        scope, withhold = table.column("scope"), table.column("withhold")
        everything = scope.null_count + withhold.null_count == 2 * len(table)
        self._kept = None if everything else pc.and_(pc.is_null(scope), pc.is_null(withhold))
        self._cut: dict[str, pa.ChunkedArray] = {}
        self._looks: dict[str, list[Look]] = {}

    def column(self, name: str) -> pa.ChunkedArray:
        """The column's values, of the judged records only; as numbers where the name ends with :data:`NUMBER`."""
        if name not in self._cut:
            whole = self._whole(name)
            self._cut[name] = whole if self._kept is None else whole.filter(self._kept)
        return self._cut[name]

    def _whole(self, name: str) -> pa.ChunkedArray:
        if not name.endswith(NUMBER):
            return self._table.column(name)
        return pa.chunked_array([look.numbers for look in self.looks(name.removesuffix(NUMBER))], pa.int64())

    def select(self, names: Iterable[str]) -> pa.Table:
        """Some columns."""
        return pa.table({name: self.column(name) for name in names})

    def looks(self, name: str) -> list[Look]:
        """A look at each piece of a column of texts, all records included; none at any other column."""
        if name not in self._looks:
            column = self._table.column(name)
            pieces = column.chunks if column.type == pa.string() else []
            self._looks[name] = [Look(piece) for piece in pieces if len(piece)]
        return self._looks[name]


class Masker:
    """Makes masks chunk by chunk. The register is looked up by addressee where a rule reads it."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule], register: pa.Table | None, as_of: date
    ) -> None:
        self._rows = [rule for rule in rules if rule.kind is Kind.ROW]
        alone: dict[str, list[Rule]] = {}
        for rule in self._rows:
            if _by_value(rule):
                alone.setdefault(rule.columns[0], []).append(rule)
        self._alone = {name: ByValue(connection, found, as_of) for name, found in alone.items()}
        self._facts = _fact_columns(rules)
        computed = {name: sql for name, sql in self._facts.items() if sql != quoted(name)}
        rest = {rule.id: rule.failure or "TRUE" for rule in self._rows if not _by_value(rule)}
        read = {name for rule in rules for name in rule.columns if not name.startswith("base_")}
        registered = {name for name in read if needs_register(name)}
        self.columns = frozenset(read - registered | set(_FRAME))
        self._across = Across(
            connection, rest | computed, Register(register, registered) if registered else None, as_of
        )

    def judge(self, table: pa.Table) -> Chunk:
        """Return the masks of the records of ``table`` that are in scope and not withheld.

        Raises DataError QUALITY-004 (a column is missing) and QUALITY-005 (a rule cannot be evaluated: its id only).
        """
        missing = sorted(self.columns - set(table.column_names))
        if missing:
            raise DataError("QUALITY-004", columns=", ".join(missing))
        judged = _Judged(table)
        row_no = judged.column("row_no")
        integers = frozenset(name for name in self._across.numbers if _integers(judged.looks(name)))
        found = self._across.judge(judged.select(self._across.needs(integers)), integers)
        across = {rule.id: _own(found.column(rule.id)) for rule in self._rows if rule.id in found.column_names}
        masks = across | self._alone_masks(judged)
        clean = pa.chunked_array([pa.repeat(pa.scalar(value=False), len(row_no))])
        facts = judged.select(dict.fromkeys(("row_no", "variation", *IDENTITY)))
        for name in self._facts:
            facts = facts.append_column(name, found.column(name) if name in found.column_names else judged.column(name))
        return Chunk(
            row_no.to_numpy(),
            judged.column("variation"),
            pa.table({rule.id: masks.get(rule.id, clean) for rule in self._rows}),
            facts,
        )

    def _alone_masks(self, judged: _Judged) -> dict[str, pa.ChunkedArray]:
        """The masks of those rules on one column that some record fails."""
        masks: dict[str, pa.ChunkedArray] = {}
        for name, column in self._alone.items():
            open_rules = [rule for rule in column.rules if not _proved(rule, judged.looks(name))]
            if open_rules:
                masks |= column.failing(judged.column(name), open_rules)
        return masks


def _by_value(rule: Rule) -> bool:
    """Whether a rule reads one column, and that as text; numbers are sooner reckoned with than told apart."""
    name = rule.columns[0]
    if len(set(rule.columns)) != 1 or needs_register(name):
        return False
    return rule.failure is None or read_by(with_numbers(rule.failure, frozenset({name}))) != {name + NUMBER}


def _integers(looks: list[Look]) -> bool:
    return bool(looks) and all(look.int64 for look in looks)


def _own(mask: pa.ChunkedArray) -> pa.ChunkedArray:
    """The mask in memory of its own: what DuckDB hands over is let go only as a whole, all columns together."""
    return pc.or_(mask, mask)


def _proved(rule: Rule, looks: list[Look]) -> bool:
    return rule.check is not None and bool(looks) and all(holds(rule.check, look) for look in looks)


def _fact_columns(rules: Sequence[Rule]) -> dict[str, str]:
    """Columns beyond the identity that unique, baseline and table rules need: name → SQL."""
    facts: dict[str, str] = {}
    for rule in rules:
        if rule.kind in {Kind.UNIQUE, Kind.BASELINE}:  # the others' columns are read in this pass and done with
            facts |= {name: quoted(name) for name in narrow_columns(rule) if name not in _FRAME}
        if rule.kind is Kind.UNIQUE:
            facts[hash_column(rule)] = _hash_sql(rule)
        elif rule.kind is Kind.BASELINE and rule.when is not None:
            facts[f"{rule.id}/when"] = f"(({rule.when}) IS TRUE)"
        elif rule.table is not None:
            facts[f"{rule.id}/class"] = _class_sql(rule)
    return facts


def hash_column(rule: Rule) -> str:
    """The name of a rule's hashes among the facts: rules on the same key of the same records share them."""
    return f"{'/'.join(rule.key)}/{rule.when or ''}/hash"


def _hash_sql(rule: Rule) -> str:
    """Eight bytes of a key by which double ones are looked for; NULL where no rule on the key judges the record."""
    known = [f"{quoted(name)} IS NOT NULL" for name in rule.key]
    if rule.when is not None:
        known.append(f"(({rule.when}) IS TRUE)")
    return f"CASE WHEN {' AND '.join(known)} THEN hash({', '.join(quoted(name) for name in rule.key)}) END"


def _class_sql(rule: Rule) -> str:
    """The class's number in the rule's list; the number after the last one stands for all others."""
    assert rule.table is not None
    by = rule.table.by
    if not rule.table.classes:
        return quoted("variation")
    cases = " ".join(f"WHEN {literal(value)} THEN {place}" for place, (value, _) in enumerate(rule.table.classes))
    return f"CAST(CASE CAST(({by}) AS VARCHAR) {cases} ELSE {len(rule.table.classes)} END AS SMALLINT)"
