"""What a data dictionary says about a pack: each dataset, each item once, in words; the page is made in `reports`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fukuhon.layouts.checks import BaseCheck, base_checks
from fukuhon.layouts.model import DatasetLayout, Item, LayoutPack
from fukuhon.layouts.words import PUBLICATION_WORDS, form_words, required_words

__all__ = ["DatasetFacts", "ItemFacts", "dictionary"]


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """An item. One of a repeated group stands once; ``repeat`` is how often it comes."""

    code: str
    name: str
    form: str
    required: str
    note: str
    group: str
    repeat: int
    codes: tuple[tuple[str, str], ...]
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """A dataset. ``facts`` are pairs of a name and what there is to say; ``checks`` are those around the items."""

    spi: str
    spi_name: str
    code: str
    name: str
    note: str
    facts: tuple[tuple[str, str], ...]
    items: tuple[ItemFacts, ...]
    checks: tuple[str, ...]

    @property
    def elements(self) -> int:
        """Items in a record, repetitions counted."""
        return sum(item.repeat for item in self.items)

    @property
    def checked(self) -> int:
        """Checks of a record, repetitions counted."""
        return len(self.checks) + sum(len(item.checks) * item.repeat for item in self.items)


def dictionary(pack: LayoutPack) -> tuple[DatasetFacts, ...]:
    """The facts of a pack, dataset by dataset in its order."""
    return tuple(_dataset(layout) for layout in pack.datasets)


def _dataset(layout: DatasetLayout) -> DatasetFacts:
    checks = base_checks(layout)
    key = layout.record_key
    within = {"person": "一人の中で一つ", "body": "団体の中で一つ"}[key.unique_within]
    return DatasetFacts(
        spi=layout.spi,
        spi_name=layout.spi_name,
        code=layout.code,
        name=layout.name,
        note=layout.note,
        facts=(
            ("レコードのキー", f"{key.name}（{within}）"),
            ("キーの形", key.pattern),
            ("版番号", "あり" if layout.versioned else "なし"),
            ("公開期間", PUBLICATION_WORDS[layout.publication]),
        ),
        items=tuple(_items(layout, checks)),
        checks=tuple(check.wording for check in checks if check.item not in layout.item_codes),
    )


def _items(layout: DatasetLayout, checks: list[BaseCheck]) -> Iterator[ItemFacts]:
    for item in layout.items:
        if item.occurrence <= 1:
            base = item.code.partition("_")[0]
            repeat = sum(code.partition("_")[0] == base for code in layout.item_codes)
            yield _item(item, base, repeat, tuple(check.wording for check in checks if check.item == item.code))


def _item(item: Item, base: str, repeat: int, checks: tuple[str, ...]) -> ItemFacts:
    repeated = item.occurrence == 1
    required, when = required_words(item), item.required_when
    if when is not None:
        required = required.replace(when.item, when.item.partition("_")[0], 1)
    return ItemFacts(
        code=base,
        name=item.name.removesuffix(f"（{item.group}1）") if repeated else item.name,
        form=form_words(item),
        required=required,
        note=item.note,
        group=item.group,
        repeat=repeat,
        codes=tuple(item.codes.items()),
        checks=checks,
    )
