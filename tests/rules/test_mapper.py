from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fukuhon.errors import ConfigurationError, DataError, FatalError
from fukuhon.layouts import DatasetLayout
from fukuhon.rules import Mapper, RuleBook, mapped_schema
from fukuhon.rules.binding import connect, source_schema
from fukuhon.rules.plan import outputs, query, with_calls

MakeBook = Callable[..., Path]
AS_OF = date(2017, 4, 10)
ROW = {
    "no": "000000000000017",
    "key": "0001",
    "amount": 7,
    "parts": 2,
    "day": date(2016, 4, 1),
    "remark": "髙",
    "dv": "0",
}


WHOLE = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.integers(-3, 3))
TEXT = st.one_of(st.none(), st.text(alphabet=st.sampled_from(list("0a ア髙𠮷'\"\n")), max_size=4))
DAY = st.one_of(st.none(), st.dates())


def batch(book: RuleBook, *rows: dict[str, object]) -> pa.RecordBatch:
    """A batch of an extract."""
    numbered = [{**ROW, **row, "row_no": number} for number, row in enumerate(rows, start=1)]
    return pa.RecordBatch.from_pylist(numbered, schema=source_schema(book))


@pytest.fixture
def mapped(book_file: MakeBook, layout: DatasetLayout) -> Callable[..., list[dict[str, object]]]:
    """Map rows by the small book."""

    def run(*rows: dict[str, object]) -> list[dict[str, object]]:
        book = RuleBook.load(book_file())
        with Mapper(book, layout, AS_OF) as mapper:
            found: list[dict[str, object]] = mapper.map(batch(book, *rows)).to_pylist()
            return found

    return run


def test_a_mapped_batch_has_its_columns_in_order(book_file: MakeBook, layout: DatasetLayout) -> None:
    """Row number, frame, items in the layout's order, the source's own: the contract with the rooms behind."""
    book = RuleBook.load(book_file())
    result = Mapper(book, layout, AS_OF).map(batch(book, {}))
    assert result.schema == mapped_schema(book, layout)
    assert result.schema.names[:9] == [
        "row_no",
        "scope",
        "withhold",
        "variation",
        "addressee",
        "record_key",
        "record_version",
        "publication_from",
        "publication_to",
    ]
    assert result.schema.names[9:14] == ["I0001", "I0002", "I0003", "I0004", "src_no"]
    assert result.schema.field("publication_from").type == pa.date32()
    row = result.to_pylist()[0]
    assert (row["I0001"], row["I0002"], row["I0003"], row["I0004"]) == ("7", "2016-04-01", "高", "3")
    assert (row["addressee"], row["record_key"], row["record_version"]) == ("000000000000017", "0001", None)
    assert row["src_remark"] == "髙"


def test_the_first_condition_that_holds_counts(mapped: Callable[..., list[dict[str, object]]]) -> None:
    """Out of scope for the first reason; a NULL condition does not hold; withheld stands apart."""
    rows = mapped(
        {"day": date(2015, 12, 31)},
        {"day": date(2017, 4, 11)},
        {"day": AS_OF},
        {"day": None},
        {"dv": "1"},
        {"dv": None},
    )
    assert [row["scope"] for row in rows] == ["SC-OLD", "SC-LATER", None, None, None, None]
    assert [row["withhold"] for row in rows] == [None, None, None, None, "WH-DV", None]


def test_an_empty_batch_is_mapped_to_an_empty_batch(book_file: MakeBook, layout: DatasetLayout) -> None:
    """With all its columns."""
    book = RuleBook.load(book_file())
    result = Mapper(book, layout, AS_OF).map(batch(book))
    assert (result.num_rows, result.schema) == (0, mapped_schema(book, layout))


def test_a_rule_that_divides_by_zero_is_named(book_file: MakeBook, layout: DatasetLayout) -> None:
    """The rule, not the value: and the mapper can be used again."""
    book = RuleBook.load(book_file())
    mapper = Mapper(book, layout, AS_OF)
    with pytest.raises(DataError) as caught:
        mapper.map(batch(book, {}, {"parts": 0, "amount": 98765}))
    assert (caught.value.code, caught.value.facts["rule"]) == ("RULES-005", "I0004")
    assert "98765" not in str(caught.value)
    assert mapper.map(batch(book, {})).num_rows == 1


