"""Errors in words: a code, a Japanese sentence, the next step and the manual's section; never a traceback.

What nobody foresaw gets a code, too, and a private file with its traceback: frames only, no local variables, and of
each message only what cannot be a value of a record.
"""

from __future__ import annotations

import errno
import json
import os
import re
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path

from fukuhon.commands.usage import usage_error
from fukuhon.errors import FatalError, FukuhonError, RefusedError, RetriableError

__all__ = ["as_dict", "interrupted", "keep", "show", "tell", "unwritable"]


def tell(error: Exception, *, as_json: bool) -> int:
    """Tell an error on standard error and, with ``--json``, as one object on standard output. Returns the exit code."""
    if isinstance(error, BrokenPipeError):  # the reader of our output has gone: nobody to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    known = error if isinstance(error, FukuhonError) else usage_error(error) or unwritable(error)
    if known is None:
        known = FatalError("COMMANDS-009", log=keep(error))
    if as_json:
        print(json.dumps({"error": as_dict(known)}, ensure_ascii=False))
    show(known)
    return known.exit_code


def unwritable(error: BaseException) -> RetriableError | None:
    """A disk that is full or does not let us write, wherever it was met; None where it is something else."""
    found = error if isinstance(error, OSError) else getattr(error, "orig", None)
    named = str(getattr(found, "sqlite_errorname", ""))
    number = getattr(found, "errno", None) or next((n for start, n in _SQLITE.items() if named.startswith(start)), 0)
    if number not in _UNWRITABLE:
        return None
    where = getattr(found, "filename", None) or "台帳か作業フォルダー"
    return RetriableError("COMMANDS-008", where=where, why=os.strerror(number))


_UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)
_SQLITE = {"SQLITE_FULL": errno.ENOSPC, "SQLITE_READONLY": errno.EROFS, "SQLITE_CANTOPEN": errno.EACCES}


def interrupted(*, as_json: bool) -> int:
    """Tell that somebody pressed Ctrl-C. Returns the exit code."""
    return tell(RefusedError("COMMANDS-003"), as_json=as_json)


def as_dict(error: FukuhonError) -> dict[str, str | None]:
    """An error as ``--json`` tells it."""
    entry = error.entry
    return {"code": error.code, "message": error.message, "next_step": error.next_step, "manual": entry.manual}


def show(error: FukuhonError) -> None:
    """Write an error to standard error."""
    from rich.console import Console  # noqa: PLC0415 - --help stays quick
    from rich.text import Text  # noqa: PLC0415 - the same

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(Text(f"[{error.code}] ", "bold red") + Text(error.message, "bold"))
    console.print(Text(f"次の手順：{error.next_step}"))
    if error.entry.manual:
        console.print(Text(f"参照：{error.entry.manual}"))


def keep(error: BaseException, folder: Path | None = None) -> Path:
    """Keep the traceback of an unforeseen error in a new private file (0600); returns its path.

    ``folder``: where; the system's folder for temporary files where it is not given or cannot be written.
    """
    if folder is not None:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            folder = None
    handle, name = tempfile.mkstemp(prefix="fukuhon-error-", suffix=".log", dir=folder)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines(_lines(error))
    return Path(name)


def _lines(error: BaseException) -> Iterator[str]:
    """The chain of errors, the one that was raised last first."""
    seen: set[int] = set()
    while id(error) not in seen:
        seen.add(id(error))
        yield from traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__)).format()
        yield f"{type(error).__module__}.{type(error).__qualname__}: {_masked(str(error))}\n\n"
        following = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if following is None:
            return
        error = following


def _masked(text: str) -> str:
    """A message without what may be a value: quoted parts, digits, and all that is not ASCII."""
    quoted = re.sub(r"'[^']*'|\"[^\"]*\"|`[^`]*`", "'…'", text)
    return re.sub(r"[0-9]|[^\x00-\x7f…]", "#", quoted)
