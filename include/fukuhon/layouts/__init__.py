"""Layout packs: データ標準レイアウト as data, dated; the model, its XSD and the checks that follow from it."""

from __future__ import annotations

from fukuhon.layouts.checks import BaseCheck, CheckKind, base_checks, pattern_of
from fukuhon.layouts.comparing import DatasetChange, Effect, ItemChange, compare
from fukuhon.layouts.model import (
    CHARACTERS,
    Characters,
    DatasetLayout,
    Item,
    Kind,
    LayoutPack,
    RecordKeyRule,
    RequiredWhen,
)
from fukuhon.layouts.odcs import to_odcs
from fukuhon.layouts.packs import Packs, packs
from fukuhon.layouts.reading import load_pack
from fukuhon.layouts.soundness import Finding, Soundness, check_packs
from fukuhon.layouts.xsd import to_xsd

__all__ = [
    "CHARACTERS",
    "BaseCheck",
    "Characters",
    "CheckKind",
    "DatasetChange",
    "DatasetLayout",
    "Effect",
    "Finding",
    "Item",
    "ItemChange",
    "Kind",
    "LayoutPack",
    "Packs",
    "RecordKeyRule",
    "RequiredWhen",
    "Soundness",
    "base_checks",
    "check_packs",
    "compare",
    "load_pack",
    "packs",
    "pattern_of",
    "to_odcs",
    "to_xsd",
]
