"""The Arrow schema of a dataset's records, from the layout: what a mapped batch holds between row number and source."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from fukuhon.layouts.model import DatasetLayout

__all__ = ["to_arrow"]


def to_arrow(layout: DatasetLayout) -> pa.Schema:
    """Keys, days of publication and items of ``layout``, in the file's order.

    Items are text in wire form (docs/decisions/0003). What the layout requires of every record is not nullable. Of each
    item the metadata tell ``code``, ``name`` and ``kind``; of the schema ``spi``, ``dataset``, ``name`` and ``layout``.
    """
    known_days = layout.publication == "required"
    envelope = [
        pa.field("addressee", pa.string(), nullable=False),
        pa.field("record_key", pa.string(), nullable=False, metadata={"name": layout.record_key.name}),
        pa.field("record_version", pa.string(), nullable=not layout.versioned),
        pa.field("publication_from", pa.date32(), nullable=not known_days),
        pa.field("publication_to", pa.date32(), nullable=not known_days),
    ]
    items = [
        pa.field(
            item.code,
            pa.string(),
            nullable=not item.required,
            metadata={"code": item.code, "name": item.name, "kind": item.kind},
        )
        for item in layout.items
    ]
    told = {"spi": layout.spi, "dataset": layout.code, "name": layout.name, "layout": layout.version}
    return pa.schema([*envelope, *items], metadata=told)
