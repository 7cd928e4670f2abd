"""Mapped batches and rules for the tests of quality."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fukuhon.clock import tokyo
from fukuhon.quality import Baseline, ClassCount, Kind, Origin, Rule, Severity, Suite, TableSpec, Verdict, judge
from fukuhon.quality.expressions import columns_of, fails
from fukuhon.reports import RunFacts

DATASET = "TK00000200000001"
DAY = date(2017, 5, 8)


def batch(first: int = 1, **columns: Sequence[object]) -> pa.Table:
    """A mapped batch: lists of items and ``src_`` columns; what is not said is plain."""
    rows = len(next(iter(columns.values())))
    plain: dict[str, pa.Array] = {
        "row_no": pa.array(range(first, first + rows), pa.int64()),
        "scope": pa.nulls(rows, pa.string()),
        "withhold": pa.nulls(rows, pa.string()),
        "variation": pa.array(["特別徴収"] * rows),
        "addressee": pa.array([f"{first + row:015d}" for row in range(rows)]),
        "record_key": pa.array(["2016"] * rows),
        "record_version": pa.nulls(rows, pa.string()),
    }
    given = {name: pa.array(values, plain[name].type if name in plain else None) for name, values in columns.items()}
    return pa.table(plain | given)


def row_rule(
    rule_id: str, condition: str, severity: str = "quarantine", when: str | None = None, **more: object
) -> Rule:
    """A row rule whose ``pass`` is ``condition``."""
    reads = columns_of(condition) | (columns_of(when) if when else frozenset())
    facts: dict[str, object] = {"kind": Kind.ROW, "failure": fails(condition, when, passes=True), "when": when}
    return _rule(rule_id, severity, tuple(sorted(reads)), facts | more)


def unique_rule(rule_id: str, key: Sequence[str], owner: Sequence[str] = (), when: str | None = None) -> Rule:
    """A rule that a key stands once, or belongs to one owner."""
    reads = {*key, *owner} | (columns_of(when) if when else frozenset())
    facts: dict[str, object] = {"kind": Kind.UNIQUE, "key": tuple(key), "owner": tuple(owner), "when": when}
    return _rule(rule_id, "quarantine", tuple(sorted(reads)), facts)


def baseline_rule(rule_id: str, join: Sequence[str], condition: str) -> Rule:
    """A rule whose ``fail`` is ``condition`` over an earlier record of the same ``join``."""
    facts: dict[str, object] = {
        "kind": Kind.BASELINE,
        "join": tuple(join),
        "failure": fails(condition, None, passes=False),
    }
    return _rule(rule_id, "quarantine", tuple(sorted({*join, *columns_of(condition)})), facts)


def table_rule(rule_id: str, by: str, classes: Mapping[str, str], severity: str = "stop", **spec: object) -> Rule:
    """A rule on counts by class."""
    table = TableSpec(by, tuple(classes.items()), str(spec.pop("measure", "share")), "理由", **spec)
    return _rule(rule_id, severity, tuple(sorted(columns_of(by))), {"kind": Kind.TABLE, "table": table})


def _rule(rule_id: str, severity: str, columns: tuple[str, ...], facts: Mapping[str, object]) -> Rule:
    plain: dict[str, object] = {
        "severity": Severity(severity),
        "origin": Origin.REVIEWED,
        "wording": "正しいこと",
        "guards": "誤り",
    }
    return Rule(id=rule_id, columns=columns, **(plain | dict(facts)))


def reasons(verdict: Verdict) -> dict[int, list[str]]:
    """The quarantine as row number → rule ids."""
    table = pq.read_table(verdict.quarantine)
    return dict(zip(table["row_no"].to_pylist(), table["reasons"].to_pylist(), strict=True))


@pytest.fixture(scope="session")
def run_facts() -> RunFacts:
    """Which run a report is about."""
    made = tokyo(DAY, 19)
    return RunFacts("見本市", "992011", "TM00000000000002", "地方税", "R-1", "差分登録", DAY, made, made, "2017.1")


@pytest.fixture(scope="session")
def make() -> SimpleNamespace:
    """Makers of batches and rules, and the quarantine read back."""
    return SimpleNamespace(
        batch=batch, row=row_rule, unique=unique_rule, baseline=baseline_rule, table=table_rule, reasons=reasons
    )


@pytest.fixture
def judged(tmp_path: Path) -> Callable[..., Verdict]:
    """Judge tables by rules on the day of the tests."""

    def run(tables: pa.Table | Sequence[pa.Table], *rules: Rule, register: pa.Table | None = None,
            accepted: pa.Table | None = None, class_counts: Sequence[ClassCount] = (),
            **more: object) -> Verdict:  # fmt: skip
        given = [tables] if isinstance(tables, pa.Table) else tables
        suite = Suite(DATASET, rules)
        baseline = Baseline(accepted, class_counts)
        return judge(given, suite, register, baseline, as_of=DAY, work=tmp_path / "work", **more)

    return run
