"""A command from the page to the pole and back: done once, and told; nothing of it is a play."""

from zoneinfo import ZoneInfo

from schedules.wire.command import What
from server.sealing import OnlineSealing
from server.services import commands
from server.services.commands import Standing, Told, Wish
from server.services.ledger import sign_head
from tests.journeys.conftest import on_both_databases
from tests.journeys.places import SON_HA
from tests.journeys.pole import Pole
from tests.journeys.test_verified import verified
from tests.journeys.world import World


def is_commanded(world: World, what: What, *poles: Pole) -> None:
    """Have the technician command some poles."""
    commands.give(world.store, world.clock, world.technician.person, [each.id for each in poles], Wish(what=what))
    world.settle()


def seconds_pass(world: World, count: int) -> None:
    """Let seconds pass one by one: nothing is planned that the world would slow down for."""
    for _ in range(count):
        world.passes(seconds=1)


def told(world: World, pole: Pole) -> list[Told]:
    """Give what the page says of a pole's commands, the newest first."""
    return commands.recent(world.store, world.clock, world.officer.person, SON_HA, [pole.id])


def test_a_tone_sounds_at_every_pole_once_and_is_no_play(world: World) -> None:
    world.until("06:50")
    played = [len(pole.entries) for pole in world.poles]

    is_commanded(world, What.TEST_TONE, *world.poles)
    seconds_pass(world, 8)

    for pole in world.poles:
        (sounded,) = [each for each in pole.sounded if each.occurrence.startswith("tone")]
        (answer,) = told(world, pole)
        assert sounded.span.duration.total_seconds() == 4
        assert (answer.standing, answer.level_dbfs) == (Standing.DONE, -20.0)
    assert [len(pole.entries) for pole in world.poles] == played


def test_a_restart_is_done_by_the_start_that_follows_and_not_again(world: World) -> None:
    world.until("05:10")
    is_commanded(world, What.RESTART, world.gate)
    seconds_pass(world, 1)
    wanted, accepted = world.gate.wants_restart, told(world, world.gate)[0].standing

    world.gate.loses_power()
    world.gate.boots()
    for topic, payload in [each for each in world.broker.seen if each[0].endswith("/command")]:
        world.broker.publish(topic, payload)
    seconds_pass(world, 2)

    assert (wanted, accepted) == (True, Standing.ACCEPTED)
    assert not world.gate.wants_restart
    assert told(world, world.gate)[0].standing is Standing.DONE


def test_a_pole_without_a_line_gets_its_command_when_it_is_back_in_time_and_else_never(world: World) -> None:
    world.until("05:10")
    world.gate.loses_line()
    is_commanded(world, What.RESYNC, world.gate)
    world.passes(minutes=5)
    world.gate.has_line_again()
    world.settle()
    in_time = told(world, world.gate)[0].standing

    world.gate.loses_line()
    is_commanded(world, What.RESYNC, world.gate)
    world.passes(minutes=13)
    world.gate.has_line_again()
    world.settle()

    assert in_time is Standing.DONE
    assert told(world, world.gate)[0].standing is Standing.UNANSWERED


@on_both_databases
def test_command_and_answer_are_evidence_that_verifies(world: World, address: str) -> None:
    is_commanded(world, What.RESYNC, *world.poles)
    seconds_pass(world, 2)
    sign_head(world.store, world.clock, OnlineSealing(world.keys, world.store), ZoneInfo("Asia/Ho_Chi_Minh"))

    with world.store.reading() as uow:
        kinds = [leaf.kind for leaf in uow.ledger.leaves(after=0, limit=10_000)]
    assert (kinds.count("command"), kinds.count("command_answer")) == (2, 4)
    assert verified(address).findings == ()
