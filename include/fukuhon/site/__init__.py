"""One municipality's settings: sources, scope, channels, allotments, limits, people. Secrets by reference only."""

from __future__ import annotations

from fukuhon.site.people import ROLE_CODES, Person, Role
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
    SourceSettings,
    SpiSettings,
)
from fukuhon.site.site import Site, load

__all__ = [
    "ROLE_CODES",
    "Account",
    "Accounts",
    "AllotmentSettings",
    "BodySettings",
    "ControlRange",
    "DatasetSettings",
    "Limits",
    "Person",
    "Role",
    "SecretRef",
    "ServerSettings",
    "Site",
    "SourceSettings",
    "SpiSettings",
    "load",
]
