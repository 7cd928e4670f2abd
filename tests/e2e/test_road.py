"""The whole road without Airflow: library, sender process and stand-in over a small city, through all its days."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from rehearsal.driver_days import moments
from rehearsal.driver_office import Hands
from rehearsal.driver_schedule import one_more_day
from rehearsal.driver_world import Plan, made_city, open_world
from rehearsal.judge import judge
from rehearsal.judge_outputs import summary

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]


def shorter(folder: Path) -> None:
    """Leave out the days that repeat what others show, since each costs seconds."""
    path = folder / "schedule.yaml"
    schedule = yaml.safe_load(path.read_text(encoding="utf-8"))
    for days in (schedule["differential_days"], schedule["differential_uploads"]["days"]):
        days[:] = [*days[:2], days[3]]  # two days of life, and the one on which what was corrected goes again
    schedule["duties"]["preflight"][0]["days"] = schedule["duties"]["preflight"][0]["days"][:1]
    path.write_text(yaml.safe_dump(schedule, allow_unicode=True), encoding="utf-8")


def test_a_small_city_travels_the_whole_road(folder: Path) -> None:
    """The sums close, the stand-in agrees and complains of nothing, all dirt is caught, a quiet day changes nothing."""
    plan = Plan(folder, people=1000, days=2, airflow=False)
    made_city(plan)
    shorter(plan.site)
    with open_world(plan) as world:
        hands = Hands(world)
        for moment in moments(plan.site, world.standin.now()):
            moment.happen(hands)
        judgement = judge(world.site, hands.ledger, world.standin, plan.site / "truth")
        told = summary(hands.ledger, plan.site, judgement, hands.seconds, {})

        assert judgement.good, "\n".join(judgement.verdict())
        assert told["records"]["ok"] > 500
        assert told["records"]["quarantined"] > 0
        assert told["records"]["deleted"] > 0
        assert told["reconciliation"]["requests"] > 0
        assert told["reconciliation"]["mismatches"] == 0
        assert world.standin.traffic()["max_at_once"] == 1

        one_more_day(plan.site)
        for moment in moments(plan.site, world.standin.now()):
            moment.happen(hands)
        after = judge(world.site, hands.ledger, world.standin, plan.site / "truth")
        last = after.accounts.runs[-1][1]

        assert after.good, "\n".join(after.verdict())
        assert (last.new, last.overwritten, last.deleted, last.filed) == (0, 0, 0, 0)
        assert last.unchanged > 0
