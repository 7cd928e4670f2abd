"""The pictures of the README, from those of a finished demo: ``make pictures`` (needs a Chromium, as the demo does).

Each is cut to what there is to see and written small, as WebP.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from rehearsal.browser import Shot, browser, take

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
SHOWN = {
    "page-today": ("today", 1280, 1120),
    "page-calendar": ("calendar", 1280, 1320),
    "quality-*-differential-*": ("quality-report", 1280, 1420),
    "progress-*": ("progress", 900, 1300),
}
"""By the name of the demo's picture: its name here, and how much of it is shown, in points from the upper left."""
SCALE = 0.75


def main(demo: Path) -> int:
    """Write the pictures of the demo in ``demo``. Returns 0, or 1 where a picture or the browser is missing."""
    program, found = browser(), {name: sorted((demo / "pictures").glob(f"{name}.png")) for name in SHOWN}
    missing = [name for name, pictures in found.items() if not pictures]
    if program is None or missing:
        print(f"missing: {'a Chromium' if program is None else '、'.join(missing)}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        shots = [_shot(found[name][-1], Path(folder), *shown) for name, shown in SHOWN.items()]
        taken = take(program, shots)
    for shot in shots:
        print(f"{shot.picture.relative_to(ROOT)}: {shot.picture.stat().st_size:,} bytes")
    return 0 if taken == len(shots) else 1


def _shot(picture: Path, folder: Path, name: str, width: int, height: int) -> Shot:
    """The picture as a page of its own, from which the browser takes what is shown."""
    page = folder / f"{name}.html"
    size = f"display:block;zoom:{SCALE}"
    page.write_text(
        f'<!doctype html><body style="margin:0"><img style="{size}" src="{picture.resolve().as_uri()}">',
        encoding="utf-8",
    )
    target = IMAGES / f"{name}.webp"
    target.unlink(missing_ok=True)
    return Shot(page.as_uri(), target, round(height * SCALE), round(width * SCALE))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "var" / "demo"))
