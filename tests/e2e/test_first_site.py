"""docs/first-site.md, typed literally: from a CSV of one's own to a registered record."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "first-site.md"


def commands() -> str:
    """Everything that the page tells to type, in its order."""
    blocks = re.findall(r"^```bash\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return "set -e\n" + "\n".join(blocks)


@pytest.mark.e2e
@pytest.mark.timeout(900)
def test_the_page_is_followed_to_a_registered_record(tmp_path: Path) -> None:
    """No command fails, the clock is simulated, and at the end two records are processed and the trail is whole."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "FUKUHON_SERVER_URL": f"http://127.0.0.1:{port}",
        "TZ": "America/New_York",
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(
        ["bash"], input=commands(), text=True, cwd=tmp_path, env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "処理件数 2、エラー 0、全体エラー 0" in done.stdout
    assert "監査証跡" in done.stdout
    assert "止めました。" in done.stdout
    loose = [path for path in (tmp_path / "ogawa" / "secrets").iterdir() if path.stat().st_mode & 0o077]
    assert not loose
    values = ("000000000000101", "ヤマダ", "1985-04-02")
    assert not [value for value in values if value in done.stdout + done.stderr]
