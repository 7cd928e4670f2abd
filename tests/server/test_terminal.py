"""The outbox gives a person a whole file with its sheet, private, and never one that is not what the books say."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from fukuhon.clock import tokyo
from fukuhon.errors import DataError, FatalError
from fukuhon.server.terminal import SHEET, Handout, Outbox
from fukuhon.windows import Channel

HANDED = tokyo(date(2017, 5, 10), 9, 30)


@pytest.fixture
def handout(tmp_path: Path) -> Handout:
    """A file of 差分 for the terminal."""
    path = tmp_path / "a.xml"
    path.write_bytes(b"<File/>")
    return Handout(
        attempt=7,
        name="a.xml",
        path=path,
        sha256=hashlib.sha256(b"<File/>").hexdigest(),
        bytes=7,
        records=1200,
        spi="TM00000000000002",
        dataset="TK00000200000001",
        layout="2017.1",
        operation="register",
        channel=Channel.TERMINAL_SCHEDULED,
        registration="differential",
        body="見本市",
        requester="gyomu01",
        handed=HANDED,
        begin_by=HANDED + timedelta(hours=2),
        window_end=HANDED + timedelta(hours=3),
    )


def test_a_folder_holds_the_file_its_sum_and_a_sheet(tmp_path: Path, handout: Handout) -> None:
    """For the owner's eyes only."""
    folder = Outbox(tmp_path / "outbox").lay(handout)
    assert sorted(path.name for path in folder.iterdir()) == ["a.xml", "a.xml.sha256", SHEET]
    assert (folder / "a.xml.sha256").read_text() == f"{handout.sha256}  a.xml\n"
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in (folder, folder.parent)} == {0o700}


def test_the_sheet_says_what_to_do_and_until_when(tmp_path: Path, handout: Handout) -> None:
    """定時, the latest start, whom to log in as, the sum, how the receipt is entered."""
    text = (Outbox(tmp_path / "outbox").lay(handout) / SHEET).read_text(encoding="utf-8")
    for wanted in (
        "定時",
        "2017-05-10 11:30",
        "gyomu01",
        handout.sha256,
        "1,200 件",
        "fukuhon receipt enter",
        "差分登録",
    ):
        assert wanted in text
    assert "前日の副本登録" not in text


def test_an_immediate_one_is_preceded_by_a_look_at_the_night(tmp_path: Path, handout: Handout) -> None:
    """即時: only after the scheduled processing has ended (seed 1.5.2, note 1)."""
    given = replace(handout, channel=Channel.TERMINAL_IMMEDIATE)
    assert "前日の副本登録" in (Outbox(tmp_path / "outbox").lay(given) / SHEET).read_text(encoding="utf-8")


def test_names_are_escaped(tmp_path: Path, handout: Handout) -> None:
    """A name is text, whatever it looks like."""
    given = replace(handout, body="<b>市</b>", name="a&b.xml")
    text = (Outbox(tmp_path / "outbox").lay(given) / SHEET).read_text(encoding="utf-8")
    assert "<b>" not in text
    assert "a&amp;b.xml" in text


def test_laying_out_twice_changes_nothing(tmp_path: Path, handout: Handout) -> None:
    """Whoever takes over finds what is there."""
    outbox = Outbox(tmp_path / "outbox")
    first = outbox.lay(handout)
    (first / "a.xml.sha256").write_text("ticked")
    assert outbox.lay(handout) == first
    assert (first / "a.xml.sha256").read_text() == "ticked"


def test_another_content_is_not_handed_out(tmp_path: Path, handout: Handout) -> None:
    """The copy is what the books say, or there is none."""
    handout.path.write_bytes(b"<Fill/>")
    with pytest.raises(DataError, match="台帳"):
        Outbox(tmp_path / "outbox").lay(handout)
    assert list((tmp_path / "outbox").iterdir()) == []


def test_a_disk_that_fills_leaves_nothing(tmp_path: Path, handout: Handout, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can take half a file."""

    def full(_descriptor: int) -> None:
        raise OSError(28, "full")

    monkeypatch.setattr("fukuhon.server.terminal.os.fsync", full)
    with pytest.raises(FatalError) as caught:
        Outbox(tmp_path / "outbox").lay(handout)
    assert caught.value.code == "SERVER-040"
    assert list((tmp_path / "outbox").iterdir()) == []


def test_what_is_over_is_taken_away(tmp_path: Path, handout: Handout) -> None:
    """Personal data lies there no longer than it must."""
    outbox = Outbox(tmp_path / "outbox")
    outbox.keep_only(None)
    outbox.lay(handout)
    kept = outbox.lay(replace(handout, attempt=8))
    (tmp_path / "outbox" / ".000003-half").mkdir()
    outbox.keep_only(8)
    assert list((tmp_path / "outbox").iterdir()) == [kept]
    assert (outbox.holds(7), outbox.holds(8)) == (False, True)
