"""What becomes of a mutant does not depend on which others were judged before it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pytest

from fukuhon.layouts import DatasetLayout
from fukuhon.originals import REGISTER_SCHEMA
from fukuhon.quality import Suite, mutation
from fukuhon.quality.mutation import NOT_COMPUTED, Fate, Subject, score
from fukuhon.quality.mutators import MUTATORS, Choice, Mutant, Written, mutants_of
from fukuhon.rules import RuleBook
from fukuhon.rules.binding import source_schema

DAY = date(2017, 4, 10)
BOOK = """
dataset: TK00000100000001
columns: {no: text, serial: text, year: text, one: integer, two: integer, state: text}
keys: {addressee: no, record_key: serial}
scope:
  - {id: SC-OLD, when: year < '2016', reason: 古い}
withhold:
  - {id: WH-STATE, when: state = '1', reason: 保留}
variation: CASE state WHEN '2' THEN '乙' ELSE '甲' END
publication: {from: "make_date(CAST(year AS INTEGER), 6, 1)", to: null}
items:
  I0001: {sql: one + two, wording: 和}
  I0002: {sql: "greatest(one - two, 0)", wording: 差}
  I0003: {sql: year, wording: 年度}
"""
LAYOUT = DatasetLayout.model_validate(
    {
        "spi": "TM00000000000001",
        "spi_name": "試験",
        "code": "TK00000100000001",
        "name": "試験",
        "version": "T1",
        "record_key": {"name": "番号", "pattern": "[0-9]{4}", "unique_within": "person"},
        "items": (
            {"code": "I0001", "name": "和", "kind": "number", "digits": 9},
            {"code": "I0002", "name": "差", "kind": "number", "digits": 9},
            {"code": "I0003", "name": "年度", "kind": "digits", "digits": 4},
        ),
    }
)
CHOICE = Choice({name: {} for name in MUTATORS}, (Written("I0001", "one // (two - two)"),))


@pytest.fixture
def subject(make: SimpleNamespace, tmp_path: Path) -> Subject:
    """Sixty records, and a rule of each kind: across columns, of one, by the register, unique, earlier, counts."""
    path = tmp_path / "book.yaml"
    path.write_text(BOOK, encoding="utf-8")
    book = RuleBook.load(path)
    rows = [
        {
            "row_no": number,
            "no": f"{number:015d}",
            "serial": f"{number:04d}",
            "year": str(2015 + number % 3),
            "one": number,
            "two": number % 5,
            "state": str(number % 4),
        }
        for number in range(1, 61)
    ]
    known = [
        {"addressee": f"{number:015d}", "birth_date": f"{1950 + number}-01-01", "sex": "1", "dv": False}
        for number in range(1, 61)
    ]
    suite = Suite(
        LAYOUT.code,
        (
            make.row("sum", "number_of(I0001) = src_one + src_two"),
            make.row("year", "I0003 IN ('2016', '2017')"),
            make.row("of-year", "year(publication_from) = number_of(I0003)"),
            make.row("register", "number_of(I0001) >= year(known_date(reg_birth_date)) - 1950"),
            make.unique("once", ["record_key"]),
            make.baseline("earlier", ["record_key"], "base_addressee <> addressee"),
            make.table("counts", "I0003", {"2016": "前", "2017": "今"}, measure="count", change=(0.9, 1.1)),
        ),
    )
    extract = pa.RecordBatch.from_pylist(rows, source_schema(book))
    register = pa.Table.from_pylist(known, REGISTER_SCHEMA)
    return Subject(book, LAYOUT, suite, extract, register, DAY, counted=True)


def told(fates: tuple[Fate, ...]) -> list[tuple[str, str, bool, tuple[str, ...]]]:
    """What is said of each mutant."""
    return [(fate.mutant.mapping, fate.mutant.change, fate.equivalent, fate.killers) for fate in fates]


def test_a_mutant_fares_alone_as_among_the_others(
    subject: Subject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And in whatever order: what was made ready for one rules no other's fate."""
    all_of_them = score(subject, tmp_path, CHOICE)
    mutants = mutants_of(subject.book, LAYOUT, CHOICE)
    one: list[list[Mutant]] = []
    monkeypatch.setattr(mutation, "mutants_of", lambda *_: one.pop())

    def judged(some: list[Mutant]) -> Iterator[tuple[str, str, bool, tuple[str, ...]]]:
        one.append(some)
        yield from told(score(subject, tmp_path, CHOICE).fates)

    assert list(judged(mutants[::-1])) == told(all_of_them.fates)[::-1]
    alone = [fate for mutant in mutants[::3] for fate in judged([mutant])]
    assert alone == told(all_of_them.fates)[::3]


def test_every_kind_of_rule_kills_what_it_is_for(subject: Subject, tmp_path: Path) -> None:
    """Each of them some mutant; what cannot be computed counts as noticed; and some change nothing, or are missed."""
    found = score(subject, tmp_path, CHOICE)
    killers = {killer for fate in found.fates for killer in fate.killers}
    assert killers >= {rule.id for rule in subject.suite.rules} | {NOT_COMPUTED, mutation.COUNTED_OTHERWISE}
    assert (found.equivalent > 0, len(found.survivors) > 0) == (True, True)
    assert found.killed + len(found.survivors) + found.equivalent == len(found.fates)
    assert list(tmp_path.glob("*")) == [tmp_path / "book.yaml"]
