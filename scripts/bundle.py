"""Put all that a host without internet needs into one folder and one tar: wheels, sources, licences, checksums, docs.

Called by ``make bundle`` with the interpreter for which the wheels are to be; the host needs the same version. Wheels
come from wherever pip is told to look; each is checked against the lock. Needs nothing but the standard library.
"""

from __future__ import annotations

import email
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import time
import tomllib
import zipfile
from email.message import Message
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "deploy" / "requirements.lock"
STORE = ROOT / "build" / "wheels" / f"{sys.version_info.major}.{sys.version_info.minor}-{platform.machine()}"
SOURCES = (
    *("CHANGELOG.md", "Dockerfile", "LICENSE", "README.ja.md", "README.md", "docker-compose.yml", "pyproject.toml"),
    *("dags", "deploy", "docs", "expectations", "include", "plugins"),
)
NOT_SOURCES = shutil.ignore_patterns("__pycache__", "*.pyc", "*.egg-info", ".*")
LICENCE_FILE = re.compile(r"(^|/)(licen[cs]es?|copying|notice|authors)([^/]*)(/.*)?$", re.IGNORECASE)
CLASSIFIER = "License :: "
LIMIT = 60


def main(out: Path) -> int:
    """Make ``out/fukuhon-VERSION-PLATFORM/`` and the tar beside it; return the exit status."""
    began = time.monotonic()
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    name = f"fukuhon-{version}-python{python}-{platform.machine()}"
    folder = out / f".{name}.new"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "wheels").mkdir(parents=True)
    if not fetch(folder / "wheels"):
        print("エラー: パッケージを集められませんでした。上の記録を見て、pip の設定を直してください。", file=sys.stderr)
        print("error: the wheels could not be fetched; see above, and put pip's settings right.", file=sys.stderr)
        return 1
    copy_sources(folder / "app")
    unknown = write_licences(folder)
    (folder / "PYTHON").write_text(f"{python}\n")
    (folder / "MACHINE").write_text(f"{platform.machine()}\n")
    shutil.copy(ROOT / "deploy" / "install.sh", folder / "install.sh")
    seal = write_sums(folder)
    final = out / name
    shutil.rmtree(final, ignore_errors=True)
    folder.rename(final)
    packed = pack(final)
    wheels = len(list((final / "wheels").iterdir()))
    print(f"{packed} ({packed.stat().st_size / 1e6:,.0f} MB, {wheels} wheels, {time.monotonic() - began:.0f} s)")
    print(f"SHA256SUMS: {seal}")
    print("この値を別の経路で渡してください。 / Hand this value over by another way than the file.")
    if unknown:
        print(f"ライセンスを確かめてください / look at the licence of: {', '.join(unknown)}", file=sys.stderr)
    return 0


def fetch(folder: Path) -> bool:
    """Put every wheel that the lock names for this interpreter into ``folder``; tell whether all are there.

    What was fetched once is kept beside the build and asked of no index again; the lock's hashes hold in either case.
    """
    if STORE.is_dir() and pip(folder, "--no-index", "--find-links", STORE, said=False):
        return True
    STORE.mkdir(parents=True, exist_ok=True)
    return pip(STORE) and pip(folder, "--no-index", "--find-links", STORE)


def pip(folder: Path, *more: str | Path, said: bool = True) -> bool:
    """Let pip collect the lock's wheels in ``folder``; tell whether it could. ``said``: what it says is shown."""
    options = ("--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes", "--only-binary", ":all:")
    command: list[str | Path] = [sys.executable, "-m", "pip", "download", *options, *more]
    shown = None if said else subprocess.DEVNULL
    return subprocess.run([*command, "--dest", folder, "-r", LOCK], check=False, stderr=shown).returncode == 0


def copy_sources(folder: Path) -> None:
    """Copy what runs, what is reviewed and what is read."""
    folder.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=NOT_SOURCES)
        else:
            shutil.copy(ROOT / name, folder / name)


def write_licences(folder: Path) -> list[str]:
    """Write the list of licences, and each package's own texts; returns the packages that name none."""
    rows, unknown = [], []
    for wheel in sorted((folder / "wheels").iterdir()):
        with zipfile.ZipFile(wheel) as archive:
            names = archive.namelist()
            (place,) = [name for name in names if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)]
            facts = email.message_from_bytes(archive.read(place))
            for name in names:
                inside = name.partition("/")[2]
                if name.startswith(place.partition("/")[0]) and LICENCE_FILE.search(inside) and not name.endswith("/"):
                    target = folder / "licences" / facts["Name"] / inside.replace("/", "_")
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(archive.read(name))
        licence = licence_of(facts)
        unknown += [] if licence else [facts["Name"]]
        rows.append(f"| {facts['Name']} | {facts['Version']} | {licence or '?'} |\n")
    head = "# Licences\n\nOf every package in `wheels/`; their own texts lie in `licences/`.\n\n"
    table = "| package | version | licence |\n|---|---|---|\n"
    (folder / "LICENCES.md").write_text(head + table + "".join(rows), encoding="utf-8")
    return unknown


def licence_of(facts: Message) -> str:
    """What a package says of its licence, in one line: the expression, else its classifiers, else its first words."""
    expression = facts["License-Expression"]
    if expression:
        return str(expression)
    classifiers = [each for each in facts.get_all("Classifier", []) if each.startswith(CLASSIFIER)]
    named = [each.rpartition(" :: ")[2] for each in classifiers if each != "License :: OSI Approved"]
    if named:
        return ", ".join(dict.fromkeys(named))
    return (str(facts["License"] or "").strip().splitlines() or [""])[0][:LIMIT].replace("|", "/")


def write_sums(folder: Path) -> str:
    """Write the checksums of every file; returns the checksum of that list."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in paths]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")
    return sha256(folder / "SHA256SUMS")


def sha256(path: Path) -> str:
    """A file's checksum."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def pack(folder: Path) -> Path:
    """One tar for the way over; wheels are compressed already."""
    packed = folder.with_name(f"{folder.name}.tar")
    beside = packed.with_name(f".{packed.name}.new")
    with tarfile.open(beside, "w") as tar:
        tar.add(folder, folder.name, filter=_anonymous)
    beside.rename(packed)
    return packed


def _anonymous(info: tarfile.TarInfo) -> tarfile.TarInfo:
    """Nobody's own names and numbers."""
    info.uid = info.gid = 0
    info.uname = info.gname = "root"
    return info


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else os.fspath(ROOT / "dist")).resolve()))
