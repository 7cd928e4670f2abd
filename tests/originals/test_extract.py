"""What any source promises, shown on SQLite here and on PostgreSQL and MariaDB where they listen."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from fukuhon.errors import ConfigurationError, DataError, RetriableError
from fukuhon.originals import Columns, Source, open_source
from fukuhon.site import SourceSettings

Make = Callable[..., Source]

TABLE = "CREATE TABLE levy (no varchar(10), amount integer, decided date, remark varchar(40), valid_to date)"
ROWS = """INSERT INTO levy VALUES
 ('0001', 100, '2016-06-01', NULL, '9999-12-31'),
 ('0002', NULL, NULL, '摘要 :a%', '9999-12-31'),
 ('0003', -5, '2016-06-30', '', '2017-04-09')"""
QUERY = "SELECT remark, no, amount, decided FROM levy WHERE valid_to > :as_of ORDER BY no"
COLUMNS: Columns = {"no": "text", "amount": "integer", "decided": "date", "remark": "text"}
AS_OF = {"as_of": date(2017, 4, 10)}


SERVICES = [pytest.param(name, marks=pytest.mark.deep) for name in ("postgresql", "mysql")]


@pytest.fixture(params=["sqlite", *SERVICES])
def make(request: pytest.FixtureRequest) -> Make:
    """Each kind of source."""
    made: Make = request.getfixturevalue(request.param)
    return made


def table(source: Source, query: str = QUERY, columns: Columns | None = COLUMNS, batch_rows: int = 65_536) -> pa.Table:
    """All rows."""
    return pa.Table.from_batches(list(source.extract(query, AS_OF, columns, batch_rows)))


def test_rows_come_typed_and_numbered(make: Make) -> None:
    """Just the declared columns, in the declared order, each of its one type, whatever the database calls them."""
    source = make(TABLE, ROWS)
    source.check()
    rows = table(source)
    assert rows.schema.names == ["row_no", *COLUMNS]
    assert rows.schema.types == [pa.int64(), pa.string(), pa.int64(), pa.date32(), pa.string()]
    assert rows.to_pylist() == [
        {"row_no": 1, "no": "0001", "amount": 100, "decided": date(2016, 6, 1), "remark": None},
        {"row_no": 2, "no": "0002", "amount": None, "decided": None, "remark": "摘要 :a%"},
    ]


def test_batches_are_bounded_and_numbers_run_on(make: Make) -> None:
    """Memory is bounded by the batch."""
    batches = list(make(TABLE, ROWS).extract(QUERY, AS_OF, COLUMNS, 1))
    assert [batch.num_rows for batch in batches] == [1, 1]
    assert [batch["row_no"][0].as_py() for batch in batches] == [1, 2]


def test_no_rows_are_an_empty_batch(make: Make) -> None:
    """Whoever reads on needs the columns even of nothing."""
    rows = table(make(TABLE))
    assert (rows.num_rows, rows.schema.names) == (0, ["row_no", *COLUMNS])


def test_a_key_that_arrives_as_a_number_is_refused(make: Make) -> None:
    """A lost leading zero cannot be seen any more; so nothing is converted. The column is named, the value is not."""
    source = make("CREATE TABLE t (no integer)", "INSERT INTO t VALUES (NULL), (7123)")
    with pytest.raises(DataError) as caught:
        table(source, "SELECT no FROM t", {"no": "text"})
    assert caught.value.code == "ORIGINALS-006"
    assert caught.value.facts["column"] == "no"
    assert "7123" not in str(caught.value)


def test_missing_columns_are_named(make: Make) -> None:
    """All of them at once."""
    with pytest.raises(DataError) as caught:
        table(make(TABLE), QUERY, {**COLUMNS, "b": "text", "c": "date"})
    assert (caught.value.code, caught.value.facts["columns"]) == ("ORIGINALS-005", "b、c")


def test_another_type_is_named(make: Make) -> None:
    """A text is no number, even if it looks like one."""
    with pytest.raises(DataError) as caught:
        table(make(TABLE, ROWS), QUERY, {"no": "integer"})
    assert (caught.value.code, caught.value.facts["column"]) == ("ORIGINALS-012", "no")


@pytest.mark.parametrize(
    ("query", "code", "said"),
    [
        ("SELECT no FROM nowhere", "ORIGINALS-002", "nowhere"),
        ("SELECT nothing_like_it FROM levy", "ORIGINALS-002", "nothing_like_it"),
        ("SELECT FROM WHERE", "ORIGINALS-002", "SQLの書き方"),
        ("SELECT no FROM levy WHERE no = :who", "ORIGINALS-003", "who"),
        ("DELETE FROM levy", "ORIGINALS-004", ""),
        ("SELECT 1; DROP TABLE levy", "ORIGINALS-004", ""),
        ("", "ORIGINALS-004", ""),
    ],
)
def test_a_wrong_query_is_told_in_words(make: Make, query: str, code: str, said: str) -> None:
    """What the query names may be told; what is in the tables never is."""
    with pytest.raises(ConfigurationError) as caught:
        table(make(TABLE, ROWS), query, None)
    assert caught.value.code == code
    assert said in caught.value.message


def test_a_value_that_is_no_date_names_the_column_only(make: Make) -> None:
    """Personal values never reach an error."""
    source = make("CREATE TABLE t (d varchar(20))", "INSERT INTO t VALUES ('2017-01-01'), ('secret day')")
    with pytest.raises(DataError) as caught:
        table(source, "SELECT d FROM t", {"d": "date"})
    assert caught.value.code == "ORIGINALS-007"
    assert "secret" not in str(caught.value)


def test_counts_by_variation(make: Make) -> None:
    """The separate count query."""
    source = make(TABLE, ROWS)
    variation = "CASE WHEN amount > 0 THEN '課税' ELSE '他' END"
    count = f"SELECT {variation} AS v, COUNT(*) FROM levy WHERE valid_to > :as_of GROUP BY 1"
    assert source.count(count, AS_OF) == {"課税": 1, "他": 1}
    with pytest.raises(ConfigurationError, match="ORIGINALS-008"):
        source.count("SELECT amount, no FROM levy", AS_OF)
    with pytest.raises(ConfigurationError, match="ORIGINALS-008"):
        source.count("SELECT no FROM levy", AS_OF)
    assert source.count("SELECT remark, 1 FROM levy WHERE no = 'none'", AS_OF) == {}


def test_a_changed_source_is_named_by_column(make: Make) -> None:
    """The fingerprint of yesterday tells what an update of the system did."""
    source = make(TABLE, ROWS)
    before = source.fingerprint("SELECT no, amount, decided FROM levy", AS_OF)
    after = source.fingerprint("SELECT amount AS no, amount, remark FROM levy", AS_OF)
    assert [(change.column, change.what) for change in after.changes(before)] == [
        ("decided", "removed"),
        ("no", "retyped"),
        ("remark", "added"),
    ]
    assert source.fingerprint("SELECT no, amount, decided FROM levy", AS_OF).changes(before) == ()


def test_a_source_that_is_away_may_be_tried_again(tmp_path: Path) -> None:
    """Nothing listens; no driver's text, which may hold an address, is passed on."""
    for settings in (
        {"kind": "sqlite", "path": tmp_path / "nothing.db"},
        {"kind": "postgresql", "url": "postgresql://who@127.0.0.1:9/x"},
        {"kind": "mysql", "url": "mysql://who@127.0.0.1:9/x"},
    ):
        source = open_source(SourceSettings(id="tax", name="税務", history="none", **settings))
        with pytest.raises(RetriableError, match="ORIGINALS-001"):
            source.check()
        with pytest.raises(RetriableError, match="ORIGINALS-001"):
            list(source.extract("SELECT 1 AS a", {}))


