"""Alike alarms are one thing to do: one sentence with the sums, and each of them as a line."""

from __future__ import annotations

from datetime import date, timedelta

from fukuhon.clock import tokyo
from fukuhon.errors import catalogue
from fukuhon.vigilance import Alarm, together
from fukuhon.vigilance.alarms import alarm

DUE = tokyo(date(2017, 5, 10), 8, 30)
NOW = DUE + timedelta(days=2)


def undecided(dataset: str, records: int, days: int = 0) -> Alarm:
    """Records of a dataset that wait for a decision; due ``days`` later than the first."""
    due = DUE + timedelta(days=days)
    facts = {"dataset": dataset, "records": records, "due": due, "changed": date(2017, 5, 8), "label": "確定・更新日"}
    return alarm("VIGILANCE-012", dataset, due, NOW, **facts)


def named(subject: str) -> str:
    """The name of a dataset."""
    return f"{subject}の名"


def test_alike_alarms_are_one_with_sums_and_lines() -> None:
    """An officer sees one thing to do, since the oldest of them, and which datasets it is about."""
    (one,) = together([undecided("b", 1_200, days=1), undecided("a", 34)], named)
    assert (one.code, one.due) == ("VIGILANCE-012", DUE)
    assert "2のデータセットの計1,234件" in one.message
    assert one.next_step == undecided("a", 1).next_step
    assert one.lines == ("aの名　34件（05-10 08:30から）", "bの名　1,200件（05-11 08:30から）")


def test_a_dataset_late_for_two_days_counts_once() -> None:
    """It is the datasets that are counted, and the lines tell the days."""
    (one,) = together([undecided("a", 1), undecided("a", 2, days=1)], named)
    assert "1のデータセットの計3件" in one.message
    assert len(one.lines) == 2


def test_one_alone_and_those_that_tell_different_things_stay() -> None:
    """A single alarm keeps its sentence; what has no common sentence is never put together; the order is kept."""
    stop, full = (alarm("COMMANDS-104", str(run), DUE, NOW, run=run) for run in (1, 2))
    alone = undecided("a", 5)
    assert together([stop, alone, full], named) == [stop, alone, full]


def test_common_sentences_need_nothing_but_the_sums() -> None:
    """Also their next steps: what only one of them knows cannot stand there."""
    entries = [entry for entry in catalogue().values() if entry.together]
    assert {entry.code for entry in entries} >= {"VIGILANCE-011", "VIGILANCE-012", "VIGILANCE-017"}
    for entry in entries:
        assert entry.together
        assert entry.together.format(count=2, records=3)
        assert entry.next_step.format() == entry.next_step
