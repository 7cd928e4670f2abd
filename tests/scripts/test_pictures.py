"""The README's pictures: each is there and small, and without a demo it is said what is missing."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MOST_BYTES = 150_000


@pytest.mark.parametrize("page", ["README.md", "README.ja.md"])
def test_pictures_of_the_readme_are_there_and_small(page: str) -> None:
    """All four, in both languages."""
    shown = re.findall(r"!\[[^]]+\]\((docs/images/\w[\w-]*\.webp)\)", (ROOT / page).read_text(encoding="utf-8"))
    assert len(shown) == len(set(shown)) == 4
    assert all(0 < (ROOT / each).stat().st_size <= MOST_BYTES for each in shown)


def test_without_a_demo_it_says_what_is_missing(tmp_path: Path) -> None:
    """And no picture is lost."""
    before = sorted((ROOT / "docs" / "images").iterdir())
    command = [sys.executable, ROOT / "scripts" / "pictures.py", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("missing: ")
    assert sorted((ROOT / "docs" / "images").iterdir()) == before
