"""Wrong usage, in Japanese. What was typed is not repeated: somebody may have typed a personal value."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import typer

from fukuhon.errors import ConfigurationError

__all__ = ["usage_error"]

_OPTION = re.compile(r"--?[a-z][a-z-]{0,30}")


def usage_error(error: Exception) -> ConfigurationError | None:
    """What typer found wrong with the command line, as an error of ours; None where it is something else."""
    if isinstance(error, typer.Abort):
        return ConfigurationError("COMMANDS-002")
    if not isinstance(error, typer.BadParameter.__mro__[2]):  # ClickException: typer names no public class for it
        return None
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "fukuhon"
    wording = _WORDINGS.get(type(error).__name__, _other)
    return ConfigurationError("COMMANDS-001", why=wording(error), command=command)


def _bad(error: Any) -> str:
    param = error.param
    if param is None:
        return "値が正しくありません"
    choices = getattr(param.type_descriptor, "choices", None) or ()
    able = f"（{'、'.join(map(str, choices))} のどれか）" if choices else ""
    return f"{_name(param)} の値が正しくありません{able}"


def _missing(error: Any) -> str:
    return f"{_name(error.param)} が要ります" if error.param is not None else "足りないものがあります"


def _no_option(error: Any) -> str:
    name = error.option_name if _OPTION.fullmatch(error.option_name) else "指定された"
    close = f"（もしかすると {'、'.join(sorted(error.possibilities))}）" if error.possibilities else ""
    return f"{name} というオプションはありません{close}"


def _bad_option(error: Any) -> str:
    return f"{error.option_name} の書き方が違います（値が要るか、要らないか）"


def _no_arguments(_error: Any) -> str:
    return "何をするかが指定されていません"


def _other(error: Any) -> str:
    message = error.message
    if message.startswith("No such command"):
        suggested = re.findall(r"'([a-z-]+)'", message.partition("Did you mean")[2])
        return "そのようなコマンドはありません" + (f"（もしかすると {'、'.join(suggested)}）" if suggested else "")
    if message.startswith("Got unexpected extra argument"):
        return "余分な引数があります"
    return "指定の仕方が違います"


def _name(param: Any) -> str:
    return str(param.opts[0] if param.param_type_name == "option" else param.display_name_raw)


_WORDINGS: dict[str, Callable[[Any], str]] = {
    "BadParameter": _bad,
    "MissingParameter": _missing,
    "NoSuchOption": _no_option,
    "BadOptionUsage": _bad_option,
    "NoArgsIsHelpError": _no_arguments,
}
