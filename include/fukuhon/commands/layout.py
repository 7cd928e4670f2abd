"""``fukuhon layout``: check packs, compare them, hand them out in other forms, take them in from a workbook."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fukuhon.commands import instants
from fukuhon.commands.group import Verb
from fukuhon.commands.options import HERE, AsJson, SiteFolder
from fukuhon.commands.telling import finish, quiet, table
from fukuhon.errors import ConfigurationError, DataError, RetriableError

if TYPE_CHECKING:
    from rich.console import Console

    from fukuhon.commands.layout_effects import Touched
    from fukuhon.layouts import DatasetChange, DatasetLayout, Finding, LayoutPack, Soundness
    from fukuhon.site import Site

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="レイアウトを確かめ、比べ、書き出し、取り込む。")

Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", show_default="標準出力", help="書く先のファイル。")]
Version = Annotated[
    str | None, typer.Option("--version", metavar="版", show_default="最も新しい版", help="レイアウトの版。")
]


@app.command(cls=Verb, name="check", help="レイアウトの誤り、版の重なりと切れ目を全て示す。")
def check(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FOLDER]...", show_default="団体から見える全ての版", help="確かめる版のフォルダー。"),
    ] = None,
    *,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Check packs by themselves and side by side; without folders, those of the site, and what the site needs."""
    from fukuhon.layouts import check_packs, pack_folders
    from fukuhon.site import load

    with quiet():
        if folders:
            found = check_packs(folders)
            findings = list(found.findings)
        else:
            settings = load(site)
            found = check_packs(pack_folders(settings))
            findings = [*found.findings, *_needed(settings, found)]
    errors = sum(finding.severity == "error" for finding in findings)
    body = {"packs": [pack.version for pack in found.packs], "findings": findings}
    failed = DataError("LAYOUTS-011", count=errors) if errors else None
    finish(body, lambda console: _findings(console, found, findings), as_json=as_json, failed=failed)


def _needed(site: Site, found: Soundness) -> list[Finding]:
    """Datasets of the site that no pack has, or has under another 特定個人情報."""
    from fukuhon.layouts import Finding

    known = {layout.code: layout.spi for pack in found.packs for layout in pack.datasets}
    wrong: list[Finding] = []
    for dataset in site.datasets():
        if dataset.code not in known:
            wrong.append(Finding("error", dataset.code, "site.yaml にあるデータセットのレイアウトがありません"))
        elif known[dataset.code] != dataset.spi:
            text = f"特定個人情報が site.yaml では {dataset.spi}、レイアウトでは {known[dataset.code]} です"
            wrong.append(Finding("error", dataset.code, text))
    return wrong


def _findings(console: Console, found: Soundness, findings: Sequence[Finding]) -> None:
    told = "、".join(pack.version for pack in found.packs) or "なし"
    console.print(f"読めた版：{told}")
    for finding in findings:
        console.print(f"{'誤り' if finding.severity == 'error' else '注意'}　{finding.where}：{finding.text}")
    if not findings:
        console.print("誤りも、注意することもありません。")


