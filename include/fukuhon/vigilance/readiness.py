"""From what the administrator's screens show to the facts of seed 1.3 that are not met, each with its evidence.

Plain values come in; who asks the server hands them over. The order counts: masters, then departments, then accounts
(seed 1.3.3, 1.3.4): a department registered before the last masters does not cover their 事務.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fukuhon.calendars import Mode
from fukuhon.vigilance.preconditions import Fact

__all__ = ["AccountState", "DepartmentState", "Evidence", "Readiness", "evidence", "lacking"]


@dataclass(frozen=True, slots=True)
class DepartmentState:
    """A department on the server; ``valid_to`` is its last day."""

    id: str
    registered: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class AccountState:
    """An account on the server; ``valid_to`` is its last day, ``password_days`` how long a password holds."""

    user: str
    department: str
    password_set: date
    password_days: int = 90
    valid_to: date | None = None

    def holds(self, day: date, departments: Sequence[DepartmentState]) -> bool:
        """Whether it lets in on ``day``: itself, its password and its department are not expired."""
        own = next((d for d in departments if d.id == self.department), None)
        in_time = own is not None and day <= min(own.valid_to or date.max, self.valid_to or date.max)
        return in_time and day < self.password_set + timedelta(days=self.password_days)


@dataclass(frozen=True, slots=True)
class Readiness:
    """What was seen before an upload; ``accounts_needed`` and ``devices_needed`` are those that the settings use."""

    mode: Mode
    masters: Sequence[date]
    departments: Sequence[DepartmentState]
    accounts: Sequence[AccountState]
    devices: Sequence[str]
    vpn_cuts_today: int
    accounts_needed: Sequence[str]
    devices_needed: Sequence[str]
    files_ready: bool
    production_switched: bool
    masters_in_system: bool
    masters_evidence: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact, whether it is met, and what was seen (counts and dates only)."""

    fact: Fact
    met: bool
    seen: str


def evidence(seen: Readiness, day: date) -> list[Evidence]:
    """Every fact of seed 1.3 on ``day`` with its evidence, in the order of the items."""
    used = [account for account in seen.accounts if account.user in set(seen.accounts_needed)]
    held = [account for account in used if account.holds(day, seen.departments)]
    absent = set(seen.accounts_needed) - {account.user for account in used}
    devices = set(seen.devices_needed) - set(seen.devices)
    masters = [applied for applied in seen.masters if applied <= day]
    stale = _stale_departments(masters, seen.departments)
    return [
        Evidence(Fact.FILES_READY, seen.files_ready, "準備済み" if seen.files_ready else "未準備"),
        Evidence(Fact.NORMAL_MODE, seen.mode is Mode.NORMAL, f"実行モード：{seen.mode.value}"),
        Evidence(Fact.MASTERS_APPLIED, bool(masters), f"適用済み{len(masters)}件"),
        Evidence(
            Fact.DEPARTMENTS_REGISTERED, bool(seen.departments) and not stale, f"マスター適用前の部署{len(stale)}件"
        ),
        Evidence(Fact.ACCOUNTS_MADE, not absent and bool(used), f"未作成{len(absent)}件"),
        Evidence(Fact.ACCOUNTS_VALID, len(held) == len(used), f"期限切れ{len(used) - len(held)}件"),
        Evidence(Fact.DEVICES_REGISTERED, not devices, f"未登録{len(devices)}件"),
        Evidence(
            Fact.PRODUCTION_SWITCHED, seen.production_switched, "本番" if seen.production_switched else "本番以外"
        ),
        Evidence(
            Fact.MASTERS_IN_SYSTEM,
            seen.masters_in_system,
            seen.masters_evidence or ("取込済み" if seen.masters_in_system else "未取込"),
        ),
        Evidence(Fact.VPN_STEADY, seen.vpn_cuts_today == 0, f"本日の切断{seen.vpn_cuts_today}回"),
    ]


def _stale_departments(masters: Sequence[date], departments: Sequence[DepartmentState]) -> list[DepartmentState]:
    last = max(masters, default=None)
    return [department for department in departments if last and department.registered < last]


def lacking(found: Sequence[Evidence]) -> list[Fact]:
    """The facts that are not met, and those nobody looked at: absence of evidence is a lack."""
    met = {one.fact for one in found if one.met}
    return [fact for fact in Fact if fact not in met]
