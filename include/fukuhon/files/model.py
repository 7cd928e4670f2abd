"""What a 特定個人情報ファイル is, in the words of include/messages/file.xsd."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

__all__ = ["ANSWERS", "NAMESPACE", "Caps", "Header", "Operation", "Written", "item_columns"]

NAMESPACE = "urn:fukuhon:file:1"
ANSWERS = "urn:fukuhon:answers:1"

_ITEM = re.compile(r"I[0-9]+(_[0-9]+)?")


class Operation(StrEnum):
    """What the server is asked to do with every record of a file."""

    REGISTER = "register"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Header:
    """The attributes of a file's root, but for its count of records."""

    body: str
    spi: str
    dataset: str
    layout: str
    operation: Operation = Operation.REGISTER


@dataclass(frozen=True, slots=True)
class Caps:
    """The greatest file: records and bytes, both included."""

    records: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Written:
    """A file that lies complete on the disk: sha256 in hex, size in bytes, count of records."""

    path: Path
    sha256: str
    bytes: int
    records: int


def item_columns(schema: pa.Schema) -> tuple[str, ...]:
    """The columns of a mapped batch that hold items (``I0101`` …), in their order."""
    return tuple(name for name in schema.names if _ITEM.fullmatch(name))
