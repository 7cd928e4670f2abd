"""What the tax department does around the levy: it widens the ranges that hold in quiet times, for that day only."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from rehearsal.supervisor_airflow import ROOT

if TYPE_CHECKING:
    from rehearsal.driver_world import World

__all__ = ["quiet_ranges", "ranges_of_the_levy"]

_FILE = "TM00000000000002.yaml"
_RULES = ("tax-class-distribution", "tax-variation-counts", "tax-status-counts")
_USUAL, _LEVY = "change: [0.90, 1.10]", "change: [0.80, 1.40]"


def ranges_of_the_levy(world: World) -> None:
    """Review the counts that move in the levy (「当初課税では範囲を改める」), as the site's own."""
    own = _own(world)
    own.parent.mkdir(mode=0o700, exist_ok=True)
    text = (ROOT / "expectations" / _FILE).read_text(encoding="utf-8")
    for rule in _RULES:
        text, found = re.subn(rf"(- id: {rule}\n(?:      .*\n)*?      ){re.escape(_USUAL)}", rf"\g<1>{_LEVY}", text)
        assert found == 1, f"{rule} has another range"
    own.write_text(text, encoding="utf-8")


def quiet_ranges(world: World) -> None:
    """Take the site's own ranges back: those of the project hold again."""
    shutil.rmtree(_own(world).parent)


def _own(world: World) -> Path:
    return world.plan.site / "expectations" / _FILE
