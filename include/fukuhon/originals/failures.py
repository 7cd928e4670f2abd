"""What a driver says, as an error of ours.

Away, refused or unreadable, and never with a value that a driver may quote.
"""

from __future__ import annotations

import re

from fukuhon.errors import ConfigurationError, DataError, FukuhonError, RetriableError

__all__ = ["away", "refused"]

# Only what quotes the query itself may be told: names and syntax, no values.
_SAFE = (
    (r'relation "([^"]{1,80})" does not exist', "表 {0} がありません"),
    (r'column "?([\w.]{1,80})"? does not exist', "列 {0} がありません"),
    (r"no such table: ([\w.]{1,80})", "表 {0} がありません"),
    (r"no such column: ([\w.]{1,80})", "列 {0} がありません"),
    (r"no such function: ([\w.]{1,80})", "関数 {0} がありません"),
    (r"Table '([\w.]{1,80})' doesn't exist", "表 {0} がありません"),
    (r"Unknown column '([\w.]{1,80})'", "列 {0} がありません"),
    (r"permission denied for (?:table|relation|view|schema) ([\w.]{1,80})", "{0} を読む権限がありません"),
    (r"command denied to user .* for table [`']?([\w.]{1,80})", "{0} を読む権限がありません"),
    (r'Referenced column "([^"]{1,80})" not found', "列 {0} がありません"),
    (r'does not have a column named "([^"]{1,80})"', "列 {0} がありません"),
    (r"Table with name (\w{1,80}) does not exist", "表 {0} がありません"),
    (r"Function with name (\w{1,80}) does not exist", "関数 {0} がありません"),
    (r"disabled by configuration", "ファイルや設定に触れるSQLです"),
    (r"file is not a database", "SQLiteのデータベースではありません"),
    (r"syntax error|error in your SQL syntax|incomplete input", "SQLの書き方に誤りがあります"),
)
# Classes of SQLSTATE: connection, resources, operator intervention, system error.
_AWAY = ("08", "53", "57", "58", "40", "55")


def away(source: str, error: BaseException) -> RetriableError:
    """The source does not answer.

    Told by the kind of failure only, since a driver's text may hold an address with a password.
    """
    text = str(error)
    told = (
        ("refused", "接続を拒否"),
        ("No such file", "ファイルがない"),
        ("timeout", "時間切れ"),
        ("timed out", "時間切れ"),
        ("authentication", "認証の失敗"),
        ("Access denied", "認証の失敗"),
        ("does not exist", "データベースがない"),
        ("Unknown database", "データベースがない"),
        ("locked", "ほかの処理が使用中"),
    )
    why = next((words for sign, words in told if sign in text), type(error).__name__)
    return RetriableError("ORIGINALS-001", source=source, why=why)


def refused(source: str, error: BaseException, sqlstate: str | None) -> FukuhonError:
    """The source answers, but not with rows: the error that says who has to do what."""
    state = sqlstate or ""
    if state.startswith(_AWAY) or re.search(r"database (?:table )?is locked|disk I/O error|unable to open", str(error)):
        return away(source, error)
    if state.startswith("22"):
        return DataError("ORIGINALS-013", source=source, state=state[:2])
    for pattern, wording in _SAFE:
        match = re.search(pattern, str(error))
        if match:
            return ConfigurationError("ORIGINALS-002", source=source, why=wording.format(*match.groups()))
    return ConfigurationError(
        "ORIGINALS-002", source=source, why=f"SQLSTATE {state}" if state else type(error).__name__
    )
