"""Which fault of the contract an officer reads under which code: once shown, a code keeps its meaning."""

from __future__ import annotations

import pytest

from fukuhon.errors import RefusedError
from fukuhon.server import Refused

CODES = {
    "something_new": "SERVER-100",
    "bad_request": "SERVER-101",
    "bad_file": "SERVER-102",
    "unknown_account": "SERVER-103",
    "wrong_password": "SERVER-104",
    "account_expired": "SERVER-105",
    "wrong_role": "SERVER-106",
    "unknown_device": "SERVER-107",
    "wrong_mode": "SERVER-108",
    "outside_window": "SERVER-109",
    "over_volume": "SERVER-110",
    "busy": "SERVER-111",
    "over_cap": "SERVER-112",
    "too_many_records": "SERVER-113",
    "conflict": "SERVER-114",
    "key_reused": "SERVER-115",
    "not_one_minute": "SERVER-116",
    "full_output": "SERVER-117",
    "no_dataset": "SERVER-118",
    "no_key": "SERVER-119",
    "before_receipt": "SERVER-120",
    "after_completion": "SERVER-121",
    "not_completed": "SERVER-122",
    "same_person": "SERVER-123",
    "not_released": "SERVER-124",
    "not_found": "SERVER-125",
    "unavailable": "SERVER-126",
}


@pytest.mark.parametrize(("fault", "code"), CODES.items())
def test_a_fault_is_raised_under_its_code(fault: str, code: str) -> None:
    """With a sentence and a next step that need nothing but the fault."""
    with pytest.raises(RefusedError) as caught:
        raise Refused.by(fault)
    assert caught.value.code == code
    assert caught.value.message
    assert caught.value.next_step
