"""The manifest of a file: what it is and holds, in counts and hashes, fit to be shown to anybody."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fukuhon.errors import DataError
from fukuhon.files.atomic import write_bytes
from fukuhon.files.digests import sha256_of
from fukuhon.files.model import Header, Operation

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Manifest", "read_manifest", "verify", "write_manifest"]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What lies beside a file. ``key_low`` and ``key_high`` bound the keyed identity hashes (16 hex digits of each)."""

    file: str
    sha256: str
    bytes: int
    records: int
    header: Header
    as_of: datetime
    run: str
    part: str
    key_low: str
    key_high: str
    variations: dict[str, int]
    sidecar: str
    sidecar_sha256: str


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Write a manifest as JSON: the same manifest, the same bytes."""
    body = asdict(manifest) | {"as_of": manifest.as_of.isoformat(), "form": 1}
    write_bytes(path, (json.dumps(body, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode())


def read_manifest(path: Path) -> Manifest:
    """Read a manifest. Raises DataError FILES-014 where it is missing or malformed."""
    try:
        body: dict[str, Any] = json.loads(path.read_bytes())
        body.pop("form")
        header = body.pop("header")
        header["operation"] = Operation(header["operation"])
        return Manifest(**body | {"header": Header(**header), "as_of": datetime.fromisoformat(body["as_of"])})
    except (OSError, KeyError, TypeError, ValueError):
        raise DataError("FILES-014", file=path.name) from None


def verify(manifest_path: Path) -> Manifest:
    """Read a manifest and prove that file and sidecar beside it are what it says.

    Raises DataError FILES-014, FILES-015 (changed).
    """
    manifest = read_manifest(manifest_path)
    for name, expected in ((manifest.file, manifest.sha256), (manifest.sidecar, manifest.sidecar_sha256)):
        if sha256_of(manifest_path.with_name(name)) != expected:
            raise DataError("FILES-015", file=name)
    return manifest
