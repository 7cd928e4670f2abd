"""What the layout alone says about a record, as data; `quality` turns it into expectations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from fukuhon.layouts.model import CHARACTERS, DatasetLayout, Item

__all__ = ["BaseCheck", "CheckKind", "base_checks", "pattern_of"]

CheckKind = Literal["required", "required_when", "pattern", "date", "code", "length", "range", "characters"]


@dataclass(frozen=True, slots=True)
class BaseCheck:
    """One check of one column of the mapped batch.

    Null passes every kind but ``required`` and ``required_when``. An empty text is a value, but where ``empty_passes``:
    it is allowed there, or ``required`` tells it already. ``parameters`` by kind:

    - ``required``: none; the value is neither null nor empty.
    - ``required_when``: ``item`` (a column), and ``equals`` (tuple of values) or ``present`` (True): required there.
    - ``pattern``: ``pattern`` (a regular expression that matches the whole value).
    - ``date``: ``unknown`` (bool): a day of the calendar as ``YYYY-MM-DD``, or with zeros for what is unknown.
    - ``code``: ``values`` (tuple).
    - ``length``: ``shortest``, ``longest`` (characters).
    - ``range``: ``minimum``, ``maximum`` (int or None), of a value that is a number.
    - ``characters``: ``set``, and ``pattern`` (None for jisx0213: the SQL function ``in_jisx0213``).
    """

    id: str
    item: str
    kind: CheckKind
    wording: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    empty_passes: bool = False


def base_checks(layout: DatasetLayout) -> list[BaseCheck]:
    """All checks of a dataset: those of the envelope first, then item by item in the file's order."""
    checks = [*_envelope(layout)]
    for item in layout.items:
        checks += _presence(item)
        checks += _form(item)
    return checks


def pattern_of(item: Item) -> str:
    """The regular expression that a whole value of kind ``digits`` or ``number`` matches."""
    if item.kind == "digits":
        shortest, longest = item.shortest, item.longest
        return f"[0-9]{{{shortest}}}" if shortest == longest else f"[0-9]{{{shortest},{longest}}}"
    rest = f"[0-9]{{0,{item.digits - 1}}}" if item.digits and item.digits > 1 else ""
    return f"0|{'-?' if item.signed else ''}[1-9]{rest}"


def _check(column: str, kind: CheckKind, wording: str, **parameters: object) -> BaseCheck:
    return BaseCheck(f"layout:{column}:{kind}", column, kind, wording, parameters)


def _envelope(layout: DatasetLayout) -> Iterator[BaseCheck]:
    key = layout.record_key
    yield _check("addressee", "required", "団体内統合宛名番号がある")
    yield _check("addressee", "pattern", "団体内統合宛名番号は半角数字15桁", pattern="[0-9]{15}")
    yield _check("record_key", "required", f"{key.name}（レコードのキー）がある")
    yield _check("record_key", "pattern", f"{key.name}の形が正しい", pattern=key.pattern)
    if layout.versioned:
        form = r"[0-9]{1,8}(\.[0-9]{1,4})?"
        yield _check("record_version", "required", "版番号がある")
        yield _check("record_version", "pattern", "版番号の形が正しい", pattern=form)
    if layout.publication == "required":
        yield _check("publication_from", "required", "公開開始日がある")
        yield _check("publication_to", "required", "公開終了日がある")


def _presence(item: Item) -> Iterator[BaseCheck]:
    if item.required:
        yield _check(item.code, "required", f"{item.name}がある")
    when = item.required_when
    if when is not None:
        told = "ある" if when.present else "・".join(when.equals)
        wording = f"{when.item} が {told} のとき、{item.name}がある"
        facts: dict[str, object] = {"present": True} if when.present else {"equals": when.equals}
        yield _check(item.code, "required_when", wording, item=when.item, **facts)


def _form(item: Item) -> Iterator[BaseCheck]:
    for check in (*_digits(item), *_values(item), *_text(item)):
        yield replace(check, empty_passes=item.required or item.may_be_empty)


def _digits(item: Item) -> Iterator[BaseCheck]:
    if item.kind == "digits":
        count = f"{item.shortest}" if item.shortest == item.longest else f"{item.shortest}〜{item.longest}"
        yield _check(item.code, "pattern", f"{item.name}は半角数字{count}桁", pattern=pattern_of(item))
    if item.kind == "number":
        sign = "（負の数も可）" if item.signed else ""
        yield _check(item.code, "pattern", f"{item.name}は{item.digits}桁以内の数{sign}", pattern=pattern_of(item))
        if (item.minimum, item.maximum) != (None, None):
            least = "" if item.minimum is None else item.minimum
            most = "" if item.maximum is None else item.maximum
            wording = f"{item.name}は {least}〜{most}"
            yield _check(item.code, "range", wording, minimum=item.minimum, maximum=item.maximum)


def _values(item: Item) -> Iterator[BaseCheck]:
    if item.kind == "date":
        unknown = "（不詳は00）" if item.unknown else ""
        yield _check(item.code, "date", f"{item.name}は暦にある日付{unknown}", unknown=item.unknown)
    if item.kind == "code":
        yield _check(item.code, "code", f"{item.name}はコード表にある値", values=tuple(item.codes))


def _text(item: Item) -> Iterator[BaseCheck]:
    if item.kind in {"text", "kana"}:
        count = f"{item.shortest}〜{item.longest}" if item.shortest else f"{item.longest}"
        wording = f"{item.name}は{count}文字{'' if item.shortest else '以内'}"
        yield _check(item.code, "length", wording, shortest=item.shortest, longest=item.longest)
        told = {"ascii": "半角英数字記号", "kana": "全角カタカナ", "jisx0213": "JIS X 0213の文字"}[item.characters]
        pattern = CHARACTERS[item.characters]
        yield _check(item.code, "characters", f"{item.name}は{told}", set=item.characters, pattern=pattern)
