"""The addressee register (団体内統合宛名システム) as a table: who has which number, and what tells people apart."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from fukuhon.errors import DataError
from fukuhon.originals.opening import open_source

if TYPE_CHECKING:
    from fukuhon.originals.columns import Columns
    from fukuhon.originals.source import Source
    from fukuhon.site import Site

__all__ = ["REGISTER_COLUMNS", "REGISTER_SCHEMA", "addressee_register"]

REGISTER_COLUMNS: Columns = {
    "addressee": "text",
    "birth_date": "text",
    "sex": "text",
    "kana": "text",
    "address_code": "text",
    "status": "text",
}
REGISTER_SCHEMA = pa.schema([*((name, pa.string()) for name in REGISTER_COLUMNS), ("dv", pa.bool_())])
_YES, _NO = ("1", "true", "t"), ("0", "false", "f")


def addressee_register(site: Site, as_of: date, source: Source | None = None) -> pa.Table:
    """The register as of a day's end, by :data:`REGISTER_SCHEMA`.

    ``dv`` (支援措置) may come as a number, a text or a truth value.

    ``source`` may be one that is open already. Raises as :meth:`Source.extract`, and DataError ORIGINALS-014 where
    ``dv`` is neither yes nor no, or ORIGINALS-015 where a number of an addressee is missing or stands twice.
    """
    register = site.addressee_register
    query = site.query(register.query)
    if source is not None:
        return _read(source, query, as_of)
    with open_source(site.source(register.source)) as opened:
        return _read(opened, query, as_of)


def _read(source: Source, query: str, as_of: date) -> pa.Table:
    kinds = source.fingerprint(query, {"as_of": as_of}).as_dict()
    dv = {"integer": "integer", "boolean": "boolean"}.get(kinds.get("dv", ""), "text")
    table = source.read(query, {"as_of": as_of}, {**REGISTER_COLUMNS, "dv": dv})  # type: ignore[dict-item]
    numbers = table["addressee"]
    if numbers.null_count or pc.count_distinct(numbers).as_py() != len(numbers):
        raise DataError("ORIGINALS-015", source=source.name)
    flags = pc.utf8_lower(table["dv"].cast(pa.string()))
    held = pc.is_in(flags, value_set=pa.array(_YES))
    if not pc.all(pc.or_(held, pc.is_in(flags, value_set=pa.array(_NO))), min_count=0).as_py():
        raise DataError("ORIGINALS-014", source=source.name)
    return table.set_column(table.schema.get_field_index("dv"), "dv", held).cast(REGISTER_SCHEMA)
