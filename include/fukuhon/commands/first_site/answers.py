"""What ``fukuhon init`` has to know: read from a file, or asked; docs/first-site.md shows it for people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from fukuhon.site import Role
from fukuhon.site.documents import Document, read_document
from fukuhon.site.fields import BodyCodeText, DatasetText, Name, Part, ResourceId
from fukuhon.site.settings import SecretRef

__all__ = [
    "SERVER",
    "Answers",
    "BodyAnswer",
    "DatasetAnswer",
    "PersonAnswer",
    "RegisterAnswer",
    "SourceAnswer",
    "answers_of",
]

SERVER = "${FUKUHON_SERVER_URL:-http://127.0.0.1:8780}"
"""The stand-in's usual address, or wherever the environment says that it is."""

Account = Literal["upload", "collation_requester", "collation_manager", "administrator"]


class BodyAnswer(Part):
    """The municipality."""

    code: BodyCodeText
    name: Name
    prefecture: Name
    group: Literal[1, 2, 3]


class SourceAnswer(Part):
    """An existing system: a file's path or the name of the variable with a database's address.

    ``form`` is what ``site.yaml`` says of a file beside its path; what is not said is found out.
    """

    id: ResourceId
    name: Name
    kind: Literal["sqlite", "postgresql", "mysql", "csv", "fixed"]
    path: Path | None = Field(default=None, strict=False)
    env: Name | None = None
    form: dict[str, Any] = Field(default_factory=dict)


class RegisterAnswer(Part):
    """The addressee register: ``columns`` names those that cannot be told by their names."""

    source: Name
    table: Name | None = None
    columns: dict[str, str] = Field(default_factory=dict)


class DatasetAnswer(Part):
    """A dataset: ``columns`` names those of keys and items that cannot be told by their names."""

    code: DatasetText
    source: Name
    table: Name | None = None
    variation: Name | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    control_totals: dict[str, int] = Field(default_factory=dict)


class PersonAnswer(Part):
    """A person in a role."""

    name: Name
    role: Role
    os_user: Name | None = None


class AccountAnswer(Part):
    """An account on the intermediate server; without ``password`` an empty private file waits for it."""

    user: Name
    password: SecretRef | None = None


class Answers(Part):
    """Everything that is asked."""

    body: BodyAnswer
    clock: Literal["system", "standin"] = "system"
    server: Name = SERVER
    device: Name = "T-0001"
    accounts: dict[Account, AccountAnswer] = Field(default_factory=dict)
    sources: Annotated[tuple[SourceAnswer, ...], Field(min_length=1, strict=False)]
    register_: Annotated[RegisterAnswer | None, Field(alias="register")] = None
    datasets: Annotated[tuple[DatasetAnswer, ...], Field(min_length=1, strict=False)]
    people: Annotated[tuple[PersonAnswer, ...], Field(strict=False)] = ()
    start: date | None = None


def answers_of(file: Path | None, given: Mapping[str, Any]) -> Answers:
    """The answers of a file, and of options (``given``), which go before the file's.

    Raises ConfigurationError: SITE-001, SITE-002 (no such file, no YAML), COMMANDS-072 (what is wrong or missing).
    """
    document = read_document(file.absolute()) if file else Document(Path.cwd() / "--", {}, {})
    data = {**document.data, **given}
    if isinstance(document.data.get("body"), dict) and isinstance(given.get("body"), dict):
        data["body"] = {**document.data["body"], **given["body"]}  # type: ignore[dict-item]
    merged = Document(document.path, data, document.lines, document.problems)
    return merged.build(Answers, "COMMANDS-072")
