"""Settings files: YAML that remembers its lines, and problems told all at once.

Site settings, layout packs and rule books are read here. YAML's guesses are cut down to what nobody misunderstands: a
code with a leading zero, ``19:00`` and ``yes`` stay text; a key that stands twice is an error, not the last one's win.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from yaml._yaml import CParser
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

from fukuhon.errors import ConfigurationError
from fukuhon.site.wording import in_japanese

__all__ = ["Check", "Document", "Place", "Problem", "read_document"]

Place = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where in the document, and what, in Japanese and without the value."""

    place: Place
    text: str


Check: TypeAlias = Callable[[Model], Iterable[Problem]]


class _Loader(Composer, CParser, SafeConstructor, Resolver):
    """SafeLoader over libyaml's parser that takes for a number, truth value or date only what looks like nothing else.

    No aliases but of a single value, as programs write them: a few of lists or mappings say as much as a disk holds
    (billion laughs), or themselves.
    """

    def __init__(self, text: str) -> None:
        CParser.__init__(self, text)
        Composer.__init__(self)
        SafeConstructor.__init__(self)
        Resolver.__init__(self)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """One node. Raises yaml.MarkedYAMLError for an alias of more than a value."""
        if self.check_event(yaml.AliasEvent) and not self._names_a_value():
            raise _AliasError(None, None, None, self._next().start_mark)
        return super().compose_node(parent, index)

    def _names_a_value(self) -> bool:
        return isinstance(self.anchors.get(self._next().anchor), yaml.ScalarNode)

    def _next(self) -> Any:
        return self.peek_event()


class _AliasError(yaml.MarkedYAMLError):
    """An alias stands where a value should."""


_TOO_DEEP = "入れ子の深すぎる書き方"
_PLAIN = (
    ("tag:yaml.org,2002:null", r"^(?:~|null|)$", ["~", "n", ""]),
    ("tag:yaml.org,2002:bool", r"^(?:true|false)$", ["t", "f"]),
    ("tag:yaml.org,2002:int", r"^-?(?:0|[1-9][0-9]*)$", [*"-0123456789"]),
    ("tag:yaml.org,2002:float", r"^-?(?:0|[1-9][0-9]*)\.[0-9]+$", [*"-0123456789"]),
    ("tag:yaml.org,2002:timestamp", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", [*"0123456789"]),
)
_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in _PLAIN:
    _Loader.add_implicit_resolver(_tag, re.compile(_pattern), _first)


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML file: its data, the line (1-based) of every place in it, and what was already wrong with it."""

    path: Path
    data: Mapping[str, object]
    lines: Mapping[Place, int]
    problems: tuple[Problem, ...] = field(default=())
    sha256: str = ""

    def line(self, place: Place) -> int:
        """The line of a place; of the nearest place around it where it is missing itself."""
        for end in range(len(place), -1, -1):
            if place[:end] in self.lines:
                return self.lines[place[:end]]
        return 1

    def build(self, model: type[Model], code: str, checks: Iterable[Check[Model]] = ()) -> Model:
        """The document as ``model``.

        Raises ConfigurationError (``code``, with the facts ``file`` and ``problems``) that tells every problem found.
        """
        problems = list(self.problems)
        built: Model | None = None
        try:
            built = model.model_validate(self.data, context={"folder": self.path.parent, "sha256": self.sha256})
        except ValidationError as error:
            problems += self._found(error)
        if built is not None:
            problems += [problem for check in checks for problem in check(built)]
        if built is None or problems:
            raise ConfigurationError(code, file=self.path, problems=self.told(problems))
        return built

    def told(self, problems: Iterable[Problem]) -> str:
        """The problems as lines for people, in the order of the file."""
        marked = sorted({(self.line(p.place), self.named(p.place), p.text) for p in problems})
        return "".join(f"\n  {line}行目 {place}：{text}" for line, place, text in marked)

    def named(self, place: Place) -> str:
        """A place in words: ``datasets[TK…].items[I0101].digits``; an entry without code or id by its number from 1."""
        here: object = self.data
        words = ""
        for part in place:
            if isinstance(part, int):
                here = here[part] if isinstance(here, list) and part < len(here) else None
                entry = here if isinstance(here, dict) else {}
                words += f"[{entry.get('code') or entry.get('id') or part + 1}]"
            else:
                here = here.get(part) if isinstance(here, dict) else None
                words += f".{part}"
        return words.removeprefix(".") or "（全体）"

    def _found(self, error: ValidationError) -> Iterable[Problem]:
        """What pydantic found; not that a list is too short because an entry of it is wrong."""
        found = error.errors(include_url=False, include_input=False)
        for item in found:
            place = item["loc"]
            if item["type"] != "too_short" or not any(o["loc"][: len(place)] == place != o["loc"] for o in found):
                yield Problem(self._real(place), in_japanese(item))

    def _real(self, place: Place) -> Place:
        """A place without what pydantic adds to it (tags of unions, as ``<item>``)."""
        real: Place = ()
        for part in place:
            if (*real, part) in self.lines or (part == place[-1] and not str(part).startswith("<")):
                real = (*real, part)
        return real


def read_document(path: Path) -> Document:
    """Read a YAML file whose root is a mapping.

    Raises ConfigurationError: SITE-001 where there is no such file, SITE-002 where it is no YAML in UTF-8.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ConfigurationError("SITE-002", file=path, line=1, why="UTF-8ではない文字") from None
    except OSError:
        raise ConfigurationError("SITE-001", file=path) from None
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        lines: dict[Place, int] = {}
        problems: list[Problem] = []
        _walk(node, (), lines, problems)
        data = loader.construct_document(node) if node is not None else {}
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        last = max(1, len(text.splitlines()))  # libyaml tells the line after it where a file ends too early
        line = min(mark.line + 1, last) if mark else 1
        raise ConfigurationError("SITE-002", file=path, line=line, why=_why(error)) from None
    except RecursionError:
        raise ConfigurationError("SITE-002", file=path, line=1, why=_TOO_DEEP) from None
    except yaml.YAMLError:
        raise ConfigurationError("SITE-002", file=path, line=1, why="使えない文字") from None
    except ValueError:  # a date that no calendar has, such as 2017-02-30
        raise ConfigurationError("SITE-002", file=path, line=_bad_date(text), why="暦にない日付") from None
    if not isinstance(data, dict):
        raise ConfigurationError("SITE-002", file=path, line=1, why="「項目: 値」の形ではない") from None
    return Document(path, data, lines, tuple(problems), hashlib.sha256(text.encode()).hexdigest())


def _why(error: yaml.MarkedYAMLError) -> str:
    if isinstance(error, _AliasError):
        return "使えない別名（*）"
    return _TOO_DEEP if "nesting depth" in str(error.problem) else "YAMLの書き方"


def _walk(node: yaml.Node | None, place: Place, lines: dict[Place, int], problems: list[Problem]) -> None:
    if node is None:
        return
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            below = (*place, name)
            lines[below] = key.start_mark.line + 1
            if name in seen:
                problems.append(Problem(below, "同じ項目が二度書かれています"))
            seen.add(name)
            _walk(value, below, lines, problems)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            _walk(value, (*place, number), lines, problems)


def _bad_date(text: str) -> int:
    for number, line in enumerate(text.splitlines(), start=1):
        for found in re.findall(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", line):
            try:
                date.fromisoformat(found)
            except ValueError:
                return number
    return 1
