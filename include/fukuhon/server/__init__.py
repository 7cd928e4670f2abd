"""The intermediate server behind two ports, and the adapters that reach it.

``connect(site)`` and ``connect_collation(site)`` give what the settings say. At the terminal a person
sends (``Outbox``) and fetches (``WorksheetCollation``).
"""

from __future__ import annotations

from fukuhon.errors import ConfigurationError
from fukuhon.server import answers
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
from fukuhon.server.worksheet import WorksheetCollation
from fukuhon.site import Account, Site

__all__ = [
    "AnswerLost",
    "Caller",
    "Collation",
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
    """突合 of a site. Raises as ``connect`` does."""
    accounts = site.server.accounts
    requester = _caller(site, "collation_requester", accounts.collation_requester)
    manager = _caller(site, "collation_manager", accounts.collation_manager)
    return HttpCollation(_connection(site), requester, manager)


def _connection(site: Site) -> Connection:
    return Connection(site.server_url(), site.body.code, site.server.device)


def _caller(site: Site, duty: str, account: Account | None) -> Caller:
    if account is None:
        raise ConfigurationError("SERVER-030", duty=duty)
    return Caller(account.user, site.secret(account.password))
