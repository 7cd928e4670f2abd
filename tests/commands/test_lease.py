"""``fukuhon lease``: shown to anybody; taken over from a holder that nothing can be proven of by two people."""

from __future__ import annotations

from typing import Any

from fukuhon.ledger import Holder, Ledger, lease

FAR = Holder("another-host", "boot", 4321, 1)


def hold(hamlet: Any, who: Holder) -> None:
    """Let the lease be a process's."""
    ledger = Ledger.open(hamlet.site.ledger_url(), hamlet.site.clock())
    with ledger.transaction("sender") as tx:
        lease.acquire(tx, who)
    ledger.close()


def test_two_people_take_the_lease_over(hamlet: Any) -> None:
    """Nobody has to where the lease is free; else one asks, another approves, and only then it passes on."""
    assert hamlet.json("lease", "show")["holder"] is None
    assert "COMMANDS-061" in hamlet.run("lease", "take-over", user="ichiro").output
    hold(hamlet, FAR)
    shown = hamlet.json("lease", "show")
    assert shown["holder"] == {"host": "another-host", "pid": 4321}
    assert not shown["dead"]

    asked = hamlet.json("lease", "take-over", user="hanako")
    again = hamlet.json("lease", "take-over", user="hanako")
    assert (asked["state"], again["approval"]) == ("asked", asked["approval"])
    assert hamlet.run("approve", str(asked["approval"]), user="hanako").exit_code == 1
    assert hamlet.run("approve", str(asked["approval"]), user="ichiro").exit_code == 0
    taken = hamlet.json("lease", "take-over", user="hanako")

    assert (taken["state"], taken["fence"], taken["doubts"]) == ("taken_over", shown["fence"] + 1, 0)
    assert hamlet.json("lease", "show")["fence"] == taken["fence"]
