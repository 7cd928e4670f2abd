"""One small city for all tests of it."""

from __future__ import annotations

import pytest

from rehearsal.city import City, make_city


@pytest.fixture(scope="session")
def city() -> City:
    """A small city, made once."""
    return make_city(people=2000, seed=7, days=4)
