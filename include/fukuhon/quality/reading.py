"""From ``expectations/<SPI>.yaml`` to rules: every problem told by file, line and item (docs/expectations.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fukuhon.quality.expressions import columns_of, fails, problem_of, written
from fukuhon.quality.masks import IDENTITY
from fukuhon.quality.model import Kind, Origin, Rule, Severity, StopAbove, TableSpec
from fukuhon.site.documents import Problem, read_document

__all__ = ["read_expectations"]

Text = Annotated[str, Field(min_length=1)]
Names = Annotated[tuple[Text, ...], Field(strict=False)]
Range = Annotated[tuple[float, float], Field(strict=False)]


_EARLIER = frozenset(f"base_{name}" for name in (*IDENTITY, "variation", "publication_to"))


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _StopAbove(_Part):
    share: Annotated[float, Field(ge=0, lt=1)]
    reason: Text


class _Rule(_Part):
    """One rule as it is written."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    kind: Annotated[Kind, Field(strict=False)] = Kind.ROW
    severity: Annotated[Severity, Field(strict=False)]
    columns: Annotated[tuple[Text, ...], Field(strict=False, min_length=1)]
    passes: Annotated[Text | None, Field(alias="pass")] = None
    fail: Text | None = None
    when: Text | None = None
    wording: Text
    guards: Text
    correct: Text | None = None
    incident: Text | None = None
    stop_above: _StopAbove | None = None
    key: Names = ()
    owner: Names = ()
    join: Names = ()
    by: Text | None = None
    classes: dict[str, Text] = {}
    measure: Annotated[str, Field(pattern="^(count|share)$")] = "share"
    change: Range | None = None
    limits: dict[str, Range] = {}
    slack: Annotated[int, Field(ge=0)] = 0
    reason: Text | None = None

    @model_validator(mode="after")
    def _fits(self) -> _Rule:
        """Each kind has what it needs, and nothing that means nothing for it."""
        conditions = (self.passes is not None) + (self.fail is not None)
        if conditions != (1 if self.kind in {Kind.ROW, Kind.BASELINE} else 0):
            raise ValueError(
                "row と baseline には pass か fail のどちらか一つを書き、unique と table には書かないでください"
            )
        needs = {Kind.ROW: (), Kind.UNIQUE: ("key",), Kind.BASELINE: ("join",), Kind.TABLE: ("by", "reason")}[self.kind]
        for name in needs:
            if not getattr(self, name):
                raise ValueError(f"{self.kind} には {name} が必要です")
        own = {"key": Kind.UNIQUE, "owner": Kind.UNIQUE, "join": Kind.BASELINE}
        own |= dict.fromkeys(("by", "classes", "change", "limits", "slack", "reason", "measure"), Kind.TABLE)
        for name in sorted(self.model_fields_set):
            if name in own and own[name] is not self.kind:
                raise ValueError(f"{name} は {self.kind} では使えません")
        return self

    @model_validator(mode="after")
    def _ranges(self) -> _Rule:
        if self.kind is Kind.TABLE and self.change is None and not self.limits:
            raise ValueError("table には change か limits が必要です")
        if any(low > high for low, high in (self.change or (0.0, 0.0), *self.limits.values())):
            raise ValueError("範囲は [下限, 上限] の順に書いてください")
        if not set(self.limits) <= set(self.classes):
            raise ValueError("limits の区分は classes にも書いてください")
        if self.kind is Kind.TABLE and not self.classes and self.by != "variation":
            raise ValueError("classes（区分と名前）が必要です。値そのものは結果に出せません")
        if self.kind is Kind.TABLE and (self.when is not None or self.stop_above is not None):
            raise ValueError("when と stop_above は table では使えません")
        return self

    def sql(self) -> Iterator[tuple[str, str]]:
        """Each SQL expression with the key it stands under."""
        for name, text in (("pass", self.passes), ("fail", self.fail), ("when", self.when), ("by", self.by)):
            if text is not None:
                yield name, text

    def read(self) -> frozenset[str]:
        """The columns that the rule reads. Raises ValueError where an expression is none."""
        return frozenset({*self.key, *self.owner, *self.join}).union(*(columns_of(text) for _, text in self.sql()))

    def rule(self) -> Rule:
        """The rule as the judge needs it."""
        condition = self.passes if self.passes is not None else self.fail
        late = self.kind is Kind.BASELINE  # its `when` is evaluated with the record, its condition with the join
        return Rule(
            id=self.id,
            kind=self.kind,
            severity=self.severity,
            origin=Origin.REVIEWED,
            wording=self.wording,
            guards=self.guards,
            columns=tuple(sorted(self.read())),
            failure=fails(condition, None if late else self.when, passes=self.passes is not None)
            if condition
            else None,
            when=written(self.when) if self.when is not None else None,
            key=self.key,
            owner=self.owner,
            join=self.join,
            table=self._table(),
            correct=self.correct,
            incident=self.incident,
            stop_above=StopAbove(self.stop_above.share, self.stop_above.reason) if self.stop_above else None,
            condition=condition,
        )

    def _table(self) -> TableSpec | None:
        if self.by is None or self.reason is None:
            return None
        return TableSpec(
            by=written(self.by),
            classes=tuple(self.classes.items()),
            measure=self.measure,
            reason=self.reason,
            change=self.change,
            limits=tuple((self.classes[name], limits) for name, limits in self.limits.items()),
            slack=self.slack,
        )


