from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from fukuhon.quality import Rule
from fukuhon.quality.expressions import columns_of, fails
from fukuhon.quality.model import Kind, Origin, Severity
from fukuhon.quality.repeats import normalised, repeats_mapping

BOOK = SimpleNamespace(
    items={
        "I0110": SimpleNamespace(sql="gross - loss"),
        "I0111": SimpleNamespace(sql="COALESCE(CAST(gross AS BIGINT), 0) + loss"),
        "I0112": SimpleNamespace(sql=None),
        "I0113": SimpleNamespace(sql="CASE kind WHEN '1' THEN '9' ELSE '0' END"),
    }
)


def rule(condition: str, *, passes: bool = True) -> Rule:
    """A reviewed row rule."""
    return Rule(
        "r", Kind.ROW, Severity.QUARANTINE, Origin.REVIEWED, "w", "g", tuple(columns_of(condition)),
        failure=fails(condition, None, passes=passes), condition=condition,
    )  # fmt: skip


@pytest.mark.parametrize(
    "condition",
    [
        "number_of(I0110) = src_gross - src_loss",
        "src_gross - src_loss = number_of(I0110)",
        "I0110 = CAST((src_gross - src_loss) AS VARCHAR)",
        "I0110 <> (src_gross) - src_loss",
        "NOT (I0110 IS DISTINCT FROM src_gross - src_loss)",
        "I0110 IS NOT DISTINCT FROM CAST(src_gross AS BIGINT) - CAST(src_loss AS BIGINT)",
        "number_of(I0111) = src_loss + coalesce(src_gross, 0)",
        "I0110 = src_gross - src_loss AND number_of(I0111) = coalesce(src_gross, 0) + src_loss",
        "I0113 = CASE src_kind WHEN '1' THEN '9' ELSE '0' END",
    ],
)
def test_a_rule_that_copies_the_mapping_is_found(condition: str) -> None:
    """Casts, brackets, helpers, sides and the order of what can be swapped hide nothing."""
    assert repeats_mapping(rule(condition), BOOK)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "condition",
    [
        "number_of(I0110) = src_loss - src_gross",
        "number_of(I0110) = src_gross - src_loss AND number_of(I0110) >= 0",
        "number_of(I0110) = src_total",
        "number_of(I0110) + src_loss = src_gross",
        "number_of(I0110) >= src_gross - src_loss",
        "I0112 = src_gross",
        "I0113 = CASE src_kind WHEN '1' THEN '8' ELSE '0' END",
        "I0199 = src_gross - src_loss",
    ],
)
def test_a_rule_that_says_something_of_its_own_is_left_alone(condition: str) -> None:
    """Another way, another column, or more than the copy."""
    assert not repeats_mapping(rule(condition), BOOK)  # type: ignore[arg-type]


def test_normal_forms_keep_what_matters() -> None:
    """Order counts for minus and division, not for plus and times."""
    assert normalised("a + b * c") == normalised("c * b + a")
    assert normalised("a - b") != normalised("b - a")
    assert normalised("a / b") != normalised("b / a")
    assert normalised("src_A") == normalised("a")


def test_no_shipped_rule_repeats_its_mapping(tmp_path: Path) -> None:
    """The project's own expectations against the project's own rule books."""
    from fukuhon.quality.reading import read_expectations  # noqa: PLC0415
    from fukuhon.rules import RuleBook  # noqa: PLC0415

    root = Path(__file__).parents[2]
    books = [RuleBook.load(path) for path in sorted(root.glob("include/**/rules/*.yaml")) if path.stem.startswith("TK")]
    rules = {}
    for path in sorted((root / "expectations").glob("TM*.yaml")):
        rules |= read_expectations(path, {})
    assert books
    assert [r.id for book in books for r in rules.get(book.dataset, ()) if repeats_mapping(r, book)] == []
