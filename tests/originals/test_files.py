"""Files as a source: one SELECT over them, as over any other."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
import yaml

from fukuhon.errors import ConfigurationError, DataError, FukuhonError, RetriableError
from fukuhon.originals import Columns, Fingerprint, open_source
from fukuhon.originals.files import FileSource
from fukuhon.site import SourceSettings

AS_OF = {"as_of": date(2017, 4, 10)}
LEVIES = "no,amount,decided,valid_to\n0001,100,2016-06-01,9999-12-31\n0002,,,9999-12-31\n0003,5,2016-06-30,2017-04-09\n"
QUERY = "SELECT decided, no, amount FROM source WHERE valid_to > :as_of ORDER BY no"
COLUMNS: Columns = {"no": "text", "amount": "text", "decided": "date"}


def csv_source(folder: Path, text: str = LEVIES, **changes: object) -> FileSource:
    """A source of one CSV file."""
    path = folder / "税 levies.csv"
    path.write_text(text, encoding="utf-8", newline="")
    given = {"id": "tax", "name": "税務", "kind": "csv", "path": path, "history": "none", **changes}
    source = open_source(SourceSettings.model_validate(given))
    assert isinstance(source, FileSource)
    return source


def rows(source: FileSource, query: str = QUERY, columns: Columns | None = COLUMNS, size: int = 65_536) -> pa.Table:
    """All rows."""
    return pa.Table.from_batches(list(source.extract(query, AS_OF, columns, size)))


def test_an_extract_has_the_columns_that_the_rules_expect(tmp_path: Path) -> None:
    """In their order, each of its type, numbered; keys keep their zeros."""
    table = rows(csv_source(tmp_path))
    assert table.schema.names == ["row_no", "no", "amount", "decided"]
    assert table.to_pylist() == [
        {"row_no": 1, "no": "0001", "amount": "100", "decided": date(2016, 6, 1)},
        {"row_no": 2, "no": "0002", "amount": None, "decided": None},
    ]


def test_a_query_may_read_a_file_as_often_as_it_likes(tmp_path: Path) -> None:
    """Each scan begins anew: a stream that is used up would be an empty table, and nobody would see it."""
    query = """WITH s AS (SELECT * FROM source) SELECT a.no, (SELECT COUNT(*) FROM Source) AS n,
        EXISTS (SELECT 1 FROM s b WHERE b.no = a.no AND b.amount IS NULL) AS e
        FROM s a JOIN s c USING (no) ORDER BY 1"""
    assert rows(csv_source(tmp_path), query, None)["n"].to_pylist() == [3, 3, 3]
    assert rows(csv_source(tmp_path), query, None)["e"].to_pylist() == [False, True, False]


def test_counts_come_by_variation(tmp_path: Path) -> None:
    """Of a count query, as from a database."""
    source = csv_source(tmp_path)
    query = "SELECT CASE WHEN amount IS NULL THEN '無' ELSE '有' END, COUNT(*) FROM source GROUP BY 1"
    assert source.count(query, AS_OF) == {"有": 2, "無": 1}
    total = "SELECT 'x' AS v, SUM(CAST(amount AS INTEGER)) AS n FROM source"
    assert source.count(total, AS_OF) == {"x": 105}


@pytest.mark.parametrize(
    ("query", "columns", "code"),
    [
        (QUERY, {"no": "integer"}, "ORIGINALS-012"),
        ("SELECT CAST(no AS INTEGER) AS no FROM source", {"no": "text"}, "ORIGINALS-006"),
        ("SELECT no FROM source", {"no": "text", "amount": "text"}, "ORIGINALS-005"),
        ("SELECT no, amount AS no FROM source", {"no": "text"}, "ORIGINALS-010"),
        ("SELECT secret FROM source", None, "ORIGINALS-002"),
        ("SELECT * FROM levies", None, "ORIGINALS-002"),
        ("SELECT * FROM '/etc/passwd'", None, "ORIGINALS-002"),
        ("SELECT * FROM read_csv('/etc/passwd')", None, "ORIGINALS-002"),
        ("SELECT nothing(no) FROM source", None, "ORIGINALS-002"),
        ("SELECT * FROM source WHERE x IS", None, "ORIGINALS-002"),
        ("SELECT CAST(decided AS INTEGER) AS d FROM source", None, "ORIGINALS-013"),
        ("SELECT CASE WHEN no = '0003' THEN CAST(decided AS INTEGER) END AS d FROM source", None, "ORIGINALS-013"),
        ("SELECT :day AS d FROM source", None, "ORIGINALS-003"),
        ("COPY source TO 'x'", None, "ORIGINALS-004"),
    ],
)
def test_a_query_that_cannot_be_answered_is_told(
    tmp_path: Path, query: str, columns: Columns | None, code: str
) -> None:
    """By the same codes as a database's, and with no value."""
    with pytest.raises(FukuhonError) as caught:
        rows(csv_source(tmp_path), query, columns)
    assert caught.value.code == code
    assert "2016-06" not in str(caught.value)


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The name is the query's own."""
    with pytest.raises(ConfigurationError, match="列 secret がありません"):
        rows(csv_source(tmp_path), "SELECT secret FROM source", None)
    with pytest.raises(ConfigurationError, match="表 levies がありません"):
        rows(csv_source(tmp_path), "SELECT * FROM levies", None)