class _File(_Part):
    """``expectations/<SPI>.yaml``."""

    spi: Annotated[str, Field(pattern=r"^TM[0-9]{14}$")]
    note: str = ""
    datasets: dict[Annotated[str, Field(pattern=r"^TK[0-9]{14}$")], Annotated[tuple[_Rule, ...], Field(strict=False)]]


def read_expectations(path: Path, known: Mapping[str, frozenset[str]]) -> dict[str, tuple[Rule, ...]]:
    """Read the reviewed rules of one 特定個人情報, by dataset.

    ``known`` holds, for datasets whose layout and rule book are at hand, the columns that exist.
    Raises ConfigurationError SITE-001, SITE-002 (no file, no YAML) and QUALITY-001 (all that is wrong, line by line).
    """
    checks: list[Callable[[_File], Iterable[Problem]]] = [_ids, _sql, lambda file: _columns(file, known)]
    file = read_document(path).build(_File, "QUALITY-001", checks)
    return {dataset: tuple(rule.rule() for rule in rules) for dataset, rules in file.datasets.items()}


def _places(file: _File) -> Iterator[tuple[str, int, _Rule]]:
    for dataset, rules in file.datasets.items():
        for number, rule in enumerate(rules):
            yield dataset, number, rule


def _ids(file: _File) -> Iterable[Problem]:
    seen = Counter(rule.id for _, _, rule in _places(file))
    for dataset, number, rule in _places(file):
        if seen[rule.id] > 1:
            yield Problem(("datasets", dataset, number, "id"), f"{rule.id} が二度書かれています")


def _sql(file: _File) -> Iterable[Problem]:
    for dataset, number, rule in _places(file):
        for name, text in rule.sql():
            problem = problem_of(text)
            if problem is not None:
                yield Problem(("datasets", dataset, number, name), f"{rule.id}：{problem}")


def _columns(file: _File, known: Mapping[str, frozenset[str]]) -> Iterable[Problem]:
    for dataset, number, rule in _places(file):
        if any(problem_of(text) for _, text in rule.sql()):
            continue
        place = ("datasets", dataset, number, "columns")
        unwritten, unread = sorted(rule.read() - set(rule.columns)), sorted(set(rule.columns) - rule.read())
        if unwritten:
            yield Problem(place, f"{rule.id}：SQLで読む列を columns に書いてください：{', '.join(unwritten)}")
        if unread:
            yield Problem(place, f"{rule.id}：SQLで読まない列が columns にあります：{', '.join(unread)}")
        if dataset in known:
            unknown = sorted(name for name in rule.read() - known[dataset] if not _earlier(rule, name))
            if unknown:
                yield Problem(place, f"{rule.id}：ない列です：{', '.join(unknown)}")


def _earlier(rule: _Rule, name: str) -> bool:
    return rule.kind is Kind.BASELINE and name in _EARLIER