def test_a_kind_that_cannot_be_read_yet_is_told() -> None:
    """The settings know more kinds than this version."""
    with pytest.raises(ConfigurationError, match="ORIGINALS-009"):
        open_source(SourceSettings(id="x", name="x", kind="oracle", url="oracle://u@h/x", history="none"))


@pytest.mark.deep
def test_a_long_extract_is_streamed_from_postgresql(postgresql: Make) -> None:
    """Nothing is bound into COPY; many batches come, and numbers run on over them."""
    source = postgresql("CREATE TABLE t AS SELECT lpad(g::text, 10, '0') AS no FROM generate_series(1, 200000) g")
    rows = table(source, "SELECT no, :as_of AS day FROM t ORDER BY no", {"no": "text", "day": "date"})
    assert rows["row_no"].to_pylist() == list(range(1, 200_001))
    assert rows["no"][-1].as_py() == "0000200000"
    assert rows["day"][0].as_py() == date(2017, 4, 10)
    assert rows["no"].num_chunks > 2


@pytest.mark.deep
def test_one_source_is_one_snapshot(postgresql: Make) -> None:
    """Extract and count agree though somebody writes in between."""
    source = postgresql(TABLE, ROWS)
    assert table(source).num_rows == 2
    other = postgresql("INSERT INTO levy SELECT '0009', 1, NULL, NULL, '9999-12-31'")
    count = "SELECT 'all' AS v, COUNT(*) FROM levy WHERE valid_to > :as_of"
    assert source.count(count, AS_OF) == {"all": 2}
    assert other.count(count, AS_OF) == {"all": 3}


