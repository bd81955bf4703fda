"""A priority notice takes the air from an ordinary one, on the second, and nothing sounds twice or at once."""

from datetime import timedelta

from schedules.programme import Level
from schedules.reconciliation import Verdict
from tests.journeys.conftest import on_both_databases
from tests.journeys.places import at_once, local
from tests.journeys.world import World

pytestmark = on_both_databases


def test_it_cuts_what_sounds_and_is_itself_whole(world: World) -> None:
    ordinary = world.airs("Chuyên mục nông nghiệp", at_once("05:40"), lasts=timedelta(minutes=10))
    world.until("05:42")
    urgent = world.officer.writes("Xả lũ hồ chứa", lasts=timedelta(minutes=3), level=Level.PRIORITY)
    world.officer.books(urgent, at_once("05:45"))
    world.releases(urgent)
    world.until("06:00")

    for pole in world.poles:
        cut, whole = pole.sounded
        assert (cut.span.start, cut.span.end) == (local("05:40"), local("05:45"))
        assert (whole.span.start, whole.span.end) == (local("05:45"), local("05:48"))
        assert world.verdict(urgent, pole).verdict is Verdict.CONFIRMED
        assert world.verdict(ordinary, pole).ended_at == local("05:45")


def test_what_it_pushed_aside_is_heard_again_from_its_place_when_the_priority_is_withdrawn(world: World) -> None:
    ordinary = world.airs("Chuyên mục nông nghiệp", at_once("05:40"), lasts=timedelta(minutes=10))
    urgent = world.officer.writes("Xả lũ hồ chứa", lasts=timedelta(minutes=3), level=Level.PRIORITY)
    world.officer.books(urgent, at_once("05:45"))
    world.releases(urgent)
    world.until("05:42")

    world.officer.withdraws(urgent)
    world.until("06:00")
    for pole in world.poles:
        (whole,) = pole.sounded
        assert (whole.span.start, whole.span.end) == (local("05:40"), local("05:50"))
        assert world.verdict(ordinary, pole).verdict is Verdict.CONFIRMED
