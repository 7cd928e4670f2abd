from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from fukuhon.site import SourceSettings

FIXED = {"kind": "fixed", "columns": [{"name": "no", "from": 1, "bytes": 15}]}


def source(**changes: Any) -> SourceSettings:
    """A source with some of its settings changed."""
    given = {"id": "tax", "name": "税務", "kind": "csv", "path": Path("/data/tax.csv"), "history": "none", **changes}
    return SourceSettings.model_validate(given)


def test_a_single_file_is_the_relation_source() -> None:
    """With what is usual where nothing is said."""
    (table,) = source().file_tables()
    assert (table.name, table.pattern, table.encoding) == ("source", Path("/data/tax.csv"), "utf-8")
    assert (table.delimiter, table.header, table.final_newline, table.may_be_empty) == (",", True, True, False)


def test_tables_say_only_what_is_their_own() -> None:
    """The rest is the source's."""
    settings = source(
        path=Path("/data"),
        history="snapshots",
        encoding="cp932",
        delimiter="|",
        tables=[{"name": "資格", "file": "a_{day}.csv"}, {"name": "b", "file": "b.csv", "delimiter": "\t"}],
    )
    one, other = settings.file_tables()
    assert (one.name, one.pattern, one.encoding, one.delimiter) == ("資格", Path("/data/a_{day}.csv"), "cp932", "|")
    assert (other.encoding, other.delimiter) == ("cp932", "\t")


def test_columns_of_csv_are_names_and_those_of_fixed_have_places() -> None:
    """Positions count from 1, as on paper."""
    assert [column.name for column in source(columns=["a", "b"], header=False).file_tables()[0].columns] == ["a", "b"]
    (column,) = source(**FIXED).file_tables()[0].columns
    assert (column.start, column.bytes, column.end) == (1, 15, 15)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"header": False}, "columns が必要"),
        ({"columns": [{"name": "a", "from": 1, "bytes": 2}]}, "fixed だけ"),
        ({"columns": ["a", "A"]}, "同じ名前"),
        ({"newline": "lf"}, "newline は csv では使えません"),
        ({"delimiter": '"'}, "pattern"),
        ({"delimiter": ",,"}, "pattern"),
        ({"encoding": "euc-jp"}, "utf-8"),
        ({"tables": [{"name": "a", "file": "a"}, {"name": "A", "file": "b"}]}, "同じ名前"),
        ({"tables": [{"name": "a b", "file": "a"}]}, "pattern"),
        ({"tables": [{"name": "a", "file": "../a"}]}, "pattern"),
        ({"history": "snapshots"}, "{day}"),
        ({"path": Path("/data/a_{day}.csv")}, "{day}"),
        ({"path": Path("/{day}/a_{day}.csv"), "history": "snapshots"}, "一度だけ"),
        ({**FIXED, "header": True}, "header は fixed では使えません"),
        ({**FIXED, "record_bytes": 14}, "record_bytes を越え"),
        ({"kind": "fixed"}, "columns（name、from、bytes）"),
        ({"kind": "fixed", "columns": ["no"]}, "開始位置"),
        ({"kind": "sqlite", "encoding": "cp932"}, "csv と fixed だけ"),
        ({"kind": "sqlite", "tables": [{"name": "a", "file": "a"}]}, "csv と fixed だけ"),
        ({"url": "x://y"}, "path を一つだけ"),
    ],
)
def test_a_form_that_cannot_be_is_refused(changes: dict[str, Any], told: str) -> None:
    """When the settings are read, not when the file is."""
    with pytest.raises(ValidationError) as caught:
        source(**changes)
    assert told in str(caught.value)


def test_the_forms_that_are_documented_are_right() -> None:
    """docs/site-yaml.md, read literally."""
    text = (Path(__file__).parents[2] / "docs/site-yaml.md").read_text(encoding="utf-8")
    block = text.partition("## Sources that are files")[2].partition("```yaml\n")[2].partition("```")[0]
    welfare, care = (source(**{**entry, "path": Path(entry["path"])}) for entry in yaml.safe_load(block))
    assert [column.name for column in welfare.file_tables()[0].columns] == ["手帳番号", "等級"]
    assert [table.columns[-1].end for table in care.file_tables()] == [58, 11]
