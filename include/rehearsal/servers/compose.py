"""docker-compose.yml, read as Compose reads it: variables put in, one service after the other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from rehearsal.supervisor_airflow import ROOT

__all__ = ["COMPOSE", "Places", "Service", "document", "interpolated", "seconds", "services"]

COMPOSE = ROOT / "docker-compose.yml"
_VARIABLE = re.compile(r"\$(?:\$|\{(\w+)(?::([-?])([^}]*))?\})")
_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


@dataclass(frozen=True, slots=True)
class Service:
    """A service: its command, its environment, and how long it may take to end."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    grace_s: int


def document(path: Path = COMPOSE) -> dict[str, Any]:
    """The file as it stands, its merges done, variables not yet put in."""
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def services(values: Mapping[str, str], path: Path = COMPOSE) -> dict[str, Service]:
    """All services by name, with ``values`` for the variables. Raises KeyError for one that is demanded and missing."""
    found = {}
    for name, service in document(path)["services"].items():
        environment = {key: interpolated(value, values) for key, value in service.get("environment", {}).items()}
        command = tuple(interpolated(part, values) for part in service.get("command", ()))
        found[name] = Service(name, command, environment, seconds(service.get("stop_grace_period", "10s")))
    return found


def interpolated(text: str, values: Mapping[str, str]) -> str:
    """A text with its variables put in, as the Compose specification has it (``$$``, ``:-``, ``:?``)."""

    def value(found: re.Match[str]) -> str:
        name, kind, rest = found.groups()
        if name is None:
            return "$"
        if values.get(name):
            return values[name]
        if kind == "-":
            return str(rest)
        raise KeyError(name)

    return _VARIABLE.sub(value, text)


def seconds(duration: str) -> int:
    """A duration such as ``1h30m`` in seconds. Raises ValueError for others."""
    found = _DURATION.fullmatch(duration)
    if found is None or not duration:
        raise ValueError(duration)
    hours, minutes, rest = (int(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + rest


@dataclass(frozen=True, slots=True)
class Places:
    """Where the things of the containers lie on this machine: folder → folder, address → address."""

    folders: Mapping[str, Path]
    addresses: Mapping[str, str]

    def put(self, text: str) -> str:
        """A command's part or a setting with this machine's places in it."""
        for inside, outside in self.addresses.items():
            text = text.replace(inside, outside)
        names = "|".join(map(re.escape, self.folders))
        return re.sub(rf"(?<![\w./-])({names})(?=[/:]|$)", lambda found: str(self.folders[found[1]]), text)
