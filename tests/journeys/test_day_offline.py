"""A storm takes a loudspeaker's line for a day: it plays on from its own disk, and tells everything afterwards."""

from schedules.ids import ProgrammeId
from schedules.reconciliation import Finding, Verdict
from tests.journeys.conftest import on_both_databases
from tests.journeys.places import TUESDAY, at_once, every_day, in_the_morning, local
from tests.journeys.world import World

pytestmark = on_both_databases


def test_it_plays_from_its_disk_and_everything_is_confirmed_when_the_line_is_back(world: World) -> None:
    morning = world.airs("Bản tin", in_the_morning(last_day=TUESDAY))
    evening = world.airs("Lịch cấp nước", every_day("17:00", until=TUESDAY))
    world.gate.loses_line()
    world.until("12:00")
    world.gate.loses_power()
    world.passes(minutes=10)
    world.gate.boots()
    world.until("05:45", day=TUESDAY)

    played = [local("05:30"), local("17:00"), local("05:30", TUESDAY)]
    assert [sounded.span.start for sounded in world.gate.sounded] == played
    assert not world.ready(world.gate).connected
    unreported = (Verdict.MISSED, "report.none")  # for a day it was awaited
    assert [(each.verdict, each.reason) for each in told(world, morning)] == [unreported, (Verdict.AWAITED, "")]
    assert [each.verdict for each in told(world, evening)] == [Verdict.AWAITED]

    world.gate.has_line_again()
    world.passes(minutes=5)
    assert len(world.gate.sounded) == 3
    confirmed = [*told(world, morning), *told(world, evening)]
    assert {each.verdict for each in confirmed} == {Verdict.CONFIRMED}
    assert sorted(each.started_at for each in confirmed if each.started_at) == played
    assert {len(row.entries) for row in world.log(morning)} == {1}


def test_what_was_approved_meanwhile_was_not_heard_there_and_is_said_to_be_missed(world: World) -> None:
    world.gate.loses_line()
    world.passes(minutes=1)
    notice = world.airs("Tạm ngừng cấp điện", at_once("17:00"))
    world.until("18:00")
    assert world.verdict(notice, world.gate).verdict is Verdict.AWAITED

    world.gate.has_line_again()
    world.passes(minutes=1)
    finding = world.verdict(notice, world.gate)
    assert (finding.verdict, finding.reason) == (Verdict.MISSED, "report.nothing_played")
    assert world.verdict(notice, world.market).verdict is Verdict.CONFIRMED
    assert not world.gate.sounded


def told(world: World, notice: ProgrammeId) -> list[Finding]:
    """What the log says of a notice at the gate, so far."""
    rows = [row for row in world.log(notice) if row.loudspeaker.id == world.gate.id]
    return [row.finding for row in rows if row.planned.start < world.clock.now()]
