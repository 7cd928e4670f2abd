"""``fukuhon rules explain``: one record rule by rule, on the operator's terminal and nowhere else."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from fukuhon.commands.mutating import day_of
from fukuhon.commands.options import HERE, AsJson, SiteFolder
from fukuhon.errors import ConfigurationError, DataError, RefusedError

if TYPE_CHECKING:
    import pyarrow as pa

    from fukuhon.rules import RuleBook
    from fukuhon.rules.explain import Step
    from fukuhon.site import DatasetSettings, Site

__all__ = ["explain"]

_HASH_LENGTH = 64
_PARTS = {
    "scope": "対象かどうか",
    "withhold": "いま送るかどうか",
    "keys": "だれの、どの記録か",
    "variation": "業務区分",
    "publication": "公開の期間",
    "items": "項目",
}


def explain(
    *,
    dataset: Annotated[str, typer.Option("--dataset", metavar="TK…", help="データセットの識別項目コード。")],
    record: Annotated[
        str, typer.Option("--record", metavar="番号", help="抽出の行番号か、記録の鍵付きハッシュ（16進64桁）。")
    ],
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="日付", show_default="今日", help="どの日の正本か。")
    ] = None,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Explain one record after the operator has agreed that personal values are shown; with ``--json`` it refuses."""
    from fukuhon.site import load

    settings = load(site)
    chosen, day = settings.dataset(dataset), day_of(settings, as_of)
    if as_json or not _on_terminal():
        raise RefusedError("COMMANDS-042")
    question = "この記録の個人の情報が、この画面に表示されます。周りに人がいないことを確かめましたか"
    if not typer.confirm(question):
        raise RefusedError("COMMANDS-043")
    _show(_explained(settings, chosen, day, record))


def _on_terminal() -> bool:
    """Whether what we say goes to a person's screen: neither a file nor another program."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _explained(site: Site, dataset: DatasetSettings, day: date, record: str) -> Sequence[Step]:
    from fukuhon.layouts import packs
    from fukuhon.rules import RuleBook
    from fukuhon.rules.explain import explain as explained

    layout = packs(site).in_force(dataset.code, day)
    book = RuleBook.load(site.resource("rules", dataset.rules or dataset.code))
    return explained(book, layout, day, _found(site, dataset, book, day, record))


def _found(site: Site, dataset: DatasetSettings, book: RuleBook, day: date, record: str) -> pa.RecordBatch:
    """The one row. Raises ConfigurationError COMMANDS-044 (neither form), DataError COMMANDS-045 (no such record)."""
    import pyarrow.compute as pc

    from fukuhon.files import Fingerprints
    from fukuhon.layouts import packs
    from fukuhon.originals import open_source
    from fukuhon.rules import Mapper

    wanted = _wanted(record)
    layout = packs(site).in_force(dataset.code, day)
    with (
        open_source(site.source(dataset.source)) as source,
        Mapper(book, layout, day) as mapper,
        Fingerprints(site.hash_key(), site.body.code, dataset.spi, dataset.code) as fingerprints,
    ):
        for batch in source.extract(site.query(dataset.query), {"as_of": day}, book.columns, 65_536):
            column = batch.column("row_no") if isinstance(wanted, int) else fingerprints.identities(mapper.map(batch))
            place = pc.index(column.cast("binary") if isinstance(wanted, bytes) else column, wanted).as_py()
            if place >= 0:
                return batch.slice(place, 1)
    raise DataError("COMMANDS-045", dataset=dataset.code)


def _wanted(record: str) -> int | bytes:
    if record.isdigit() and len(record) < _HASH_LENGTH:
        return int(record)
    try:
        wanted = bytes.fromhex(record)
    except ValueError:
        wanted = b""
    if len(record) != _HASH_LENGTH or not wanted:
        raise ConfigurationError("COMMANDS-044")
    return wanted


def _show(steps: Sequence[Step]) -> None:
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    part = ""
    for step in steps:
        if step.part != part:
            part = step.part
            console.print(f"\n{_PARTS[part]}", style="bold")
        mark = "→" if step.applied else "　"
        console.print(f"{mark} {step.rule}　{step.name}：{_result(step)}")
        if step.wording:
            console.print(f"　　{step.wording}")
        console.print(f"　　{step.sql}", style="dim")
        console.print(f"　　{'、'.join(f'{name}={_told(value)}' for name, value in step.read)}")


def _result(step: Step) -> str:
    """A condition that cannot be told does not hold."""
    if step.part not in {"scope", "withhold"}:
        return _told(step.result)
    if step.result is None:
        return "当てはまらない（値が無い）"
    return "当てはまる" if step.result else "当てはまらない"


def _told(value: object) -> str:
    return "（無し）" if value is None else str(value)
