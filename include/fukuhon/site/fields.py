"""The kinds of values that settings are made of: paths, names, codes and hours, each checked in words for people."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from fukuhon.calendars import parse_minutes
from fukuhon.errors import ConfigurationError, DataError
from fukuhon.identifiers import BodyCode

__all__ = [
    "BodyCodeText",
    "DatasetText",
    "Expanded",
    "Name",
    "OpeningHour",
    "Part",
    "Positive",
    "ResolvedPath",
    "ResourceId",
    "SpiText",
    "TimeOfDay",
]


class Part(BaseModel):
    """A part of the settings: nothing unknown in it, nothing changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


def _expanded(value: object) -> object:
    """Fill ``${NAME}`` and ``${NAME:-default}`` from the environment."""
    if not isinstance(value, str):
        return value

    def fill(match: re.Match[str]) -> str:
        found = os.environ.get(match["name"]) or match["default"]
        if found is None:
            raise ValueError(f"環境変数 {match['name']} が設定されていません")
        return found

    return re.sub(r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>[^}]*))?\}", fill, value)


def _resolved(value: object, info: ValidationInfo) -> object:
    filled = _expanded(value)
    if not isinstance(filled, str):
        return filled
    folder = (info.context or {}).get("folder", Path())
    return Path(os.path.normpath(folder / Path(filled).expanduser()))


def _time_of_day(value: str) -> str:
    try:
        parse_minutes(value)
    except ConfigurationError:
        raise ValueError("時刻は 00:00 から 24:00 までの HH:MM で書いてください") from None
    return value


def _opening(value: str) -> str:
    if _time_of_day(value) == "24:00":
        raise ValueError("開庁時刻は 00:00 から 23:59 までです")
    return value


def _body_code(value: str) -> str:
    try:
        return BodyCode.parse(value)
    except DataError as error:
        raise ValueError(error.message) from None


Expanded = Annotated[str, BeforeValidator(_expanded), Field(min_length=1)]
ResolvedPath = Annotated[Path, BeforeValidator(_resolved)]
TimeOfDay = Annotated[str, AfterValidator(_time_of_day)]
OpeningHour = Annotated[str, AfterValidator(_opening)]
BodyCodeText = Annotated[str, AfterValidator(_body_code)]
Name = Annotated[str, Field(min_length=1)]
ResourceId = Annotated[str, Field(pattern=r"^[0-9A-Za-z._-][0-9A-Za-z._/-]*$")]
SpiText = Annotated[str, Field(pattern=r"^TM[0-9]{14}$")]
DatasetText = Annotated[str, Field(pattern=r"^TK[0-9]{14}$")]
Positive = Annotated[int, Field(gt=0)]
