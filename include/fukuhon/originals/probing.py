"""A first look at an existing system that nobody described yet: its tables and columns, and how a file is written.

Names, kinds and forms only: no value is kept or told.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fukuhon.errors import DataError, RetriableError
from fukuhon.originals.columns import ColumnKind
from fukuhon.originals.decoding import Encoding, foreign
from fukuhon.originals.files import FileSource
from fukuhon.originals.opening import open_source

if TYPE_CHECKING:
    from fukuhon.originals.source import Source
    from fukuhon.site import SourceSettings

__all__ = ["FileShape", "file_shape", "tables_of"]

_HEAD_BYTES = 2**20
_DELIMITERS = (",", "\t", ";", "|")
_ROWS = 20
_KINDS: Mapping[str, ColumnKind] = {
    "int": "integer", "serial": "integer", "numeric": "decimal", "decimal": "decimal", "real": "decimal",
    "double": "decimal", "float": "decimal", "date": "date", "timestamp": "date", "bool": "boolean",
}  # fmt: skip
_COLUMNS = {
    "sqlite": """
        SELECT m.name AS t, p.name AS c, p.type AS k
        FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS p
        WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, p.cid""",
    "postgresql": """
        SELECT CASE table_schema WHEN 'public' THEN '' ELSE table_schema || '.' END || table_name AS t,
               CAST(column_name AS text) AS c, CAST(data_type AS text) AS k
        FROM information_schema.columns
        WHERE table_schema NOT IN ('pg_catalog', 'information_schema')
        ORDER BY table_schema, table_name, ordinal_position""",
    "mysql": """
        SELECT table_name AS t, column_name AS c, data_type AS k FROM information_schema.columns
        WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position""",
}


@dataclass(frozen=True, slots=True)
class FileShape:
    """How a CSV file is written, as far as its beginning and its end tell."""

    encoding: Encoding
    delimiter: str
    header: bool
    final_newline: bool
    columns: tuple[str, ...]


def file_shape(path: Path, source: str) -> FileShape:
    """Look at a CSV file. A file without a header gets columns called 列1, 列2 ….

    Raises RetriableError ORIGINALS-001 (it cannot be read), DataError ORIGINALS-027 (it is empty), ORIGINALS-031
    (neither UTF-8 nor cp932).
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
            stream.seek(0, io.SEEK_END)
            stream.seek(max(0, stream.tell() - 1))
            last = stream.read(1)
    except OSError as error:
        why = "読む権限がない" if isinstance(error, PermissionError) else f"{path.name} がない"
        raise RetriableError("ORIGINALS-001", source=source, why=why) from None
    if not head.strip():
        raise DataError("ORIGINALS-027", source=source, file=path.name)
    encoding, text = _decoded(head, path, source)
    delimiter, rows = max(((sign, _rows(text, sign)) for sign in _DELIMITERS), key=lambda one: _regular(one[1]))
    header = _is_header(rows[0])
    names = [name.strip() for name in rows[0]] if header else [f"列{n}" for n, _ in enumerate(rows[0], start=1)]
    return FileShape(encoding, delimiter, header, last == b"\n", tuple(names))


def tables_of(settings: SourceSettings) -> dict[str, dict[str, ColumnKind]]:
    """The columns of every table of a source and the kind that each one seems to have, tables by name.

    Of a file every column is text. Raises what reading the source raises.
    """
    with open_source(settings) as source:
        if isinstance(source, FileSource):
            source.check()
            return {name: dict.fromkeys(columns, "text") for name, columns in source.columns().items()}
        return _database(source, settings.kind)


def _database(source: Source, kind: str) -> dict[str, dict[str, ColumnKind]]:
    tables: dict[str, dict[str, ColumnKind]] = {}
    wanted: Any = {"t": "text", "c": "text", "k": "text"}
    for row in source.read(_COLUMNS[kind], {}, wanted).to_pylist():
        tables.setdefault(row["t"], {})[row["c"]] = _kind(row["k"] or "")
    return tables


def _kind(declared: str) -> ColumnKind:
    name = declared.lower()
    if name == "tinyint(1)":
        return "boolean"
    return next((kind for sign, kind in _KINDS.items() if sign in name), "text")


def _decoded(head: bytes, path: Path, source: str) -> tuple[Encoding, str]:
    """The first lines as text. The block may end within a character: it is cut behind its last line."""
    whole = head[: head.rfind(b"\n") + 1] or head
    if not foreign(head, "utf-8"):
        encodings: tuple[Encoding, ...] = ("utf-8", "cp932")
        for encoding in encodings:
            try:
                return encoding, whole.removeprefix(b"\xef\xbb\xbf").decode(encoding)
            except UnicodeDecodeError:
                continue
    raise DataError("ORIGINALS-031", source=source, file=path.name, hint=foreign(head, "utf-8") or "文字の表にない並び")


def _rows(text: str, delimiter: str) -> list[list[str]]:
    def some() -> Iterator[list[str]]:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
            if number == _ROWS:
                return
            if row:
                yield row

    return list(some()) or [[""]]


def _regular(rows: list[list[str]]) -> int:
    """How many columns the rows have in common; 0 where they do not agree."""
    widths = {len(row) for row in rows}
    return len(rows[0]) if len(widths) == 1 else 0


def _is_header(row: list[str]) -> bool:
    """Names: each one there, each once, none of them a number or a day."""
    names = [name.strip() for name in row]
    return all(names) and len(set(names)) == len(names) and not any(n.translate(_SIGNS).isdigit() for n in names)


_SIGNS = {ord(sign): None for sign in "-/.,:"}
