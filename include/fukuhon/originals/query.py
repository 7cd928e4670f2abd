"""A query of a site: one SELECT, with named parameters that are bound and never written into it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import sqlglot
from sqlglot import exp

from fukuhon.errors import ConfigurationError

__all__ = ["Parameters", "Query", "parse_query"]

Parameters = Mapping[str, date | str | int]

# Quoted text, quoted names, comments and dollar quotes hold no parameters; `::type` is none either.
_TOKENS = re.compile(
    r"""
    (?P<skip> '(?:[^']|'')*' | "(?:[^"]|"")*" | `[^`]*` | --[^\n]* | /\*.*?\*/ | (?P<dollar>\$\w*\$).*?(?P=dollar) |
    :: ) | :(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Query:
    """A checked query. ``names`` are its parameters in order of appearance, each once."""

    text: str
    names: tuple[str, ...]

    def written(self, place: Callable[[str], str], escape: Callable[[str], str] = str) -> str:
        """The text with ``place(name)`` for each parameter; ``escape`` is applied to all the rest."""
        parts: list[str] = []
        end = 0
        for match in _TOKENS.finditer(self.text):
            if match["name"]:
                parts += [escape(self.text[end : match.start()]), place(match["name"])]
                end = match.end()
        return "".join([*parts, escape(self.text[end:])])


def parse_query(text: str, parameters: Parameters, dialect: str, source: str) -> Query:
    """Check that ``text`` is one SELECT whose parameters are all given.

    Raises ConfigurationError ORIGINALS-004 (not one SELECT) or ORIGINALS-003 (a parameter that nobody gives).
    """
    text = text.strip().rstrip(";").rstrip()
    try:
        statements = [statement for statement in sqlglot.parse(text, dialect=dialect) if statement is not None]
    except sqlglot.errors.SqlglotError:
        statements = []  # a vendor's own way of writing: the source itself will judge it
        if not re.match(r"(?:\s|--[^\n]*\n|/\*.*?\*/)*(?:SELECT|WITH)\b", text, re.IGNORECASE | re.DOTALL):
            raise ConfigurationError("ORIGINALS-004", source=source) from None
    else:
        if len(statements) != 1 or not _only_reads(statements[0]):
            raise ConfigurationError("ORIGINALS-004", source=source)
    names = tuple(dict.fromkeys(match["name"] for match in _TOKENS.finditer(text) if match["name"]))
    for name in names:
        if name not in parameters:
            raise ConfigurationError("ORIGINALS-003", source=source, name=name)
    return Query(text + "\n", names)


def _only_reads(statement: object) -> bool:
    writes = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Create, exp.Drop, exp.Command, exp.Into)
    return isinstance(statement, exp.Query) and statement.find(*writes) is None
