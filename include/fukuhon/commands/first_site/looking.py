"""Each source that was named, tried at once: can it be reached, what is in it, how is it written."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from fukuhon.errors import ConfigurationError
from fukuhon.originals import file_shape, tables_of
from fukuhon.site import DAY, SourceSettings
from fukuhon.site.wording import in_japanese

if TYPE_CHECKING:
    from fukuhon.commands.first_site.answers import SourceAnswer
    from fukuhon.originals import ColumnKind

__all__ = ["Seen", "look", "source_of"]

_SUFFIXES = {".csv": "csv", ".txt": "csv", ".tsv": "csv", ".sqlite": "sqlite", ".sqlite3": "sqlite", ".db": "sqlite"}


@dataclass(frozen=True, slots=True)
class Seen:
    """A source that answered: its settings as ``site.yaml`` says them, and its tables with their columns."""

    answer: SourceAnswer
    settings: Mapping[str, Any]
    tables: Mapping[str, Mapping[str, ColumnKind]]

    @property
    def told(self) -> str:
        """What was found out, for a person."""
        form = {
            "encoding": self.settings.get("encoding"),
            "delimiter": {"\t": "タブ区切り"}.get(str(self.settings.get("delimiter")), self.settings.get("delimiter")),
            "header": {True: "見出しあり", False: "見出しなし"}.get(self.settings.get("header", "")),
        }
        said = "、".join(str(word) for word in form.values() if word)
        tables = "、".join(f"{name}（{len(columns)} 列）" for name, columns in self.tables.items())
        return f"{self.answer.kind}{f'（{said}）' if said else ''}：{tables}"

    def table(self, name: str | None) -> str:
        """The table that is meant; the only one where none is named. Raises ConfigurationError COMMANDS-076."""
        if name is None and len(self.tables) == 1:
            return next(iter(self.tables))
        if name is None or name not in self.tables:
            raise ConfigurationError("COMMANDS-076", source=self.answer.id, tables="、".join(self.tables))
        return name


def source_of(text: str) -> dict[str, Any]:
    """What ``--source ID=WHERE`` says: a file's path, or ``env:NAME`` with a database's address in it.

    Raises ConfigurationError COMMANDS-073.
    """
    identifier, _, where = text.partition("=")
    answer: dict[str, Any] = {"id": identifier, "name": identifier}
    if where.startswith("env:"):
        name = where.removeprefix("env:")
        scheme = os.environ.get(name, "").partition(":")[0].partition("+")[0]
        return {**answer, "kind": "mysql" if scheme in {"mysql", "mariadb"} else "postgresql", "env": name}
    kind = _SUFFIXES.get(Path(where).suffix.lower())
    if not identifier or kind is None:
        raise ConfigurationError("COMMANDS-073", option="--source", form="kodomo=受給者.csv、tax=env:TAX_URL")
    return {**answer, "kind": kind, "path": where}


def look(answer: SourceAnswer) -> Seen:
    """Try a source. Raises what reading it raises, and ConfigurationError COMMANDS-077 (its form is no form)."""
    said: dict[str, Any] = {"id": answer.id, "name": answer.name, "kind": answer.kind}
    said |= {"path": str(answer.path.expanduser().absolute())} if answer.path else {"env": answer.env}
    dated = answer.path is not None and DAY in answer.path.name
    said |= {"history": "snapshots" if dated else "none"}
    if answer.kind == "csv" and answer.path is not None and "tables" not in answer.form:
        shape = file_shape(_newest(answer.path.expanduser()), answer.id)
        said |= {"encoding": shape.encoding, "delimiter": shape.delimiter, "header": shape.header}
        said |= {} if shape.final_newline else {"final_newline": False}
        said |= {} if shape.header else {"columns": list(shape.columns)}
    said |= answer.form
    try:
        settings = SourceSettings.model_validate(said)
    except ValidationError as error:
        problems = "".join(f"\n  {in_japanese(item)}" for item in error.errors(include_url=False, include_input=False))
        raise ConfigurationError("COMMANDS-077", source=answer.id, problems=problems) from None
    return Seen(answer, said, tables_of(settings))


def _newest(path: Path) -> Path:
    """The file itself or, of files named by day, the last by name."""
    if DAY not in path.name:
        return path
    return max(path.parent.glob(path.name.replace(DAY, "*")), default=path)
