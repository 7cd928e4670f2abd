from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fukuhon.errors import RefusedError
from fukuhon.vigilance import FACTS, Fact, Pretest, Reason, check, require
from fukuhon.windows import Kind

FACT_SETS = st.sets(st.sampled_from(Fact))
KINDS = st.sampled_from(Kind)


def test_nine_items_and_their_sections() -> None:
    """要領 names 3.4.1–3.4.3 and 3.4.5–3.4.9; 3.4.4 is no item and item (9) has no section."""
    sections = {item.number: item.manual for item in FACTS.values()}
    assert list(sections) == [str(n) for n in range(1, 10)]
    assert list(sections.values()) == [*(f"3.4.{n}" for n in (1, 2, 3, 5, 6, 7, 8, 9)), None]
    assert set(FACTS) == set(Fact)


@given(FACT_SETS, KINDS)
def test_any_lack_forbids_and_is_named_once(lacking: set[Fact], kind: Kind) -> None:
    """Whatever the upload: allowed only when nothing is lacking, and each item is named once, in its order."""
    found = check(kind, lacking, allotted=True, masters_needed=True)
    assert found.allowed == (not lacking)
    assert list(found.items) == sorted({FACTS[fact].number for fact in lacking})
    assert len(found.wordings) == len(lacking)


@given(FACT_SETS)
def test_masters_in_the_system_bear_only_where_it_needs_them(lacking: set[Fact]) -> None:
    """Item (8) is 既存システムの必要に応じて."""
    found = check(Kind.INITIAL, lacking | {Fact.MASTERS_IN_SYSTEM}, allotted=True, masters_needed=False)
    assert found == check(Kind.INITIAL, lacking - {Fact.MASTERS_IN_SYSTEM}, allotted=True, masters_needed=True)


@pytest.mark.parametrize("kind", Kind)
def test_only_initial_needs_a_day_of_its_own(kind: Kind) -> None:
    """差分 and the pretest go on unallotted days too (seed 1.4.2, 1.5.1)."""
    found = check(kind, [], allotted=False, masters_needed=True)
    assert found.allowed == (kind is not Kind.INITIAL)


def pretest(**changed: object) -> Pretest:
    """Three records of the one dataset in scope."""
    values = {"records": {"TK1": 3}, "in_scope": frozenset({"TK1"}), "real_data": True} | changed
    return Pretest(**values)


@pytest.mark.parametrize(("count", "allowed"), [(5, True), (6, False)])
def test_pretest_sends_a_few_records_of_a_dataset(count: int, allowed: bool) -> None:  # noqa: FBT001 (a table)
    """数件程度: five, a setting."""
    found = check(
        Kind.PRETEST, [], allotted=False, masters_needed=True, pretest=pretest(records={"TK1": count, "TK2": 1})
    )
    assert found.allowed is allowed


def test_pretest_sends_real_records() -> None:
    """必ず本番用: it is the production server."""
    found = check(Kind.PRETEST, [], allotted=True, masters_needed=True, pretest=pretest(real_data=False))
    assert (found.allowed, found.reason) == (False, Reason.NOT_REAL_DATA)


@pytest.mark.parametrize("records", [{}, {"TK1": 0}, {"TK2": 3}])
def test_pretest_is_complete_with_a_record_of_every_dataset(records: dict[str, int]) -> None:
    """全てのデータセットで1件以上; an incomplete one may go and is said to be incomplete."""
    found = check(Kind.PRETEST, [], allotted=True, masters_needed=True, pretest=pretest(records=records))
    assert (found.allowed, found.complete) == (True, False)


def test_pretest_needs_the_mode_too() -> None:
    """通常実行モード, so never 5/15–5/26 (seed 1.4.2)."""
    lacking = [Fact.NORMAL_MODE]
    assert not check(Kind.PRETEST, lacking, allotted=True, masters_needed=True, pretest=pretest()).allowed


def test_what_is_allowed_is_let_through() -> None:
    """No error."""
    require(check(Kind.INITIAL, [], allotted=True, masters_needed=True))


def test_refusal_names_items_and_sections() -> None:
    """An officer reads what is lacking and where it is written."""
    with pytest.raises(RefusedError) as caught:
        require(check(Kind.INITIAL, [Fact.VPN_STEADY, Fact.ACCOUNTS_MADE], allotted=True, masters_needed=True))
    assert caught.value.code == "VIGILANCE-001"
    assert "(4) アカウントの作成、(9) VPN切断が発生していないこと" in caught.value.message
    assert "3.4.5" in caught.value.next_step


def test_item_without_a_section_says_so() -> None:
    """Item (9)."""
    with pytest.raises(RefusedError) as caught:
        require(check(Kind.INITIAL, [Fact.VPN_STEADY], allotted=True, masters_needed=True))
    assert "なし" in caught.value.next_step


@pytest.mark.parametrize(
    ("changed", "code"),
    [({}, "VIGILANCE-002"), ({"records": {"TK1": 99}}, "VIGILANCE-003"), ({"real_data": False}, "VIGILANCE-004")],
)
def test_each_reason_has_a_wording(changed: dict[str, object], code: str) -> None:
    """Not allotted, too many, not the real data."""
    kind, given_ = (Kind.PRETEST, pretest(**changed)) if changed else (Kind.INITIAL, None)
    with pytest.raises(RefusedError) as caught:
        require(check(kind, [], allotted=False, masters_needed=True, pretest=given_))
    assert caught.value.code == code
