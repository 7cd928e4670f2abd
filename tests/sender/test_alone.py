"""One sender on one disk, and errors of its start told in Japanese."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fukuhon.errors import RefusedError
from fukuhon.sender.__main__ import main
from fukuhon.sender.alone import alone, own_session


def test_a_second_one_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    """The lock is the kernel's: it ends with whoever holds it."""
    with alone(tmp_path / "sender"):
        with pytest.raises(RefusedError) as caught, alone(tmp_path / "sender"):
            pass
        assert caught.value.code == "SENDER-001"
    with alone(tmp_path / "sender"):
        pass


def test_a_killed_holder_lets_go(tmp_path: Path) -> None:
    """Whatever kills it."""
    code = f"from fukuhon.sender.alone import alone; from pathlib import Path\nwith alone(Path({str(tmp_path)!r})):\n"
    code += "    print('held', flush=True)\n    import time; time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        with pytest.raises(RefusedError), alone(tmp_path):
            pass
        child.kill()
    with alone(tmp_path):
        pass


def test_a_session_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Taken where it is not had already."""

    def leads() -> None:
        raise PermissionError

    monkeypatch.setattr(os, "setsid", leads)
    own_session()


def test_wrong_usage_and_wrong_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2, a sentence with its code, and what to do next."""
    assert main([]) == 2
    assert main([str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert "usage:" in told
    assert "SITE-001" in told
