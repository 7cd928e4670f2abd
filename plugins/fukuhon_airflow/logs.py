"""A mask for task logs: what looks like a 個人番号 (12 digits) or a 団体内統合宛名番号 (15 digits) is never written.

Airflow masks exact values and an English list of key names; there is no pattern masking. Its log writer takes
processors from the object that may ship logs elsewhere (``REMOTE_TASK_LOG`` beside the logging configuration), and
runs them on every line of every task, standard output and tracebacks included: that is where the mask sits. Nothing is
shipped. A local executor repeats those lines on the scheduler's output, through the component's own writer: there a
handler of the logging configuration puts the mask in, when that writer is set up.

Put ``AIRFLOW__LOGGING__LOGGING_CONFIG_CLASS=fukuhon_airflow.logs.LOGGING_CONFIG`` into the environment.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import MutableMapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import structlog
from airflow.config_templates.airflow_local_settings import DEFAULT_LOGGING_CONFIG

if TYPE_CHECKING:
    from airflow.sdk.types import RuntimeTaskInstanceProtocol

__all__ = ["LOGGING_CONFIG", "MASK", "REMOTE_TASK_LOG", "MaskInstaller", "MaskedTaskLog", "mask_numbers", "mask_text"]

MASK = "***"

# Half-width and full-width digits, in one run or in three groups of four as 個人番号 are printed.
_DIGIT = r"[0-9０-９]"
_GROUPS = rf"{_DIGIT}{{4}}[-\s－]{_DIGIT}{{4}}[-\s－]{_DIGIT}{{4}}"
_NUMBERS = re.compile(rf"(?<!{_DIGIT})(?:{_DIGIT}{{12}}|{_DIGIT}{{15}}|{_GROUPS})(?!{_DIGIT})")


def mask_text(text: str) -> str:
    """``text`` with each run of exactly 12 or 15 digits replaced."""
    return _NUMBERS.sub(MASK, text)


def _mask(value: Any) -> Any:
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return MASK if _NUMBERS.fullmatch(str(abs(value))) else value
    if isinstance(value, dict):
        return {_mask(key): _mask(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_mask(each) for each in value]
    return value


def mask_numbers(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: the same line, masked; its keys are kept."""
    for key in list(event):
        event[key] = _mask(event[key])
    return event


class MaskedTaskLog:
    """The object that Airflow asks for processors. It ships no log and has none to read."""

    processors = (mask_numbers,)

    def upload(self, path: os.PathLike[str] | str, ti: RuntimeTaskInstanceProtocol | None = None) -> None:
        """Leave the log where it is."""

    def read(self, _relative_path: str, _ti: RuntimeTaskInstanceProtocol) -> tuple[list[str], list[str] | None]:
        """Nothing beside the local file."""
        return [], None


class MaskInstaller(logging.NullHandler):
    """Handles no record: made while a component sets up its logging, it puts the mask before the component's writer."""

    def __init__(self) -> None:
        super().__init__()
        processors = structlog.get_config()["processors"]
        if mask_numbers not in processors:
            processors.insert(len(processors) - 1, mask_numbers)


REMOTE_TASK_LOG = MaskedTaskLog()
LOGGING_CONFIG: dict[str, Any] = deepcopy(DEFAULT_LOGGING_CONFIG)
LOGGING_CONFIG["handlers"]["fukuhon_mask"] = {"class": f"{__name__}.MaskInstaller"}
