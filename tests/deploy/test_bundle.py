"""The bundle for a host without internet, made once and installed with the network cut off."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [pytest.mark.deep, pytest.mark.e2e, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder that ``make bundle`` makes."""
    root, out = Path(__file__).parents[2], tmp_path_factory.mktemp("bundle")
    python = root / ".venv-uv" / "env" / "bin" / "python"
    subprocess.run([python, root / "scripts" / "bundle.py", out], check=True)
    (folder,) = [path for path in out.iterdir() if path.is_dir()]
    (packed,) = out.glob("*.tar")
    packed.unlink()
    yield folder
    shutil.rmtree(out, ignore_errors=True)


def install(bundle: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """Install in a network namespace without any interface."""
    able = subprocess.run(["unshare", "-rn", "true"], check=False, capture_output=True).returncode == 0
    cut = ["unshare", "-rn"] if able else []
    return subprocess.run([*cut, "sh", bundle / "install.sh", target], capture_output=True, text=True, check=False)


def test_it_installs_without_a_network_and_twice(bundle: Path, tmp_path: Path) -> None:
    """The verbs run; the second time there is nothing to do."""
    target = tmp_path / "fukuhon"
    first = install(bundle, target)
    assert first.returncode == 0, first.stderr
    assert "導入が終わりました" in first.stdout
    done = subprocess.run([target / "venv" / "bin" / "fukuhon", "--help"], capture_output=True, text=True, check=True)
    assert "backup" in done.stdout
    assert "すでに導入されています" in install(bundle, target).stdout


def test_a_tampered_wheel_is_refused(bundle: Path, tmp_path: Path) -> None:
    """One byte more, and nothing is written; put right, it is taken again."""
    wheel = next((bundle / "wheels").glob("typer-*.whl"))
    content = wheel.read_bytes()
    wheel.write_bytes(content + b"x")
    refused = install(bundle, tmp_path / "fukuhon")
    wheel.write_bytes(content)
    assert refused.returncode == 1
    assert wheel.name in refused.stderr
    assert not (tmp_path / "fukuhon").exists()


def test_a_file_that_nobody_has_named_is_refused(bundle: Path, tmp_path: Path) -> None:
    """A wheel beside the others."""
    planted = bundle / "wheels" / "evil-1-py3-none-any.whl"
    planted.write_bytes(b"")
    refused = install(bundle, tmp_path / "fukuhon")
    planted.unlink()
    assert (refused.returncode, planted.name in refused.stderr) == (1, True)
    assert not (tmp_path / "fukuhon").exists()


def test_every_licence_is_named_and_no_registry(bundle: Path) -> None:
    """A row a wheel; none unknown; no address of an index in any text of ours."""
    rows = (bundle / "LICENCES.md").read_text(encoding="utf-8").splitlines()[6:]
    assert len(rows) == len(list((bundle / "wheels").iterdir()))
    assert [row for row in rows if row.endswith("| ? |")] == []
    for path in [*bundle.glob("*"), *(bundle / "app").rglob("*")]:
        if path.is_file() and path.suffix in {"", ".md", ".sh", ".lock", ".toml", ".py", ".yml", ".yaml"}:
            assert not re.search(rb"pypi\.org|pythonhosted\.org", path.read_bytes()), path
