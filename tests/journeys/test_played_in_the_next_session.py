"""A zone without power in the morning: its notice comes again in its next session, and nowhere else."""

from dataclasses import replace

from schedules.reconciliation import Verdict
from schedules.slot import CatchUp
from tests.journeys.conftest import on_both_databases
from tests.journeys.places import MONDAY, TUESDAY, WEDNESDAY, in_the_morning, local
from tests.journeys.world import World

pytestmark = on_both_databases


def test_the_zone_that_had_no_power_hears_it_the_next_morning_and_once(world: World) -> None:
    wish = replace(in_the_morning(last_day=MONDAY), catch_up=CatchUp.NEXT_SLOT)
    notice = world.airs("Lịch cắt điện", wish)
    world.until("05:00")
    world.gate.loses_power()
    world.until("08:00")
    assert world.verdict(notice, world.gate).verdict is Verdict.AWAITED
    assert len(world.planned(notice, world.gate)) == 1

    world.gate.boots()
    world.settle()
    assert [item.starts_at for item in world.planned(notice, world.gate)] == [local("05:30"), local("05:30", TUESDAY)]
    assert [item.starts_at for item in world.planned(notice, world.market)] == [local("05:30")]

    world.until("07:00", day=WEDNESDAY)
    assert [sounded.span.start for sounded in world.gate.sounded] == [local("05:30", TUESDAY)]
    assert [sounded.span.start for sounded in world.market.sounded] == [local("05:30")]
    found = [(row.loudspeaker.id, row.finding.verdict) for row in world.log(notice)]
    assert sorted(found) == sorted(
        [
            (world.gate.id, Verdict.MISSED),
            (world.market.id, Verdict.CONFIRMED),
            (world.gate.id, Verdict.CONFIRMED),
        ]
    )
