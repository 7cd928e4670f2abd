from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fukuhon.errors import ConfigurationError
from fukuhon.originals.query import parse_query

PARAMETERS = {"as_of": "2017-04-10", "a": 1}


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ':as_of'",
        'SELECT x AS ":as_of"',
        "SELECT 1 -- :as_of",
        "SELECT 1 /* :as_of */",
        "SELECT $$:as_of$$",
        "SELECT '1''2:as_of'",
    ],
)
def test_what_only_looks_like_a_parameter_stays(text: str) -> None:
    """Quoted text, comments and casts."""
    query = parse_query(text, PARAMETERS, "postgres", "x")
    assert query.names == ()
    assert query.written(lambda name: "!") == text + "\n"


def test_parameters_are_replaced_wherever_they_stand() -> None:
    """Several times the same, beside a cast."""
    query = parse_query("SELECT :as_of::date, a::text FROM t WHERE b>:as_of AND c=:a;", PARAMETERS, "postgres", "x")
    assert query.names == ("as_of", "a")
    written = "SELECT <as_of>::date, a::text FROM t WHERE b><as_of> AND c=<a>\n"
    assert query.written(lambda name: f"<{name}>") == written


@given(st.text(alphabet="ab' :\n-;x", max_size=30))
def test_text_between_quotes_is_never_touched(inside: str) -> None:
    """Whatever stands in a literal."""
    quoted = inside.replace("'", "''")
    text = f"SELECT '{quoted}' AS q, :a AS a"
    query = parse_query(text, PARAMETERS, "sqlite", "x")
    assert query.written(lambda name: "?") == f"SELECT '{quoted}' AS q, ? AS a\n"


@pytest.mark.parametrize(
    "text", ["WITH a AS (SELECT 1) SELECT * FROM a", "SELECT 1 UNION SELECT 2", "(SELECT 1)", "-- a\nSELECT 1"]
)
def test_what_only_reads_is_taken(text: str) -> None:
    """Each way of writing a SELECT."""
    parse_query(text, PARAMETERS, "sqlite", "x")


@pytest.mark.parametrize(
    "text",
    [
        "UPDATE t SET a = 1",
        "SELECT * INTO b FROM a",
        "WITH a AS (DELETE FROM t RETURNING 1) SELECT * FROM a",
        "PRAGMA x",
        "ATTACH 'x' AS y",
        "COPY t TO 'x'",
        "CALL f()",
    ],
)
def test_what_writes_is_refused(text: str) -> None:
    """Also where it hides in a SELECT."""
    with pytest.raises(ConfigurationError, match="ORIGINALS-004"):
        parse_query(text, PARAMETERS, "postgres", "x")
