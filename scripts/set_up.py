"""Make ``.venv/`` hold exactly what ``requirements.lock`` names, and the project itself.

Called by ``setup.sh`` with the chosen interpreter; needs nothing but the standard library. Everything it writes lies in
``.venv/`` and ``.venv-uv/`` (the installer and its cache). Killed at any point, it is repaired by running it again: the
stamp is written last, and an environment without one is made anew from the cache.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
TOOLS = ROOT / ".venv-uv"
UV = TOOLS / "env" / "bin" / "uv"
PIP = (TOOLS / "env" / "bin" / "python", "-m", "pip", "--disable-pip-version-check")
UV_LOCK = ROOT / "scripts" / "uv.lock.txt"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / ".setup-stamp"

# pip's own setting → uv's variable. What pip has been told on this machine holds for uv too; nothing of it is kept.
SETTINGS = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "timeout": "UV_HTTP_TIMEOUT",
}
SEPARATORS = {"UV_FIND_LINKS": ","}

UNREACHABLE = """\
エラー: 環境の準備ができませんでした（{step}）。
  多くの場合、パッケージの取得元に届いていません。
  取得元とプロキシは pip の設定（pip.conf、PIP_INDEX_URL、HTTPS_PROXY）に従います。
  次の手順: 上の記録を見て設定を直し、同じコマンドをもう一度実行してください。続きから始めます。
error: set-up stopped ({step}).
  Most often the package index cannot be reached: it is the one pip is configured for (pip.conf, PIP_INDEX_URL,
  HTTPS_PROXY). Put it right and run the same command again: it goes on from here."""

BUSY = "別の準備が進行中です。終わるのを待ちます。 / Another set-up is under way; waiting for it."


class SetUpError(Exception):
    """A step of the set-up failed; its own output has already been shown."""


def run(step: str, *command: str | Path, env: dict[str, str] | None = None) -> None:
    """Run one command, and name the step in the error where it fails."""
    if subprocess.run(command, env=env, check=False, cwd=ROOT).returncode:
        raise SetUpError(step)


def pip_settings(listing: str) -> dict[str, str]:
    """Return uv's variables for what ``pip config list`` printed; a variable of the environment wins over a file."""
    found: dict[str, str] = {}
    for line in sorted(listing.splitlines(), key=lambda each: each.startswith(":env:")):
        key, separator, quoted = line.partition("=")
        section, _, name = key.rpartition(".")
        if separator and name in SETTINGS and section in {"global", "install", ":env:"}:
            variable = SETTINGS[name]
            values = quoted.strip("'\"").replace("\\n", " ").split()
            found[variable] = SEPARATORS.get(variable, " ").join(values)
    return {variable: value for variable, value in found.items() if value}


def installer_environment() -> dict[str, str]:
    """Return the environment in which uv runs: its files in this folder, its index the one pip is told to use."""
    listing = subprocess.run([*PIP, "config", "list"], capture_output=True, text=True, check=False).stdout
    own = {
        "UV_CACHE_DIR": str(TOOLS / "cache"),
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_CONFIG": "1",
        # Every file is checked against the lock's hash, so it does not matter which of several indexes delivers it.
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }
    return {**pip_settings(listing), **os.environ, **own}


def remove(folder: Path) -> None:
    """Remove a folder, or the link to one."""
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)


def has_pinned_uv() -> bool:
    """Tell whether the private uv is the pinned one, and the pip beside it still runs."""
    pinned = UV_LOCK.read_text().split(" ", 1)[0].removeprefix("uv==")
    try:
        subprocess.run([*PIP, "--version"], capture_output=True, check=True)
        answer = subprocess.run([UV, "--version"], capture_output=True, text=True, check=False).stdout
    except (OSError, subprocess.CalledProcessError):
        return False
    return answer.split()[1:2] == [pinned]


def provide_uv() -> None:
    """Install the pinned uv into an environment of its own, through pip as the user has configured it."""
    if has_pinned_uv():
        return
    remove(TOOLS / "env")
    venv.create(TOOLS / "env", with_pip=True, symlinks=True)
    options = ("--quiet", "--no-cache-dir", "--retries", "2", "--no-deps", "--require-hashes", "--only-binary", ":all:")
    run("uv", *PIP, "install", *options, "-r", UV_LOCK)


def can_be_kept(stamp: str) -> bool:
    """Tell whether the environment is whole, made in this very folder (its scripts name it) and by this interpreter."""
    question = "import sys; print(sys.base_prefix, sys.version)"
    try:
        made_in = STAMP.read_text().split(" ", 2)[2]
        command = (PYTHON, "-I", "-S", "-c", question)
        answer = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except (OSError, IndexError):
        return False
    return made_in == stamp.split(" ", 2)[2] and answer.strip() == f"{sys.base_prefix} {sys.version}"


def provide_environment(stamp: str) -> None:
    """Bring the environment to what the lock names: no more, no less."""
    if can_be_kept(stamp):
        STAMP.unlink()
    else:
        remove(VENV)
        venv.create(VENV, symlinks=True)
    env = installer_environment()
    pip = (UV, "pip")
    target = ("--quiet", "--python", PYTHON)
    run("requirements.lock", *pip, "sync", *target, "--require-hashes", LOCK, env=env)
    own = ("--offline", "--no-deps", "--no-build-isolation")
    run("fukuhon", *pip, "install", *target, *own, "--editable", ROOT, env=env)


def main(stamp: str) -> int:
    """Set up under a lock, so that two runs in one folder do not meet; return the exit status."""
    began = time.monotonic()
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(BUSY, file=sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if STAMP.is_file() and STAMP.read_text() == stamp:
                return 0
        print("環境を準備しています（.venv/）… / Setting up .venv/ …", file=sys.stderr)
        try:
            provide_uv()
            provide_environment(stamp)
        except SetUpError as error:
            print(UNREACHABLE.format(step=error), file=sys.stderr)
            return 1
        except OSError as error:
            print(UNREACHABLE.format(step=f"{type(error).__name__}: {error.strerror}"), file=sys.stderr)
            return 1
        seconds = time.monotonic() - began
        (VENV / ".setup-seconds").write_text(f"{seconds:.1f}\n")
        STAMP.write_text(stamp)
        print(f"準備ができました（{seconds:.1f} 秒） / Ready in {seconds:.1f} s", file=sys.stderr)
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
