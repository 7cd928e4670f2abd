"""Answers are read as the contract says, or not at all."""

from __future__ import annotations

import pickle
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fukuhon.clock import TOKYO
from fukuhon.errors import DataError, catalogue
from fukuhon.server import AnswerLost, LineCut, Refused, answers
from fukuhon.server.faults import FAULTS

NS = 'xmlns="urn:fukuhon:answers:1"'
NUMBER = "0601201704120000000001"
RESULTS = f"""<?xml version="1.0" encoding="UTF-8"?>
<Results {NS}>
  <!-- 新しい順 -->
  <Result number="{NUMBER}" received="2017-04-12T09:00+09:00" requester="officer"
    status="処理待ち" processed="0" errors="0"/>
</Results>""".encode()


def test_a_list_of_results() -> None:
    """Statuses stay the words of the screen; instants are in Tokyo."""
    (row,) = answers.results(RESULTS)
    assert row.received == datetime(2017, 4, 12, 9, tzinfo=TOKYO)
    assert (row.number, row.requester, row.status) == (NUMBER, "officer", "処理待ち")


def test_details_name_positions_and_hide_messages() -> None:
    """A message may echo a value of the record, so no repr shows it."""
    detail = answers.detail(
        f'<ResultDetail {NS} number="{NUMBER}" status="処理完了" processed="3" errors="1"'
        ' completed="2017-04-12T23:10:00+09:00" slipped_to="2017-04-13">'
        '<Error position="2" code="E1" message="１２３"/></ResultDetail>'.encode()
    )
    assert [(one.position, one.code, one.message) for one in detail.records] == [(2, "E1", "１２３")]
    assert "１２３" not in repr(detail)
    assert (detail.completed, detail.slipped_to) == (datetime(2017, 4, 12, 23, 10, tzinfo=TOKYO), date(2017, 4, 13))


def test_a_missing_item_is_absent_and_an_empty_one_is_empty() -> None:
    """Null and "" are two things on the wire; both come back as what they are, and none is shown."""
    content = (
        f'<CollationFile {NS} number="080920170413000000001" records="1">'
        '<Record spi="TM1" dataset="TK1" layout="2017.1">'
        "<Addressee>000000000000001</Addressee><Key>2016</Key><Registered>2017-04-12T23:10:00+09:00</Registered>"
        "<Items><I0101/><I0103>値</I0103></Items></Record></CollationFile>"
    ).encode()
    (record,) = answers.collation_file(content)
    assert record.items == {"I0101": "", "I0103": "値"}
    assert "000000000000001" not in repr(record)
    assert "値" not in repr(record)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html/>",
        b'<Results xmlns="urn:other"/>',
        b'<!DOCTYPE a [<!ENTITY x "y">]>' + RESULTS.partition(b"\n")[2],
        RESULTS.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        RESULTS.replace("処理待ち".encode(), "処理中".encode()),
        RESULTS.replace(b'errors="0"', b'errors="-1"'),
        b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4-<a/>',
        RESULTS[:-3],
    ],
)
def test_what_is_not_of_the_contract_is_refused(content: bytes) -> None:
    """A DTD, another encoding, another word, half an answer: an error with a code, and nothing of the content in it."""
    with pytest.raises(DataError) as caught:
        answers.results(content)
    assert caught.value.code == "SERVER-003"


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_answer_breaks_the_reader(content: bytes) -> None:
    """Whatever bytes come, the worst is our own error."""
    with pytest.raises(DataError):
        answers.results(content)


def test_every_fault_of_the_contract_is_told_in_japanese() -> None:
    """The list of the contract and the catalogue are one."""
    readme = (Path(__file__).parents[2] / "include/messages/README.md").read_text(encoding="utf-8")
    listed = readme.partition("Fault codes:")[2].partition("`")[2].partition("`")[0].split()
    assert set(listed) == set(FAULTS)
    assert {FAULTS[fault] for fault in listed} <= set(catalogue())
    assert len({Refused.by(fault).message for fault in listed}) == len(listed)


def test_failures_survive_a_process_border() -> None:
    """What a worker raises arrives with its facts."""
    cut: Any = pickle.loads(pickle.dumps(LineCut("SERVER-020", bytes_sent=7, bytes=9, why="x")))
    lost: Any = pickle.loads(pickle.dumps(AnswerLost("SERVER-021", bytes_sent=9, why="x")))
    refused: Any = pickle.loads(pickle.dumps(Refused.by("busy")))
    assert (cut.bytes_sent, lost.bytes_sent, refused.fault) == (7, 9, "busy")
