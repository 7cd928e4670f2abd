"""Validation alone, beside pandera (polars), dataframely and pointblank: the same rows, the same sixty rules.

They are no part of this project: they are installed into an environment that is thrown away, from the index that pip is
set to. What cannot be installed is told as missing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from fukuhon.quality import Suite, judge
from fukuhon.quality.model import Kind, Origin, Rule, Severity

__all__ = ["Validation", "measure"]

_TOOLS = {"pandera": "pandera[polars]", "dataframely": "dataframely", "pointblank": "pointblank[pl]"}
_SCRIPT = Path(__file__).parents[3] / "benchmarks" / "validators.py"
_COLUMNS, _PATIENCE = 20, 240


@dataclass(frozen=True, slots=True)
class Validation:
    """Seconds by tool, and why a tool is missing."""

    seconds: dict[str, float]
    missing: dict[str, str]


def measure(work: Path, rows: int, *, others: bool = True) -> Validation:
    """Judge ``rows`` records with us, and with the others where they can be installed."""
    table, rules = _rows(rows), _rules()
    seconds, missing = {"fukuhon": _ours(work, table, rules)}, {}
    if others:
        pq.write_table(table, work / "rows.parquet")
        (work / "rules.json").write_text(json.dumps(rules), encoding="utf-8")
        for tool, wanted in _TOOLS.items():
            try:
                seconds[tool] = _theirs(work, tool, wanted)
            except (OSError, subprocess.SubprocessError, ValueError) as error:
                missing[tool] = type(error).__name__
    return Validation({name: round(value, 2) for name, value in seconds.items()}, missing)


def _rows(count: int) -> pa.Table:
    """Twenty text columns; one value in a thousand is wrong in each."""
    random = np.random.default_rng(5)
    columns = {}
    for place in range(_COLUMNS):
        values = pa.array([f"{number:06d}" for number in range(1000 + place, 9000, 7)] + ["12x45"])
        columns[f"c{place:02d}"] = values.take(pa.array(_skewed(random, count, len(values))))
    return pa.table(columns)


def _skewed(random: np.random.Generator, count: int, values: int) -> Any:
    places = random.integers(0, values - 1, count)
    places[random.random(count) < 0.001] = values - 1
    return places


def _rules() -> list[dict[str, Any]]:
    """Three rules a column: two patterns and a list."""
    rules: list[dict[str, Any]] = []
    for place in range(_COLUMNS):
        column = f"c{place:02d}"
        rules.append({"column": column, "regex": "^[0-9]{6}$"})
        rules.append({"column": column, "regex": "^00[0-9]+$"})
        rules.append({"column": column, "values": [f"{number:06d}" for number in range(1000 + place, 9000, 7)]})
    return rules


def _ours(work: Path, table: pa.Table, rules: list[dict[str, Any]]) -> float:
    """The judgement of record: masks, Great Expectations' verdict, and the quarantine on the disk."""
    count = table.num_rows
    frame = {name: pa.repeat("x", count) for name in ("variation", "addressee", "record_key")}
    nothing = {name: pa.nulls(count, pa.string()) for name in ("scope", "withhold", "record_version")}
    numbers = {"row_no": pa.array(np.arange(1, count + 1))}
    mapped = pa.table({**numbers, **frame, **nothing, **{n: table[n] for n in table.column_names}})
    suite = Suite("TK00000900002401", tuple(_rule(place, rule) for place, rule in enumerate(rules)))
    judge([mapped.slice(0, 1000)], suite, as_of=date(2021, 7, 31), work=work)  # imports and tables of characters
    begun = time.monotonic()
    verdict = judge(mapped.to_batches(max_chunksize=65_536), suite, as_of=date(2021, 7, 31), work=work)
    assert verdict.evidence.complete
    return time.monotonic() - begun


def _rule(place: int, rule: dict[str, Any]) -> Rule:
    column = rule["column"]
    listed = ", ".join(f"'{value}'" for value in rule.get("values", ()))
    passes = f"regexp_full_match({column}, '{rule['regex']}')" if "regex" in rule else f"{column} IN ({listed})"
    return Rule(
        id=f"r{place}",
        kind=Kind.ROW,
        severity=Severity.QUARANTINE,
        origin=Origin.REVIEWED,
        wording="",
        guards="",
        columns=(column,),
        failure=f"coalesce(NOT {passes}, false)",
    )


def _theirs(work: Path, tool: str, wanted: str) -> float:
    home = work / f"env-{tool}"
    python = home / "bin" / "python"
    _run([sys.executable, "-m", "venv", str(home)])
    _run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wanted])
    done = _run([str(python), str(_SCRIPT), str(work / "rows.parquet"), str(work / "rules.json"), tool])
    return float(done.splitlines()[-1])


def _run(command: list[str]) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(  # our own words
        command,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        timeout=_PATIENCE,
        env=environment,
    )
    return done.stdout
