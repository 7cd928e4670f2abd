from __future__ import annotations

from datetime import date

import pytest

from fukuhon.rules.allowed import calls_of, problems_of, written

COLUMNS = {"a", "b", "c"}


@pytest.mark.parametrize(
    "sql",
    """
    coalesce(a, b)|nullif(a, '')|concat(a, '-', b)|concat_ws('-', a, b)|substr(a, 1, 2)|substring(a, 1, 2)|left(a, 2)
    right(a, 2)|lpad(a, 3, '0')|rpad(a, 3, ' ')|trim(a)|ltrim(a)|rtrim(a)|upper(a)|lower(a)|replace(a, 'x', 'y')
    length(a)|strpos(a, 'x')|starts_with(a, 'x')|ends_with(a, 'x')|contains(a, 'x')|reverse(a)|repeat(a, 2)
    translate(a, 'x', 'y')|regexp_matches(a, '^[0-9]+$')|regexp_full_match(a, 'x')|regexp_extract(a, '(x)', 1)
    regexp_replace(a, 'x', 'y')|abs(b)|round(b, 1)|floor(b)|ceil(b)|sign(b)|greatest(b, 0)|least(b, 0)|mod(b, 2)
    if(b > 0, 1, 2)|year(c)|month(c)|day(c)|date_part('year', c)|extract(year FROM c)|date_diff('day', c, as_of)
    date_add(c, INTERVAL 1 DAY)|date_sub('day', c, as_of)|date_trunc('month', c)|last_day(c)|make_date(2017, 4, 1)
    strftime(c, '%Y')|strptime(a, '%Y')|try_strptime(a, '%Y')|c + INTERVAL 1 YEAR|CASE a WHEN '1' THEN 'x' ELSE 'y' END
    CASE WHEN a = '1' THEN 'x' END|a IN ('1', '2')|a NOT IN ('1')|b BETWEEN 1 AND 2|a LIKE 'x%'|a IS NULL|a IS NOT NULL
    a IS DISTINCT FROM '1'|(b > 0) IS NOT TRUE|CAST(a AS INTEGER)|a::date|TRY_CAST(a AS DECIMAL(10, 2))|a || '-'|-b
    NOT (a = '1')|DATE '2017-01-01'|TRUE|NULL|1.5|b // 2|b / 2|b % 2|(b + 1) * 2|a = '1' AND b <> 2 OR c < as_of
    shrink(a)|to_wide(a)|to_narrow(a)|to_katakana(a)|to_hiragana(a)|kana(a)|wareki_date(a)|to_wareki(c)|era_code(c)
    era_year(c)|known_date(a)|first_day(a)|last_possible_day(a)|age_on(c, as_of)|fiscal_year(c)|in_jisx0213(a)
    """.replace("\n", "|").split("|"),
)
def test_what_the_documents_promise_is_allowed(sql: str) -> None:
    """Each function of docs/rules.md, and the usual operators; the text that runs is read again as the same."""
    sql = sql.strip()
    if sql:
        assert list(problems_of(sql, COLUMNS)) == []
        written(sql, date(2017, 4, 10))


@pytest.mark.parametrize(
    "sql",
    [
        "now()",
        "current_date",
        "today()",
        "current_timestamp",
        "get_current_time()",
        "random()",
        "uuid()",
        "nextval('s')",
        "read_csv('/etc/passwd')",
        "read_text('/etc/passwd')",
        "getenv('HOME')",
        "current_setting('x')",
        "(SELECT a FROM t)",
        "a IN (SELECT a FROM t)",
        "EXISTS (SELECT 1)",
        "a FROM t",
        "1; DROP TABLE t",
        "a; b",
        "DROP TABLE t",
        "COPY t TO 'x'",
        "ATTACH 'x'",
        "PRAGMA version",
        "count(*)",
        "sum(b)",
        "max(b) OVER ()",
        "lag(a) OVER (ORDER BY a)",
        "*",
        "COLUMNS('x')",
        "list_transform([1], x -> x)",
        "[1, 2]",
        "a[1]",
        "{'x': 1}",
        "$1",
        "?",
        "t.a",
        "CAST(a AS TIMESTAMPTZ)",
        "CAST(a AS BLOB)",
        "query('SELECT 1')",
        "a COLLATE NOCASE",
        "a -> '$.x'",
        "",
        "((",
        "error('x')",
        "printf('%s', a)",
        "(" * 2000 + "a" + ")" * 2000,
    ],
)
def test_all_else_is_refused(sql: str) -> None:
    """The clock, chance, files, settings, other rows, other statements: a rule looks at one record and its day."""
    assert list(problems_of(sql, COLUMNS))


def test_unknown_columns_are_named() -> None:
    """Each of them; the day of the data is none."""
    assert list(problems_of("x = y AND as_of > c", COLUMNS)) == ["columns にない列です：x", "columns にない列です：y"]


def test_long_chains_are_pointed_to_concat() -> None:
    """DuckDB needs quadratic time for them."""
    assert not list(problems_of(" || ".join(["a"] * 9), COLUMNS))
    assert "concat" in next(iter(problems_of(" || ".join(["a"] * 10), COLUMNS)))


def test_the_day_of_the_data_is_put_in_its_place() -> None:
    """As a DATE, wherever it stands; in a text it stays a text."""
    assert written("c < as_of AND a = 'as_of'", date(2017, 4, 10)) == "c < CAST('2017-04-10' AS DATE) AND a = 'as_of'"


def test_comments_do_not_reach_what_runs() -> None:
    """What was checked is what runs."""
    assert "x" not in written("a -- x\n", date(2017, 4, 10)).replace("/* x */", "")


def test_calls_over_plain_columns_are_found() -> None:
    """They are computed once for a batch; others are left to DuckDB."""
    assert calls_of("concat(shrink(a), kana(upper(b)), wareki_date(c))") == {("shrink", "a"), ("wareki_date", "c")}
    assert written("shrink(a)", date(2017, 4, 10)) == '"shrink(a)"'
