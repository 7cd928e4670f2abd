"""Worlds for whole runs: each in a folder of its own, nothing left of it afterwards."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short path (Airflow opens sockets below it), removed when all is well."""
    path = Path(tempfile.mkdtemp(prefix="fukuhon-e2e-"))
    kept = dict(os.environ)
    yield path
    os.environ.clear()
    os.environ.update(kept)
    shutil.rmtree(path, ignore_errors=True)
