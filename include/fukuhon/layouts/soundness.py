"""What is wrong with packs, all at once: unreadable, impossible in a schema, contradictory or misleading."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Literal

from lxml import etree

from fukuhon.layouts.model import DatasetLayout, Item, LayoutPack
from fukuhon.layouts.reading import read_pack
from fukuhon.layouts.xsd import to_xsd

__all__ = ["Finding", "Soundness", "check_packs"]

# What Python's regular expressions and those of schemas do not read in the same way: outside classes, and anywhere.
_OUTSIDE = re.compile(r"\(\?|\\[bBAZz1-9]|[*+?}][?+]|\^|\$")
_ANYWHERE = re.compile(r"(?<!\\)(?:\\\\)*\\[dDwWsS]")
_CLASSES = re.compile(r"\\\\|\[(?:\\.|[^\]\\])*\]")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong (``error``) or likely to mislead (``notice``), and where, in Japanese."""

    severity: Literal["error", "notice"]
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Soundness:
    """What could be read, and what was found."""

    packs: tuple[LayoutPack, ...]
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong; there may be notices."""
        return not any(finding.severity == "error" for finding in self.findings)


def check_packs(folders: Iterable[Path]) -> Soundness:
    """Check packs, each by itself and side by side. Nothing is raised for what is wrong in them."""
    packs: list[LayoutPack] = []
    findings: list[Finding] = []
    for folder in folders:
        pack, errors = read_pack(folder)
        findings += [Finding("error", folder.name, error.message) for error in errors]
        if pack is not None:
            packs.append(pack)
            findings += _pack(pack, folder)
    findings += _side_by_side(packs)
    return Soundness(tuple(packs), tuple(findings))


def _pack(pack: LayoutPack, folder: Path) -> Iterator[Finding]:
    if folder.name != pack.version:
        yield Finding("notice", folder.name, f"フォルダの名前と版（{pack.version}）が違います")
    if not pack.datasets:
        yield Finding("notice", folder.name, "データセットがありません")
    for layout in pack.datasets:
        where = f"{pack.version} {layout.code} {layout.name}"
        if not (folder / f"{layout.spi}.yaml").is_file():
            yield Finding("notice", where, f"ファイルの名前が特定個人情報のコード（{layout.spi}）ではありません")
        yield from _dataset(layout, where)


def _dataset(layout: DatasetLayout, where: str) -> Iterator[Finding]:
    pattern = layout.record_key.pattern
    if _ANYWHERE.search(pattern) or _OUTSIDE.search(_CLASSES.sub("", pattern)):
        text = "キーの形（pattern）に、スキーマで意味の変わる書き方（^ $ (? \\d など）があります"
        yield Finding("error", where, text)
    try:
        etree.XMLSchema(etree.XML(to_xsd(layout)))
    except etree.XMLSchemaParseError:
        yield Finding("error", where, "スキーマ（XSD）にできません。キーの形（pattern）を見直してください")
    names = Counter(item.name for item in layout.items)
    for name, count in names.items():
        if count > 1:
            yield Finding("notice", where, f"同じ名前の項目が{count}つあります：{name}")
    by_code = {item.code: item for item in layout.items}
    for item in layout.items:
        yield from _item(item, by_code, f"{where} {item.code}")


def _item(item: Item, items: dict[str, Item], where: str) -> Iterator[Finding]:
    labels = Counter(item.codes.values())
    for label, count in labels.items():
        if count > 1:
            yield Finding("notice", where, f"コード表に同じ意味の値が{count}つあります：{label}")
    when = item.required_when
    if when is None:
        return
    other = items[when.item]
    if other.required and (when.present or (other.codes and set(when.equals) == set(other.codes))):
        yield Finding("notice", where, f"条件の項目 {other.code} が必須なので、条件のない必須と同じです")


def _side_by_side(packs: list[LayoutPack]) -> Iterator[Finding]:
    for one, other in combinations(sorted(packs, key=lambda pack: (pack.effective_from, pack.version)), 2):
        where = f"{one.version} と {other.version}"
        if one.version == other.version:
            yield Finding("error", where, "同じ版のパックが二つあります")
            continue
        shared = sorted({layout.code for layout in one.datasets} & {layout.code for layout in other.datasets})
        if not shared:
            continue
        if one.effective_from == other.effective_from:
            yield Finding("error", where, f"同じ日（{one.effective_from}）に始まります：{'、'.join(shared)}")
        elif one.effective_to is not None and one.effective_to >= other.effective_from:
            last = min(one.effective_to, other.effective_to or one.effective_to)
            text = f"期間が重なります（{other.effective_from} から {last} まで）：{'、'.join(shared)}"
            yield Finding("error", where, text)
        elif one.effective_to is None and other.effective_to is not None:
            text = f"{other.version} が {other.effective_to} に終わると、終わりのない {one.version} に戻ります"
            yield Finding("notice", where, f"{text}：{'、'.join(shared)}")
    yield from _gaps(packs)


def _gaps(packs: list[LayoutPack]) -> Iterator[Finding]:
    """Days between two versions of a dataset on which none is in force."""
    periods: dict[str, list[LayoutPack]] = {}
    for pack in sorted(packs, key=lambda each: each.effective_from):
        for layout in pack.datasets:
            periods.setdefault(layout.code, []).append(pack)
    for code, row in periods.items():
        for number, pack in enumerate(row[1:], start=1):
            ends = [earlier.effective_to for earlier in row[:number]]
            last = None if None in ends else max(end for end in ends if end is not None)
            if last is not None and (pack.effective_from - last).days > 1:
                text = f"{last} の次の日から {pack.effective_from} の前の日まで、有効な版がありません"
                yield Finding("error", code, text)
