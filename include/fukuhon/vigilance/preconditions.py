"""The nine preconditions of an upload (seed 1.3) and the rules of the pretest (seed 1.4.2).

Each fact names its item and the manual's section. A fact without evidence is not met: not having looked is no answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from fukuhon.errors import RefusedError
from fukuhon.windows import Kind

__all__ = ["FACTS", "Fact", "Item", "Preflight", "Pretest", "Reason", "check", "refusal", "require"]


class Fact(StrEnum):
    """What has to be true before an upload."""

    FILES_READY = "files_ready"
    NORMAL_MODE = "normal_mode"
    MASTERS_APPLIED = "masters_applied"
    DEPARTMENTS_REGISTERED = "departments_registered"
    ACCOUNTS_MADE = "accounts_made"
    ACCOUNTS_VALID = "accounts_valid"
    DEVICES_REGISTERED = "devices_registered"
    PRODUCTION_SWITCHED = "production_switched"
    MASTERS_IN_SYSTEM = "masters_in_system"
    VPN_STEADY = "vpn_steady"


@dataclass(frozen=True, slots=True)
class Item:
    """An item of seed 1.3: number, 要領's section, what an officer reads, and the operation manual that tells how."""

    number: str
    manual: str | None
    wording: str
    how: str | None = None


FACTS: Mapping[Fact, Item] = {
    Fact.FILES_READY: Item("1", "3.4.1", "特定個人情報ファイルの準備"),
    Fact.NORMAL_MODE: Item("2", "3.4.2", "通常実行モードへの切替え"),
    Fact.MASTERS_APPLIED: Item(
        "3", "3.4.3", "配信マスター及び独自マスタの適用", "操作マニュアル(システム管理者用) 4.3.2"
    ),
    Fact.DEPARTMENTS_REGISTERED: Item("3", "3.4.3", "部署登録", "操作マニュアル(システム管理者用) 4.2.2"),
    Fact.ACCOUNTS_MADE: Item("4", "3.4.5", "アカウントの作成"),
    Fact.ACCOUNTS_VALID: Item("5", "3.4.6", "部署・アカウント・パスワードの有効期限"),
    Fact.DEVICES_REGISTERED: Item("6", "3.4.7", "接続機器の登録", "操作マニュアル(システム管理者用) 4.2.3"),
    Fact.PRODUCTION_SWITCHED: Item("7", "3.4.8", "既存システムの本番環境への切替え", "VPN装置取扱マニュアル 4.7.8"),
    Fact.MASTERS_IN_SYSTEM: Item("8", "3.4.9", "既存システムへのマスターの取込み"),
    Fact.VPN_STEADY: Item("9", None, "VPN切断が発生していないこと"),
}


class Reason(StrEnum):
    """Why an upload is not allowed although the preconditions are met."""

    NOT_ALLOTTED = "not_allotted"
    TOO_MANY = "too_many"
    NOT_REAL_DATA = "not_real_data"


@dataclass(frozen=True, slots=True)
class Pretest:
    """What a pretest would send: records by dataset, the datasets in scope, and whether the data are the real ones."""

    records: Mapping[str, int]
    in_scope: frozenset[str]
    real_data: bool
    limit: int = 5

    @property
    def complete(self) -> bool:
        """Whether each dataset in scope has at least one record."""
        return all(self.records.get(dataset, 0) > 0 for dataset in self.in_scope)

    @property
    def reason(self) -> Reason | None:
        """What is wrong: test data in 通常実行モード, or more than 数件程度 of a dataset (``limit``, a setting)."""
        if not self.real_data:
            return Reason.NOT_REAL_DATA
        return Reason.TOO_MANY if any(count > self.limit for count in self.records.values()) else None


@dataclass(frozen=True, slots=True)
class Preflight:
    """The outcome: facts that are lacking, a reason beside them, and whether a pretest covers every dataset."""

    allowed: bool
    lacking: tuple[Fact, ...] = ()
    reason: Reason | None = None
    complete: bool | None = None

    @property
    def items(self) -> tuple[str, ...]:
        """Numbers of the items that are not met, each once."""
        return tuple(dict.fromkeys(FACTS[fact].number for fact in self.lacking))

    @property
    def manual(self) -> tuple[str, ...]:
        """Sections of 要領 to read, each once; item (9) has none."""
        return tuple(dict.fromkeys(section for fact in self.lacking if (section := FACTS[fact].manual)))

    @property
    def wordings(self) -> tuple[str, ...]:
        """What is lacking, for an officer."""
        return tuple(f"({FACTS[fact].number}) {FACTS[fact].wording}" for fact in self.lacking)


def check(
    kind: Kind,
    lacking: Iterable[Fact],
    *,
    allotted: bool,
    masters_needed: bool,
    pretest: Pretest | None = None,
) -> Preflight:
    """Say whether an upload of ``kind`` may be prepared for today.

    ``lacking``: facts that are not met or not known. ``allotted``: whether today is a day of the body's own, which
    only 初期登録 needs. ``masters_needed``: the existing system uses the masters (item 8). A pretest may lack
    datasets: it is then not complete, and 初期登録 waits.
    """
    relevant = {fact for fact in lacking if masters_needed or fact is not Fact.MASTERS_IN_SYSTEM}
    missing = tuple(fact for fact in Fact if fact in relevant)
    reason = Reason.NOT_ALLOTTED if kind is Kind.INITIAL and not allotted else None
    if kind is Kind.PRETEST and pretest is not None:
        reason = pretest.reason
    allowed = not missing and reason is None
    return Preflight(allowed, missing, reason, pretest.complete if pretest is not None else None)


def require(preflight: Preflight) -> None:
    """Raise RefusedError unless it is allowed: VIGILANCE-001 (preconditions), -002, -003, -004 (its reason)."""
    if (refused := refusal(preflight)) is not None:
        raise refused


def refusal(preflight: Preflight) -> RefusedError | None:
    """What ``require`` raises; None where it is allowed."""
    if preflight.lacking:
        sections = "、".join(preflight.manual) or "なし"
        return RefusedError("VIGILANCE-001", items="、".join(preflight.wordings), sections=sections)
    match preflight.reason:
        case Reason.NOT_ALLOTTED:
            return RefusedError("VIGILANCE-002")
        case Reason.TOO_MANY:
            return RefusedError("VIGILANCE-003")
        case Reason.NOT_REAL_DATA:
            return RefusedError("VIGILANCE-004")
        case None:
            return None