def test_a_cast_that_fails_is_named(book_file: MakeBook, layout: DatasetLayout) -> None:
    """In a condition, too. DuckDB would quote the value."""
    book = RuleBook.load(book_file(("when: dv = '1'", "when: CAST(remark AS INTEGER) = 1")))
    with pytest.raises(DataError) as caught:
        Mapper(book, layout, AS_OF).map(batch(book, {"remark": "secret"}))
    assert caught.value.facts["rule"] == "WH-DV"
    assert "secret" not in str(caught.value)


def test_a_failure_without_a_culprit_stops(
    book_file: MakeBook, layout: DatasetLayout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no rule fails alone it is not the data's fault: somebody has to look."""
    book = RuleBook.load(book_file())
    monkeypatch.setattr(Mapper, "_computes", lambda *_: True)
    with pytest.raises(FatalError, match="RULES-006"):
        Mapper(book, layout, AS_OF).map(batch(book, {"parts": 0}))


def test_book_and_layout_have_to_fit(book_file: MakeBook, layout: DatasetLayout) -> None:
    """An item without a rule would be missing without a word; a rule without an item would be for nothing."""
    fewer = RuleBook.load(book_file(("  I0002: {sql: day, wording: 日}\n", "")))
    with pytest.raises(ConfigurationError, match=r"RULES-002.*I0002"):
        Mapper(fewer, layout, AS_OF)
    more = RuleBook.load(book_file(("  I0002:", "  I0009: {sql: day, wording: 日}\n  I0002:")))
    with pytest.raises(ConfigurationError, match=r"RULES-003.*I0009"):
        Mapper(more, layout, AS_OF)
    other = RuleBook.load(book_file(("TK00000100000001", "TK00000100000002")))
    with pytest.raises(ConfigurationError, match="RULES-004"):
        Mapper(other, layout, AS_OF)


def test_a_rule_may_belong_to_a_version_of_the_layout(book_file: MakeBook, layout: DatasetLayout) -> None:
    """Around a switch of versions one book serves both."""
    text = "  I0009: {sql: day, wording: 日, layouts: [T2]}\n  I0002:"
    book = RuleBook.load(book_file(("  I0002:", text)))
    assert "I0009" not in Mapper(book, layout, AS_OF).schema.names


def test_an_item_may_be_left_out_on_purpose(book_file: MakeBook, layout: DatasetLayout) -> None:
    """`sql: null` with a wording: never filled."""
    book = RuleBook.load(book_file(("sql: day,", "sql: null,")))
    assert Mapper(book, layout, AS_OF).map(batch(book, {}))["I0002"].to_pylist() == [None]


def test_order_and_result_do_not_depend_on_threads(
    book_file: MakeBook, layout: DatasetLayout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many pieces, two threads: the same as with one, in the order of the rows."""
    monkeypatch.setattr("fukuhon.rules.mapper._PIECE", 64)
    book = RuleBook.load(book_file())
    rows = batch(book, *({"amount": number % 7 - 3, "remark": f"髙{number % 3}"} for number in range(20_000)))
    one, two = (Mapper(book, layout, AS_OF, threads=threads).map(rows) for threads in (1, 2))
    assert one.equals(two)
    assert one["row_no"].to_pylist() == list(range(1, 20_001))


def test_a_mapper_reaches_no_file(book_file: MakeBook, layout: DatasetLayout) -> None:
    """Even if something slipped through the list, DuckDB itself is closed to the outside."""
    book = RuleBook.load(book_file())
    mapper = Mapper(book, layout, AS_OF)
    mapper.map(batch(book, {}))
    assert mapper._connection is not None
    for sql in ("SELECT * FROM read_text('/etc/hostname')", "SELECT * FROM book", "SET enable_external_access = true"):
        with pytest.raises(Exception, match=r"(?i)disabled|not exist|locked|cannot"):
            mapper._connection.sql(sql).fetchall()


@pytest.mark.parametrize(
    "change",
    [
        ("amount, wording: 金額", "amount + 1, wording: 金額"),
        ("amount, wording: 金額", "null, wording: 金額"),
        ("shrink(remark)", "to_wide(no)"),
        ("  - {id: SC-LATER, when: day > as_of, reason: まだ}\n", ""),
        ("dv = '1'", "dv = '0'"),
        ("'有' ELSE '無'", "'無' ELSE '有'"),
        ("{from: day, to: null}", "{from: null, to: day}"),
        ("record_key: key", "record_key: no, record_version: key"),
        ("wording: 金額", "wording: 円"),
    ],
)
def test_mapped_again_by_a_book_that_differs_in_a_little(
    book_file: MakeBook, layout: DatasetLayout, change: tuple[str, str]
) -> None:
    """It is what that book maps, whichever part differs; functions that the first book did not call, too."""
    book, other = RuleBook.load(book_file()), RuleBook.load(book_file(change))
    rows = batch(book, {}, {"amount": -1, "remark": None}, {"day": None, "dv": "1"}, {"dv": None})
    with Mapper(book, layout, AS_OF) as mapper, Mapper(other, layout, AS_OF) as right:
        mapped = mapper.map(rows)
        again = mapper.remap(mapped, other)
        assert again.equals(right.map(rows))
        assert again.schema == mapped.schema
        assert mapper.remap(mapped, book).equals(mapper.map(rows))


def test_mapped_again_only_what_differs_is_computed(
    book_file: MakeBook, layout: DatasetLayout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 250 items one may be another: that one."""
    asked: list[list[str]] = []
    made: Callable[..., dict[str, pa.ChunkedArray]] = Mapper._made

    def noted(self: Mapper, source: pa.Table, columns: list[Any]) -> dict[str, pa.ChunkedArray]:
        asked.append([output.column for output in columns])
        return made(self, source, columns)

    book, other = RuleBook.load(book_file()), RuleBook.load(book_file(("amount, wording", "parts, wording")))
    with Mapper(book, layout, AS_OF) as mapper:
        mapped = mapper.map(batch(book, {}))
        monkeypatch.setattr(Mapper, "_made", noted)
        mapper.remap(mapped, other)
        mapper.remap(mapped, book)
    assert asked == [["I0001"]]


def test_mapped_again_what_cannot_be_computed_is_named(book_file: MakeBook, layout: DatasetLayout) -> None:
    """The other book's rule, not the value; and a book that does not fit the layout is refused."""
    book = RuleBook.load(book_file())
    other = RuleBook.load(book_file(("amount, wording", "amount // (parts - parts), wording")))
    fewer = RuleBook.load(book_file(("  I0002: {sql: day, wording: 日}\n", "")))
    with Mapper(book, layout, AS_OF) as mapper:
        mapped = mapper.map(batch(book, {"amount": 98765}))
        with pytest.raises(DataError) as caught:
            mapper.remap(mapped, other)
        assert (caught.value.code, caught.value.facts["rule"]) == ("RULES-005", "I0001")
        assert "98765" not in str(caught.value)
        with pytest.raises(ConfigurationError, match=r"RULES-002.*I0002"):
            mapper.remap(mapped, fewer)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.fixed_dictionaries({"amount": WHOLE, "remark": TEXT, "key": TEXT, "day": DAY}), max_size=5))
def test_what_is_handed_on_is_what_the_query_would_say(
    book_file: MakeBook, layout: DatasetLayout, rows: list[dict[str, object]]
) -> None:
    """Columns that never see DuckDB: the same values as by the whole query, whole numbers as digits, null as null."""
    book = RuleBook.load(book_file(("sql: shrink(remark)", "sql: remark")))
    made = batch(book, *rows)
    columns = outputs(book, layout, AS_OF)
    with Mapper(book, layout, AS_OF) as mapper:
        assert {"addressee", "record_key", "I0001", "I0003"} <= {
            each.column for each in columns if mapper._is_copy(each)
        }
        mapped = pa.Table.from_batches([mapper.map(made)])
    connection = connect(1)
    connection.register("batch", with_calls(pa.Table.from_batches([made]), columns))
    wanted = connection.sql(query(columns, "batch")).to_arrow_table()
    connection.close()
    assert mapped.select(wanted.column_names).to_pydict() == wanted.to_pydict()
