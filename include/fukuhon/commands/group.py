"""The outermost command: turns errors into words and exit codes, and mounts what other packages bring.

Packages mount verbs of their own through the entry-point group ``fukuhon.commands``: each entry is a function that
takes a ``typer.Typer`` and adds its verbs. They are looked up only when somebody asks for help or for an unknown verb.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import entry_points
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

__all__ = ["ENTRY_POINTS", "ORDER", "Family", "Verb", "Verbs", "place_of"]

ENTRY_POINTS = "fukuhon.commands"
ORDER: list[str] = []
"""Our verbs in the order in which people read them; typer alone would put families of verbs last."""
_INTERRUPTED = 130
_TITLES = {
    "ARGUMENTS_PANEL_TITLE": "引数",
    "OPTIONS_PANEL_TITLE": "オプション",
    "COMMANDS_PANEL_TITLE": "コマンド",
    "DEFAULT_STRING": "[既定：{}]",
    "ENVVAR_STRING": "[環境変数：{}]",
    "REQUIRED_LONG_STRING": "[必須]",
}
_GUESTS = "見本と試験"


class _InJapanese:
    """The help page, in Japanese."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the page."""
        from typer import rich_utils  # noqa: PLC0415 - rich takes its time to load

        for name, title in _TITLES.items():
            setattr(rich_utils, name, title)
        super().format_help(ctx, formatter)  # type: ignore[misc]

    def get_help_option(self, ctx: Any) -> Any:
        """``--help``."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help, option.metavar = "この説明を出して終わる。", ""
        return option


class Verb(_InJapanese, TyperCommand):
    """One verb."""


class Family(_InJapanese, TyperGroup):
    """Verbs under one name."""


class Verbs(Family):
    """All verbs."""

    _mounted = False

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,  # noqa: ARG002 - however it was started, people type fukuhon
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002 - the signature is typer's
        windows_expand_args: bool = True,  # noqa: FBT001, FBT002 - the same
        **extra: Any,
    ) -> Any:
        """Run a verb. Every error becomes a message and an exit code; nothing is shown as a traceback."""
        from fukuhon.commands import failures  # noqa: PLC0415 - --help stays quick

        given = list(sys.argv[1:] if args is None else args)
        try:
            code = super().main(given, "fukuhon", complete_var, False, windows_expand_args, **extra)
            if code == _INTERRUPTED:
                code = failures.interrupted(as_json="--json" in given)
        except Exception as error:  # noqa: BLE001 - the last one to see it
            code = failures.tell(error, as_json="--json" in given)
        code = code if isinstance(code, int) else 0
        if standalone_mode:
            sys.exit(code)
        return code

    def list_commands(self, ctx: Any) -> list[str]:
        """Our own verbs, then the mounted ones."""
        self._mount()
        return sorted(super().list_commands(ctx), key=place_of)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A verb by its name; the mounted ones are only looked for when it is none of ours."""
        if cmd_name not in self.commands:
            self._mount()
        return super().get_command(ctx, cmd_name)

    def _mount(self) -> None:
        if self._mounted:
            return
        self._mounted = True
        for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda each: each.name):
            try:
                guests = _verbs_of(entry.load())
            except Exception as error:  # noqa: BLE001 - a broken guest does not close the house
                print(f"fukuhon: {entry.value} を読み込めません（{type(error).__name__}）", file=sys.stderr)
                continue
            self.commands.update({name: verb for name, verb in guests.items() if name not in self.commands})


def place_of(name: str) -> int:
    """A verb's place among all; guests come last."""
    return ORDER.index(name) if name in ORDER else len(ORDER)


def _verbs_of(register: Any) -> dict[str, Any]:
    """What an entry point mounts; on the page of all verbs it stands below ours."""
    app = typer.Typer()
    register(app)
    guests = dict(typer.main.get_group(app).commands)
    for verb in guests.values():
        verb.rich_help_panel = getattr(verb, "rich_help_panel", None) or _GUESTS  # type: ignore[attr-defined]
    return guests
