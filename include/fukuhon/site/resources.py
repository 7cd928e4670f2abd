"""Rule books, suites, queries and layout packs by id: a site's own come before the project's."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from fukuhon.errors import ConfigurationError

__all__ = ["ResourceKind", "find_resource", "resource_folders"]

ResourceKind = Literal["rules", "expectations", "queries", "layouts"]

_ENDING: dict[ResourceKind, str] = {"rules": ".yaml", "expectations": ".yaml", "queries": ".sql", "layouts": ""}
_LIBRARY = Path(__file__).resolve().parents[2]  # include/


def resource_folders(site: Path, kind: ResourceKind) -> tuple[Path, ...]:
    """Where resources of a kind are looked for, the site's own folder first; only folders that exist."""
    wanted = (site / kind, _LIBRARY.parent / kind, _LIBRARY / kind)
    return tuple(folder for folder in wanted if folder.is_dir())


def find_resource(site: Path, kind: ResourceKind, resource_id: str) -> Path:
    """The file of a resource, by its id with or without the ending. Raises ConfigurationError SITE-009."""
    ending = _ENDING[kind]
    name = resource_id.removeprefix(f"{kind}/").removesuffix(ending) + ending
    for folder in resource_folders(site, kind):
        path = folder / name
        if path.is_file() and path.resolve().is_relative_to(folder.resolve()):
            return path
    raise ConfigurationError("SITE-009", kind=kind, id=resource_id)
