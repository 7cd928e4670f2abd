"""The layout's base checks as rules: what a record must be whoever wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fukuhon.layouts import base_checks
from fukuhon.quality.expressions import literal, quoted
from fukuhon.quality.model import Kind, Origin, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fukuhon.layouts import BaseCheck, DatasetLayout

__all__ = ["base_rules", "failure_of"]

_GUARDS = {
    "required": "必要な情報が欠けたまま回答されること",
    "required_when": "必要な情報が欠けたまま回答されること",
    "pattern": "桁落ちや先頭の0の欠落で、別の人や別の情報を指すこと",
    "date": "存在しない日付が登録され、判定を誤らせること",
    "code": "意味の決まっていない符号が登録されること",
    "length": "文字の欠落や、ファイル全体の処理エラー",
    "range": "あり得ない数値が登録され、判定を誤らせること",
    "characters": "外字などで、ファイル全体が処理エラーになること",
}
_DATES = frozenset({"publication_from", "publication_to"})
# A year, then a month or zeros, then zeros: what is known comes first.
_UNKNOWN_DAY = "[0-9]{4}-(0[0-9]|1[0-2])-00"


def base_rules(layout: DatasetLayout) -> tuple[Rule, ...]:
    """The layout's checks, and the uniqueness of its record key, as rules that quarantine."""
    return (*(_rule(check) for check in base_checks(layout)), _unique(layout))


def _rule(check: BaseCheck) -> Rule:
    other = str(check.parameters["item"]) if check.kind == "required_when" else None
    return Rule(
        id=check.id,
        kind=Kind.ROW,
        severity=Severity.QUARANTINE,
        origin=Origin.LAYOUT,
        wording=check.wording,
        guards=_GUARDS[check.kind],
        columns=(check.item,) if other is None else (check.item, other),
        failure=failure_of(check),
        check=check,
    )


def _unique(layout: DatasetLayout) -> Rule:
    """Several 副本 that match one inquiry are an error there (seed 4.7 #3): none of them may go."""
    owner = ("addressee",) if layout.record_key.unique_within == "person" else ()
    key = (*owner, "record_key", *(("record_version",) if layout.versioned else ()))
    where = "同じ人の中" if owner else "団体全体"
    return Rule(
        id="layout:record_key:unique",
        kind=Kind.UNIQUE,
        severity=Severity.QUARANTINE,
        origin=Origin.LAYOUT,
        wording=f"{layout.record_key.name}が{where}で重ならない",
        guards="照会に複数の副本が当てはまり、回答がエラーになること、または後の記録が前の記録を上書きすること",
        columns=key,
        key=key,
    )


def failure_of(check: BaseCheck) -> str:
    """SQL that is TRUE where a record fails ``check``, and never NULL."""
    column = quoted(check.item)
    failure = _FAILURES[check.kind](column, check.parameters)
    if check.item in _DATES:
        return f"({column} IS NULL)"
    return f"(({failure} AND {column} <> '') IS TRUE)" if check.empty_passes else f"(({failure}) IS TRUE)"


def _required(column: str, _: Mapping[str, object]) -> str:
    return f"({column} IS NULL OR {column} = '')"


def _required_when(column: str, parameters: Mapping[str, object]) -> str:
    other = quoted(str(parameters["item"]))
    asked = f"{other} <> ''" if parameters.get("present") else f"{other} IN ({_texts(parameters['equals'])})"
    return f"{asked} AND ({column} IS NULL OR {column} = '')"


def _pattern(column: str, parameters: Mapping[str, object]) -> str:
    return f"NOT regexp_full_match({column}, {literal(str(parameters['pattern']))})"


def _date(column: str, parameters: Mapping[str, object]) -> str:
    # Written out again it must be the same text: that tells form and calendar in one go. 'infinity' is a DATE, too.
    again = f"CAST(TRY_CAST({column} AS DATE) AS VARCHAR) IS DISTINCT FROM {column}"
    no_day = f"{column} IS NOT NULL AND ({again} OR length({column}) <> 10)"
    if parameters.get("unknown"):
        return f"({no_day}) AND NOT regexp_full_match({column}, {literal(_UNKNOWN_DAY)})"
    return f"({no_day})"


def _code(column: str, parameters: Mapping[str, object]) -> str:
    return f"{column} NOT IN ({_texts(parameters['values'])})"


def _length(column: str, parameters: Mapping[str, object]) -> str:
    return f"length({column}) NOT BETWEEN {_whole(parameters['shortest'])} AND {_whole(parameters['longest'])}"


def _range(column: str, parameters: Mapping[str, object]) -> str:
    number = f"TRY_CAST({column} AS HUGEINT)"
    bounds = [
        f"{number} {sign} {_whole(bound)}"
        for sign, bound in (("<", parameters["minimum"]), (">", parameters["maximum"]))
        if bound is not None
    ]
    return f"({' OR '.join(bounds)})"


def _characters(column: str, parameters: Mapping[str, object]) -> str:
    if parameters["pattern"] is None:
        return f"NOT in_jisx0213({column})"
    return _pattern(column, parameters)


_FAILURES = {
    "required": _required,
    "required_when": _required_when,
    "pattern": _pattern,
    "date": _date,
    "code": _code,
    "length": _length,
    "range": _range,
    "characters": _characters,
}


def _texts(values: object) -> str:
    assert isinstance(values, tuple)
    return ", ".join(literal(str(value)) for value in values)


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value
