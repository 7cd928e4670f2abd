"""The stand-in's side of 見本市: accounts, masters, devices, allotments, and a batch so small that something waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rehearsal.city.sizing import Sizes

__all__ = ["ACCOUNTS", "BODY", "standin_body"]

BODY = "992011"
# name of the secret: user id, role (seed 1.9.1), department
ACCOUNTS = {
    "upload": ("mihongyomu01", "9000000001", "ZEIMU"),
    "collation_requester": ("mihontotsugo01", "9000000004", "ZEIMU"),
    "collation_manager": ("mihonsekinin01", "9000000005", "SOMU"),
    "administrator": ("mihonkanri01", "9000000006", "JOHO"),
}
_APPLIED = "2017-04-02"  # the delivery of the masters
_REGISTERED = "2017-04-03"


def standin_body(passwords: Mapping[str, str], sizes: Sizes) -> dict[str, Any]:
    """The JSON of ``PUT /control/bodies/992011``."""
    return {
        "name": "見本市",
        "group": 2,
        "accounts": [_account(*ACCOUNTS[name], passwords[name]) for name in ACCOUNTS],
        "departments": [
            {"id": department, "registered": _REGISTERED, "valid_to": "2018-03-31"}
            for department in ("JOHO", "SOMU", "ZEIMU")
        ],
        "masters": [
            {"name": "情報提供NWS配信マスター", "applied": _APPLIED},
            {"name": "独自マスター", "applied": _APPLIED},
        ],
        "devices": [{"id": "T992011-01"}],
        "modes": {"applied": []},
        "allotments": [
            {"days": [day], "from": "09:00", "to": "12:00", "bytes": size} for day, size in sizes.windows.items()
        ],
        "batch": {
            "start": "22:00",
            "end": "03:00",
            "records_per_s": sizes.records_per_s,
            "capacity_per_night": sizes.capacity_per_night,
        },
        "line_bytes_per_s": sizes.line_bytes_per_s,
        "immediate_records_per_s": 10,
    }


def _account(user: str, role: str, department: str, password: str) -> dict[str, Any]:
    return {
        "user": user,
        "password": password,
        "role": role,
        "department": department,
        "valid_to": "2018-03-31",
        "password_set": _REGISTERED,
        "password_days": 90,
    }
