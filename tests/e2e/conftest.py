"""Worlds for whole runs: each in a folder of its own, nothing left of it afterwards."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder with a short path, removed when all is over; the environment is put back."""
    path = Path(tempfile.mkdtemp(prefix="fukuhon-e2e-"))
    kept = dict(os.environ)
    yield path
    os.environ.clear()
    os.environ.update(kept)
    if not os.environ.get("FUKUHON_KEEP"):
        shutil.rmtree(path, ignore_errors=True)
