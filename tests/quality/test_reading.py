from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

import pytest

from fukuhon.errors import ConfigurationError
from fukuhon.quality import Kind, Severity
from fukuhon.quality.reading import read_expectations

DATASET = "TK00000200000001"
GOOD = {
    "id": "r",
    "severity": "quarantine",
    "columns": ["I0101"],
    "pass": "I0101 = '1'",
    "wording": "正しいこと",
    "guards": "誤り",
}
TABLE = {
    "id": "t",
    "kind": "table",
    "severity": "stop",
    "columns": ["I0101"],
    "by": "I0101",
    "classes": {"1": "甲"},
    "change": [0.9, 1.1],
    "reason": "理由",
    "wording": "変わらないこと",
    "guards": "誤り",
}


def read(folder: Path, *rules: dict, known: frozenset[str] | None = None) -> tuple:
    """Write these rules and read them."""
    path = folder / "TM00000000000002.yaml"
    document = {"spi": "TM00000000000002", "datasets": {DATASET: list(rules)}}
    path.write_text(json.dumps(document), encoding="utf-8")  # YAML too, and without aliases
    return read_expectations(path, {} if known is None else {DATASET: known})[DATASET]


def refused(folder: Path, *rules: dict, known: frozenset[str] | None = None) -> str:
    """What is said against these rules."""
    with pytest.raises(ConfigurationError) as caught:
        read(folder, *rules, known=known)
    assert caught.value.code == "QUALITY-001"
    return caught.value.message


def test_a_rule_is_read_as_it_is_written(tmp_path: Path) -> None:
    """Every part arrives; the condition is kept, the failure never NULL."""
    more = {"when": "I0102 IS NOT NULL", "columns": ["I0101", "I0102"], "correct": "直す", "incident": "wrong-levy",
            "stop_above": {"share": 0.01, "reason": "ずれ"}}  # fmt: skip
    (rule,) = read(tmp_path, GOOD | more)
    assert (rule.id, rule.kind, rule.severity, rule.correct) == ("r", Kind.ROW, Severity.QUARANTINE, "直す")
    assert rule.columns == ("I0101", "I0102")
    assert rule.stop_above is not None
    assert rule.stop_above.share == 0.01
    assert rule.condition == "I0101 = '1'"


def test_helpers_become_casts(tmp_path: Path) -> None:
    """``number_of`` and ``date_of`` are checked as what they are."""
    (rule,) = read(tmp_path, GOOD | {"pass": "number_of(I0101) > 0 AND date_of(I0101) IS NULL"})
    assert "TRY_CAST(I0101 AS BIGINT)" in (rule.failure or "")
    assert "TRY_CAST(I0101 AS DATE)" in (rule.failure or "")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"id": "R_1"}, "id"),
        ({"severity": "fatal"}, "severity"),
        ({"wording": ""}, "wording"),
        ({"fail": "I0101 = '2'"}, "どちらか一つ"),
        ({"pass": None}, "どちらか一つ"),
        ({"kind": "unique"}, "どちらか一つ"),
        ({"kind": "unique", "pass": None}, "key が必要"),
        ({"kind": "baseline"}, "join が必要"),
        ({"key": ["record_key"]}, "key は row では使えません"),
        ({"slack": 3}, "slack は row では使えません"),
        ({"unknown": 1}, "unknown"),
        ({"stop_above": {"share": 2, "reason": "x"}}, "share"),
        ({"stop_above": {"share": 0.1}}, "reason"),
    ],
)
def test_what_does_not_fit_is_said(tmp_path: Path, change: dict, told: str) -> None:
    """By line and item, in Japanese."""
    assert told in refused(tmp_path, {key: value for key, value in (GOOD | change).items() if value is not None})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"reason": None}, "reason が必要"),
        ({"change": None}, "change か limits"),
        ({"change": [1.1, 0.9]}, "下限"),
        ({"limits": {"2": [0.1, 0.2]}}, "classes にも"),
        ({"classes": None}, "値そのものは結果に出せません"),
        ({"when": "I0101 = '1'"}, "table では使えません"),
        ({"measure": "median"}, "measure"),
    ],
)
def test_a_table_rule_needs_classes_a_range_and_its_reason(tmp_path: Path, change: dict, told: str) -> None:
    """No range without a written reason, and no class that is not listed."""
    assert told in refused(tmp_path, {key: value for key, value in (TABLE | change).items() if value is not None})


def test_limits_are_by_the_label(tmp_path: Path) -> None:
    """Fixed limits are written by value and kept by the label that is shown."""
    (rule,) = read(tmp_path, TABLE | {"limits": {"1": [0, 0.5]}})
    assert rule.table is not None
    assert rule.table.limits == (("甲", (0.0, 0.5)),)


@pytest.mark.parametrize(
    "sql",
    [
        "I0101 IN (SELECT addressee FROM register)",
        "I0101 = (SELECT 1)",
        "read_csv('/etc/passwd') IS NOT NULL",
        "current_date > DATE '2017-01-01' AND I0101 = '1'",
        "now() IS NOT NULL AND I0101 = '1'",
        "random() < 0.5 AND I0101 = '1'",
        "getenv('HOME') = I0101",
        "count(I0101) > 1",
        "row_number() OVER () = 1 AND I0101 = '1'",
        "I0101 = '1'; DROP TABLE x",
        "I0101 = '1' -- x\n; SELECT 1",
        "I0101 =",
        "chunk.I0101 = '1'",
    ],
)
def test_sql_that_is_not_on_the_list_is_refused(tmp_path: Path, sql: str) -> None:
    """Files, network, clock, chance, other rows: none of it in a rule; the rule's id is told."""
    assert "r：" in refused(tmp_path, GOOD | {"pass": sql})


def test_columns_are_exactly_those_of_the_sql(tmp_path: Path) -> None:
    """A reviewer sees what a rule reads without reading SQL."""
    assert "I0102" in refused(tmp_path, GOOD | {"columns": ["I0101", "I0102"]})
    assert "I0101" in refused(tmp_path, GOOD | {"columns": ["I0102"]})


def test_a_column_that_does_not_exist_is_named(tmp_path: Path) -> None:
    """Known from the layout, the rule book and the register."""
    assert "ない列です：I0101" in refused(tmp_path, GOOD, known=frozenset({"I0102"}))
    assert len(read(tmp_path, GOOD, known=frozenset({"I0101"}))) == 1


def test_an_earlier_record_is_seen_by_baseline_rules_only(tmp_path: Path) -> None:
    """``base_…`` means nothing in a row rule."""
    rule = GOOD | {"pass": "base_addressee = '1'", "columns": ["base_addressee"]}
    assert "base_addressee" in refused(tmp_path, rule, known=frozenset())
    earlier = rule | {"kind": "baseline", "join": ["record_key"], "columns": ["base_addressee", "record_key"]}
    assert len(read(tmp_path, earlier, known=frozenset({"record_key"}))) == 1


def test_an_id_stands_once(tmp_path: Path) -> None:
    """It is the name of the check in every result."""
    assert "二度" in refused(tmp_path, GOOD, GOOD)


def test_the_line_is_told(tmp_path: Path) -> None:
    """File, line, item."""
    path = tmp_path / "TM00000000000002.yaml"
    text = """\
        spi: TM00000000000002
        datasets:
          TK00000200000001:
            - id: r
              severity: quarantine
              columns: [I0101]
              pass: now() > I0101
              wording: 正しいこと
              guards: 誤り
        """
    path.write_text(dedent(text), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_expectations(path, {})
    assert "7行目" in caught.value.message
    assert str(path) in caught.value.message
