"""Two versions of the layouts side by side: what is other, in words, and what that means for registered records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from fukuhon.layouts.model import DatasetLayout, Item, LayoutPack
from fukuhon.layouts.words import PUBLICATION_WORDS, form_words, required_words

__all__ = ["DatasetChange", "Effect", "ItemChange", "compare"]

What = Literal["added", "removed", "changed"]
_WITHIN = {"person": "人の中で一つ", "body": "団体の中で一つ"}


class Effect(IntEnum):
    """What a change means for registered records, the lightest first."""

    NONE = 0
    WIDER = 1
    RECHECK = 2
    REREGISTER = 3
    REKEY = 4
    GONE = 5

    @property
    def wording(self) -> str:
        """In Japanese."""
        return (
            "登録済みの記録に影響しない",
            "登録済みの記録はそのままで新しい版に合う",
            "登録済みの記録に、新しい版に合わない値があるおそれがある",
            "登録済みの記録を登録し直す必要がある",
            "登録済みの記録を削除してから登録し直す必要がある",
            "登録済みの記録を残すか、削除するかを決める必要がある",
        )[self]


@dataclass(frozen=True, slots=True)
class ItemChange:
    """An item that is new, gone or other. ``details`` are sentences."""

    code: str
    name: str
    what: What
    details: tuple[str, ...]
    effect: Effect


@dataclass(frozen=True, slots=True)
class DatasetChange:
    """A dataset that is new, gone or other; what is other beside its items stands in ``details``."""

    code: str
    name: str
    spi: str
    what: What
    details: tuple[str, ...]
    items: tuple[ItemChange, ...]
    effect: Effect


def compare(old: LayoutPack, new: LayoutPack) -> tuple[DatasetChange, ...]:
    """All that is other in ``new``, dataset by dataset in its order, those that are gone last."""
    before = {layout.code: layout for layout in old.datasets}
    after = {layout.code: layout for layout in new.datasets}
    found: list[DatasetChange] = []
    for code, layout in after.items():
        if code not in before:
            found.append(_whole(layout, "added", "新しいデータセット", Effect.NONE))
        else:
            found += _changed(before[code], layout)
    gone = [layout for code, layout in before.items() if code not in after]
    return (*found, *(_whole(layout, "removed", "なくなったデータセット", Effect.GONE) for layout in gone))


def _whole(layout: DatasetLayout, what: What, told: str, effect: Effect) -> DatasetChange:
    return DatasetChange(layout.code, layout.name, layout.spi, what, (told,), (), effect)


def _changed(old: DatasetLayout, new: DatasetLayout) -> Iterator[DatasetChange]:
    details = list(_envelope(old, new))
    items = tuple(_items(old, new))
    if details or items:
        effect = max(effect for effect, _ in (*details, *((item.effect, "") for item in items)))
        yield DatasetChange(
            new.code, new.name, new.spi, "changed", tuple(text for _, text in details), items, Effect(effect)
        )


def _envelope(old: DatasetLayout, new: DatasetLayout) -> Iterator[tuple[Effect, str]]:
    """Name, key, versions, publication, order of the items."""
    if (old.name, old.spi_name) != (new.name, new.spi_name):
        yield Effect.NONE, f"名前：{old.spi_name} {old.name} → {new.spi_name} {new.name}"
    if old.spi != new.spi:
        yield Effect.REKEY, f"特定個人情報：{old.spi} → {new.spi}"
    key, now = old.record_key, new.record_key
    if key.name != now.name:
        yield Effect.NONE, f"キーの名前：{key.name} → {now.name}"
    if key.pattern != now.pattern:
        yield Effect.REKEY, f"キーの形：{key.pattern} → {now.pattern}"
    if key.unique_within != now.unique_within:
        yield Effect.REKEY, f"キーの一意の範囲：{_WITHIN[key.unique_within]} → {_WITHIN[now.unique_within]}"
    if old.versioned != new.versioned:
        told = "使わない → 使う" if new.versioned else "使う → 使わない"
        yield Effect.REKEY, f"版番号：{told}"
    if old.publication != new.publication:
        effect = {"required": Effect.RECHECK, "none": Effect.REREGISTER}.get(new.publication, Effect.WIDER)
        yield effect, f"公開期間：{PUBLICATION_WORDS[old.publication]} → {PUBLICATION_WORDS[new.publication]}"
    kept = [code for code in old.item_codes if code in new.item_codes]
    if kept != [code for code in new.item_codes if code in old.item_codes]:
        yield Effect.NONE, "項目の順番が変わる（ファイルの中の並び）"


def _items(old: DatasetLayout, new: DatasetLayout) -> Iterator[ItemChange]:
    before = {item.code: item for item in old.items}
    for item in new.items:
        if item.code not in before:
            effect = Effect.REREGISTER if item.required else Effect.RECHECK if item.required_when else Effect.WIDER
            yield ItemChange(
                item.code, item.name, "added", (f"増える：{form_words(item)}、{required_words(item)}",), effect
            )
        elif before[item.code] != item:
            details = list(_differences(before[item.code], item))
            effect = max((effect for effect, _ in details), default=Effect.NONE)
            yield ItemChange(item.code, item.name, "changed", tuple(text for _, text in details), Effect(effect))
    for item in old.items:
        if item.code not in new.item_codes:
            yield ItemChange(item.code, item.name, "removed", (f"なくなる：{form_words(item)}",), Effect.REREGISTER)


def _differences(old: Item, new: Item) -> Iterator[tuple[Effect, str]]:
    if old.name != new.name:
        yield Effect.NONE, f"名前：{old.name} → {new.name}"
    if old.note != new.note:
        yield Effect.NONE, "備考が変わる"
    if (old.group, old.occurrence) != (new.group, new.occurrence):
        yield Effect.NONE, f"繰り返し：{_group(old)} → {_group(new)}"
    if (old.required, old.required_when) != (new.required, new.required_when):
        effect = Effect.RECHECK if new.required or new.required_when else Effect.WIDER
        yield effect, f"必須：{required_words(old)} → {required_words(new)}"
    yield from _codes(old, new)
    if _shape(old) != _shape(new):
        effect = Effect.WIDER if _holds_all(old, new) else Effect.RECHECK
        yield effect, f"形：{form_words(old)} → {form_words(new)}"


def _group(item: Item) -> str:
    return f"{item.group}の{item.occurrence}番目" if item.group else "なし"


def _codes(old: Item, new: Item) -> Iterator[tuple[Effect, str]]:
    if old.kind != "code" or new.kind != "code":
        return
    if more := new.codes.keys() - old.codes.keys():
        yield Effect.WIDER, f"コードが増える：{_listed(new, more)}"
    if less := old.codes.keys() - new.codes.keys():
        yield Effect.RECHECK, f"コードがなくなる：{_listed(old, less)}"
    for value in old.codes.keys() & new.codes.keys():
        if old.codes[value] != new.codes[value]:
            yield Effect.RECHECK, f"コード {value} の意味：{old.codes[value]} → {new.codes[value]}"


def _listed(item: Item, values: Iterable[str]) -> str:
    return "、".join(f"{value} {label}" for value, label in item.codes.items() if value in values)


def _shape(item: Item) -> tuple[object, ...]:
    """All that bounds a value, but for codes, which are told one by one."""
    bounds = (item.minimum, item.maximum, item.signed, item.characters, item.unknown)
    longest = None if item.kind == "code" else item.longest
    return (item.kind, None if item.kind in {"text", "kana"} and item.required else item.shortest, longest, *bounds)


def _holds_all(old: Item, new: Item) -> bool:
    """Whether every value of ``old`` is one of ``new``."""
    if old.kind != new.kind:
        return (
            new.kind == "text"
            and new.characters == "jisx0213"
            and new.shortest <= old.shortest
            and old.longest <= new.longest
        )
    lower = new.minimum is None or (old.minimum is not None and new.minimum <= old.minimum)
    upper = new.maximum is None or (old.maximum is not None and new.maximum >= old.maximum)
    length = new.shortest <= old.shortest and (
        old.kind == "code" or (new.digits or new.longest) >= (old.digits or old.longest)
    )
    flags = new.signed >= old.signed and new.unknown >= old.unknown
    return lower and upper and length and flags and new.characters in {old.characters, "jisx0213"}
