"""What a verb tells: one JSON object, or text for a person; and nothing else on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import asdict, is_dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import typer

from fukuhon.commands import failures
from fukuhon.errors import FukuhonError

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["finish", "note", "quiet", "table", "working"]

_WIDTH = 200  # of what is not a terminal: lines are not to be broken or cut for a program that reads them

Render = Callable[["Console"], None]


def finish(body: Mapping[str, Any], render: Render, *, as_json: bool, failed: FukuhonError | None = None) -> None:
    """Tell the outcome of a verb; with ``failed``, a check that did not hold, tell that too and leave with its code.

    With ``as_json`` the object is ``body``, and ``failed`` stands in it under ``error``.
    """
    if as_json:
        told = {**body, "error": failures.as_dict(failed)} if failed else body
        print(json.dumps(told, ensure_ascii=False, default=_plain))
    else:
        from rich.console import Console  # noqa: PLC0415 - --help stays quick

        width = None if sys.stdout.isatty() else _WIDTH
        render(Console(highlight=False, markup=False, emoji=False, width=width))
    if failed:
        failures.show(failed)
        raise typer.Exit(failed.exit_code)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Any:
    """A table for a person; numbers stand to the right, with their thousands apart."""
    from rich.table import Table  # noqa: PLC0415 - --help stays quick

    listed = [list(row) for row in rows]
    made = Table(box=None, pad_edge=False, header_style="bold")
    for place, name in enumerate(columns):
        numeric = bool(listed) and all(isinstance(row[place], int) or row[place] is None for row in listed)
        made.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in listed:
        made.add_row(*(_cell(value) for value in row))
    return made


def note(text: str) -> None:
    """Tell a person something on standard error."""
    from rich.console import Console  # noqa: PLC0415 - --help stays quick

    Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(text)


@contextmanager
def quiet() -> Iterator[None]:
    """Whatever is printed in the block, by whatever library, goes to standard error."""
    with redirect_stdout(sys.stderr):
        yield


@contextmanager
def working(text: str) -> Iterator[Callable[[str], None]]:
    """Show on a terminal that something is under way; the yielded function changes the text."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - --help stays quick

    with Console(stderr=True, highlight=False).status(text) as status:
        yield status.update


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "○" if value else "×"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d %H:%M}" if hasattr(value, "hour") else f"{value:%Y-%m-%d}"
    return str(value)


def _plain(value: object) -> object:
    """What JSON has no form for: instants in ISO form, dataclasses and mappings as objects, the rest as text."""
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)
