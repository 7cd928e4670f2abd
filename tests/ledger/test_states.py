"""The table of states is closed, ends, and is what the page shows."""

from __future__ import annotations

import re
from pathlib import Path

from fukuhon.ledger.states import ACCEPTED, FINISHED, ON_THE_WIRE, QUEUED, TRANSITIONS, WAITING, FileState, allowed

PAGE = Path(__file__).parents[2] / "docs/file-states.md"
PAIRS = {(before.value, after.value) for before, afters in TRANSITIONS.items() for after in afters}


def reachable(start: FileState) -> set[FileState]:
    """All states that may follow, in any number of steps."""
    found: set[FileState] = set()
    border = {start}
    while border:
        border = {after for state in border for after in TRANSITIONS[state]} - found
        found |= border
    return found


def test_every_state_stands_in_the_table_and_is_reached() -> None:
    """No state without a row, none that nothing leads to."""
    assert set(TRANSITIONS) == set(FileState)
    assert reachable(FileState.PREPARED) == set(FileState) - {FileState.PREPARED}


def test_every_life_can_end() -> None:
    """From each state an end can be reached, and the ends are these three."""
    ends = {state for state in FileState if not TRANSITIONS[state]}
    assert ends == {FileState.CLOSED, FileState.REJECTED_WHOLE, FileState.SUPERSEDED}
    assert all(reachable(state) & ends for state in set(FileState) - ends)


def test_what_may_be_on_the_server_is_never_forgotten() -> None:
    """Superseded never follows sending, received or a doubt."""
    for state in (FileState.SENDING, FileState.IN_DOUBT, FileState.CUT, *WAITING, *ACCEPTED):
        assert not allowed(state, FileState.SUPERSEDED)


def test_a_doubt_is_never_answered_by_sending() -> None:
    """From in_doubt no way leads to the wire but through a settlement."""
    assert TRANSITIONS[FileState.IN_DOUBT] == {FileState.RECEIVED, FileState.CUT}


def test_each_state_is_counted_once() -> None:
    """Every state belongs to exactly one name of the accounting."""
    groups = [QUEUED, WAITING, ACCEPTED, {FileState.IN_DOUBT}, {FileState.REJECTED_WHOLE}, {FileState.SUPERSEDED}]
    assert sorted(state for group in groups for state in group) == sorted(FileState)
    assert {FileState.SENDING, FileState.IN_DOUBT} == ON_THE_WIRE
    assert FileState.IN_DOUBT not in FINISHED


def test_the_page_shows_the_table() -> None:
    """The diagram and the table of docs/file-states.md name exactly the transitions of the code."""
    text = PAGE.read_text(encoding="utf-8")
    assert set(re.findall(r"^    (\w+) --> (\w+)$", text, re.MULTILINE)) == PAIRS
    assert set(re.findall(r"^\| `(\w+)` \| `(\w+)` \|", text, re.MULTILINE)) == PAIRS
