"""The site that is measured: layout, rule book, expectations, queries and settings, written from the shape."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from rehearsal.bench.shape import ACROSS, DATASET, SPI

if TYPE_CHECKING:
    from rehearsal.bench.shape import Column, Shape

__all__ = ["AS_OF", "write_site"]

AS_OF = "2021-08-01T00:00:00+09:00"
_BODY = "992011"
_FRAME = ("addressee_no", "void_flag", "dv_flag", "levy_class", "fixed_on")
_SOURCE = {"id": "tax", "name": "税", "history": "none", "production": False, "masters_needed": False}
_MADE_UP = "性能測定のための見本"


def write_site(folder: Path, shape: Shape, source: dict[str, str], table: str) -> None:
    """Write the whole folder: ``source`` is kind and address, ``table`` the records, ``…_register`` the people."""
    texts = {
        "layouts/2021.1/pack.yaml": {"version": "2021.1", "effective_from": date(2018, 1, 1), "effective_to": None,
                                     "business_year": 2021, "note": _MADE_UP},
        f"layouts/2021.1/{SPI}.yaml": _layout(shape),
        f"rules/{DATASET}.yaml": _rules(shape),
        f"expectations/{SPI}.yaml": _expectations(),
        "site.yaml": _settings(source),
    }  # fmt: skip
    for name, body in texts.items():
        _write(folder / name, yaml.safe_dump(body, allow_unicode=True, sort_keys=False))
    for name, sql in _queries(shape, table).items():
        _write(folder / "queries" / f"{name}.sql", sql)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _layout(shape: Shape) -> dict[str, Any]:
    items = [_item(code, column) for code, column in zip(shape.codes, shape.columns, strict=True)]
    key = {"name": "賦課年度", "pattern": "[0-9]{4}", "unique_within": "person"}
    dataset = {"code": DATASET, "name": "課税情報", "record_key": key, "versioned": False, "publication": "optional"}
    return {"spi": SPI, "name": _MADE_UP, "datasets": [{**dataset, "items": items}]}


def _item(code: str, column: Column) -> dict[str, Any]:
    item: dict[str, Any] = {"code": code, "name": column.name, "kind": column.kind}
    if column.number:
        item |= {"kind": "number", "digits": column.size}
        item |= {"signed": True} if column.kind == "signed" else {}
    elif column.kind == "digits":
        item["digits"] = column.size
    elif column.kind == "code":
        item["codes"] = {value: f"区分{value}" for value in column.codes}
    elif column.kind == "text":
        item |= {"max_length": column.size, "characters": "jisx0213"}
    return item | ({"required": True} if column.required else {})


def _rules(shape: Shape) -> dict[str, Any]:
    told = {"wording": _MADE_UP, "source": _MADE_UP}
    columns = dict.fromkeys(_FRAME, "text")
    columns |= {column.source: "integer" if column.number else "text" for column in shape.columns}
    items = {}
    for code, column in zip(shape.codes, shape.columns, strict=True):
        items[code] = {"sql": f"shrink({column.source})" if column.kind == "text" else column.source, **told}
    return {
        "dataset": DATASET,
        "note": _MADE_UP,
        "columns": columns,
        "keys": {"addressee": "addressee_no", "record_key": "fiscal_year", "record_version": None},
        "scope": [{"id": "SC-VOID", "when": "void_flag = '1'", "reason": "取消し", **told}],
        "withhold": [{"id": "WH-DV", "when": "dv_flag = '1'", "reason": "不開示", **told}],
        "variation": "CASE levy_class WHEN '1' THEN '住民' ELSE '住登外' END",
        "publication": {
            "from": "TRY_CAST(fixed_on AS DATE)",
            "to": None,
        },
        "items": items,
        "examples": [],
    }


def _expectations() -> dict[str, Any]:
    told = {"wording": _MADE_UP, "guards": _MADE_UP, "severity": "quarantine"}
    across = [{"id": rule.id, "columns": _read(rule.sql), "pass": rule.sql, **told} for rule in ACROSS]
    over = [
        {"id": "notice-unique", "kind": "unique", "columns": ["I0124"], "key": ["I0124"], **told},
        {"id": "notice-one-owner", "kind": "unique", "columns": ["I0124", "addressee"], "key": ["I0124"],
         "owner": ["addressee"], **told},
    ]  # fmt: skip
    known = {"id": "addressee-known", "columns": ["reg_addressee"], "pass": "reg_addressee IS NOT NULL", **told}
    return {"spi": SPI, "note": _MADE_UP, "datasets": {DATASET: [known, *across, *over]}}


def _read(sql: str) -> list[str]:
    words = "".join(char if char.isalnum() else " " for char in sql).split()
    return sorted({word for word in words if word.startswith("I0") and len(word) == len("I0101")})


def _settings(source: dict[str, str]) -> dict[str, Any]:
    dataset = {"code": DATASET, "source": "tax", "query": "records", "count_query": "counts", "channel": 3}
    return {
        "schema": 1,
        "body": {"code": _BODY, "name": "見本市", "prefecture": "見本県", "group": 2},
        "clock": "system",
        "folders": {"work": "work"},
        "ledger": {"url": "sqlite:///ledger.db"},
        "hash_key": {"file": "hash.key"},
        "server": {"url": "http://127.0.0.1:1", "device": "T992011-01"},
        "sources": [{**_SOURCE, **source}],
        "register": {"source": "tax", "query": "register"},
        "spis": [{"code": SPI, "datasets": [dataset]}],
        "limits": {},
        "allotments": [],
        "modes": {"applied": []},
        "people": [],
    }  # fmt: skip


def _queries(shape: Shape, table: str) -> dict[str, str]:
    columns = ", ".join([*_FRAME, *(column.source for column in shape.columns)])
    register = "addressee, birth_date, sex, kana, address_code, status, dv"
    return {
        "records": f"SELECT {columns} FROM {table}",  # noqa: S608  # our own names
        "counts": "SELECT CASE levy_class WHEN '1' THEN '住民' ELSE '住登外' END AS variation, COUNT(*) AS records "  # noqa: S608
        f"FROM {table} GROUP BY 1",
        "register": f"SELECT {register} FROM {table}_register",  # noqa: S608
    }
