"""From a source's settings to the source."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fukuhon.errors import ConfigurationError
from fukuhon.originals.adbc import PostgresqlSource, SqliteSource
from fukuhon.originals.files import FileSource
from fukuhon.originals.streamed import MysqlSource
from fukuhon.site import SecretRef
from fukuhon.site.secrets import read_secret

if TYPE_CHECKING:
    from fukuhon.originals.source import Source
    from fukuhon.site import SourceSettings

__all__ = ["open_source"]


def open_source(settings: SourceSettings) -> Source:
    """The source of these settings; it connects when first asked. Use it as a context manager.

    Raises ConfigurationError ORIGINALS-009 (a kind that this version cannot read) or SITE-006 (its address is not set).
    """
    if settings.kind == "sqlite":
        assert settings.path is not None
        return SqliteSource(settings, settings.path)
    if settings.kind in {"csv", "fixed"}:
        return FileSource(settings)
    if settings.kind in {"postgresql", "mysql"}:
        url = settings.url or read_secret(SecretRef(env=settings.env))
        if settings.kind == "mysql":
            return MysqlSource(settings, url)
        return PostgresqlSource(settings, re.sub(r"^postgres(?:ql)?(?:\+\w+)?://", "postgresql://", url))
    raise ConfigurationError("ORIGINALS-009", source=settings.id, kind=settings.kind)
