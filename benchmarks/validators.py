"""The same rows and rules through other validators, in an environment of their own: ``validators.py ROWS RULES TOOL``.

Prints seconds. A tool's own way of doing it fast is used: lazily, over columns, with the failing rows told.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from pathlib import Path
from typing import Any


def pandera(path: str, rules: list[dict[str, Any]]) -> float:
    """pandera on polars, lazy."""
    import pandera.polars as pa  # noqa: PLC0415
    import polars as pl  # noqa: PLC0415

    checks: dict[str, list[Any]] = {}
    for rule in rules:
        check = pa.Check.str_matches(rule["regex"]) if "regex" in rule else pa.Check.isin(rule["values"])
        checks.setdefault(rule["column"], []).append(check)
    schema = pa.DataFrameSchema({name: pa.Column(pl.String, some, nullable=True) for name, some in checks.items()})
    frame = pl.read_parquet(path)
    begun = time.monotonic()
    with contextlib.suppress(pa.errors.SchemaErrors):  # it carries the failing cases
        schema.validate(frame, lazy=True)
    return time.monotonic() - begun


def dataframely(path: str, rules: list[dict[str, Any]]) -> float:
    """dataframely's filter: a mask a rule, and counts."""
    import dataframely as dy  # noqa: PLC0415
    import polars as pl  # noqa: PLC0415

    frame = pl.read_parquet(path)
    members: dict[str, Any] = {name: dy.String(nullable=True) for name in frame.columns}
    for number, rule in enumerate(rules):
        members[f"rule_{number}"] = dy.rule()(_condition(pl, rule))
    schema = type("Rows", (dy.Schema,), members)
    begun = time.monotonic()
    _, failures = schema.filter(frame)
    failures.counts()
    return time.monotonic() - begun


def _condition(pl: Any, rule: dict[str, Any]) -> Any:
    column = pl.col(rule["column"])
    test = column.str.contains(rule["regex"]) if "regex" in rule else column.is_in(rule["values"])
    return lambda _: test.fill_null(True)


def pointblank(path: str, rules: list[dict[str, Any]]) -> float:
    """pointblank over polars, its split included, its report not."""
    import pointblank as pb  # noqa: PLC0415
    import polars as pl  # noqa: PLC0415

    frame = pl.read_parquet(path)
    begun = time.monotonic()
    plan = pb.Validate(frame)
    for rule in rules:
        if "regex" in rule:
            plan = plan.col_vals_regex(columns=rule["column"], pattern=rule["regex"], na_pass=True)
        else:
            plan = plan.col_vals_in_set(columns=rule["column"], set=[*rule["values"], None])
    plan.interrogate().get_sundered_data(type="fail")
    return time.monotonic() - begun


if __name__ == "__main__":
    rows, given, tool = sys.argv[1:]
    print(globals()[tool](rows, json.loads(Path(given).read_text(encoding="utf-8"))))
