"""The broker starts anew and has forgotten everything: what it lost is there again, and nobody hears a difference."""

from schedules.reconciliation import Verdict
from tests.journeys.conftest import on_both_databases
from tests.journeys.places import at_once
from tests.journeys.world import World

pytestmark = on_both_databases


def test_what_the_centre_said_is_published_again_and_played_as_if_nothing_had_been(world: World) -> None:
    notice = world.airs("Bản tin", at_once("05:45"))
    world.officer.orders_silence()
    world.passes(minutes=1)
    world.officer.lifts_silence()
    kept = {topic for topic in world.broker.retained if "/loudspeakers/" not in topic}

    world.broker.forgets_everything()
    for pole in world.poles:
        pole.loses_line()
    world.until("05:45:10")
    assert all(pole.is_sounding for pole in world.poles)
    world.conductor.connects()
    assert {topic for topic in world.broker.retained if "/loudspeakers/" not in topic} == kept
    for pole in world.poles:
        pole.has_line_again()

    world.until("06:00")
    assert world.verdicts(notice) == [Verdict.CONFIRMED] * 2
    assert [len(pole.sounded) for pole in world.poles] == [1, 1]


def test_a_loudspeaker_made_new_learns_everything_from_it(world: World) -> None:
    """Its disk is lost too: trust, assignment, rundown and silence all come from what the broker keeps."""
    world.officer.orders_silence()
    world.gate.loses_power()
    world.gate.loses_disk()
    notice = world.airs("Bản tin", at_once("05:45"))
    world.until("05:30")

    world.gate.boots()
    assert world.ready(world.gate).held == world.in_force(world.gate).revision
    world.until("05:44")
    world.officer.lifts_silence()
    world.until("06:00")
    assert world.verdicts(notice) == [Verdict.CONFIRMED] * 2
