"""One municipality's settings: sources, scope, channels, allotments, limits, people. Secrets by reference only."""

from __future__ import annotations

from fukuhon.site.people import ROLE_CODES, Person, Role
from fukuhon.site.secrets import read_key_file
from fukuhon.site.settings import (
    Account,
    Accounts,
    AllotmentSettings,
    BodySettings,
    ControlRange,
    DatasetSettings,
    Limits,
    SecretRef,
    ServerSettings,
    SpiSettings,
)
from fukuhon.site.site import Site, load
from fukuhon.site.sources import DAY, FileColumn, FileTable, SourceSettings

__all__ = [
    "DAY",
    "ROLE_CODES",
    "Account",
    "Accounts",
    "AllotmentSettings",
    "BodySettings",
    "ControlRange",
    "DatasetSettings",
    "FileColumn",
    "FileTable",
    "Limits",
    "Person",
    "Role",
    "SecretRef",
    "ServerSettings",
    "Site",
    "SourceSettings",
    "SpiSettings",
    "load",
    "read_key_file",
]