def test_what_is_wrong_in_the_file_is_told_as_it_is(tmp_path: Path) -> None:
    """Not as a failure of the query; also behind batches that went through."""
    source = csv_source(tmp_path, "a,b\n" + "1,2\n" * 3_000_000 + "1,secret,3\n")
    batches = source.extract("SELECT a FROM source", AS_OF, {"a": "text"})
    assert next(batches).num_rows
    with pytest.raises(DataError) as caught:
        list(batches)
    assert (caught.value.code, caught.value.facts["line"]) == ("ORIGINALS-022", 3_000_002)


def test_an_extract_without_rows_still_has_its_columns(tmp_path: Path) -> None:
    """One empty batch."""
    table = rows(csv_source(tmp_path), "SELECT decided, no, amount FROM source WHERE false")
    assert table.num_rows == 0
    assert table.schema.names == ["row_no", "no", "amount", "decided"]


def test_the_fingerprint_tells_names_and_kinds(tmp_path: Path) -> None:
    """Without running the query."""
    source = csv_source(tmp_path)
    query = "SELECT no, CAST(amount AS INTEGER) AS amount FROM source WHERE valid_to > :as_of"
    assert source.fingerprint(query, AS_OF) == Fingerprint.of({"no": "text", "amount": "integer"})


def test_batches_keep_to_their_size(tmp_path: Path) -> None:
    """However large the file's blocks are."""
    source = csv_source(tmp_path, "a\n" + "1\n" * 10_000)
    sizes = [batch.num_rows for batch in source.extract("SELECT a FROM source", AS_OF, None, 1000)]
    assert sum(sizes) == 10_000
    assert max(sizes) <= 1000


def test_several_files_are_relations_of_one_source(tmp_path: Path) -> None:
    """Each with a form of its own; what a table does not say is the source's."""
    (tmp_path / "holders_20170410.txt").write_bytes("0001見本\r\n0002太郎\r\n".encode("cp932"))
    (tmp_path / "grades.txt").write_bytes(b"00011\n")
    settings = SourceSettings.model_validate(
        {
            "id": "care",
            "name": "介護",
            "kind": "fixed",
            "path": tmp_path,
            "history": "snapshots",
            "encoding": "cp932",
            "columns": [{"name": "no", "from": 1, "bytes": 4}, {"name": "name", "from": 5, "bytes": 4}],
            "tables": [
                {"name": "holders", "file": "holders_{day}.txt"},
                {
                    "name": "grades",
                    "file": "grades.txt",
                    "columns": [{"name": "no", "from": 1, "bytes": 4}, {"name": "grade", "from": 5, "bytes": 1}],
                },
            ],
        }
    )
    source = open_source(settings)
    assert isinstance(source, FileSource)
    source.check()
    query = "SELECT h.no, name, grade FROM holders h LEFT JOIN grades USING (no) ORDER BY 1"
    assert rows(source, query, None).drop_columns(["row_no"]).to_pylist() == [
        {"no": "0001", "name": "見本", "grade": "1"},
        {"no": "0002", "name": "太郎", "grade": None},
    ]


