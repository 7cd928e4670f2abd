"""Accounts: who may come in, and what each role may do (seed 1.3.4, 1.3.5, 1.9.1, 4.2)."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from standin.refusals import Refusal
from standin.settings import Account, BodySettings

__all__ = [
    "ADMINISTRATOR",
    "COLLATION_MANAGER",
    "COLLATION_REQUESTER",
    "OFFICER",
    "PasswordState",
    "admit",
    "authenticate",
    "basic_credentials",
    "password_state",
    "require_role",
]

OFFICER = "9000000001"
COLLATION_REQUESTER = "9000000004"
COLLATION_MANAGER = "9000000005"
ADMINISTRATOR = "9000000006"

_NOTICE = timedelta(days=14)
_LOCK = timedelta(days=90)


@dataclass(frozen=True)
class PasswordState:
    """What a password's age means on a day: ok, notice, must_change or locked, and the way back from there."""

    expires: date
    first_notice: date
    state: str
    notice_by: str | None
    way_back: str | None


def password_state(
    changed: date, valid_days: int, day: date, *, administrator: bool, other_administrator: bool
) -> PasswordState:
    """Say how a password stands (seed 4.2). ``expires`` is the first day on which it no longer holds."""
    expires = changed + timedelta(days=valid_days)
    notice = expires - _NOTICE
    state, notice_by, way_back = "ok", None, None
    if day >= expires:
        state, way_back = _expired(day >= expires + _LOCK, administrator, other_administrator)
    elif day >= notice:
        state, notice_by = "notice", "mail" if administrator else "screen"
    return PasswordState(expires, notice, state, notice_by, way_back)


def _expired(late: bool, administrator: bool, other: bool) -> tuple[str, str]:  # noqa: FBT001 - three facts
    if not administrator:
        return "locked", "administrator"
    if not late:
        return "must_change", "change_screen"
    return "locked", "other_administrator" if other else "helpdesk"


def basic_credentials(header: str | None) -> tuple[str, str]:
    """Take user and password out of an Authorization header; without them the account is unknown."""
    scheme, _, token = (header or "").partition(" ")
    try:
        user, colon, password = base64.b64decode(token, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Refusal("unknown_account") from error
    if scheme.lower() != "basic" or not colon:
        raise Refusal("unknown_account")
    return user, password


def authenticate(settings: BodySettings, user: str, password: str, device: str | None, today: date) -> Account:
    """Let an account in, or refuse it with the reason."""
    account = settings.accounts.get(user)
    if account is None:
        raise Refusal("unknown_account")
    if not hmac.compare_digest(account.password.encode(), password.encode()):
        raise Refusal("wrong_password")
    admit(settings, account, today)
    if settings.devices is not None and device not in settings.devices:
        raise Refusal("unknown_device")
    return account


def admit(settings: BodySettings, account: Account, today: date) -> None:
    """Refuse an account that has run out: its own date, its department's, or its password's."""
    if account.valid_to is not None and today > account.valid_to:
        raise Refusal("account_expired", "アカウントの有効終了日")
    department = settings.departments.get(account.department)
    if department is None or today < department.registered:
        raise Refusal("account_expired", "部署が登録されていません")
    if department.valid_to is not None and today > department.valid_to:
        raise Refusal("account_expired", "部署の有効終了日")
    # An administrator past the expiry gets the screen for the change; on these channels there is none, so no way in.
    if today >= account.password_set + timedelta(days=account.password_days):
        raise Refusal("account_expired", "パスワードの有効期限")


def require_role(account: Account, roles: Collection[str]) -> None:
    """Refuse an account that has none of the roles; it counts as a violation."""
    if not account.roles & set(roles):
        raise Refusal("wrong_role", violation="wrong_role")


def require_departments(settings: BodySettings, account: Account, today: date) -> None:
    """Refuse work before masters are applied, or before the department is registered again after them (seed 1.3.3)."""
    applied = [master.applied for master in settings.masters if master.applied <= today]
    if not applied:
        raise Refusal("unavailable", "マスターが適用されていません")
    if settings.departments[account.department].registered < max(applied):
        raise Refusal("account_expired", "マスター適用後に部署が登録されていません")
