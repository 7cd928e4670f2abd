"""An imported pack as the files that a person will read and review: one line an item, as in the packs by hand."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from fukuhon.errors import ConfigurationError

if TYPE_CHECKING:
    from fukuhon.layouts.importing import ImportedPack

__all__ = ["write_pack"]


class _Line(dict[str, Any]):
    """A mapping that is written on one line."""


class _Dumper(yaml.SafeDumper):
    """SafeDumper that knows lines."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - PyYAML's
        """Lists stand deeper than their key."""
        super().increase_indent(flow, indentless=False)


def _one_line(dumper: yaml.SafeDumper, value: _Line) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", value, flow_style=True)


_Dumper.add_representer(_Line, _one_line)


def write_pack(pack: ImportedPack, folder: Path) -> list[Path]:
    """Write ``pack.yaml`` and one file for each 特定個人情報; all of them are there, or none.

    Raises ConfigurationError LAYOUTS-008 (the folder is there already) or LAYOUTS-012 (it cannot be written).
    """
    if folder.exists():
        raise ConfigurationError("LAYOUTS-008", folder=folder)
    texts = {"pack.yaml": _written(dict(pack.header))}
    texts |= {f"{spi}.yaml": _written(_lined(data)) for spi, data in pack.spis.items()}
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            for name, text in texts.items():
                _durable(beside / name, text)
            beside.rename(folder)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        raise ConfigurationError("LAYOUTS-012", file=folder, why=error.strerror or type(error).__name__) from None
    return [folder / name for name in texts]


def _durable(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def _written(data: dict[str, Any]) -> str:
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=4096)


def _lined(spi: Mapping[str, Any]) -> dict[str, Any]:
    """Keys and items on one line each."""
    return {**spi, "datasets": [_dataset(dataset) for dataset in spi["datasets"]]}


def _dataset(dataset: Mapping[str, Any]) -> dict[str, Any]:
    items = [
        {**entry, "items": [_Line(item) for item in entry["items"]]} if "group" in entry else _Line(entry)
        for entry in dataset["items"]
    ]
    return {**dataset, "record_key": _Line(dataset["record_key"]), "items": items}
