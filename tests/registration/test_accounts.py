"""The books of the runs are closed one after the other, each on what the one before it left."""

from __future__ import annotations

from datetime import date

import pytest

from fukuhon.clock import tokyo
from fukuhon.errors import FatalError
from fukuhon.ledger import tallies
from fukuhon.registration import initial, pretest
from fukuhon.registration.accounts import close_books
from rehearsal.town import SPI, Town

AS_OF = tokyo(date(2017, 4, 11))


def test_books_that_tell_of_more_than_was_left_are_not_closed(town: Town) -> None:
    """Five records are written to the first run that no accepted file holds: the second one has lost them."""
    first = pretest.prepare(town.desk, AS_OF)
    second = initial.prepare(town.desk, SPI, AS_OF)
    assert first.run is not None
    assert second.run is not None
    with town.desk.ledger.transaction("somebody") as tx:
        cell = next(iter(tallies.of_run(tx, first.run)))
        tallies.put(tx, first.run, *cell, registered=5, state_after=5)
    with pytest.raises(FatalError, match="REGISTRATION-020") as caught:
        close_books(town.desk, {second.run})
    assert caught.value.facts["before"] == 5
