"""The reconciliation report: agreement, its limits, and no more than may leave the site."""

from __future__ import annotations

import runpy
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from fukuhon.reports.reconciliation_report import (
    bound_text,
    reconciliation_judgement,
    reconciliation_report,
    reconciliation_steps,
)
from fukuhon.reports.style import Numbers

P = SimpleNamespace(**runpy.run_path(str(Path(__file__).parent / "papers.py")))
INSIDE, OUTSIDE = Numbers(outside=False), Numbers(outside=True)


def test_agreement_is_told_with_how_sure_it_is() -> None:
    """One sentence, the bound in plain words, the strict one beside it."""
    page = reconciliation_report(P.good_reconciliation())
    assert reconciliation_judgement(P.good_reconciliation(), INSIDE).level == "ok"
    for text in (
        "突合した4,700件は、すべて正本と一致しています。",
        "1万件当たり10件未満",
        "信頼度99%",
        "1万件当たり2,056件未満",
    ):
        assert text in page


def test_what_differs_or_is_lost_stops() -> None:
    """Counts of both, what nobody looked for again, and who does what."""
    bad = P.bad_reconciliation()
    verdict = reconciliation_judgement(bad, INSIDE)
    assert verdict.level == "stop"
    assert any("3件" in reason for reason in verdict.reasons)
    assert any("2件" in reason for reason in verdict.reasons)
    assert any("4件" in reason for reason in verdict.reasons)
    assert len(reconciliation_steps(bad, INSIDE)) == 6
    assert "不一致あり" in reconciliation_report(bad)


@pytest.mark.parametrize(
    "change",
    [{"missing": 1}, {"empty": 1}, {"records": 4_699, "matches": 4_699}],
)
def test_doubt_is_no_agreement(change: dict[str, int]) -> None:
    """Not looked for, an empty answer, books that count otherwise: partial, with the reason."""
    verdict = reconciliation_judgement(replace(P.good_reconciliation(), **change), INSIDE)
    assert (verdict.level, len(verdict.reasons)) == ("partial", 1)


def test_nothing_compared_proves_nothing() -> None:
    """And no bound is claimed."""
    good = P.good_reconciliation()
    nothing = replace(good, records=0, matches=0, bound=10_001, requests=(replace(good.requests[0], records=0),))
    assert reconciliation_judgement(nothing, INSIDE).level == "partial"
    assert "信頼度99%）と言えます" not in reconciliation_report(nothing)


def test_bound_past_the_whole_says_nothing() -> None:
    """10,001 in 10,000: nothing was sampled."""
    assert bound_text(10_001) == "何も言えません"
    assert bound_text(10) == "1万件当たり10件未満"


def test_small_counts_do_not_leave_the_site() -> None:
    """Neither as they are, nor through the bound of a stratum of few."""
    page = reconciliation_report(P.bad_reconciliation(), outside=True)
    assert "10件未満" in page
    assert "4,818" not in page
    assert ">7<" not in page
    assert "外部提出用" in page
    assert "4,693" not in page


def test_records_of_the_next_minute_are_not_missing() -> None:
    """Expected 4,702, returned 4,700: two were processed elsewhere; what is missing is not counted twice."""
    good = P.good_reconciliation()
    assert good.elsewhere == 2
    assert replace(good, missing=1).elsewhere == 1
