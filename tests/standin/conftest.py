"""A stand-in for each test that asks for one, and the helpers of this folder."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest


@pytest.fixture(scope="session")
def kit() -> SimpleNamespace:
    """The helpers: what sends files and talks to a stand-in."""
    return SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("helpers.py"))))


@pytest.fixture
def start(kit: SimpleNamespace, tmp_path: Path) -> Iterator[Any]:
    """Start a stand-in: ``start("2017-04-12 09:00", line_bytes_per_s=1000)``."""
    with ExitStack() as stack:
        yield lambda at="2017-04-12 09:00", **changes: stack.enter_context(
            kit.standin(tmp_path / "data", at, **changes)
        )
