"""An agent is stopped for a while: what it began is partial, what it slept through is missed, each with its reason."""

from datetime import timedelta

from schedules.reconciliation import Verdict
from tests.journeys.places import at_once, local
from tests.journeys.world import World


def test_what_it_slept_through_is_missed_and_what_it_began_is_partial(world: World) -> None:
    begun = world.airs("Bản tin", at_once("05:45"), lasts=timedelta(minutes=5))
    slept = world.airs("Họp thôn", at_once("05:52"))
    later = world.airs("Lịch cấp nước", at_once("06:05"))
    world.until("05:47")

    world.gate.is_stopped()
    finding = world.verdict(begun, world.gate)
    assert (finding.verdict, finding.reason) == (Verdict.PARTIAL, "device.stopped")
    assert finding.ended_at == local("05:47")
    world.until("06:00")
    assert not world.ready(world.gate).connected
    assert world.verdict(slept, world.gate).verdict is Verdict.AWAITED

    world.gate.boots()
    world.until("06:10")
    finding = world.verdict(slept, world.gate)
    assert (finding.verdict, finding.reason) == (Verdict.MISSED, "device.off")
    assert world.verdict(begun, world.gate).verdict is Verdict.PARTIAL
    assert world.verdict(later, world.gate).verdict is Verdict.CONFIRMED
    assert world.verdict(slept, world.market).verdict is Verdict.CONFIRMED


def test_stopped_and_started_within_an_item_it_joins_it_again(world: World) -> None:
    notice = world.airs("Bản tin", at_once("05:45"), lasts=timedelta(minutes=5))
    world.until("05:47")
    world.gate.is_stopped()
    world.passes(seconds=30)
    world.gate.boots()
    world.until("06:00")

    before, after = world.gate.sounded
    assert before.span.end == local("05:47")
    assert after.span.end == local("05:50")
    finding = world.verdict(notice, world.gate)
    assert (finding.verdict, finding.reason, len(world.gate.entries)) == (Verdict.PARTIAL, "device.stopped", 2)


def test_one_that_never_comes_back_is_missed_after_a_day(world: World) -> None:
    notice = world.airs("Bản tin", at_once("05:45"))
    world.gate.is_stopped()
    world.passes(hours=24)
    assert world.verdict(notice, world.gate).verdict is Verdict.AWAITED

    world.passes(hours=3)
    finding = world.verdict(notice, world.gate)
    assert (finding.verdict, finding.reason) == (Verdict.MISSED, "report.none")
