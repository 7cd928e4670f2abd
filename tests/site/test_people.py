from __future__ import annotations

from datetime import date

import pytest

from fukuhon.errors import RefusedError
from fukuhon.site import ROLE_CODES, Site


def test_a_person_is_found_by_name_and_day(site: Site) -> None:
    """The same user name may pass to somebody else; both ends of a period are included."""
    assert site.person_for(date(2017, 4, 30), os_user="kou").name == "甲"
    assert site.person_for(date(2017, 5, 1), os_user="kou").name == "乙"
    assert site.person_for(date(2017, 5, 1), ui_user="otsu").role == "officer"


def test_nobody_is_refused(site: Site) -> None:
    """Unknown, or known at another time."""
    for user in ("nobody", "otsu"):
        with pytest.raises(RefusedError, match="SITE-008"):
            site.person_for(date(2017, 4, 1), ui_user=user)
    with pytest.raises(ValueError, match="one of"):
        site.person_for(date(2017, 4, 1))


def test_roles_are_those_of_the_server() -> None:
    """Seed 1.9.1 numbers them from 1 to 8."""
    assert sorted(ROLE_CODES.values()) == [f"900000000{n}" for n in range(1, 9)]
