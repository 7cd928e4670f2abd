"""A layout as data: what a dataset's records look like, in one version.

``Item`` and its kin are read from YAML (docs/layout-packs.md). Values of items are text in wire form: dates
``YYYY-MM-DD``, numbers plain digits; a missing value has no element, an empty one an empty element.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

__all__ = ["CHARACTERS", "Characters", "DatasetLayout", "Item", "Kind", "LayoutPack", "RecordKeyRule", "RequiredWhen"]

Kind = Literal["digits", "number", "date", "code", "text", "kana"]
Characters = Literal["ascii", "kana", "jisx0213"]

# A character class that a regular expression can hold; JIS X 0213 is known by `fukuhon.rules` (14,000 characters).
CHARACTERS: dict[Characters, str | None] = {"ascii": "[ -~]*", "kana": "[ァ-ヺ・ー　]*", "jisx0213": None}

_DEFAULT_CHARACTERS: dict[Kind, Characters] = {"text": "jisx0213", "kana": "kana"}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _pattern(value: str) -> str:
    try:
        re.compile(value, re.ASCII)
    except re.error:
        raise ValueError("正規表現として読めません") from None
    return value


Name = Annotated[str, Field(min_length=1)]
ItemCode = Annotated[str, Field(pattern=r"^I[0-9]{4}(_[0-9]{1,2})?$")]
Length = Annotated[int, Field(gt=0, le=100_000)]


class RequiredWhen(_Part):
    """An item is required where another one has one of these values, or (``present``) any value."""

    item: ItemCode
    equals: tuple[str, ...] = ()
    present: bool = False

    @model_validator(mode="before")
    @classmethod
    def _one_value(cls, given: object) -> object:
        if not isinstance(given, dict):
            return given
        equals = given.get("equals")
        if isinstance(equals, str):
            return given | {"equals": (equals,)}
        return given | {"equals": tuple(equals)} if isinstance(equals, list) else given

    @model_validator(mode="after")
    def _one_condition(self) -> RequiredWhen:
        if bool(self.equals) == self.present:
            raise ValueError("equals か present: true のどちらか一つを書いてください")
        return self


class Item(_Part):
    """One item of a dataset. ``group`` and ``occurrence`` (1-based) are set where it comes from a repeated group."""

    code: ItemCode
    name: Name
    kind: Kind
    digits: Length | None = None
    min_length: Annotated[int, Field(ge=0)] | None = None
    max_length: Length | None = None
    minimum: int | None = None
    maximum: int | None = None
    signed: bool = False
    codes: dict[str, Name] = {}
    characters: Characters = "ascii"
    unknown: bool = False
    required: bool = False
    required_when: RequiredWhen | None = None
    note: str = ""
    group: str = ""
    occurrence: int = 0

    @model_validator(mode="before")
    @classmethod
    def _characters(cls, given: object) -> object:
        if isinstance(given, dict) and "characters" not in given and given.get("kind") in _DEFAULT_CHARACTERS:
            return given | {"characters": _DEFAULT_CHARACTERS[given["kind"]]}
        return given

    @model_validator(mode="after")
    def _agrees(self) -> Item:
        """Each kind has what it needs, and nothing that means nothing for it."""
        meant = {
            "digits": {"digits", "min_length", "max_length"},
            "number": {"digits", "minimum", "maximum", "signed"},
            "date": {"unknown"},
            "code": {"codes"},
            "text": {"min_length", "max_length", "characters"},
            "kana": {"min_length", "max_length", "characters"},
        }[self.kind]
        shape = {"digits", "min_length", "max_length", "minimum", "maximum", "signed", "codes", "unknown", "characters"}
        for key in sorted((shape - meant) & self.model_fields_set - {"characters"}):
            raise ValueError(f"{key} は {self.kind} では使えません")
        if self.kind == "digits" and (self.digits is None) == (self.max_length is None):
            raise ValueError("digits か max_length のどちらか一つが必要です")
        if self.kind == "number" and self.digits is None:
            raise ValueError("number には digits（最大桁数）が必要です")
        if self.kind in {"text", "kana"} and self.max_length is None:
            raise ValueError(f"{self.kind} には max_length が必要です")
        if self.kind == "code" and not self.codes:
            raise ValueError("code には codes（値と意味）が必要です")
        if self.max_length is not None and self.shortest > self.max_length:
            raise ValueError("min_length は max_length 以下にしてください")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError("minimum は maximum 以下にしてください")
        if self.required and self.required_when is not None:
            raise ValueError("required と required_when は一緒に書けません")
        return self

    @property
    def shortest(self) -> int:
        """The least number of characters of a value that is there."""
        if self.kind == "digits":
            return self.digits or self.min_length or 1
        if self.kind in {"text", "kana"}:
            return max(self.min_length or 0, 1 if self.required else 0)
        return 1

    @property
    def longest(self) -> int:
        """The greatest number of characters of a value."""
        if self.kind == "date":
            return 10
        if self.kind == "code":
            return max(map(len, self.codes))
        return (self.digits or self.max_length or 0) + (1 if self.signed else 0)

    @property
    def may_be_empty(self) -> bool:
        """Whether an element without content is a value of it."""
        return self.kind in {"text", "kana"} and self.shortest == 0


class RecordKeyRule(_Part):
    """データセットレコードのキー: its form, and whether it is unique over the ``body`` or only within a ``person``."""

    name: Name
    pattern: Annotated[str, AfterValidator(_pattern)]
    unique_within: Literal["person", "body"]


class DatasetLayout(_Part):
    """One dataset in one version. ``items`` are in the order of the file; groups are spread out."""

    spi: Annotated[str, Field(pattern=r"^TM[0-9]{14}$")]
    spi_name: Name
    code: Annotated[str, Field(pattern=r"^TK[0-9]{14}$")]
    name: Name
    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z._-]+$")]
    record_key: RecordKeyRule
    versioned: bool = False
    publication: Literal["required", "optional", "none"] = "optional"
    items: Annotated[tuple[Item, ...], Field(min_length=1)]
    note: str = ""

    @property
    def item_codes(self) -> tuple[str, ...]:
        """The items' codes in the order of the file."""
        return tuple(item.code for item in self.items)

    def item(self, code: str) -> Item:
        """One item. Raises KeyError."""
        for item in self.items:
            if item.code == code:
                return item
        raise KeyError(code)


class LayoutPack(_Part):
    """One version of layouts, in force from ``effective_from`` to ``effective_to`` (included; None is open)."""

    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z._-]+$")]
    effective_from: date
    effective_to: date | None = None
    business_year: int | None = None
    note: str = ""
    datasets: tuple[DatasetLayout, ...] = ()

    def in_force(self, on: date) -> bool:
        """Whether it is in force on a day."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)
