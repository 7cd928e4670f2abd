from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace

import pyarrow as pa
import pytest

from fukuhon.errors import DataError
from fukuhon.originals import REGISTER_SCHEMA, Source, addressee_register

Make = Callable[..., Source]

QUERY = """SELECT no AS addressee, birth AS birth_date, '1' AS sex, 'ア' AS kana, '01' AS address_code,
'1' AS status, dv FROM a WHERE from_day <= :as_of"""
TABLE = "CREATE TABLE a (no text, birth text, dv text, from_day text)"


def register(source: Source, as_of: date = date(2017, 4, 10)) -> pa.Table:
    """Read the register of a site that has only this source."""
    site = SimpleNamespace(addressee_register=SimpleNamespace(source="tax", query="register"), query=lambda _: QUERY)
    return addressee_register(site, as_of, source)


@pytest.mark.parametrize("kind", ["integer", "text"])
def test_the_register_is_a_table_of_one_form(sqlite: Make, kind: str) -> None:
    """Unknown days stay as they are; the flag is a truth value however it is kept."""
    source = sqlite(
        f"CREATE TABLE a (no text, birth text, dv {kind}, from_day text)",
        "INSERT INTO a VALUES ('000000000000011', '1950-00-00', 1, '2017-04-10')",
        "INSERT INTO a VALUES ('000000000000012', '2000-01-01', 0, '2017-04-11')",
    )
    table = register(source)
    assert table.schema == REGISTER_SCHEMA
    assert table.to_pylist()[0]["dv"] is True
    assert table.num_rows == 1
    assert register(source, date(2017, 4, 11)).num_rows == 2


def test_a_number_that_stands_twice_is_refused(sqlite: Make) -> None:
    """One row a person: else nobody knows whose attributes count."""
    source = sqlite(TABLE, "INSERT INTO a VALUES ('1', '', '0', ''), ('1', '', '0', '')")
    with pytest.raises(DataError, match="ORIGINALS-015"):
        register(source)


def test_an_unclear_flag_is_refused(sqlite: Make) -> None:
    """支援措置 is never guessed."""
    source = sqlite(TABLE, "INSERT INTO a VALUES ('1', '', NULL, '')")
    with pytest.raises(DataError, match="ORIGINALS-014"):
        register(source)
