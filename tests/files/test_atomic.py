from __future__ import annotations

import errno
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from fukuhon.errors import RetriableError
from fukuhon.files import Header, beside, sweep, write_bytes, write_file


def test_nothing_is_seen_before_the_end(tmp_path: Path) -> None:
    """Under its own name a file is whole or not there."""
    path = tmp_path / "file"
    with beside(path) as (file,):
        file.write(b"half")
        assert not path.exists()
        file.write(b" and half")
    assert path.read_bytes() == b"half and half"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    """Whatever goes wrong while it is written, the file that was there stays."""
    path = tmp_path / "file"
    write_bytes(path, b"old")
    with pytest.raises(TypeError), beside(path) as (file,):
        file.write("no bytes")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, "1"), (errno.EDQUOT, "1"), (errno.EIO, "2")])
def test_a_refusing_disk_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    """A full disk at the last moment, when the system makes the file durable: nothing half done stays behind."""

    def refuse(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(RetriableError, match=f"FILES-00{code}") as caught:
        write_bytes(tmp_path / "file.xml", b"1")
    assert caught.value.next_step
    assert not list(tmp_path.iterdir())


def test_a_full_disk_for_real(tmp_path: Path, header: Header, records: Callable[..., pa.Table]) -> None:
    """A file system of 64 KiB: the file does not fit, is told so, and the disk is as empty as before."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if (
        os.geteuid()
        or not mount
        or subprocess.run(
            [mount, "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("no right to mount a small file system")
    try:
        with pytest.raises(RetriableError, match="FILES-001"):
            write_file(disk / "file.xml", header, records({"I0101": ["1" * 100] * 5000}))
        assert not list(disk.iterdir())
        write_file(disk / "small.xml", header, records({"I0101": ["1"]}))
    finally:
        subprocess.run(["umount", disk], check=True)


def test_leftovers_of_a_killed_process_are_swept(tmp_path: Path) -> None:
    """A kill −9 leaves a part file; the next run takes it away, and nothing else."""
    (tmp_path / ".file.xml.abc.part").write_bytes(b"half")
    keep = tmp_path / "file.xml"
    keep.write_bytes(b"whole")
    assert sweep(tmp_path) == 1
    assert list(tmp_path.iterdir()) == [keep]


def test_several_files_appear_together(tmp_path: Path) -> None:
    """None of a set is seen while one of them is still written."""
    paths = [tmp_path / "a", tmp_path / "b"]
    with pytest.raises(TypeError), beside(*paths) as (first, _):
        first.write("no bytes")
    assert not list(tmp_path.iterdir())
    with beside(*paths) as (first, second):
        first.write(b"1")
        second.write(b"2")
    assert [Path(path).read_bytes() for path in paths] == [b"1", b"2"]
