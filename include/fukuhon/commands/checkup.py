"""The checks of ``fukuhon doctor``. Each looks at one thing, changes nothing, and never raises."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urlsplit

from fukuhon.commands.checkup_site import Finding, of_site
from fukuhon.errors import FukuhonError
from fukuhon.ledger import Ledger, Reader, audit
from fukuhon.site import Site, load

__all__ = ["Finding", "examine"]

_PACKAGES = (
    "adbc-driver-postgresql",
    "adbc-driver-sqlite",
    "duckdb",
    "great-expectations",
    "httpx",
    "lxml",
    "pandas",
    "pyarrow",
    "pydantic",
    "sqlalchemy",
    "sqlglot",
    "typer",
)
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_SECONDS = 5.0
_FREE_FILES = 4
"""Free space is enough for so many of the largest files."""
_BEGUN = date(2017, 4, 1)


def examine(folder: Path) -> Iterator[Finding]:
    """Look at everything; of a site whose settings cannot be read, at what does not need them."""
    yield _interpreter()
    yield _packages()
    yield _browser()
    try:
        site = load(folder)
    except FukuhonError as error:
        yield Finding("団体の設定", "bad", error.message, error.next_step)
        return
    yield Finding("団体の設定", "ok", f"{site.body.name}（{site.folder}）")
    for check in _CHECKS:
        yield _safely(check, site)
    yield from of_site(site)


def _interpreter() -> Finding:
    seen = f"Python {sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}（{sys.executable}）"
    if (3, 11) <= sys.version_info[:2] <= (3, 14):
        return Finding("インタープリター", "ok", seen)
    mend = "Python 3.11 から 3.14 のどれかで「make setup」をやり直してください（FUKUHON_PYTHON で選べます）。"
    return Finding("インタープリター", "bad", seen, mend)


def _packages() -> Finding:
    missing = []
    for name in _PACKAGES:
        try:
            version(name)
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        mend = "「make setup」をもう一度実行してください。"
        return Finding("ライブラリ", "bad", f"足りないもの：{'、'.join(missing)}", mend)
    return Finding("ライブラリ", "ok", f"{len(_PACKAGES)} 個とも揃っています")


def _browser() -> Finding:
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found:
        return Finding("画像を作るブラウザー", "ok", found)
    mend = "報告書の画像が要るときは、Chromium を入れてください。ほかの機能には要りません。"
    return Finding("画像を作るブラウザー", "warn", "Chromium が見つかりません", mend)


def _safely(check: Callable[[Site], Finding], site: Site) -> Finding:
    try:
        return check(site)
    except FukuhonError as error:
        return Finding(_NAMES[check], "bad", f"[{error.code}] {error.message}", error.next_step)
    except Exception as error:  # noqa: BLE001 - a checkup goes on
        mend = "この表示を添えて、保守業者に連絡してください。"
        return Finding(_NAMES[check], "bad", f"調べられませんでした（{type(error).__name__}）", mend)


def _work_folder(site: Site) -> Finding:
    what, folder = _NAMES[_work_folder], site.work
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        return Finding(
            what, "bad", f"他の利用者が読めます：{folder}（{mode:04o}）", f"「chmod 700 {folder}」を実行してください。"
        )
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        mend = "持ち主、権限、読み取り専用の設定、空き容量を確認してください。"
        return Finding(what, "bad", f"書けません：{folder}（{os.strerror(error.errno or 0)}）", mend)
    return Finding(what, "ok", f"{folder}（{mode:04o}）")


def _secrets(site: Site) -> Finding:
    """Each secret can be read, and only by us. Raises as ``Site.secret`` does."""
    accounts = site.server.accounts
    named = (accounts.upload, accounts.collation_requester, accounts.collation_manager, accounts.administrator)
    known = [account for account in named if account is not None]
    for account in known:
        site.secret(account.password)
    return Finding(_NAMES[_secrets], "ok", f"{len(known)} 件とも読めます")


def _ledger(site: Site) -> Finding:
    ledger = Ledger.open(site.ledger_url(), site.clock())
    try:
        with ledger.reading() as reader:
            last = audit.tail(reader)
    finally:
        ledger.close()
    return Finding(_NAMES[_ledger], "ok", f"読めます（監査証跡 {last.seq:,} 行）")


def _server(site: Site) -> Finding:
    """Whether a connection can be made; nothing is asked, since each question counts (seed 2.3)."""
    what, address = _NAMES[_server], urlsplit(site.server_url())
    port = address.port or (443 if address.scheme == "https" else 80)
    try:
        with socket.create_connection((address.hostname or "", port), timeout=_SECONDS):
            return Finding(what, "ok", f"{address.hostname}:{port} につながります")
    except OSError as error:
        mend = (
            "server の url、VPN装置、名前の解決、中間サーバー（見本では代行サーバー）が動いているかを確認してください。"
        )
        return Finding(what, "bad", f"{address.hostname}:{port} につながりません（{type(error).__name__}）", mend)


def _clock(site: Site) -> Finding:
    """The clock tells the time, and has not gone back behind the last line of the trail."""
    what, now = _NAMES[_clock], site.clock().now()
    mend = "機器の時刻を合わせてください（NTP）。時刻が戻ると、送信枠と記録の順序が狂います。"
    if now.date() < _BEGUN:
        return Finding(what, "bad", f"{now:%Y-%m-%d %H:%M} は、制度が始まる前です", mend)
    ledger = Ledger.open(site.ledger_url(), site.clock())
    try:
        with ledger.reading() as reader:
            last = _last_line(reader)
    finally:
        ledger.close()
    if last is not None and last.at > now:
        return Finding(what, "bad", f"{now:%Y-%m-%d %H:%M} は、台帳の最後の記録より前です", mend)
    return Finding(what, "ok", f"{now:%Y-%m-%d %H:%M}（{'代行サーバー' if not site.production else '機器'}の時計）")


def _last_line(reader: Reader) -> audit.Line | None:
    return audit.last(reader)


def _disk(site: Site) -> Finding:
    what, free = _NAMES[_disk], shutil.disk_usage(site.work).free
    needed = _FREE_FILES * site.limits.bytes_per_file
    seen = f"空き {free / 1e9:,.1f} GB"
    if free < needed:
        mend = f"{needed / 1e9:,.1f} GB 以上を空けてください（最大のファイル {_FREE_FILES} 個分）。"
        return Finding(what, "bad" if free < site.limits.bytes_per_file else "warn", seen, mend)
    return Finding(what, "ok", seen)


def _people(site: Site) -> Finding:
    """Somebody can approve from the command line."""
    what = _NAMES[_people]
    able = [person.name for person in site.people if person.os_user and person.role == "collation_manager"]
    if able:
        return Finding(what, "ok", f"コマンドで承認できる特定個人情報取扱責任者 {len(able)} 人")
    mend = "コマンドで承認するなら、site.yaml の people に os_user を書いてください。画面で承認するなら要りません。"
    return Finding(what, "warn", "コマンドで承認できる特定個人情報取扱責任者がいません", mend)


_NAMES: dict[Callable[[Site], Finding], str] = {
    _work_folder: "作業フォルダーの権限",
    _secrets: "秘密情報",
    _disk: "空き容量",
    _server: "中間サーバー",
    _clock: "時計",
    _ledger: "台帳",
    _people: "担当者",
}
_CHECKS = tuple(_NAMES)
