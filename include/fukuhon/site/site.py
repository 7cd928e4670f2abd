"""A site: one municipality's settings, and what can be asked of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import Field, PrivateAttr, ValidationInfo, model_validator

from fukuhon.calendars import BusinessCalendar, ModeCalendar
from fukuhon.calendars import Period as DayPeriod
from fukuhon.clock import Clock, ServerClock, SystemClock
from fukuhon.errors import ConfigurationError
from fukuhon.site.checks import CHECKS
from fukuhon.site.documents import read_document
from fukuhon.site.people import Person, person_for
from fukuhon.site.resources import ResourceKind, find_resource, resource_folders
from fukuhon.site.secrets import private_folder, read_key, read_secret
from fukuhon.site.settings import (
    AllotmentSettings,
    BodySettings,
    DatasetSettings,
    Expanded,
    Folders,
    Limits,
    ModeSettings,
    Name,
    Part,
    RegisterSettings,
    ResolvedPath,
    SecretRef,
    ServerSettings,
    SourceSettings,
    SpiSettings,
)

__all__ = ["LedgerSettings", "Site", "load"]

Thing = TypeVar("Thing")


class LedgerSettings(Part):
    """Where the ledger is: its address, or where the address is kept."""

    url: Expanded | None = None
    env: Name | None = None
    file: ResolvedPath | None = None


class Site(Part):
    """One municipality's settings. Frozen; made by :func:`load`."""

    schema_version: Annotated[Literal[1], Field(alias="schema")]
    body: BodySettings
    clock_kind: Annotated[Literal["system", "standin"], Field(alias="clock")]
    folders: Folders
    ledger: LedgerSettings
    hash_key_ref: Annotated[SecretRef, Field(alias="hash_key")]
    server: ServerSettings
    sources: Annotated[tuple[SourceSettings, ...], Field(min_length=1, strict=False)]
    addressee_register: Annotated[RegisterSettings, Field(alias="register")]
    spis: Annotated[tuple[SpiSettings, ...], Field(min_length=1, strict=False)]
    limits: Limits = Limits()
    allotments: Annotated[tuple[AllotmentSettings, ...], Field(strict=False)] = ()
    modes: ModeSettings = ModeSettings()
    people: Annotated[tuple[Person, ...], Field(strict=False)] = ()
    _folder: Path = PrivateAttr(default=Path())

    @model_validator(mode="after")
    def _placed(self, info: ValidationInfo) -> Site:
        self._folder = (info.context or {}).get("folder", Path())
        return self

    @property
    def folder(self) -> Path:
        """The site's folder, absolute."""
        return self._folder

    @property
    def production(self) -> bool:
        """Whether it lives in real time, against the real server."""
        return self.clock_kind == "system"

    @property
    def work(self) -> Path:
        """The folder of work files, made 0700 when missing. Raises ConfigurationError SITE-011."""
        return private_folder(self.folders.work)

    def clock(self) -> Clock:
        """The clock of this site: the machine's in production, else the stand-in's."""
        return SystemClock() if self.production else ServerClock(self.server.clock_url or self.server_url())

    def secret(self, ref: SecretRef) -> str:
        """The text of a secret. Raises ConfigurationError SITE-004, SITE-005 or SITE-006."""
        return read_secret(ref)

    def hash_key(self) -> bytes:
        """The key of all keyed hashes, 32 bytes, made when missing. Raises ConfigurationError SITE-004 to SITE-007."""
        return read_key(self.hash_key_ref)

    def server_url(self) -> str:
        """The intermediate server's address. Raises ConfigurationError SITE-006."""
        return self.server.url or read_secret(SecretRef(env=self.server.env))

    def ledger_url(self) -> str:
        """The ledger's SQLAlchemy address; the folder of an SQLite file is made, 0700. Raises as :meth:`secret`."""
        ledger = self.ledger
        url = ledger.url or read_secret(SecretRef(env=ledger.env, file=ledger.file))
        scheme, slashes, path = url.partition(":///")
        if scheme.partition("+")[0] == "sqlite" and path and path != ":memory:":
            file = self.folder / path
            private_folder(file.parent)
            return f"{scheme}{slashes}{file}"
        return url

    def datasets(self) -> tuple[DatasetSettings, ...]:
        """All datasets in scope, in the order of the settings; each knows its SPI."""
        return tuple(dataset for spi in self.spis for dataset in spi.datasets)

    def dataset(self, code: str) -> DatasetSettings:
        """One dataset's settings. Raises ConfigurationError SITE-010."""
        return _one(self.datasets(), "code", code, "データセット")

    def collated_at_terminal(self) -> frozenset[str]:
        """The datasets whose 突合 goes by people at the 接続端末: by their own setting, else the server's."""
        way = self.server.collation
        return frozenset(each.code for each in self.datasets() if (each.collation or way) == "terminal")

    def spi(self, code: str) -> SpiSettings:
        """One 特定個人情報's settings. Raises ConfigurationError SITE-010."""
        return _one(self.spis, "code", code, "特定個人情報")

    def source(self, source_id: str) -> SourceSettings:
        """One source's settings. Raises ConfigurationError SITE-010."""
        return _one(self.sources, "id", source_id, "既存システム")

    def resource(self, kind: ResourceKind, resource_id: str) -> Path:
        """The file of a rule book, a suite or a query; the site's own first. Raises ConfigurationError SITE-009."""
        return find_resource(self.folder, kind, resource_id)

    def resource_folders(self, kind: ResourceKind) -> tuple[Path, ...]:
        """The folders in which resources of a kind are looked for, the site's own first; only those that exist."""
        return resource_folders(self.folder, kind)

    def query(self, resource_id: str) -> str:
        """The text of a query. Raises ConfigurationError SITE-009."""
        return self.resource("queries", resource_id).read_text(encoding="utf-8")

    def person_for(self, on: date, *, os_user: str | None = None, ui_user: str | None = None) -> Person:
        """Who acts, by the name the system or the page knows, on a day. Raises RefusedError SITE-008."""
        return person_for(self.people, on, os_user=os_user, ui_user=ui_user)

    def calendar(self) -> BusinessCalendar:
        """The body's business days."""
        return BusinessCalendar(self.body.closed_extra, self.body.year_end)

    def mode_calendar(self) -> ModeCalendar:
        """実行モード by day, with what this body applied for."""
        return ModeCalendar(tuple(DayPeriod(period.first, period.last) for period in self.modes.applied))

    @property
    def opening(self) -> time:
        """The body's opening hour."""
        return time.fromisoformat(self.body.opening)


def _one(things: Sequence[Thing], key: str, wanted: str, what: str) -> Thing:
    for thing in things:
        if getattr(thing, key) == wanted:
            return thing
    raise ConfigurationError("SITE-010", what=what, id=wanted)


def load(folder: Path | str) -> Site:
    """Read ``folder/site.yaml``.

    Raises ConfigurationError: SITE-001 (no such file), SITE-002 (no YAML), SITE-003 (all that is wrong, line by line).
    """
    path = Path(folder).expanduser().resolve() / "site.yaml"
    return read_document(path).build(Site, "SITE-003", CHECKS)
