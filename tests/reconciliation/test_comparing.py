from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest

from fukuhon.errors import DataError
from fukuhon.files import read_sidecar
from fukuhon.reconciliation import Comparison, compare, confirm, spans
from fukuhon.records import Holdings

MINUTE = "2017-04-12 22:05"


def compared(city: Any, answer: Any, asked: Any, instant: Any) -> Comparison:
    """Compare an answer with what the city has sent."""
    with Holdings(city.accepted, city.pending, at=instant) as holdings:
        return compare(answer, asked, holdings, spans(city.accepted), city.fingerprints)


def named(found: Comparison) -> dict[str, str]:
    """Who is found to be what, and why."""
    rows = found.findings.to_pylist()
    return {row["addressee"][-1]: f"{row['class']} {row['reason'] or ''}".strip() for row in rows}


@pytest.fixture
def whole(city: Any, at: Any) -> Any:
    """One file of six people that lies wholly within the minute."""
    city.accept(dict.fromkeys(range(1, 7), "a"), at("2017-04-12 22:05:40"), received=at("2017-04-12 22:05:10"))
    return city


def test_all_as_sent(whole: Any, answer: Any, asked: Any, at: Any) -> None:
    """Six records, six matches, by variation."""
    found = compared(
        whole, answer(dict.fromkeys(range(1, 7), "a"), at(MINUTE)), asked(at(MINUTE)), at("2017-04-13 08:00")
    )
    assert (found.returned, found.matches, found.mismatches, found.missing, found.elsewhere) == (6, 6, 0, 0, 0)
    assert found.strata == {"普通徴収": (4, 0), "特別徴収": (2, 0)}
    assert not len(found.findings)
    assert not len(confirm(found, {}).lost)
    assert not found.empty
    assert found.number == "080920170420000000001"


def test_other_content_differs(whole: Any, answer: Any, asked: Any, at: Any) -> None:
    """Even a blank at the end."""
    people = dict.fromkeys(range(1, 7), "a") | {2: "a ", 3: "", 4: None}
    found = compared(whole, answer(people, at(MINUTE)), asked(at(MINUTE)), at("2017-04-13 08:00"))
    assert named(found) == {"2": "differs content", "3": "differs content", "4": "differs content"}
    assert found.mismatches == found.differs == 3
    assert found.strata == {"普通徴収": (4, 2), "特別徴収": (2, 1)}


def test_old_content_come_back_is_named_so(city: Any, answer: Any, asked: Any, at: Any) -> None:
    """A slipped file landed after a newer one."""
    city.accept({1: "old", 2: "old"}, at("2017-04-11 22:05:40"))
    city.accept({1: "new", 2: "new"}, at("2017-04-12 22:05:40"))
    found = compared(city, answer({1: "old", 2: "new"}, at(MINUTE)), asked(at(MINUTE)), at("2017-04-13 08:00"))
    assert named(found) == {"1": "differs older"}


def test_what_nobody_sent_is_unexpected(whole: Any, answer: Any, asked: Any, at: Any) -> None:
    """Held by the server, unknown to the books."""
    people = dict.fromkeys(range(1, 7), "a") | {9: "a"}
    found = compared(whole, answer(people, at(MINUTE)), asked(at(MINUTE)), at("2017-04-13 08:00"))
    assert named(found) == {"9": "unexpected unknown"}
    assert found.mismatches == 1


def test_error_records_that_are_held_are_unexpected(city: Any, answer: Any, asked: Any, at: Any) -> None:
    """The details said that they were not registered."""
    city.accept({1: "a", 2: "a", 3: "a"}, at("2017-04-12 22:05:40"), errors=(2,))
    found = compared(city, answer(dict.fromkeys((1, 2, 3), "a"), at(MINUTE)), asked(at(MINUTE)), at("2017-04-13 08:00"))
    assert named(found) == {"2": "unexpected error_record"}
    without = compared(city, answer({1: "a", 3: "a"}, at(MINUTE)), asked(at(MINUTE)), at("2017-04-13 08:00"))
    assert (without.matches, without.missing) == (2, 0)


