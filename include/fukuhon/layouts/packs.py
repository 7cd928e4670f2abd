"""The packs of a site side by side, and which one is in force on a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from fukuhon.errors import ConfigurationError
from fukuhon.layouts.reading import load_pack

if TYPE_CHECKING:
    from pathlib import Path

    from fukuhon.layouts.model import DatasetLayout, LayoutPack
    from fukuhon.site import Site

__all__ = ["Packs", "pack_folders", "packs", "packs_in"]


@dataclass(frozen=True, slots=True)
class Packs:
    """Layout packs, oldest first. Two whose periods overlap: the one that began later is in force."""

    packs: tuple[LayoutPack, ...]

    @classmethod
    def of(cls, packs: Iterable[LayoutPack]) -> Packs:
        """Put packs in order.

        Raises ConfigurationError LAYOUTS-004 where two packs with the same dataset begin on one day: which one counts?
        """
        ordered = tuple(sorted(packs, key=lambda pack: (pack.effective_from, pack.version)))
        began: dict[tuple[date, str], str] = {}
        for pack in ordered:
            for layout in pack.datasets:
                other = began.setdefault((pack.effective_from, layout.code), pack.version)
                if other != pack.version:
                    raise ConfigurationError(
                        "LAYOUTS-004", one=other, other=pack.version, dataset=layout.code, day=pack.effective_from
                    )
        return cls(ordered)

    def in_force(self, dataset: str, on: date) -> DatasetLayout:
        """The layout of a dataset on a day. Raises ConfigurationError LAYOUTS-003 where none is in force."""
        for pack in reversed(self.packs):
            if pack.in_force(on):
                for layout in pack.datasets:
                    if layout.code == dataset:
                        return layout
        raise ConfigurationError("LAYOUTS-003", dataset=dataset, day=on)

    def pack(self, version: str) -> LayoutPack:
        """A whole version. Raises ConfigurationError LAYOUTS-010."""
        for pack in self.packs:
            if pack.version == version:
                return pack
        known = "、".join(pack.version for pack in self.packs) or "なし"
        raise ConfigurationError("LAYOUTS-010", version=version, known=known)

    def version(self, dataset: str, version: str) -> DatasetLayout:
        """A dataset's layout in a version, for files written earlier. Raises ConfigurationError LAYOUTS-005."""
        for pack in self.packs:
            if pack.version == version:
                for layout in pack.datasets:
                    if layout.code == dataset:
                        return layout
        raise ConfigurationError("LAYOUTS-005", dataset=dataset, version=version)


def packs(site: Site) -> Packs:
    """All packs of a site: the project's, and its own, which replace those of the same version.

    Raises as :func:`packs_in`.
    """
    return packs_in(site.resource_folders("layouts"))


def packs_in(folders: Sequence[Path]) -> Packs:
    """All packs in folders; one of a folder replaces those of the same version in the folders behind it.

    Raises ConfigurationError as :func:`load_pack` and :meth:`Packs.of`, and LAYOUTS-009 where a version stands in two
    folders side by side.
    """
    by_version: dict[str, LayoutPack] = {}
    for folder in reversed(folders):
        where: dict[str, str] = {}
        for path in sorted(folder.glob("*/pack.yaml")):
            pack = load_pack(path.parent)
            other = where.setdefault(pack.version, path.parent.name)
            if other != path.parent.name:
                raise ConfigurationError("LAYOUTS-009", version=pack.version, one=other, other=path.parent.name)
            by_version[pack.version] = pack
    return Packs.of(by_version.values())


def pack_folders(site: Site) -> tuple[Path, ...]:
    """The folders of all packs that a site sees; its own hides the project's of the same name."""
    folders: dict[str, Path] = {}
    for folder in reversed(site.resource_folders("layouts")):
        folders |= {path.parent.name: path.parent for path in sorted(folder.glob("*/pack.yaml"))}
    return tuple(folders[name] for name in sorted(folders))
