"""Layout packs: データ標準レイアウト as data, dated; the model, its XSD and the checks that follow from it."""

from __future__ import annotations

from fukuhon.layouts.arrow import to_arrow
from fukuhon.layouts.checks import BaseCheck, CheckKind, base_checks, pattern_of
from fukuhon.layouts.comparing import DatasetChange, Effect, ItemChange, compare
from fukuhon.layouts.dictionary import DatasetFacts, ItemFacts, dictionary
from fukuhon.layouts.importing import ImportedPack, read_workbook
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
from fukuhon.layouts.packs import Packs, pack_folders, packs, packs_in
from fukuhon.layouts.reading import load_pack
from fukuhon.layouts.saving import write_pack
from fukuhon.layouts.soundness import Finding, Soundness, check_packs
from fukuhon.layouts.template import write_template
from fukuhon.layouts.words import KIND_WORDS, PUBLICATION_WORDS, form_words, required_words
from fukuhon.layouts.xsd import to_xsd

__all__ = [
    "CHARACTERS",
    "KIND_WORDS",
    "PUBLICATION_WORDS",
    "BaseCheck",
    "Characters",
    "CheckKind",
    "DatasetChange",
    "DatasetFacts",
    "DatasetLayout",
    "Effect",
    "Finding",
    "ImportedPack",
    "Item",
    "ItemChange",
    "ItemFacts",
    "Kind",
    "LayoutPack",
    "Packs",
    "RecordKeyRule",
    "RequiredWhen",
    "Soundness",
    "base_checks",
    "check_packs",
    "compare",
    "dictionary",
    "form_words",
    "load_pack",
    "pack_folders",
    "packs",
    "packs_in",
    "pattern_of",
    "read_workbook",
    "required_words",
    "to_arrow",
    "to_odcs",
    "to_xsd",
    "write_pack",
    "write_template",
]
