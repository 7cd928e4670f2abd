"""Mutants are the book with one thing wrong: each runs, none is the book itself, and a list says which to make."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fukuhon.errors import ConfigurationError
from fukuhon.layouts import DatasetLayout
from fukuhon.quality.mutator_file import read_mutators
from fukuhon.quality.mutators import MUTATORS, Choice, Mutant, Written, mutants_of
from fukuhon.rules import Mapper, RuleBook
from fukuhon.rules.binding import source_schema

BOOK = """
dataset: TK00000100000001
columns: {no: text, other_no: text, year: text, one: integer, two: integer, state: text}
keys: {addressee: no, record_key: year}
scope:
  - {id: SC-OLD, when: year < '2016', reason: 古い}
withhold:
  - {id: WH-STATE, when: state = '1' AND one > 5, reason: 保留}
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
        "record_key": {"name": "年度", "pattern": "[0-9]{4}", "unique_within": "person"},
        "items": (
            {"code": "I0001", "name": "和", "kind": "number", "digits": 9},
            {"code": "I0002", "name": "差", "kind": "number", "digits": 9},
            {"code": "I0003", "name": "年度", "kind": "digits", "digits": 4},
        ),
    }
)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> RuleBook:
    """The book that is broken."""
    path = tmp_path_factory.mktemp("book") / "book.yaml"
    path.write_text(BOOK, encoding="utf-8")
    return RuleBook.load(path)


def changes(mutants: list[Mutant], mutator: str, mapping: str) -> set[str]:
    """What one mutator does to one mapping."""
    return {mutant.change for mutant in mutants if (mutant.mutator, mutant.mapping) == (mutator, mapping)}


def test_every_mutator_breaks_what_it_is_for(book: RuleBook) -> None:
    """Terms, columns, years, conditions, constants, comparisons, edges, rows, nothing, one too many."""
    made = mutants_of(book, LAYOUT)
    assert {mutant.mutator for mutant in made} == set(MUTATORS)
    assert changes(made, "drop_term", "I0001") == {"項を落とす：one + two → one", "項を落とす：one + two → two"}
    assert changes(made, "drop_term", "I0002") >= {"項を落とす：one - two → one"}
    assert changes(made, "other_column", "I0001") == {"別の列を使う：one → two", "別の列を使う：two → one"}
    assert changes(made, "negate", "SC-OLD") == {"比較を逆にする：year < '2016' → year >= '2016'"}
    assert changes(made, "edge", "WH-STATE") == {"境目を取り違える：one > 5 → one >= 5"}
    assert changes(made, "constant", "SC-OLD") == {"定数を変える：'2016' → '2017'"}
    assert changes(made, "shift_year", "I0003") == {"+1年ずらす", "-1年ずらす"}
    assert changes(made, "lose_condition", "WH-STATE") == {"保留の条件を失う"}
    assert changes(made, "swap_items", "I0001") == {"I0001 と I0002 を入れ替える"}


def test_a_mutant_differs_from_the_book_in_one_place_and_runs(book: RuleBook) -> None:
    """The book itself is not touched, and no two mutants of one mapping say the same."""
    made = mutants_of(book, LAYOUT)
    row = {"row_no": 1, "no": "1", "other_no": "2", "year": "2016", "one": 7, "two": 3, "state": "2"}
    record = pa.RecordBatch.from_pylist([row], source_schema(book))
    for mutant in made:
        assert mutant.shifted or mutant.book != book
        with Mapper(mutant.book, LAYOUT, date(2017, 4, 10), threads=1) as mapper:
            assert mapper.map(record).num_rows == 1
    texts = [(mutant.mapping, str(mutant.book)) for mutant in made if not mutant.shifted]
    assert len(texts) == len(set(texts))


def test_a_list_says_which_and_how(book: RuleBook, tmp_path: Path) -> None:
    """Names, names with what is set, and mutants written by hand."""
    path = tmp_path / "mutators.yaml"
    path.write_text("- drop_term\n- {name: constant, by: 7}\n- {mapping: I0001, sql: one - two}\n", encoding="utf-8")
    chosen = read_mutators(path)
    assert chosen == Choice({"drop_term": {}, "constant": {"by": 7}}, (Written("I0001", "one - two"),))
    made = mutants_of(book, LAYOUT, chosen)
    assert {mutant.mutator for mutant in made} == {"drop_term", "constant", "written"}
    assert changes(made, "written", "I0001") == {"式を書き換える：one + two → one - two"}
    assert changes(made, "constant", "SC-OLD") == {"定数を変える：'2016' → '2023'"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "YAMLとして読めません"),
        ("drop_term", "一覧"),
        ("- no_such", "1番目：知らない名前です"),
        ("- drop_term\n- {name: constant, by: many}", "2番目：by は整数"),
        ("- {name: drop_term, by: 1}", "drop_term に by は使えません"),
        ("- {mapping: I0001}", "mapping と"),
        ("- {mapping: I0001, sql: '1 +'}", "mapping と"),
        ("- 7", "1番目"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_by_entry(tmp_path: Path, text: str, said: str) -> None:
    """With its number and in words."""
    path = tmp_path / "mutators.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="QUALITY-021") as raised:
        read_mutators(path)
    assert said in raised.value.message


@given(st.text(alphabet="-{}[]:,'\" \nabcnames", max_size=60))
def test_no_list_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Whatever stands in the file: a choice or a refusal."""
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(text, encoding="utf-8")
    with suppress(ConfigurationError):
        assert isinstance(read_mutators(path), Choice)
