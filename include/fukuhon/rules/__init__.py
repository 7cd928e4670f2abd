"""Registration rules.

Who is in scope, how each item is derived, what is withheld; SQL over columns, reviewed as YAML.
"""

from __future__ import annotations

from fukuhon.rules.book import Condition, Example, ItemRule, Keys, Publication, RuleBook
from fukuhon.rules.eras import ERAS, UNREADABLE, Era
from fukuhon.rules.examples import ExampleFailure
from fukuhon.rules.functions import FUNCTIONS, register_functions
from fukuhon.rules.mapper import Mapper, mapped_schema

__all__ = [
    "ERAS",
    "FUNCTIONS",
    "UNREADABLE",
    "Condition",
    "Era",
    "Example",
    "ExampleFailure",
    "ItemRule",
    "Keys",
    "Mapper",
    "Publication",
    "RuleBook",
    "mapped_schema",
    "register_functions",
]
