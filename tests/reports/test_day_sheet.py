"""The day's sheet: one sentence first, boxes to tick, and nothing that somebody typed becomes a tag."""

from __future__ import annotations

import runpy
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from fukuhon.clock import tokyo
from fukuhon.reports.day_facts import passwords
from fukuhon.reports.day_sheet import bytes_text, day_judgement, day_sheet
from fukuhon.server.port import Account, Readiness
from fukuhon.site import ROLE_CODES

P = SimpleNamespace(**runpy.run_path(str(Path(__file__).parent / "papers.py")))


def test_quiet_day_says_so() -> None:
    """Nothing to do is a statement, too."""
    assert day_judgement(P.quiet_day()).level == "ok"
    assert "期限が来るパスワードはありません" in day_sheet(P.quiet_day())


def test_what_is_wrong_comes_before_what_is_due() -> None:
    """The verdict names it; its code, sentence, step and section are on the sheet."""
    full = P.full_day()
    assert day_judgement(full).level == "stop"
    assert day_judgement(replace(full, wrong=(), deadlines=full.deadlines[1:])).level == "partial"
    page = day_sheet(full)
    for text in (
        "COMMANDS-106",
        "正本または登録ルールを直して",
        "参照：要領 1.6.3",
        "登録期限を過ぎた異動があります（7件）",
    ):
        assert text in page
    assert page.index("異常と対処") < page.index("今日すること")


def test_stop_in_force_is_told() -> None:
    """Nobody wonders why nothing goes out."""
    assert "送信の停止" in day_judgement(replace(P.quiet_day(), stopped=True)).reasons[0]


def test_names_are_text_and_nothing_is_loaded() -> None:
    """A file's name in angle brackets stays text; no script, no address from outside."""
    page = day_sheet(P.full_day())
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "http://" not in page
    assert "https://" not in page


def test_everything_to_do_has_a_box() -> None:
    """A tick where the books know it is done; else room for one by hand."""
    full = P.full_day()
    lines = len(full.wrong) + len(full.duties) + len(full.deadlines) + len(full.held) + len(full.passwords)
    page = day_sheet(full)
    assert page.count('class="box"') == lines + sum(len(window.files) for window in full.windows)
    assert page.count('aria-label="済"') == 1


def test_spare_volume_is_what_stays_below_the_limit() -> None:
    """The volume must stay unreached (seed 1.4.1): one byte is never spare."""
    window = P.full_day().windows[0]
    assert window.spare == 2_600_000 - 1 - 557_183 - 942_113 - 140_020
    assert replace(window, limit=1_639_316).spare == -1
    assert "超過" in day_sheet(replace(P.full_day(), windows=(replace(window, limit=1_000_000),)))


def test_server_that_was_not_asked_is_no_good_news() -> None:
    """Passwords are then unknown, not fine."""
    assert "未確認" in day_sheet(replace(P.quiet_day(), passwords=None))


def test_end_of_day_is_midnight_of_that_day() -> None:
    """12:00～24:00, not 00:00."""
    assert "12:00～24:00" in day_sheet(P.full_day())


@pytest.mark.parametrize(("count", "text"), [(None, "―"), (0, "0 B"), (-1_500, "−1.5 kB"), (2_600_000, "2.6 MB")])
def test_sizes_are_told_in_units(count: int | None, text: str) -> None:
    """A negative size has a minus of its own."""
    assert bytes_text(count) == text


def test_passwords_are_told_from_fourteen_days_before() -> None:
    """Not before; who helps depends on the role (seed 4.2(1))."""
    officer, administrator = ROLE_CODES["officer"], ROLE_CODES["administrator"]
    accounts = tuple(
        Account(user, role, "D1", None, day, 90)
        for user, role, day in (
            ("fresh", officer, date(2017, 4, 1)),
            ("soon", officer, date(2017, 2, 20)),
            ("gone", officer, date(2017, 1, 1)),
            ("chief", administrator, date(2017, 1, 1)),
        )
    )
    seen = Readiness("normal", 0, (), (), accounts, ())
    found = {each.user: each for each in passwords(seen, date(2017, 5, 10))}
    assert set(found) == {"soon", "gone", "chief"}
    assert (found["soon"].state, found["soon"].expires) == ("まもなく期限", date(2017, 5, 21))
    assert found["gone"].what_to_do == "システム管理者が初期化する。"
    assert "変更画面" in found["chief"].what_to_do


def test_age_is_told_in_days_and_hours() -> None:
    """As an officer would say it."""
    waiting = P.full_day().waiting[0]
    assert waiting.waited(tokyo(P.DAY, 8, 40)) == "1日14時間"
    assert waiting.waited(waiting.since) == "0時間00分"
