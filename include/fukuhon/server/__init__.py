"""The intermediate server behind two ports, and the adapters that reach it.

``connect(site)`` and ``connect_collation(site)`` give what the settings say. At the terminal a person
sends (``Outbox``) and fetches (``WorksheetCollation``).
"""

from __future__ import annotations

from fukuhon.errors import ConfigurationError
from fukuhon.server import answers
from fukuhon.server.collating import CollationByDataset
from fukuhon.server.connection import Caller, Connection
from fukuhon.server.failures import AnswerLost, LineCut, Refused, ServerAway
from fukuhon.server.http import HttpCollation, HttpServer
from fukuhon.server.port import (
    Collation,
    CollationCase,
    CollationRequest,
    HeldRecord,
    IntermediateServer,
    Readiness,
    Receipt,
    RecordError,
    ResultDetail,
    ResultRow,
    Upload,
)
from fukuhon.server.terminal import Handout, Outbox
from fukuhon.server.worksheet import NOT_ARRIVED, WorksheetCollation
from fukuhon.site import Account, Site

__all__ = [
    "NOT_ARRIVED",
    "AnswerLost",
    "Caller",
    "Collation",
    "CollationByDataset",
    "CollationCase",
    "CollationRequest",
    "Connection",
    "Handout",
    "HeldRecord",
    "HttpCollation",
    "HttpServer",
    "IntermediateServer",
    "LineCut",
    "Outbox",
    "Readiness",
    "Receipt",
    "RecordError",
    "Refused",
    "ResultDetail",
    "ResultRow",
    "ServerAway",
    "Upload",
    "WorksheetCollation",
    "answers",
    "connect",
    "connect_collation",
]


def connect(site: Site) -> IntermediateServer:
    """The server of a site. Raises ConfigurationError (SERVER-030) for a missing account; SITE-00x for secrets."""
    accounts = site.server.accounts
    officer = _caller(site, "upload", accounts.upload)
    administrator = _caller(site, "administrator", accounts.administrator)
    return HttpServer(_connection(site), officer, administrator)


def connect_collation(site: Site) -> Collation:
    """突合 of a site, by the way of each dataset; where all go by the terminal, no secret is read.

    Raises as ``connect`` does.
    """
    accounts, at_terminal = site.server.accounts, site.collated_at_terminal()
    _account("collation_requester", accounts.collation_requester)
    manager = _account("collation_manager", accounts.collation_manager)
    terminal = WorksheetCollation.of(site, manager.user)
    if at_terminal.issuperset(dataset.code for dataset in site.datasets()):
        return terminal
    line = HttpCollation(
        _connection(site),
        _caller(site, "collation_requester", accounts.collation_requester),
        _caller(site, "collation_manager", manager),
    )
    return CollationByDataset(at_terminal, terminal, line) if at_terminal else line


def _connection(site: Site) -> Connection:
    return Connection(site.server_url(), site.body.code, site.server.device)


def _account(duty: str, account: Account | None) -> Account:
    if account is None:
        raise ConfigurationError("SERVER-030", duty=duty)
    return account


def _caller(site: Site, duty: str, account: Account | None) -> Caller:
    found = _account(duty, account)
    return Caller(found.user, site.secret(found.password))
