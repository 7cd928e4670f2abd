"""正本 as Arrow record batches, the columns checked against what the rules expect; keys stay text."""

from __future__ import annotations

from fukuhon.originals.columns import ARROW_TYPES, ColumnKind, Columns
from fukuhon.originals.fingerprint import Change, Fingerprint, require_unchanged
from fukuhon.originals.memory import changed_columns, require_known_columns
from fukuhon.originals.opening import open_source
from fukuhon.originals.probing import FileShape, file_shape, tables_of
from fukuhon.originals.query import Parameters
from fukuhon.originals.register import REGISTER_SCHEMA, addressee_register
from fukuhon.originals.source import BATCH_ROWS, Source

__all__ = [
    "ARROW_TYPES",
    "BATCH_ROWS",
    "REGISTER_SCHEMA",
    "Change",
    "ColumnKind",
    "Columns",
    "FileShape",
    "Fingerprint",
    "Parameters",
    "Source",
    "addressee_register",
    "changed_columns",
    "file_shape",
    "open_source",
    "require_known_columns",
    "require_unchanged",
    "tables_of",
]
