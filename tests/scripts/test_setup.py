"""Set-up chooses an interpreter that runs, installs what the lock names, and does it once."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts"
BROKEN = "#!/bin/sh\necho 'command not found' >&2\nexit 127\n"
WORKING = f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'
LACKING = f'#!/bin/sh\ncase "$*" in *ensurepip*) exit 1;; esac\nexec "{sys.executable}" "$@"\n'


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Return a PATH of our own: the few programs that the script calls, and no Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "dirname", "cat", "sha256sum", "cut"):
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    return folder


def put(folder: Path, name: str, script: str) -> str:
    """Lay a program on that PATH."""
    path = folder / name
    path.write_text(script)
    path.chmod(0o755)
    return str(path)


def choice(programs: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Ask which interpreter set-up would use."""
    command = ["/bin/sh", str(SCRIPTS / "setup.sh"), "--python"]
    environment = {"PATH": str(programs), "LANG": "C.UTF-8", **env}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def set_up_module() -> ModuleType:
    """Load the second half of set-up, which is a script and no package."""
    spec = importlib.util.spec_from_file_location("set_up", SCRIPTS / "set_up.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_first_of_the_list_is_taken(programs: Path) -> None:
    """3.12 comes before 3.11, and both before a plain python3."""
    for name in ("python3", "python3.11", "python3.12"):
        put(programs, name, WORKING)
    assert choice(programs).stdout == "python3.12\n"


@pytest.mark.parametrize("script", [BROKEN, LACKING], ids=["fails", "lacks ensurepip"])
def test_a_name_that_does_not_run_is_passed_over(programs: Path, script: str) -> None:
    """A shim on PATH that fails, or a Python without venv, is no interpreter."""
    put(programs, "python3.12", script)
    put(programs, "python3.13", script)
    put(programs, "python3.11", script)
    put(programs, "python3", WORKING)
    assert choice(programs).stdout == "python3\n"


def test_the_override_is_taken(programs: Path, tmp_path: Path) -> None:
    """FUKUHON_PYTHON comes before the list."""
    put(programs, "python3.12", WORKING)
    mine = put(tmp_path, "mine", WORKING)
    assert choice(programs, FUKUHON_PYTHON=mine).stdout == f"{mine}\n"


def test_an_override_that_does_not_run_is_an_error(programs: Path) -> None:
    """What a person asked for is not silently replaced."""
    put(programs, "python3.12", WORKING)
    answer = choice(programs, FUKUHON_PYTHON=put(programs, "mine", BROKEN))
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "FUKUHON_PYTHON" in answer.stderr
    assert "次の手順" in answer.stderr


def test_no_interpreter_at_all_is_an_error_in_two_languages(programs: Path) -> None:
    """The message names what was tried and the next step."""
    put(programs, "python3.12", BROKEN)
    answer = choice(programs)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "使える Python が見つかりません" in answer.stderr
    assert "no Python 3.11 to 3.14" in answer.stderr


@pytest.mark.parametrize(
    ("version", "status"),
    [((2, 7), 1), ((3, 10), 1), ((3, 11), 0), ((3, 14), 0), ((3, 15), 1)],
)
def test_a_version_out_of_range_is_passed_over(programs: Path, version: tuple[int, int], status: int) -> None:
    """Older lacks syntax, newer is not in the lock."""
    pretend = f"import sys; sys.version_info = {version}; exec(sys.argv[1])"
    put(programs, "python3", f'#!/bin/sh\nexec "{sys.executable}" -c "{pretend}" "$3"\n')
    assert choice(programs).returncode == status


def copy_of_the_project(folder: Path) -> Path:
    """Return a folder with what set-up needs."""
    for name in ("pyproject.toml", "requirements.lock", "LICENSE"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(SCRIPTS, folder / "scripts")
    package = folder / "include" / "fukuhon"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    return folder


def test_a_project_that_is_set_up_is_left_alone(tmp_path: Path) -> None:
    """The second run compares one stamp, starts nothing and says that it took 0 seconds."""
    folder = copy_of_the_project(tmp_path)
    (folder / ".venv" / "bin").mkdir(parents=True)
    put(folder / ".venv" / "bin", "python", WORKING)
    stamper = put(
        tmp_path, "stamper", f'#!/bin/sh\n[ "$2" = -c ] && exec {sys.executable} "$@"\nprintf %s "$3" >seen\n'
    )
    environment = {**os.environ, "FUKUHON_PYTHON": stamper}
    command = ["/bin/sh", str(folder / "scripts" / "setup.sh")]
    subprocess.run(command, env=environment, check=True)
    (folder / "seen").rename(folder / ".venv" / ".setup-stamp")
    subprocess.run(command, env=environment, check=True)
    assert not (folder / "seen").exists()
    assert (folder / ".venv" / ".setup-seconds").read_text() == "0\n"
    with (folder / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")
    subprocess.run(command, env=environment, check=True)
    assert (folder / "seen").exists()


def test_an_index_out_of_reach_is_an_error_in_two_languages(tmp_path: Path) -> None:
    """Nothing listens on port 9 of this machine: the message says what to set, and the next run goes on."""
    folder = copy_of_the_project(tmp_path)
    nowhere = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": "http://127.0.0.1:9/",
        "FUKUHON_PYTHON": sys.executable,
    }
    command = ["/bin/sh", str(folder / "scripts" / "setup.sh")]
    answer = subprocess.run(command, env=nowhere, capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    assert "パッケージの取得元に届いていません" in answer.stderr
    assert "run the same command again" in answer.stderr
    assert not (folder / ".venv" / ".setup-stamp").exists()


def test_what_pip_was_told_holds_for_uv() -> None:
    """Index, certificate and proxy of pip.conf; the environment's word wins."""
    listing = """\
:env:.cert='/etc/mine.pem'
global.cert='/etc/other.pem'
global.index-url='https://index.example/simple'
global.extra-index-url='https://a.example/ https://b.example/'
global.find-links='/wheels\\n/more'
global.constraint='/etc/constraints.txt'
freeze.timeout='10'
"""
    assert set_up_module().pip_settings(listing) == {
        "SSL_CERT_FILE": "/etc/mine.pem",
        "UV_DEFAULT_INDEX": "https://index.example/simple",
        "UV_INDEX": "https://a.example/ https://b.example/",
        "UV_FIND_LINKS": "/wheels,/more",
    }


@pytest.mark.parametrize("name", ["requirements.lock", "scripts/uv.lock.txt"])
def test_the_lock_names_versions_and_hashes_and_no_host(name: str) -> None:
    """Every package has one exact version and at least one hash, and where to get it is the machine's affair."""
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert not re.search(
        r"^\s*(-|--index|--find)", re.sub(r"^\s+--hash=.*$", "", text, flags=re.MULTILINE), re.MULTILINE
    )
    packages = re.split(r"^(?=\w)", text, flags=re.MULTILINE)[1:]
    assert packages
    for package in packages:
        assert re.match(r"[\w.-]+==\S+( ; [^\\]+)? \\\n\s+--hash=sha256:[0-9a-f]{64}", package), package.splitlines()[0]


def test_the_project_names_no_registry() -> None:
    """No file of the project names a host of a package registry."""
    hosts = [name + ".org" for name in ("pypi", "pythonhosted")]
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.is_file():
            content = path.read_bytes()
            assert not [host for host in hosts if host.encode() in content], name
