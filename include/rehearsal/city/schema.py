"""Tables of the old systems, as each kind of system keeps them.

Keys, codes and dates are text, as old systems keep them; amounts are integers. In a database each table is a change
log: a row holds from ``valid_from`` until before ``valid_to``, both instants as text with ``+09:00``, so that their
order as text is their order in time. In a file a table shows the rows of one day, without the validity.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ADDRESSEE", "PERSON", "Table"]

_VALIDITY = ("valid_from", "valid_to")
_TEXT = {"postgresql": 'TEXT COLLATE "C"', "mariadb": "VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"}
PERSON = ("birth_date", "sex", "kana", "address_code", "status")
"""What every system knows of a person, in its own copy."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table by its name, its key and its columns; all text but those named as ``integers``.

    ``widths`` (bytes in cp932 of each column) are for systems that write records of fixed length.
    """

    name: str
    key: str
    columns: tuple[str, ...]
    integers: frozenset[str] = frozenset()
    widths: Mapping[str, int] = field(default_factory=dict)

    @property
    def stored(self) -> tuple[str, ...]:
        """Every column as the database has it: those of the matter, then the validity."""
        return (*self.columns, *_VALIDITY)

    @property
    def arrow(self) -> pa.Schema:
        """The schema of what is written."""
        return pa.schema([(name, pa.int64() if name in self.integers else pa.string()) for name in self.stored])

    def ddl(self, engine: str) -> str:
        """``CREATE TABLE`` for ``sqlite``, ``postgresql`` or ``mariadb``; text compares by bytes on all of them."""
        text = _TEXT.get(engine, "TEXT")
        lines = [f"{name} {'BIGINT' if name in self.integers else text}" for name in self.stored]
        return f"CREATE TABLE {self.name} ({', '.join(lines)})"


ADDRESSEE = Table(
    "addressee", "addressee_no", ("addressee_no", *PERSON, "household_no", "dv_flag"), frozenset({"dv_flag"})
)