@app.command(
    cls=Verb, name="diff", help="二つの版を比べ、変わる項目、見直すルールと抽出、登録済みの記録への影響を示す。"
)
def diff(
    old: Annotated[str, typer.Argument(metavar="前の版", help="版、又は版のフォルダー。")],
    new: Annotated[str, typer.Argument(metavar="新しい版", help="版、又は版のフォルダー。")],
    *,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Compare two versions and tell what they touch at the site."""
    from fukuhon.commands.layout_effects import touched
    from fukuhon.layouts import compare
    from fukuhon.site import load

    with quiet():
        settings = load(site)
        before, after = _pack(settings, old), _pack(settings, new)
        changes = compare(before, after)
        effects = touched(settings, before, changes, _registered(site) if changes else {})
    datasets = [
        {"change": change, "effect": change.effect.name.lower(), "touched": effect}
        for change, effect in zip(changes, effects, strict=True)
    ]
    body = {"old": before.version, "new": after.version, "datasets": datasets}
    finish(body, lambda console: _changes(console, changes, effects), as_json=as_json)


def _registered(folder: Path) -> dict[str, int] | None:
    """How many records the server holds by dataset; None where the books cannot be asked now."""
    from fukuhon.commands.acting import at_desk
    from fukuhon.registration.books import holdings

    try:
        with at_desk(folder, reads=True) as desk, holdings(desk) as held:
            counts: dict[str, int] = {}
            for (dataset, _), count in held.counts().items():
                counts[dataset] = counts.get(dataset, 0) + count
            return counts
    except RetriableError:
        return None


def _changes(console: Console, changes: Sequence[DatasetChange], effects: Sequence[Touched]) -> None:
    if not changes:
        console.print("違いはありません。")
    for change, effect in zip(changes, effects, strict=True):
        console.print(f"{change.code} {change.name}{'' if effect.in_scope else '（この団体の設定にはない）'}")
        lines = [("", detail) for detail in change.details]
        lines += [(f"{item.code} {item.name}", detail) for item in change.items for detail in item.details]
        console.print(table(("項目", "変わること"), lines))
        for name, told in (("登録ルール", effect.rules), ("検査", effect.expectations), ("抽出", effect.sources)):
            for line in told:
                console.print(f"  {name}：{line}")
        console.print(f"  記録：{effect.records}")


@app.command(cls=Verb, name="dictionary", help="データ項目辞書（一枚のHTML）を出す。")
def dictionary(*, version: Version = None, out: Out = None, site: SiteFolder = HERE, as_json: AsJson = False) -> None:
    """Write the data dictionary of a version."""
    from fukuhon.reports.dictionary import data_dictionary
    from fukuhon.site import load

    with quiet():
        pack = _pack(load(site), version)
        page = data_dictionary(pack)
    _hand_out({"version": pack.version}, "html", page, out, as_json=as_json)


@app.command(cls=Verb, name="export", help="データ契約（Open Data Contract Standard 3.2）として書き出す。")
def export(
    *,
    version: Version = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FOLDER", show_default="odcs-版", help="書く先のフォルダー。")
    ] = None,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Write one contract for each 特定個人情報 of a version."""
    from fukuhon.files import write_bytes
    from fukuhon.layouts import to_odcs
    from fukuhon.site import load

    with quiet():
        pack = _pack(load(site), version)
        folder = out or Path(f"odcs-{pack.version}")
        written = []
        for spi, text in to_odcs(pack).items():
            write_bytes(folder / f"{spi}.odcs.yaml", text)
            written.append(str(folder / f"{spi}.odcs.yaml"))
    body = {"version": pack.version, "files": written}
    finish(
        body, lambda console: console.print("\n".join(f"{file} に書きました。" for file in written)), as_json=as_json
    )


@app.command(cls=Verb, name="import", help="記入したひな形（XLSX）から版を作る。--template でひな形を出す。")
def import_(  # noqa: PLR0913 - each is an option
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="記入したブック。")] = None,
    *,
    template: Annotated[
        Path | None, typer.Option("--template", metavar="FILE", help="取り込まずに、ひな形をこのファイルに書く。")
    ] = None,
    version: Annotated[
        str | None, typer.Option("--version", metavar="版", show_default="空のひな形", help="ひな形をこの版で埋める。")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FOLDER", show_default="団体の layouts/版", help="作る版のフォルダー。"),
    ] = None,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Take a workbook in, or write the template."""
    if (file is None) == (template is None):
        raise ConfigurationError(
            "COMMANDS-001", why="FILE か --template のどちらか一つが要ります", command="fukuhon layout import"
        )
    if template is not None:
        _template(site, template, version, as_json=as_json)
    elif file is not None:
        _import(site, file, out, as_json=as_json)


def _template(site: Path, file: Path, version: str | None, *, as_json: bool) -> None:
    from fukuhon.files import write_bytes
    from fukuhon.layouts import write_template
    from fukuhon.site import load

    with quiet():
        pack = _pack(load(site), version) if version else None
        write_bytes(file, write_template(pack))
    body = {"template": str(file), "version": pack.version if pack else None}
    finish(body, lambda console: console.print(f"{file} に書きました。"), as_json=as_json)


def _import(site: Path, file: Path, out: Path | None, *, as_json: bool) -> None:
    from fukuhon.layouts import check_packs, read_workbook, write_pack

    with quiet():
        imported = read_workbook(file)
        version = str(imported.header["version"])
        folder = out or site / "layouts" / version
        written = write_pack(imported, folder)
        found = check_packs([folder])
    errors = sum(finding.severity == "error" for finding in found.findings)
    body = {"version": version, "files": [str(path) for path in written], "findings": list(found.findings)}

    def told(console: Console) -> None:
        console.print("\n".join(f"{path} に書きました。" for path in written))
        _findings(console, found, found.findings)

    failed = DataError("LAYOUTS-011", count=errors) if errors else None
    finish(body, told, as_json=as_json, failed=failed)


@app.command(cls=Verb, name="xsd", help="データセットのファイルのスキーマ（XSD）を出す。")
def xsd(  # noqa: PLR0913 - each is an option
    dataset: Annotated[str, typer.Argument(metavar="TK…", help="データセットの識別項目コード。")],
    *,
    version: Annotated[str | None, typer.Option("--version", metavar="版", help="レイアウトの版。")] = None,
    on: Annotated[
        str | None, typer.Option("--on", metavar="日付", show_default="今日", help="この日に有効な版。")
    ] = None,
    out: Out = None,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Write the schema of one dataset's files."""
    from fukuhon.layouts import to_xsd

    with quiet():
        layout = _layout(site, dataset, version, on)
        schema = to_xsd(layout)
    body = {"dataset": layout.code, "spi": layout.spi, "version": layout.version}
    _hand_out(body, "xsd", schema.decode(), out, as_json=as_json)


def _hand_out(body: dict[str, Any], key: str, text: str, out: Path | None, *, as_json: bool) -> None:
    """Write a text to a file, or to standard output."""
    from fukuhon.files import write_bytes

    if out is not None:
        with quiet():
            write_bytes(out, text.encode())
    body |= {"file": str(out)} if out else {key: text}
    if out:
        finish(body, lambda console: console.print(f"{out} に書きました。"), as_json=as_json)
    else:
        finish(body, lambda console: console.out(text, end=""), as_json=as_json)


def _layout(folder: Path, dataset: str, version: str | None, on: str | None) -> DatasetLayout:
    from fukuhon.layouts import packs
    from fukuhon.site import load

    site = load(folder)
    known = packs(site)
    if version is not None:
        return known.version(dataset, version)
    return known.in_force(dataset, instants.day(on) if on else site.clock().now().date())


def _pack(site: Site, version: str | None) -> LayoutPack:
    """A version, a folder with a pack, or the version that begins last."""
    from fukuhon.layouts import load_pack, packs

    if version is not None and (Path(version) / "pack.yaml").is_file():
        return load_pack(Path(version))
    known = packs(site)
    return known.pack(version if version is not None else known.packs[-1].version if known.packs else "―")
