"""The existing systems that hold 正本: databases by address, exported files by form; docs/site-yaml.md for people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from fukuhon.site.fields import Expanded, Name, Part, Positive, ResolvedPath, ResourceId

__all__ = ["DAY", "FileColumn", "FileForm", "FileTable", "SourceSettings", "TableSettings"]

DAY = "{day}"
"""What stands in a file's name for its day."""

TableName = Annotated[str, Field(pattern=r"^[^\W\d]\w*$")]
_FILES = ("csv", "fixed")


class FileColumn(Part):
    """A column of a file. ``start`` (from 1) and ``bytes`` are its place in a record of fixed length."""

    name: Name
    start: Annotated[Positive | None, Field(alias="from")] = None
    bytes: Positive | None = None

    @property
    def end(self) -> int:
        """The last of its bytes, from 1; 0 where it has no place."""
        return (self.start or 0) + (self.bytes or 1) - 1


def _named(value: object) -> object:
    """A column that is only a name."""
    return {"name": value} if isinstance(value, str) else value


class FileForm(Part):
    """How a file is written. What is not said is the source's, then the default of :class:`FileTable`."""

    encoding: Literal["utf-8", "cp932"] | None = None
    delimiter: Annotated[str, Field(pattern=r"^[\t!#-/:-@\[-`{-~]$")] | None = None
    header: bool | None = None
    final_newline: bool | None = None
    newline: Literal["auto", "crlf", "lf", "none"] | None = None
    record_bytes: Positive | None = None
    trim: bool | None = None
    may_be_empty: bool | None = None
    columns: Annotated[tuple[Annotated[FileColumn, BeforeValidator(_named)], ...] | None, Field(strict=False)] = None


class TableSettings(FileForm):
    """One of several files of a source: the relation that a query names, and the file's name in the folder."""

    name: TableName
    file: Annotated[str, Field(pattern=r"^[^/\\]+$")]


class FileTable(Part):
    """A file's whole form. ``pattern`` may hold ``{day}``."""

    name: str
    pattern: ResolvedPath
    encoding: Literal["utf-8", "cp932"] = "utf-8"
    delimiter: str = ","
    header: bool = True
    final_newline: bool = True
    newline: Literal["auto", "crlf", "lf", "none"] = "auto"
    record_bytes: int = 0
    trim: bool = True
    may_be_empty: bool = False
    columns: Annotated[tuple[FileColumn, ...], Field(strict=False)] = ()


class SourceSettings(FileForm):
    """An existing system that holds 正本."""

    id: ResourceId
    name: Name
    kind: Literal["sqlite", "postgresql", "mysql", "oracle", "mssql", "csv", "fixed"]
    url: Expanded | None = None
    env: Name | None = None
    path: ResolvedPath | None = None
    history: Literal["change_log", "snapshots", "none"]
    production: bool = False
    masters_needed: bool = False
    tables: Annotated[tuple[TableSettings, ...], Field(strict=False)] = ()
    stale_days: Positive = 7

    @model_validator(mode="after")
    def _address(self) -> Self:
        wanted = "path" if self.kind in {"sqlite", *_FILES} else "url か env"
        given = [name for name in ("url", "env", "path") if getattr(self, name) is not None]
        if len(given) != 1 or (given == ["path"]) != (wanted == "path"):
            raise ValueError(f"{self.kind} では {wanted} を一つだけ書いてください")
        if self.url and re.search(r"//[^/@]*:[^/@]*@", self.url):
            raise ValueError("url にパスワードを書かないでください（env を使います）")
        return self

    @model_validator(mode="after")
    def _files(self) -> Self:
        """Only files have a form, and each kind of file has its own."""
        if self.kind not in _FILES:
            form = {*FileForm.model_fields, "tables", "stale_days"}
            for key in sorted(form & self.model_fields_set):
                raise ValueError(f"{key} は csv と fixed だけで使えます")
            return self
        names = [table.name.casefold() for table in self.tables]
        if len(names) != len(set(names)):
            raise ValueError("tables に同じ名前が二度あります")
        for problem in (*_form_problems(self), *_day_problems(self)):
            raise ValueError(problem)
        return self

    def file_tables(self) -> tuple[FileTable, ...]:
        """The files of a source of kind ``csv`` or ``fixed``; a single one is the relation ``source``."""
        assert self.path is not None
        own = _said(self)
        if not self.tables:
            return (FileTable.model_validate({**own, "name": "source", "pattern": self.path}),)
        return tuple(
            FileTable.model_validate({**own, **_said(table), "name": table.name, "pattern": self.path / table.file})
            for table in self.tables
        )


def _said(form: FileForm) -> dict[str, object]:
    return {name: value for name in FileForm.model_fields if (value := getattr(form, name)) is not None}


def _form_problems(source: SourceSettings) -> Iterator[str]:
    foreign = {"csv": ("newline", "record_bytes", "trim"), "fixed": ("delimiter", "header", "final_newline")}[
        source.kind
    ]
    for key in foreign:
        if any(getattr(form, key) is not None for form in (source, *source.tables)):
            yield f"{key} は {source.kind} では使えません"
    for table in source.file_tables():
        names = [column.name.casefold() for column in table.columns]
        if len(names) != len(set(names)):
            yield f"{table.name} の columns に同じ名前が二度あります"
        yield from (_fixed_problems if source.kind == "fixed" else _csv_problems)(table)


def _csv_problems(table: FileTable) -> Iterator[str]:
    if not table.header and not table.columns:
        yield f"{table.name} に見出し（header）がないときは columns が必要です"
    if any(column.start or column.bytes for column in table.columns):
        yield "from と bytes は fixed だけで使えます"


def _fixed_problems(table: FileTable) -> Iterator[str]:
    if not table.columns:
        yield f"{table.name} に columns（name、from、bytes）が必要です"
    for column in table.columns:
        if column.start is None or column.bytes is None:
            yield f"列 {column.name} に from（開始位置）と bytes（バイト数）が必要です"
        elif table.record_bytes and column.end > table.record_bytes:
            yield f"列 {column.name} が record_bytes を越えています"


def _day_problems(source: SourceSettings) -> Iterator[str]:
    patterns = [table.pattern for table in source.file_tables()]
    dated = [DAY in pattern.name for pattern in patterns]
    if any(DAY in str(pattern.parent) or pattern.name.count(DAY) > 1 for pattern in patterns):
        yield "{day} はファイル名に一度だけ書けます"
    if any(dated) != (source.history == "snapshots"):
        yield "history: snapshots のときだけ、ファイル名に {day}（日付）を書きます"