def test_deleted_records_that_are_held_are_unexpected(city: Any, answer: Any, asked: Any, at: Any) -> None:
    """A deletion that did not take."""
    city.accept({1: "a", 2: "a"}, at("2017-04-12 22:05:40"))
    city.accept({1: "a"}, at("2017-04-13 22:05:40"), operation="delete")
    found = compared(city, answer({1: "a", 2: "a"}, at(MINUTE)), asked(at(MINUTE)), at("2017-04-14 08:00"))
    assert named(found) == {"1": "unexpected deleted"}


def test_a_record_twice_is_unexpected(whole: Any, answer: Any, asked: Any, at: Any) -> None:
    """Where several copies match an inquiry the answer is an error (seed 4.7 #3)."""
    once = answer(dict.fromkeys(range(1, 7), "a"), at(MINUTE))
    twice = type(once)(once.number, pa.concat_tables([once.records, once.records.slice(0, 1)]))
    found = compared(whole, twice, asked(at(MINUTE)), at("2017-04-13 08:00"))
    assert (found.matches, named(found)) == (6, {"1": "unexpected twice"})


def test_a_minute_mixes_files(city: Any, answer: Any, asked: Any, at: Any) -> None:
    """The answer is compared with the union of what was sent."""
    city.accept({1: "a", 2: "a"}, at("2017-04-12 22:05:10"))
    city.accept({3: "b"}, at("2017-04-12 22:05:20"))
    city.accept({4: "c", 1: "d"}, at("2017-04-12 22:05:30"))
    people = {1: "d", 2: "a", 3: "b", 4: "c"}
    found = compared(city, answer(people, at(MINUTE)), asked(at(MINUTE)), at("2017-04-13 08:00"))
    assert (found.matches, found.mismatches, found.missing) == (4, 0, 0)


def test_what_is_on_its_way_is_neither_wrong_nor_lost(city: Any, answer: Any, asked: Any, at: Any) -> None:
    """The server has processed a file whose result nobody has read yet."""
    city.accept(dict.fromkeys((1, 2, 3, 4), "a"), at("2017-04-12 22:05:40"))
    city.prepare({2: "b", 3: "b", 5: "b"}, at("2017-04-13 00:00"))
    found = compared(
        city, answer({1: "a", 2: "b", 4: "a", 5: "b"}, at(MINUTE)), asked(at(MINUTE)), at("2017-04-13 08:00")
    )
    assert (found.matches, found.in_flight, found.mismatches, found.missing) == (2, 2, 0, 0)
    assert found.elsewhere == 1, "number 3 may have been processed again in another minute"


def test_other_content_is_wrong_in_spite_of_a_file_on_its_way(city: Any, answer: Any, asked: Any, at: Any) -> None:
    """Neither what is held nor what is coming."""
    city.accept({1: "a"}, at("2017-04-12 22:05:40"))
    city.prepare({1: "b"}, at("2017-04-13 00:00"))
    found = compared(city, answer({1: "c"}, at(MINUTE)), asked(at(MINUTE)), at("2017-04-13 08:00"))
    assert named(found) == {"1": "differs content"}


def test_missing_is_looked_for_again_before_it_is_lost(
    whole: Any, answer: Any, asked: Any, at: Any, fingerprints: Any
) -> None:
    """Its file lay wholly within the minute, and it did not come back: missing, until a second look."""
    people = dict.fromkeys((1, 2, 3, 4), "a")
    found = compared(whole, answer(people, at(MINUTE)), asked(at(MINUTE)), at("2017-04-13 08:00"))
    assert named(found) == {"5": "missing whole_file", "6": "missing whole_file"}
    assert found.mismatches == 0, "missing is not yet wrong"
    five, six = found.findings["identity_hash"].to_pylist()
    second = confirm(found, {five: True, six: False})
    assert (second.found, second.lost["identity_hash"].to_pylist(), second.open) == (1, [six], 0)
    unseen = confirm(found, {})
    assert (unseen.found, len(unseen.lost), unseen.open) == (0, 0, 2), "nobody looked: not lost, still open"