def snapshots(folder: Path, *names: str, **changes: object) -> FileSource:
    """Files of one column, holding their own name."""
    for name in names:
        (folder / name).write_text(f"a\n{name}\n", encoding="utf-8")
    given = {
        "id": "tax",
        "name": "税務",
        "kind": "csv",
        "path": folder / "x_{day}.csv",
        "history": "snapshots",
        **changes,
    }
    source = open_source(SourceSettings.model_validate(given))
    assert isinstance(source, FileSource)
    return source


def test_of_snapshots_the_newest_not_after_the_day_counts(tmp_path: Path) -> None:
    """Named by day in either form; other files and days that no calendar has are left alone."""
    names = ["x_20170408.csv", "x_2017-04-09.csv", "x_20170411.csv", "x_20170230.csv", "y_20170410.csv", "x_1.csv"]
    source = snapshots(tmp_path, *names)
    assert rows(source, "SELECT a FROM source", None)["a"].to_pylist() == ["x_2017-04-09.csv"]
    assert [b["a"].to_pylist() for b in source.extract("SELECT a FROM source", {"as_of": "2017-04-11"})] == [
        ["x_20170411.csv"]
    ]
    assert source.path("SOURCE").name == "x_20170411.csv"


def test_a_snapshot_that_is_missing_stale_or_doubled_is_told(tmp_path: Path) -> None:
    """An export that stopped looks like a day without changes."""
    with pytest.raises(RetriableError, match="ORIGINALS-016"):
        rows(snapshots(tmp_path, "x_20170411.csv"), "SELECT a FROM source", None)
    with pytest.raises(RetriableError, match=r"ORIGINALS-017.*8日前"):
        rows(snapshots(tmp_path, "x_20170402.csv"), "SELECT a FROM source", None)
    assert rows(snapshots(tmp_path, stale_days=8), "SELECT a FROM source", None).num_rows == 1
    with pytest.raises(DataError, match="ORIGINALS-018"):
        rows(snapshots(tmp_path, "x_2017-04-02.csv"), "SELECT a FROM source", None)


def test_a_file_that_is_not_there_may_come_later(tmp_path: Path) -> None:
    """The source is away, as a database may be."""
    source = csv_source(tmp_path)
    source.path("source").unlink()
    with pytest.raises(RetriableError, match="ORIGINALS-001"):
        source.check()
    with pytest.raises(RetriableError, match="ORIGINALS-001"):
        snapshots(tmp_path / "nowhere").check()


def test_a_file_that_is_written_while_it_is_read_is_no_snapshot(tmp_path: Path) -> None:
    """Half of it may be of another day."""
    source = csv_source(tmp_path, "a,b\n" + "1,2\n" * 3_000_000)
    batches = source.extract("SELECT a FROM source", AS_OF)
    next(batches)
    with source.path("source").open("a") as stream:
        stream.write("3,4\n")
    with pytest.raises(RetriableError, match="ORIGINALS-019"):
        list(batches)


def test_the_documented_example_works_as_it_is_written(tmp_path: Path) -> None:
    """docs/site-yaml.md: the settings of the fixed-width files and the query over them."""
    text = (
        (Path(__file__).parents[2] / "docs/site-yaml.md")
        .read_text(encoding="utf-8")
        .partition("## Sources that are")[2]
    )
    settings = yaml.safe_load(text.partition("```yaml\n")[2].partition("```")[0])[1]
    query = text.partition("```sql\n")[2].partition("```")[0]
    holder = "0000000001" + "見本　太郎".ljust(35) + "{day}" + "\r\n"
    data = "".join(holder.format(day=day) for day in ("20170410", "20170411")).encode("cp932")
    (tmp_path / "holders.txt").write_bytes(data.replace(b"\r\n", b"  \r\n"))
    (tmp_path / "grades.txt").write_bytes(b"00000000012\r\n")
    source = open_source(SourceSettings.model_validate({**settings, "path": tmp_path}))
    found = pa.Table.from_batches(list(source.extract(query, AS_OF)))
    assert found.drop_columns(["row_no"]).to_pylist() == [
        {"hihokensha_no": "0000000001", "shimei": "見本　太郎", "kubun": "2"}
    ]
