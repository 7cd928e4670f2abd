from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from fukuhon.layouts import load_pack, to_arrow

MakePack = Callable[..., Path]


def test_the_schema_says_what_the_layout_says(pack: MakePack) -> None:
    """Every item in the file's order, text in wire form, with its code, name and kind."""
    layout = load_pack(pack()).datasets[0]
    schema = to_arrow(layout)
    assert schema.names[:5] == ["addressee", "record_key", "record_version", "publication_from", "publication_to"]
    assert tuple(schema.names[5:]) == layout.item_codes
    assert schema.metadata == {
        b"spi": layout.spi.encode(),
        b"dataset": layout.code.encode(),
        b"name": layout.name.encode(),
        b"layout": layout.version.encode(),
    }
    for item in layout.items:
        field = schema.field(item.code)
        assert field.type == pa.string()
        assert field.nullable == (not item.required)
        assert field.metadata == {b"code": item.code.encode(), b"name": item.name.encode(), b"kind": item.kind.encode()}


def test_keys_and_required_days_are_not_nullable(pack: MakePack) -> None:
    """A version only where the layout has versions, days of publication only where it requires them."""
    layout = load_pack(pack()).datasets[0].model_copy(update={"versioned": True, "publication": "required"})
    assert not any(to_arrow(layout).field(place).nullable for place in range(5))
    open_layout = layout.model_copy(update={"versioned": False, "publication": "optional"})
    nullable = [field.name for field in list(to_arrow(open_layout))[:5] if field.nullable]
    assert nullable == ["record_version", "publication_from", "publication_to"]
