"""The entry of the console script: what holds for the whole process, then the verbs."""

from __future__ import annotations

import io
import os
import sys
import warnings
from typing import NoReturn

from fukuhon.commands.app import app

__all__ = ["main"]


def main() -> NoReturn:
    """Run the command line and leave with 0 (done), 1 (a check failed, nothing lost) or 2 (wrong usage or settings)."""
    os.umask(0o077)  # whatever is written is for its owner's eyes
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # third parties warn at import: noise for people, errors in tests
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8" if "--json" in sys.argv else None, errors="backslashreplace")
    app()
    raise SystemExit(0)