@pytest.mark.deep
def test_numeric_columns_become_integers(postgresql: Make) -> None:
    """numeric(12,0) is how many systems hold yen; a fraction is refused, not rounded."""
    source = postgresql("CREATE TABLE t (a numeric(12,2))", "INSERT INTO t VALUES (12), (NULL)")
    assert table(source, "SELECT a FROM t", {"a": "integer"})["a"].to_pylist() == [12, None]
    source = postgresql("INSERT INTO t VALUES (1.5)")
    with pytest.raises(DataError, match="ORIGINALS-007"):
        table(source, "SELECT a FROM t", {"a": "integer"})


@pytest.mark.deep
def test_a_calculation_that_fails_halfway_tells_no_value(postgresql: Make) -> None:
    """PostgreSQL quotes the value that it could not cast."""
    source = postgresql("CREATE TABLE t (a text)", "INSERT INTO t VALUES ('1'), ('secret')")
    with pytest.raises(DataError) as caught:
        table(source, "SELECT CAST(a AS integer) AS a FROM t", None)
    assert caught.value.code == "ORIGINALS-013"
    assert "secret" not in str(caught.value)


def test_numbers_among_texts_are_found_late(sqlite: Make) -> None:
    """SQLite types values, not columns: one number deep among texts is found, and nulls before texts do no harm."""
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
    source = sqlite(
        "CREATE TABLE t (no, late)",
        f"INSERT INTO t {many} SELECT CASE i WHEN 2999 THEN 5 ELSE 'a' END, NULL FROM n",
        "INSERT INTO t VALUES ('b', 'text')",
    )
    rows = table(source, "SELECT late FROM t", {"late": "text"}, 100)
    assert rows["late"][-1].as_py() == "text"
    with pytest.raises(DataError, match="ORIGINALS-006"):
        table(source, "SELECT no FROM t", {"no": "text"}, 100)


def test_texts_among_numbers_are_found_late(sqlite: Make) -> None:
    """The other way round: a text in a column declared integer, far behind the rows from which the driver guessed."""
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
    source = sqlite(
        "CREATE TABLE t (a)", f"INSERT INTO t {many} SELECT CASE i WHEN 2999 THEN 'secret' ELSE i END FROM n"
    )
    with pytest.raises(DataError) as caught:
        table(source, "SELECT a FROM t", {"a": "integer"}, 100)
    assert "secret" not in str(caught.value)
    assert caught.value.code == "ORIGINALS-012"


def test_sqlite_is_only_read(sqlite: Make) -> None:
    """Not even a file appears beside it."""
    source = sqlite(TABLE, ROWS)
    table(source)
    folder = source._path.parent
    assert [path.name for path in folder.iterdir()] == ["tax 税.db"]


def test_columns_of_one_name_are_refused(make: Make) -> None:
    """Which of the two would a rule mean?"""
    with pytest.raises(DataError, match=r"ORIGINALS-010.*no"):
        table(make(TABLE, ROWS), "SELECT no, amount AS no FROM levy", {"no": "text"})


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    """By the sign of life already."""
    path = tmp_path / "tax.db"
    path.write_text("no database" * 100)
    source = open_source(SourceSettings(id="tax", name="税務", kind="sqlite", path=path, history="none"))
    with pytest.raises(ConfigurationError, match="データベースではありません"):
        source.check()


def test_a_locked_database_may_be_tried_again(sqlite: Make) -> None:
    """The existing system is writing."""
    source = sqlite(TABLE, ROWS)
    begin = "c = sqlite3.connect(sys.argv[1]); c.execute('BEGIN EXCLUSIVE')"
    locked = f"import sqlite3, sys; {begin}; print(flush=True); input()"
    with subprocess.Popen(  # another process: within one, SQLite's locks do not hold
        [sys.executable, "-c", locked, str(source._path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        with pytest.raises(RetriableError, match=r"ORIGINALS-001.*ほかの処理が使用中"):
            table(source)
        writer.communicate(b"\n")
    assert table(source).num_rows == 2


@pytest.mark.deep
def test_a_source_that_goes_away_halfway_may_be_tried_again(postgresql: Make) -> None:
    """The server ends the session in the middle of an extract; the same source can be asked anew."""
    source = postgresql("CREATE TABLE t AS SELECT g FROM generate_series(1, 3000000) g")
    rows = source.extract("SELECT g FROM t /* long */", AS_OF)
    next(rows)
    killer = "SELECT 'x' AS v, COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE '%t /* long%'"
    postgresql().count(f"{killer} AND pid <> pg_backend_pid()", {})
    with pytest.raises(RetriableError, match="ORIGINALS-001"):
        list(rows)
    source.check()
