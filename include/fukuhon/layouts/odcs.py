"""A pack as data contracts: one document of the Open Data Contract Standard 3.2 for each 特定個人情報.

What the standard has a place for stands there (types, lengths, patterns, codes as ``enum``, the checks as ``quality``
of kind ``text``); what it has none for stands in ``customProperties``, by our own names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from fukuhon.layouts.checks import base_checks, pattern_of
from fukuhon.layouts.model import CHARACTERS, DatasetLayout, Item, LayoutPack
from fukuhon.layouts.words import form_words, required_words

__all__ = ["API_VERSION", "to_odcs"]

API_VERSION = "v3.2.0"
_LOGICAL = {
    "digits": "string",
    "number": "integer",
    "date": "date",
    "code": "string",
    "text": "string",
    "kana": "string",
}
_DIMENSIONS = {"required": "completeness", "required_when": "completeness", "code": "conformity"}


def to_odcs(pack: LayoutPack) -> dict[str, bytes]:
    """The contracts of a pack as YAML by SPI code, UTF-8. Always the same bytes for the same pack."""
    by_spi: dict[str, list[DatasetLayout]] = {}
    for layout in pack.datasets:
        by_spi.setdefault(layout.spi, []).append(layout)
    return {spi: _written(_contract(pack, layouts)) for spi, layouts in by_spi.items()}


class _Dumper(yaml.SafeDumper):
    """SafeDumper that quotes whatever a reader could take for anything but text."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    plain = value[:1].isalpha() and value.isidentifier()
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if plain else '"')


_Dumper.add_representer(str, _text)


def _written(contract: dict[str, Any]) -> bytes:
    text = yaml.dump(contract, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=4096)
    return text.encode()


def _custom(**values: object) -> list[dict[str, Any]]:
    """Custom properties; what is not there is left out."""
    return [{"property": name, "value": value} for name, value in values.items() if value not in (None, "", (), [])]


def _contract(pack: LayoutPack, layouts: list[DatasetLayout]) -> dict[str, Any]:
    spi = layouts[0]
    return {
        "apiVersion": API_VERSION,
        "kind": "DataContract",
        "id": f"fukuhon-{spi.spi}-{pack.version}",
        "name": spi.spi_name,
        "version": pack.version,
        "status": "active",
        "description": {
            "purpose": f"特定個人情報 {spi.spi_name} の副本",
            **({"limitations": pack.note} if pack.note else {}),
        },
        "schema": [_object(layout) for layout in layouts],
        "customProperties": _custom(
            spi=spi.spi,
            effectiveFrom=pack.effective_from.isoformat(),
            effectiveTo=pack.effective_to.isoformat() if pack.effective_to else None,
            businessYear=pack.business_year,
        ),
    }


def _object(layout: DatasetLayout) -> dict[str, Any]:
    return {
        "name": layout.code,
        "logicalType": "object",
        "physicalType": "xml",
        "businessName": layout.name,
        **({"description": layout.note} if layout.note else {}),
        "properties": [*_frame(layout), *(_property(item) for item in layout.items)],
        "customProperties": _custom(
            recordKeyName=layout.record_key.name,
            recordKeyUniqueWithin=layout.record_key.unique_within,
            versioned=layout.versioned,
            publication=layout.publication,
        ),
        "quality": [_quality(check.id, check.kind, check.wording) for check in base_checks(layout)],
    }


def _quality(name: str, kind: str, wording: str) -> dict[str, Any]:
    return {"name": name, "type": "text", "dimension": _DIMENSIONS.get(kind, "conformity"), "description": wording}


def _frame(layout: DatasetLayout) -> Iterator[dict[str, Any]]:
    """Who it is about and which record it is, then the days of publication."""
    keys = [
        ("Addressee", "団体内統合宛名番号", "[0-9]{15}"),
        ("Key", layout.record_key.name, layout.record_key.pattern),
    ]
    if layout.versioned:
        keys.append(("Version", "版番号", r"[0-9]{1,8}(\.[0-9]{1,4})?"))
    for position, (name, told, pattern) in enumerate(keys, start=1):
        yield {
            "name": name,
            "businessName": told,
            "logicalType": "string",
            "physicalType": "xs:string",
            "required": True,
            "primaryKey": True,
            "primaryKeyPosition": position,
            **({"unique": True} if name == "Key" and layout.record_key.unique_within == "body" else {}),
            "logicalTypeOptions": {"pattern": f"^(?:{pattern})$"},
        }
    if layout.publication != "none":
        for name, told in (("PublishedFrom", "公開開始日"), ("PublishedTo", "公開終了日")):
            required = layout.publication == "required"
            yield {
                "name": name,
                "businessName": told,
                "logicalType": "date",
                "physicalType": "xs:date",
                "required": required,
                "logicalTypeOptions": {"format": "yyyy-MM-dd"},
            }


def _property(item: Item) -> dict[str, Any]:
    when = item.required_when
    options = _options(item)
    codes = [{"value": value, "label": label} for value, label in item.codes.items()]
    return {
        "name": item.code,
        "businessName": item.name,
        "description": "。".join(filter(None, (f"{form_words(item)}、{required_words(item)}", item.note))),
        "logicalType": "string" if item.unknown else _LOGICAL[item.kind],
        "physicalType": "xs:date" if item.kind == "date" and not item.unknown else "xs:string",
        "required": item.required,
        **({"logicalTypeOptions": options} if options else {}),
        **({"enum": codes} if codes else {}),
        "customProperties": _custom(
            itemKind=item.kind,
            characters=item.characters if item.kind in {"text", "kana"} else None,
            maxDigits=item.digits if item.kind == "number" else None,
            unknownDays=item.unknown or None,
            requiredWhen=when and when.model_dump(mode="json", exclude_defaults=True),
            group=item.group,
            occurrence=item.occurrence or None,
        ),
    }


def _options(item: Item) -> dict[str, Any]:
    if item.kind == "date":
        return {} if item.unknown else {"format": "yyyy-MM-dd"}
    if item.kind == "number":
        most = 10 ** (item.digits or 1) - 1
        least = -most if item.signed else 0
        return {
            "minimum": least if item.minimum is None else max(item.minimum, least),
            "maximum": most if item.maximum is None else min(item.maximum, most),
            "format": "i64" if most < 2**63 else "i128",
        }
    options: dict[str, Any] = {"minLength": item.shortest, "maxLength": item.longest}
    if item.kind == "digits":
        options["pattern"] = f"^(?:{pattern_of(item)})$"
    elif item.kind in {"text", "kana"} and CHARACTERS[item.characters]:
        options["pattern"] = f"^(?:{CHARACTERS[item.characters]})$"
    return options if item.kind != "code" else {}
