"""From the YAML of a pack to the model: groups spread out, every problem told by file, line and item."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from fukuhon.errors import ConfigurationError
from fukuhon.layouts.model import DatasetLayout, Item, LayoutPack, Name, RecordKeyRule, _Part
from fukuhon.site.documents import Check, Document, Place, Problem, read_document

__all__ = ["Header", "Spi", "header_checks", "load_pack", "read_pack", "spi_checks"]


class Header(_Part):
    """``pack.yaml``."""

    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z._-]+$")]
    effective_from: date
    effective_to: date | None = None
    business_year: int | None = None
    note: str = ""


class _Group(_Part):
    """Items that come several times, one set after the other."""

    group: Name
    repeat: Annotated[int, Field(ge=1, le=99)]
    items: Annotated[list[Item], Field(min_length=1)]


def _item_or_group(entry: object) -> str:
    grouped = isinstance(entry, _Group) or (isinstance(entry, dict) and "group" in entry)
    return "<group>" if grouped else "<item>"


_Entry = Annotated[
    Annotated[Item, Tag("<item>")] | Annotated[_Group, Tag("<group>")],
    Discriminator(_item_or_group),
]


class _Dataset(_Part):
    """A dataset as it is written: items and groups of items, not yet spread out."""

    code: Annotated[str, Field(pattern=r"^TK[0-9]{14}$")]
    name: Name
    record_key: RecordKeyRule
    versioned: bool = False
    publication: Literal["required", "optional", "none"] = "optional"
    note: str = ""
    items: Annotated[list[_Entry], Field(min_length=1)]


class Spi(_Part):
    """``<SPI>.yaml``."""

    spi: Annotated[str, Field(pattern=r"^TM[0-9]{14}$")]
    name: Name
    note: str = ""
    datasets: Annotated[list[_Dataset], Field(min_length=1)]


def load_pack(folder: Path) -> LayoutPack:
    """Read a pack's folder.

    Raises ConfigurationError: SITE-001, SITE-002 (no file, no YAML), LAYOUTS-001 (what is wrong in a file, by line and
    item), LAYOUTS-002 (a dataset stands in two files). It is the first error of :func:`read_pack`.
    """
    pack, errors = read_pack(folder)
    if errors:
        raise errors[0]
    assert pack is not None
    return pack


def read_pack(folder: Path) -> tuple[LayoutPack | None, list[ConfigurationError]]:
    """Read what can be read of a pack's folder, and what is wrong with each file that cannot."""
    try:
        header = read_document(folder / "pack.yaml").build(Header, "LAYOUTS-001", header_checks)
    except ConfigurationError as error:
        return None, [error]
    datasets: dict[str, DatasetLayout] = {}
    errors: list[ConfigurationError] = []
    for path in sorted(folder.glob("*.yaml")):
        if path.name == "pack.yaml":
            continue
        try:
            found = list(_datasets(read_document(path), header.version))
        except ConfigurationError as error:
            errors.append(error)
            continue
        errors += [
            ConfigurationError("LAYOUTS-002", file=path, dataset=layout.code)
            for layout in found
            if layout.code in datasets
        ]
        datasets |= {layout.code: layout for layout in found if layout.code not in datasets}
    return LayoutPack(**dict(header), datasets=tuple(datasets.values())), errors


def _period(header: Header) -> Iterable[Problem]:
    if header.effective_to is not None and header.effective_to < header.effective_from:
        yield Problem(("effective_to",), "effective_from 以後の日にしてください")


def _datasets(document: Document, version: str) -> Iterable[DatasetLayout]:
    spi = document.build(Spi, "LAYOUTS-001", spi_checks)
    for dataset in spi.datasets:
        yield DatasetLayout(
            spi=spi.spi,
            spi_name=spi.name,
            code=dataset.code,
            name=dataset.name,
            version=version,
            record_key=dataset.record_key,
            versioned=dataset.versioned,
            publication=dataset.publication,
            items=tuple(item for entry in dataset.items for item in _spread(entry)),
            note=dataset.note,
        )


def _spread(entry: Item | _Group) -> Iterable[Item]:
    """An item as it is; a group's items once for each repetition, with the number behind the code."""
    if isinstance(entry, Item):
        yield entry
        return
    own = {item.code for item in entry.items}
    for number in range(1, entry.repeat + 1):
        for item in entry.items:
            changes: dict[str, object] = {
                "code": f"{item.code}_{number}",
                "name": f"{item.name}（{entry.group}{number}）",
                "group": entry.group,
                "occurrence": number,
            }
            if item.required_when is not None and item.required_when.item in own:
                same = {"item": f"{item.required_when.item}_{number}"}
                changes["required_when"] = item.required_when.model_copy(update=same)
            yield item.model_copy(update=changes)


def _written(spi: Spi) -> Iterable[tuple[Place, Item, str]]:
    """Each item as it is written: its place, itself and its dataset."""
    for number, dataset in enumerate(spi.datasets):
        for position, entry in enumerate(dataset.items):
            place: Place = ("datasets", number, "items", position)
            if isinstance(entry, Item):
                yield place, entry, dataset.code
            else:
                for below, item in enumerate(entry.items):
                    yield (*place, "items", below), item, dataset.code


def _codes(spi: Spi) -> Iterable[Problem]:
    """A dataset's code stands once, an item's once in its dataset."""
    seen: set[tuple[str, str]] = set()
    for number, dataset in enumerate(spi.datasets):
        if ("", dataset.code) in seen:
            yield Problem(("datasets", number, "code"), "同じデータセットが二度書かれています")
        seen.add(("", dataset.code))
    for place, item, dataset_code in _written(spi):
        if (dataset_code, item.code) in seen:
            yield Problem((*place, "code"), "同じ項目コードが二度書かれています")
        seen.add((dataset_code, item.code))


def _conditions(spi: Spi) -> Iterable[Problem]:
    """A condition leans on another item that is there and can have the value, and never on itself by a detour."""
    items: dict[tuple[str, str], Item] = {(dataset, item.code): item for _, item, dataset in _written(spi)}
    for place, item, dataset in _written(spi):
        if item.required_when is None:
            continue
        below = (*place, "required_when")
        other = items.get((dataset, item.required_when.item))
        if other is None:
            yield Problem((*below, "item"), "このデータセットにない項目です")
            continue
        if other.codes and set(item.required_when.equals) - set(other.codes):
            yield Problem((*below, "equals"), f"{other.code} のコード表にない値です")
        if _circular(item, dataset, items):
            yield Problem((*below, "item"), "条件が輪になっています（互いに相手を条件にしています）")


def _circular(item: Item, dataset: str, items: dict[tuple[str, str], Item]) -> bool:
    seen = {item.code}
    here: Item | None = item
    while here is not None and here.required_when is not None:
        code = here.required_when.item
        if code in seen:
            return True
        seen.add(code)
        here = items.get((dataset, code))
    return False


header_checks: tuple[Check[Header], ...] = (_period,)
spi_checks: tuple[Check[Spi], ...] = (_codes, _conditions)
