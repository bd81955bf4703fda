"""A notice is good until an instant: waiting for its turn or for its sound, it is never heard after it."""

from datetime import timedelta

from schedules.programme import Level
from schedules.reconciliation import Verdict
from tests.journeys.places import at_once, local
from tests.journeys.world import World

TEN_MINUTES = timedelta(minutes=10)


def test_what_waits_for_its_turn_too_long_is_left_out(world: World) -> None:
    notice = world.officer.writes("Cấp nước đến 05:49", valid_until=local("05:49"))
    world.officer.books(notice, at_once("05:46", wait=TEN_MINUTES))
    world.releases(notice)
    assert world.planned(notice, world.gate)

    urgent = world.officer.writes("Xả lũ hồ chứa", lasts=timedelta(minutes=5), level=Level.PRIORITY)
    world.officer.books(urgent, at_once("05:45"))
    world.releases(urgent)
    world.until("06:00")

    assert not world.planned(notice, world.gate)
    assert not world.log(notice)
    assert [len(pole.sounded) for pole in world.poles] == [1, 1]


def test_what_waits_for_its_sound_too_long_is_missed_with_the_reason(world: World) -> None:
    world.gate.cache.generous = False
    notice = world.officer.writes("Cấp nước đến 05:47", valid_until=local("05:47"))
    world.officer.books(notice, at_once("05:46", wait=TEN_MINUTES))
    world.releases(notice)
    (item,) = world.planned(notice, world.gate)
    world.until("05:47:30")

    world.gate.receives_audio(*item.recordings)
    world.until("06:00")
    assert not world.gate.sounded
    finding = world.verdict(notice, world.gate)
    assert (finding.verdict, finding.reason) == (Verdict.MISSED, "item.audio_missing")


def test_what_sounds_then_stops_on_the_instant(world: World) -> None:
    notice = world.officer.writes("Cấp nước đến 05:47", lasts=timedelta(minutes=5), valid_until=local("05:47"))
    world.officer.books(notice, at_once("05:46"))
    world.releases(notice)
    world.until("06:00")

    for pole in world.poles:
        (sounded,) = pole.sounded
        assert (sounded.span.start, sounded.span.end) == (local("05:46"), local("05:47"))
