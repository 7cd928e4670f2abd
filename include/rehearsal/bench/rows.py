"""Generated records in columns: a fifth of a per cent has a planted fault, so that quarantine has work to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from rehearsal.bench.shape import Column, Shape

__all__ = ["BATCH", "YEARS", "records", "register"]

BATCH = 50_000
YEARS = ("2018", "2019", "2020", "2021")
_FAULT_EVERY = 500
_REMARKS = pa.array(
    [
        None,
        None,
        None,
        "髙橋商店分合算",
        "給与支払報告書 2 か所",
        "A&B商会分を含む",
        "住宅借入金等特別控除適用",
        "更正による増額",
    ]
)
Numbers = np.ndarray[Any, Any]


def records(shape: Shape, count: int, seed: int = 11) -> Iterator[pa.RecordBatch]:
    """The source's rows, a batch at a time; four years a person. The same arguments give the same rows."""
    for start in range(0, count, BATCH):
        yield _batch(shape, start, min(BATCH, count - start), np.random.default_rng([seed, start]))


def register(count: int) -> pa.Table:
    """The addressee register of the people whom ``count`` records are about."""
    people = np.arange(-(-count // len(YEARS)))
    same = len(people)
    return pa.table(
        {
            "addressee": _padded(people + 1, 15),
            "birth_date": pa.array(np.datetime64("1930-01-01") + people % 30_000).cast(pa.string()),
            "sex": _pick(pa.array(["1", "2"]), people),
            "kana": _pick(pa.array(["ミホン ハナコ", "ミホン タロウ", "ケンポン ジロウ"]), people),
            "address_code": _padded(people % 977, 11),
            "status": pa.repeat("1", same),
            "dv": pa.repeat("0", same),
        }
    )


def _batch(shape: Shape, start: int, count: int, random: np.random.Generator) -> pa.RecordBatch:
    row = np.arange(start, start + count)
    known = _taxes(row, random)
    person = row // len(YEARS) + 1
    frame = {
        "addressee_no": _padded(person, 15),
        "void_flag": _pick(pa.array(["0"] * 99 + ["1"]), random.integers(0, 100, count)),
        "dv_flag": _pick(pa.array(["0"] * 999 + ["1"]), random.integers(0, 1000, count)),
        "levy_class": _pick(pa.array(["1", "1", "1", "2"]), person),
        "fixed_on": _pick(pa.array([f"{year}-06-10" for year in YEARS]), row % len(YEARS)),
    }
    items = {column.source: known.get(column.source) for column in shape.columns}
    arrays = {name: _extra(shape, name, random, count) if value is None else value for name, value in items.items()}
    return pa.RecordBatch.from_pydict({**frame, **arrays})


def _taxes(row: Numbers, random: np.random.Generator) -> dict[str, pa.Array]:
    """The items of a tax record, which agree with each other but where a fault was planted."""
    count = len(row)
    gross = random.integers(0, 9_000, count) * 1_000
    salary = gross * 7 // 10
    pension = np.where(random.random(count) < 0.3, random.integers(0, 2_000_000, count), 0)
    other = random.integers(-300_000, 900_000, count)
    loss = np.where(random.random(count) < 0.1, random.integers(0, 500_000, count), 0)
    total = np.maximum(salary + pension + other - loss, 0)
    insurance, deduction = gross // 7, random.integers(33, 120, count) * 10_000
    base = np.maximum(total - insurance - deduction, 0) // 1_000 * 1_000
    muni, pref = base * 6 // 100, base * 4 // 100
    tax_class = np.where(muni > 0, 0, random.integers(1, 4, count))
    capita = tax_class < 2  # classes 1 and 2 pay it
    total = np.where(row % _FAULT_EVERY == 7, total + 1, total)
    return {
        "fiscal_year": _pick(pa.array(YEARS), row % len(YEARS)),
        "tax_class": _pick(pa.array(["1", "2", "3", "4"]), tax_class),
        "return_kind": _pick(pa.array(["1", "2", "3", "4", "9"]), random.integers(0, 5, count)),
        "collection": _pick(pa.array(["1", "2", None]), np.where(capita, row % 2, 2)),
        "salary_gross": pa.array(gross),
        "salary_income": pa.array(salary),
        "pension_income": pa.array(pension),
        "other_income": pa.array(other),
        "loss_carried": pa.array(loss),
        "total_income": pa.array(total),
        "social_insurance": pa.array(insurance),
        "other_deduction": pa.array(deduction),
        "deduction_total": pa.array(insurance + deduction),
        "taxable_base": pa.array(base),
        "muni_income_levy": pa.array(muni),
        "muni_per_capita": pa.array(np.where(capita, 3_500, 0)),
        "pref_income_levy": pa.array(pref),
        "pref_per_capita": pa.array(np.where(capita, 1_500, 0)),
        "annual_tax": pa.array(muni + pref + np.where(capita, 5_000, 0)),
        "dependants": _padded(random.integers(0, 6, count), 2),
        "disability": _pick(pa.array(["0"] * 18 + ["1", "2"]), random.integers(0, 20, count)),
        "corrected_on": _pick(pa.array([None] * 9 + ["2021-03-10"]), random.integers(0, 10, count)),
        "remark": _pick(_REMARKS, random.integers(0, len(_REMARKS), count)),
        "notice_no": _padded(row + 1, 10),
    }


def _extra(shape: Shape, name: str, random: np.random.Generator, count: int) -> pa.Array:
    column: Column = next(column for column in shape.columns if column.source == name)
    if column.kind == "code":
        return _pick(pa.array(list(column.codes)), random.integers(0, len(column.codes), count))
    if column.kind == "digits":
        return _padded(random.integers(0, 10 ** min(column.size, 5), count), column.size)
    return pa.array(random.integers(0, 1_000_000, count))


def _pick(values: pa.Array, places: Numbers) -> pa.Array:
    return values.take(pa.array(places % len(values)))


def _padded(numbers: Numbers, digits: int) -> pa.Array:
    return pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width=digits, padding="0")