def test_a_guessed_start_misses_nobody(city: Any, answer: Any, asked: Any, at: Any) -> None:
    """Nobody knows when the file began: what did not come back may have been processed a minute before."""
    city.accept(dict.fromkeys(range(1, 7), "a"), at("2017-04-12 22:05:40"))
    found = compared(city, answer({6: "a"}, at(MINUTE)), asked(at(MINUTE)), at("2017-04-13 08:00"))
    assert (found.matches, found.missing, found.elsewhere) == (1, 0, 5)


def test_an_empty_minute_proves_nothing(whole: Any, answer: Any, asked: Any, at: Any) -> None:
    """Not even that a record is missing."""
    found = compared(whole, answer({}, at(MINUTE)), asked(at(MINUTE)), at("2017-04-13 08:00"))
    assert found.empty
    assert (found.missing, found.elsewhere, found.strata) == (0, 6, {})


def test_a_long_file_lies_in_many_minutes(city: Any, answer: Any, asked: Any, at: Any) -> None:
    """Records outside the run that came back are elsewhere; a gap within the run is missing."""
    city.accept({98: "y", 99: "z"}, at("2017-04-12 22:00:00"))
    file = city.accept(dict.fromkeys(range(1, 10), "a"), at("2017-04-12 22:10:00"))
    city.accept({97: "x"}, at("2017-04-12 22:11:10"))
    as_filed = [int(addressee) for addressee in read_sidecar(file.sidecar)["addressee"].to_pylist()]
    came = [as_filed[place] for place in (2, 3, 5)]
    found = compared(city, answer(dict.fromkeys(came, "a"), at(MINUTE)), asked(at(MINUTE)), at("2017-04-13 08:00"))
    assert named(found) == {str(as_filed[4]): "missing gap"}
    assert (found.matches, found.elsewhere) == (3, 5)


def test_another_minute_is_not_expected(city: Any, answer: Any, asked: Any, at: Any) -> None:
    """What was processed at other times is no part of the comparison."""
    city.accept({1: "a"}, at("2017-04-12 22:05:40"))
    city.accept({2: "a"}, at("2017-04-13 22:30:00"))
    found = compared(city, answer({1: "a"}, at(MINUTE)), asked(at(MINUTE)), at("2017-04-14 08:00"))
    assert (found.matches, found.missing, found.elsewhere) == (1, 0, 0)


def test_renewed_records_are_not_missed(city: Any, answer: Any, asked: Any, at: Any) -> None:
    """A record that was registered again has left its old minute."""
    city.accept({1: "a", 2: "a"}, at("2017-04-12 22:05:40"))
    city.accept({1: "b"}, at("2017-04-13 22:05:40"))
    found = compared(city, answer({2: "a"}, at(MINUTE)), asked(at(MINUTE)), at("2017-04-14 08:00"))
    assert (found.matches, found.missing, found.elsewhere) == (1, 0, 0)


@pytest.mark.parametrize("what", ["minute", "dataset", "key", "version"])
def test_an_answer_to_something_else_is_refused(whole: Any, answer: Any, asked: Any, at: Any, what: Any) -> None:
    """The file of another request, or of another day."""
    other = {
        "minute": {"registered": pa.array([at(MINUTE) + timedelta(minutes=1)], pa.timestamp("us", "Asia/Tokyo"))},
        "dataset": {"dataset": pa.array(["TK00000200000002"])},
        "key": {},
        "version": {"record_version": pa.array(["3.1"])},
    }[what]
    key, request = "2017" if what == "key" else "2016", asked(at(MINUTE))
    if what == "version":
        request = type(request)(*[getattr(request, name) if name != "version" else "2" for name in request.__slots__])
    with pytest.raises(DataError, match="RECONCILIATION-003"):
        compared(whole, answer({1: "a"}, at(MINUTE), key, **other), request, at("2017-04-13 08:00"))
