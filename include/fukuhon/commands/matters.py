"""What needs two people, and who decides: the same for the command line and for Airflow's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fukuhon.site import Role

__all__ = ["MATTERS", "deciders"]

MATTERS: Mapping[str, str] = {
    "collation_plan": "突合の計画",
    "cap_plan": "1日の登録上限を超える計画",
    "settle": "結果不明のファイルの確定",
    "lease": "送信権の引継ぎ",
    "quarantine_release": "留め置きの解放",
    "quarantine_exclude": "留め置きの除外",
}
_DECIDERS: Mapping[str, tuple[Role, ...]] = {"collation_plan": ("collation_manager",)}
_OTHERWISE: tuple[Role, ...] = ("administrator", "collation_manager")


def deciders(kind: str) -> tuple[Role, ...]:
    """The roles that decide about this kind of matter. Who asked never does, whatever the role."""
    return _DECIDERS.get(kind, _OTHERWISE)
