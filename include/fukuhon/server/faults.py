"""The contract's fault codes (include/messages/README.md) and what an officer reads for each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["FAULTS", "code_of"]

_UNKNOWN = "SERVER-100"

_IN_ORDER = """
bad_request bad_file unknown_account wrong_password account_expired wrong_role unknown_device wrong_mode outside_window
over_volume busy over_cap too_many_records conflict key_reused not_one_minute full_output no_dataset no_key
before_receipt after_completion not_completed same_person not_released not_found unavailable
"""

FAULTS: Mapping[str, str] = MappingProxyType(
    {fault: f"SERVER-{number}" for number, fault in enumerate(_IN_ORDER.split(), start=101)}
)
"""Fault code → code of the catalogue."""


def code_of(fault: str) -> str:
    """The catalogue's code for a fault; SERVER-100 for one that the contract does not know."""
    return FAULTS.get(fault, _UNKNOWN)
