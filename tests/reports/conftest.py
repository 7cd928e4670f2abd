"""Example facts for the reports' tests; the same that the pictures in the documentation are made of."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest


@pytest.fixture(scope="session")
def examples() -> SimpleNamespace:
    """``example()``, ``stopped()``, ``clean()`` and what they are built of."""
    return SimpleNamespace(**runpy.run_path(str(Path(__file__).parent / "example.py")))
