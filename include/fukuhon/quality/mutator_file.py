"""``--mutators FILE``: which mutators to use, in YAML.

A list of names (``- drop_term``), names with what may be set (``- {name: other_column, partners: 3}``), and mutants
written by hand (``- {mapping: I0111, sql: "salary_income"}``, with ``dataset`` where several have that mapping).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from fukuhon.errors import ConfigurationError
from fukuhon.quality.mutators import MUTATORS, PARAMETERS, Choice, Written
from fukuhon.rules.allowed import parse

__all__ = ["read_mutators"]


def read_mutators(path: Path) -> Choice:
    """Read a list of mutators. Raises ConfigurationError QUALITY-021: every entry that cannot be used, by number."""
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise ConfigurationError("QUALITY-021", file=path, problems="\n  YAMLとして読めません") from None
    entries = given.get("mutators") if isinstance(given, dict) else given
    if not isinstance(entries, list) or not entries:
        raise ConfigurationError("QUALITY-021", file=path, problems="\n  一覧（- で始まる行）がありません")
    mutators: dict[str, dict[str, Any]] = {}
    written, problems = [], []
    for number, entry in enumerate(entries, start=1):
        body = {"name": entry} if isinstance(entry, str) else entry
        problem = _problem(body)
        if problem is not None:
            problems.append(f"\n  {number}番目：{problem}")
        elif "mapping" in body:
            written.append(Written(body["mapping"], body["sql"], body.get("dataset")))
        else:
            mutators[body["name"]] = {key: value for key, value in body.items() if key != "name"}
    if problems:
        raise ConfigurationError("QUALITY-021", file=path, problems="".join(problems))
    return Choice(mutators, tuple(written))


def _problem(body: object) -> str | None:
    if not isinstance(body, dict):
        return "名前か、name・mapping のある項目にしてください"
    if "mapping" in body:
        texts = all(isinstance(body.get(key), str) for key in ("mapping", "sql"))
        return None if texts and parse(body["sql"]) is not None else "mapping と、一つのSQLの式 sql が必要です"
    name = body.get("name")
    if name not in MUTATORS:
        return f"知らない名前です（{'、'.join(MUTATORS)} から選んでください）"
    known = PARAMETERS.get(str(name))
    for key, value in body.items():
        numbers = value if key == "years" else [value]
        right = key == known and isinstance(numbers, list) and all(type(one) is int for one in numbers)
        if key != "name" and not right:
            return f"{name} に {key} は使えません" if key != known else f"{key} は整数にしてください"
    return None
