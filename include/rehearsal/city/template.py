"""The sample's site.yaml for one city: only the systems and SPIs that it has, its sizes, and whoever runs it."""

from __future__ import annotations

import getpass
import re
from typing import TYPE_CHECKING

from rehearsal.city.register import REGISTER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rehearsal.city.sizing import Sizes
    from rehearsal.city.subject import Subject

__all__ = ["settings"]

_TAX = "TM00000000000002"


def settings(template: str, subjects: Sequence[Subject], sizes: Sizes) -> str:
    """The template with this city's subjects and sizes, and with whoever runs this as the officer."""
    spis = {spi for subject in subjects for spi in subject.spis}
    text = _kept(template, "sources", "id", {REGISTER.source, *(subject.source for subject in subjects)})
    text = _kept(text, "spis", "code", spis)
    for part, there in (("tax", _TAX in spis), ("other", spis != {_TAX})):
        if not there:
            text = re.sub(rf"^  - \{{days: .*part: {part},.*\n", "", text, flags=re.MULTILINE)
    for name in ("records_per_file", "bytes_per_file", "line_bytes_per_s"):
        text = _put(text, rf"^(  {name}: )\d+", str(getattr(sizes, name)))
    for day, size in sizes.windows.items():
        text = _put(text, rf"^(  - {{days: \[{day}\].* bytes: )\d+", str(size))
    return _put(text, r"(os_user: )gyomu", getpass.getuser())


def _kept(text: str, section: str, key: str, wanted: set[str]) -> str:
    """The text, in its ``section`` only the items whose ``key`` is wanted."""
    head, body, tail = re.split(rf"(?<=^{section}:\n)((?:[ #].*\n|\n)*)", text, maxsplit=1, flags=re.MULTILINE)
    items = re.split(r"(?=^  - )", body, flags=re.MULTILINE)
    mark = re.compile(rf"  - {key}: (\w+)")
    kept = [item for item in items if (found := mark.match(item)) is None or found[1] in wanted]
    return head + "".join(kept) + tail


def _put(text: str, pattern: str, value: str) -> str:
    changed, count = re.subn(pattern, lambda match: f"{match.group(1)}{value}", text, flags=re.MULTILINE)
    assert count == 1, f"the template has {count} places for {pattern}"
    return changed
