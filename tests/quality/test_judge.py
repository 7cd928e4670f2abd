from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fukuhon.errors import ConfigurationError, DataError, FatalError
from fukuhon.quality import Severity, StopAbove, Verdict

Judge = Callable[..., Verdict]


def test_a_failing_record_stays_back_with_every_reason(make: SimpleNamespace, judged: Judge) -> None:
    """Reasons stand in the order in which the rules are declared; a record that is right has none."""
    table = make.batch(I0101=["1", None, "3"], I0102=["a", None, None])
    verdict = judged(table, make.row("one", "I0101 IS NOT NULL"), make.row("two", "I0102 IS NOT NULL"))
    assert make.reasons(verdict) == {2: ["one", "two"], 3: ["two"]}
    assert verdict.counts == {"one": {"特別徴収": 1}, "two": {"特別徴収": 2}}
    assert verdict.quarantined == {"特別徴収": 2}
    assert verdict.judged == {"特別徴収": 3}
    assert verdict.passed


def test_pass_must_be_true_and_null_is_not(make: SimpleNamespace, judged: Judge) -> None:
    """A ``pass`` that cannot be told is a failure: silence is no proof."""
    assert make.reasons(judged(make.batch(I0101=["1", None]), make.row("r", "I0101 = '1'"))) == {2: ["r"]}


def test_when_leaves_the_others_alone(make: SimpleNamespace, judged: Judge) -> None:
    """Where ``when`` is not true, also where it is NULL, the record holds."""
    table = make.batch(I0101=[None, None, None], I0104=["1", "2", None])
    assert make.reasons(judged(table, make.row("r", "I0101 IS NOT NULL", when="I0104 = '1'"))) == {1: ["r"]}


def test_only_records_in_scope_and_not_withheld_are_judged(make: SimpleNamespace, judged: Judge) -> None:
    """What is not sent need not be right; it is neither judged nor quarantined."""
    table = make.batch(I0101=[None, None, None], scope=[None, "SC-1", None], withhold=[None, None, "WH-1"])
    verdict = judged(table, make.row("r", "I0101 IS NOT NULL"))
    assert verdict.judged == {"特別徴収": 1}
    assert make.reasons(verdict) == {1: ["r"]}


def test_a_warning_is_counted_and_holds_nothing_back(make: SimpleNamespace, judged: Judge) -> None:
    """Severity warn: the count is in the verdict, the record goes on."""
    verdict = judged(make.batch(I0101=[None]), make.row("r", "I0101 IS NOT NULL", "warn"))
    assert verdict.counts == {"r": {"特別徴収": 1}}
    assert verdict.passed
    assert make.reasons(verdict) == {}


def test_a_stop_rule_stops(make: SimpleNamespace, judged: Judge) -> None:
    """Severity stop: one failing record and nothing may be written."""
    verdict = judged(make.batch(I0101=["1", None]), make.row("r", "I0101 IS NOT NULL", "stop"))
    assert verdict.stops == ("r",)
    assert not verdict.passed


def test_many_failures_of_a_quarantine_rule_stop_the_run(make: SimpleNamespace, judged: Judge) -> None:
    """A shifted file is not thousands of single mistakes: above the stated share the run stops."""
    rule = replace(make.row("r", "I0101 IS NOT NULL"), stop_above=StopAbove(0.5, "列のずれ"))
    assert judged(make.batch(I0101=["1", None]), rule).passed
    assert judged(make.batch(I0101=[None, None, "1"]), rule).stops == ("r",)


def test_split_gives_what_may_be_written_and_what_stays(make: SimpleNamespace, judged: Judge) -> None:
    """Out of scope and withheld are in neither part."""
    table = make.batch(I0101=["1", None, "3", "4"], scope=[None, None, "SC-1", None], withhold=[None, None, None, "WH"])
    good, held = judged(table, make.row("r", "I0101 IS NOT NULL")).split(table)
    assert good["row_no"].to_pylist() == [1]
    assert held["row_no"].to_pylist() == [2]


def test_the_quarantine_is_its_owners_only(make: SimpleNamespace, judged: Judge) -> None:
    """0600 in a folder 0700, and nothing else is left there."""
    verdict = judged(make.batch(I0101=[None]), make.row("r", "I0101 IS NOT NULL"))
    assert stat.S_IMODE(verdict.quarantine.stat().st_mode) == 0o600
    assert stat.S_IMODE(verdict.quarantine.parent.stat().st_mode) == 0o700
    assert list(verdict.quarantine.parent.iterdir()) == [verdict.quarantine]


