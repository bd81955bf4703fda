"""Assignments name the device they are for: one that was retired or replaced falls silent, and says why."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from schedules.asrun import Outcome
from schedules.ids import DeviceId
from schedules.wire.messages import NO_DEVICE
from station_agent.ports import Received
from tests.station_agent.centre import item
from tests.station_agent.test_lane import flood, listing
from tests.station_agent.world import NOW, World, started

SECOND = timedelta(seconds=1)
ANOTHER = DeviceId("ab" * 8)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    started(world)
    world.receive(world.centre.rundown(item("a", NOW + 10 * SECOND, 300), item("b", NOW + 400 * SECOND, 60)))
    yield world
    world.journal.shut()


def own(world: World) -> DeviceId:
    return DeviceId(world.key.key)


def test_the_device_that_is_named_plays(world: World) -> None:
    world.receive(world.centre.assignment(device=own(world)))

    world.run(320)

    assert [(each.outcome, each.reason) for each in world.entries] == [(Outcome.FINISHED, "")]


@pytest.mark.parametrize("device", [ANOTHER, NO_DEVICE])
def test_every_other_falls_silent_at_once_and_plays_nothing_it_still_holds(world: World, device: DeviceId) -> None:
    world.run(60)

    world.receive(world.centre.assignment(device=device))
    world.player.advance()
    assert not world.player.sounding()
    world.run(420)

    assert [(each.outcome, each.reason) for each in world.entries] == [
        (Outcome.CUT_SHORT, "guard.not_assigned"),
        (Outcome.SKIPPED, "guard.not_assigned"),
    ]
    assert "guard.not_assigned" in world.presence.faults


def test_it_stays_silent_after_a_power_cut_without_a_line(world: World) -> None:
    world.receive(world.centre.assignment(device=ANOTHER))

    world.power_cut()
    world.run(500)

    assert not world.player.cues
    assert {each.reason for each in world.entries} == {"guard.not_assigned"}


def test_it_reaches_the_player_even_while_the_loop_waits(world: World) -> None:
    world.run(60)

    world.agent.hush_if_ordered(Received(*world.centre.assignment(device=own(world))))
    world.player.advance()
    assert world.player.sounding()
    world.agent.hush_if_ordered(Received(*world.centre.assignment(device=ANOTHER)))
    world.player.advance()

    assert not world.player.sounding()


def test_it_plays_again_once_it_is_named_again(world: World) -> None:
    world.receive(world.centre.assignment(device=ANOTHER))
    world.run(60)

    world.receive(world.centre.assignment(device=own(world)))
    world.run(300)

    assert [each.outcome for each in world.entries] == [Outcome.FINISHED]


def test_no_emergency_sounds_at_it_either(world: World) -> None:
    world.receive(world.centre.lists(listing(flood())))
    world.run(3)
    assert len(world.player.cues) == 1

    world.receive(world.centre.assignment(device=NO_DEVICE))
    world.run(1)
    assert not world.player.sounding()
    world.receive(world.centre.lists(listing(flood("another"))))
    world.run(60)

    assert len(world.player.cues) == 1
