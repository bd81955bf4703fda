"""The hour comes and the sound has not: the gap is explained, and what follows is on time."""

from datetime import timedelta

from schedules.reconciliation import Verdict
from tests.journeys.places import at_once, local
from tests.journeys.world import World


def test_it_is_missed_with_the_reason_and_the_next_item_is_on_time(world: World) -> None:
    following = world.airs("Bản tin", at_once("05:50"))
    world.gate.cache.generous = False
    notice = world.airs("Lịch tiêm chủng", at_once("05:45"), lasts=timedelta(minutes=5))
    world.until("06:00")

    finding = world.verdict(notice, world.gate)
    assert (finding.verdict, finding.reason) == (Verdict.MISSED, "item.audio_missing")
    assert world.verdict(following, world.gate).started_at == local("05:50")
    assert world.verdicts(following) == [Verdict.CONFIRMED] * 2
    assert world.verdict(notice, world.market).verdict is Verdict.CONFIRMED


def test_a_sound_that_comes_late_is_joined_where_it_would_be(world: World) -> None:
    world.gate.cache.generous = False
    notice = world.airs("Lịch tiêm chủng", at_once("05:45"), lasts=timedelta(minutes=5))
    (item,) = world.planned(notice, world.gate)
    world.until("05:47")
    world.gate.receives_audio(*item.recordings)
    world.until("06:00")

    (sounded,) = world.gate.sounded
    assert sounded.offset_s == (sounded.span.start - local("05:45")).total_seconds()
    assert sounded.span.end == local("05:50")
    finding = world.verdict(notice, world.gate)
    assert (finding.verdict, finding.reason) == (Verdict.PARTIAL, "start.late")
