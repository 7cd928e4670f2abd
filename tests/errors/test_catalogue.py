"""The catalogue of wordings against the code that uses it, by reading the source: nothing has to be provoked."""

from __future__ import annotations

import ast
import importlib
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from fukuhon import errors

HERE = Path(errors.__file__).parent
ROOT = HERE.parents[2]
SOURCES = sorted(
    path
    for folder in ("include/fukuhon", "include/rehearsal", "plugins", "dags")
    for path in (ROOT / folder).rglob("*.py")
)
CODE = re.compile(r"[A-Z]+-[0-9]{3}")
ENTRIES = sorted(errors.catalogue().items())


@dataclass(frozen=True)
class Site:
    """A place in the source where a code stands; ``facts`` is None where they cannot be read off the text."""

    where: str
    facts: frozenset[str] | None


@cache
def trees() -> dict[Path, ast.Module]:
    """The source, parsed."""
    return {path: ast.parse(path.read_text(encoding="utf-8"), str(path)) for path in SOURCES}


@cache
def makers() -> frozenset[str]:
    """Names whose calls take a code and its facts: our errors, their subclasses that keep the signature, ``alarm``."""
    names = {name for name in errors.__all__ if name.endswith("Error")} | {"alarm"}
    classes = [node for tree in trees().values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    for _ in range(3):
        names |= {
            node.name
            for node in classes
            if any(_name(base) in names for base in node.bases)
            and not any(isinstance(part, ast.FunctionDef) and part.name == "__init__" for part in node.body)
        }
    return frozenset(names)


@cache
def sites() -> dict[str, list[Site]]:
    """Each place where a code stands, by code."""
    found = defaultdict(list)
    for path, tree in trees().items():
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
        called = {id(node.args[0]): node for node in calls}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                facts = _facts(called.get(id(node)))
                found[node.value].append(Site(f"{path.relative_to(ROOT)}:{node.lineno}", facts))
    return found


@cache
def computed() -> tuple[str, ...]:
    """Beginnings of codes that the source puts together, such as one number a fault of the server."""
    strings = [node for tree in trees().values() for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    starts = [node.values[0].value for node in strings if isinstance(node.values[0], ast.Constant)]
    return tuple(start for start in starts if re.fullmatch("[A-Z]+-[0-9]*", str(start)))


def _name(node: ast.expr) -> str | None:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)


def _facts(call: ast.Call | None) -> frozenset[str] | None:
    """A direct call tells its facts; a code that is handed on, or comes with ``**facts``, does not."""
    if call is None or _name(call.func) not in makers() or any(keyword.arg is None for keyword in call.keywords):
        return None
    return frozenset(keyword.arg for keyword in call.keywords if keyword.arg)


def placeholders(text: str) -> set[str]:
    """The names of the facts that a sentence needs."""
    return {re.split(r"[.\[]", name)[0] for _, name, _, _ in Formatter().parse(text) if name is not None}


class Anything:
    """A fact that fits every format."""

    def __format__(self, spec: str) -> str:
        return "何か"


def rooms() -> set[str]:
    """The rooms whose source is here."""
    return {path.relative_to(HERE.parent).parts[0].removesuffix(".py").upper() for path in HERE.parent.rglob("*.py")}


@pytest.mark.parametrize(("code", "entry"), ENTRIES)
def test_entry_is_complete(code: str, entry: errors.Entry) -> None:
    """Each wording is Japanese, ends as a sentence, names facts by name and says what to do next."""
    assert CODE.fullmatch(code)
    for text in (entry.message, entry.next_step):
        assert re.search("[ぁ-んァ-ヶ一-龠]", text), f"{code}: an officer reads Japanese"
        assert "" not in placeholders(text), f"{code}: facts are named, not numbered"
        assert text.format_map(defaultdict(Anything)), f"{code}: cannot be formatted"
    assert entry.next_step.rstrip().endswith("。"), f"{code}: the next step is a sentence"


@pytest.mark.parametrize("path", sorted((HERE / "catalogue").glob("*.yaml")), ids=lambda path: path.stem)
def test_file_holds_the_codes_of_its_room(path: Path) -> None:
    """The code tells the room, so a reader finds the entry; numbers ascend."""
    codes = [code for code, _ in ENTRIES if re.search(rf"^{code}:", path.read_text(encoding="utf-8"), re.MULTILINE)]
    assert codes, f"{path.name} is empty"
    assert {code.partition("-")[0] for code in codes} == {path.stem.upper()}


def test_every_code_in_the_source_is_in_the_catalogue() -> None:
    """A code without an entry would turn an error into a KeyError."""
    rooms_with_codes = {code.partition("-")[0] for code in errors.catalogue()} | rooms()
    unknown = {
        code: [site.where for site in found]
        for code, found in sites().items()
        if code not in errors.catalogue() and code.partition("-")[0] in rooms_with_codes
    }
    assert not unknown


def test_every_entry_is_used() -> None:
    """An entry that nothing raises is a wording that nobody keeps true."""
    unused = set(errors.catalogue()) - set(sites())
    assert not sorted(code for code in unused if not code.startswith(computed()))


@pytest.mark.parametrize(("code", "entry"), ENTRIES)
def test_facts_fill_the_wording(code: str, entry: errors.Entry) -> None:
    """Where the facts of a raised error can be read off the source, its sentences need no others."""
    needed = placeholders(entry.message) | placeholders(entry.next_step)
    lacking = {
        site.where: sorted(needed - site.facts)
        for site in sites().get(code, [])
        if site.facts is not None and needed - site.facts
    }
    assert not lacking


@pytest.mark.parametrize(("code", "entry"), ENTRIES)
def test_error_of_this_code_reads_as_a_sentence(code: str, entry: errors.Entry) -> None:
    """Raised with its facts, an error shows code and sentence, keeps its next step, and survives pickling."""
    names = placeholders(entry.message) | placeholders(entry.next_step)
    error = errors.RefusedError(code, **{name: Anything() for name in names})
    assert str(error) == f"{code}: {error.message}"
    assert error.next_step
    kind, arguments = error.__reduce__()
    assert kind(*arguments).facts.keys() == names


def test_errors_are_told_apart_by_what_the_caller_can_do() -> None:
    """Settings are exit 2; everything else that is foreseen is exit 1."""
    kinds = [getattr(errors, name) for name in errors.__all__ if name.endswith("Error")]
    exits = {kind.__name__: kind.exit_code for kind in kinds}
    assert exits.pop("ConfigurationError") == 2
    assert set(exits.values()) == {1}


def test_code_that_stands_twice_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two wordings under one code: the catalogue says so instead of taking one of them."""
    module = importlib.import_module("fukuhon.errors")
    (tmp_path / "catalogue").mkdir()
    for name in ("a", "b"):
        (tmp_path / "catalogue" / f"{name}.yaml").write_text(
            'A-001: {message: "あ", next_step: "い。"}\n', encoding="utf-8"
        )
    monkeypatch.setattr(module, "__file__", str(tmp_path / "__init__.py"))
    module.catalogue.cache_clear()
    try:
        with pytest.raises(ValueError, match="A-001 stands twice"):
            module.catalogue()
    finally:
        monkeypatch.undo()
        module.catalogue.cache_clear()