def test_identities_are_hashed_by_who_holds_the_key(make: SimpleNamespace, judged: Judge) -> None:
    """The quarantine carries what ``identify`` makes of addressee, record key and version."""

    def identify(identities: pa.Table) -> pa.Array:
        assert identities.column_names == ["addressee", "record_key", "record_version"]
        return pa.array([key.encode().ljust(32) for key in identities["record_key"].to_pylist()], pa.binary(32))

    table = make.batch(I0101=["1", None], record_key=["2016", "2017"])
    verdict = judged(table, make.row("r", "I0101 IS NOT NULL"), identify=identify)
    assert pq.read_table(verdict.quarantine)["identity_hash"].to_pylist() == [b"2017".ljust(32)]


@pytest.mark.parametrize("pieces", [1, 2, 7])
def test_unique_is_over_the_whole_whatever_the_pieces(make: SimpleNamespace, judged: Judge, pieces: int) -> None:
    """All records of a double key fail, though they come in different batches: nobody knows which one is right."""
    table = make.batch(record_key=["A", "B", "A", "C", None, None, "B"])
    size = -(-7 // pieces)
    verdict = judged([table.slice(start, size) for start in range(0, 7, size)], make.unique("u", ["record_key"]))
    assert make.reasons(verdict) == {1: ["u"], 2: ["u"], 3: ["u"], 7: ["u"]}


def test_a_key_belongs_to_one_owner(make: SimpleNamespace, judged: Judge) -> None:
    """The same person may have a key twice under ``owner``; two people may not."""
    table = make.batch(record_key=["A", "A", "B", "B"], addressee=["1", "1", "2", "3"])
    assert make.reasons(judged(table, make.unique("o", ["record_key"], ["addressee"]))) == {3: ["o"], 4: ["o"]}


def test_rules_on_one_key_do_not_mix(make: SimpleNamespace, judged: Judge) -> None:
    """They share the look for double keys; whom each judges is its own: a record without an owner has none."""
    table = make.batch(
        addressee=["1", None, "2", "2", "3", "4"], record_key=["a", "a", "b", "b", "c", "c"], I0104=["1"] * 5 + ["0"]
    )
    rules = (
        make.unique("once", ["record_key"]),
        make.unique("one-owner", ["record_key"], ["addressee"]),
        make.unique("when", ["record_key"], when="I0104 = '1'"),
    )
    assert make.reasons(judged(table, *rules)) == {
        1: ["once", "when"],
        2: ["once", "when"],
        3: ["once", "when"],
        4: ["once", "when"],
        5: ["once", "one-owner"],
        6: ["once", "one-owner"],
    }


def test_when_of_a_unique_rule_leaves_records_out(make: SimpleNamespace, judged: Judge) -> None:
    """Only records for which ``when`` is true can clash."""
    table = make.batch(record_key=["A", "A", "A"], I0104=["1", "2", "1"])
    assert make.reasons(judged(table, make.unique("u", ["record_key"], when="I0104 = '1'"))) == {1: ["u"], 3: ["u"]}


def test_a_number_issued_again_is_found_in_the_baseline(make: SimpleNamespace, judged: Judge) -> None:
    """One key one person over time: the incident of the reissued number."""
    accepted = pa.table({"addressee": ["000000000000009", "000000000000002"], "record_key": ["N-1", "N-2"]})
    table = make.batch(
        record_key=["N-1", "N-2", "N-3"], addressee=["000000000000001", "000000000000002", "000000000000003"]
    )
    rule = make.baseline("b", ["record_key"], "base_addressee <> addressee")
    assert make.reasons(judged(table, rule, accepted=accepted)) == {1: ["b"]}


def test_a_baseline_without_the_columns_is_named(make: SimpleNamespace, judged: Judge) -> None:
    """An earlier state that cannot be compared is no reason to compare nothing."""
    rule = make.baseline("b", ["record_key"], "base_addressee <> addressee")
    with pytest.raises(DataError, match=r"QUALITY-004.*base_addressee"):
        judged(make.batch(I0101=["1"]), rule, accepted=pa.table({"record_key": ["2016"]}))


def test_without_a_baseline_nothing_is_compared_and_that_is_said(make: SimpleNamespace, judged: Judge) -> None:
    """A first registration: the rule is run all the same, and its outcome says that there was nothing to compare."""
    verdict = judged(make.batch(I0101=["1"]), make.baseline("b", ["record_key"], "base_addressee <> addressee"))
    assert verdict.outcomes[0].compared is False
    assert verdict.evidence.complete


def test_the_register_is_joined_by_addressee(make: SimpleNamespace, judged: Judge) -> None:
    """A record of somebody whom the register does not know has NULLs, which a ``pass`` does not forgive."""
    register = pa.table(
        {"addressee": ["000000000000001", "000000000000002"], "birth_date": ["1950-01-01", "1960-02-02"]}
    )
    table = make.batch(I0103=["1950-01-01", "1950-01-01", "1950-01-01"], addressee=[f"{n:015d}" for n in (1, 2, 3)])
    rule = make.row("birth", "reg_birth_date = I0103")
    assert make.reasons(judged(table, rule, register=register)) == {2: ["birth"], 3: ["birth"]}


def test_an_addressee_twice_in_the_register_is_refused(make: SimpleNamespace, judged: Judge) -> None:
    """Records would double, and nobody could say who is who."""
    register = pa.table({"addressee": ["1", "1"], "sex": ["1", "2"]})
    with pytest.raises(DataError, match="QUALITY-007"):
        judged(make.batch(I0101=["1"]), make.row("r", "reg_sex = '1'"), register=register)


def test_a_rule_that_reads_the_register_needs_one(make: SimpleNamespace, judged: Judge) -> None:
    """Not a rule that silently holds."""
    with pytest.raises(ConfigurationError, match="QUALITY-006"):
        judged(make.batch(I0101=["1"]), make.row("r", "reg_sex = '1'"))


def test_a_missing_column_is_named(make: SimpleNamespace, judged: Judge) -> None:
    """The column's name, which is no value."""
    with pytest.raises(DataError, match=r"QUALITY-004.*I0999"):
        judged(make.batch(I0101=["1"]), make.row("r", "I0999 = '1'"))


def test_as_of_is_the_day_of_the_data(make: SimpleNamespace, judged: Judge) -> None:
    """Nothing else knows the time."""
    table = make.batch(I0103=["2017-05-08", "2017-05-09"])
    assert make.reasons(judged(table, make.row("r", "date_of(I0103) <= as_of"))) == {2: ["r"]}


def test_a_row_number_twice_is_a_contradiction(make: SimpleNamespace, judged: Judge) -> None:
    """Counts by row would lie."""
    with pytest.raises(FatalError, match="QUALITY-013"):
        judged([make.batch(I0101=["1"]), make.batch(I0101=["2"])], make.row("r", "I0101 IS NOT NULL"))


def test_no_record_at_all_is_judged_too(make: SimpleNamespace, judged: Judge) -> None:
    """Every rule is run over nothing, and holds."""
    rules = (make.row("r", "I0101 IS NOT NULL"), make.unique("u", ["record_key"]))
    for tables in ([], [make.batch(I0101=["1"], scope=["SC-1"])]):
        verdict = judged(tables, *rules)
        assert verdict.evidence.complete
        assert verdict.passed
        assert make.reasons(verdict) == {}


def test_counts_by_variation_add_up_to_the_verdict_of_record(make: SimpleNamespace, judged: Judge) -> None:
    """Great Expectations' count is our count, spread over the business variations."""
    table = make.batch(I0101=[None, None, "1", None], variation=["甲", "乙", "乙", "乙"])
    outcome = judged(table, make.row("r", "I0101 IS NOT NULL")).outcomes[0]
    assert outcome.by_variation == {"甲": 1, "乙": 2}
    assert outcome.result.unexpected == 3
    assert outcome.result.elements == 4


def test_severities_reach_great_expectations(make: SimpleNamespace, judged: Judge) -> None:
    """The value-free results carry the rule, its severity and counts, nothing more."""
    gx = judged(make.batch(I0101=[None]), make.row("r", "I0101 IS NOT NULL", Severity.WARN.value)).gx
    assert gx["rules"] == {"declared": 1, "loaded": 1, "run": 1}
    assert gx["results"] == [
        {
            "rule": "r",
            "kind": "row",
            "severity": "warn",
            "success": False,
            "element_count": 1,
            "unexpected_count": 1,
            "compared": True,
        }
    ]
