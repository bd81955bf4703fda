"""An emergency from the click to every loudspeaker, and whatever may come in between."""

from datetime import timedelta

from schedules.asrun import Outcome
from schedules.emergency import Certainty, Event, Severity, Urgency
from schedules.emergency_lane import EMERGENCY
from schedules.emergency_right import EmergencyRight
from schedules.ids import PersonId
from server.emergency_records import StoredEmergency
from server.services import emergencies, emergency_board
from server.services.emergency_issue import Wanted
from server.services.emergency_results import Heard
from tests.journeys.places import SON_HA, at_once, local
from tests.journeys.pole import Pole
from tests.journeys.world import World

MINUTE = timedelta(minutes=1)


def issues(world: World, *, times: int = 2, minutes: int = 30, settle: bool = True) -> StoredEmergency:
    """Have the officer ask and the leader confirm."""
    officer, leader, now = world.officer.person, world.leader.person, world.clock.now()
    with world.store.writing() as uow:
        for each in (officer, leader):
            right = EmergencyRight(person=each.id, unit=SON_HA, given_by=PersonId("admin"), since=now - MINUTE)
            uow.emergencies.put_right(right)
        uow.commit()
    wanted = Wanted(
        units=(SON_HA,),
        event=Event.FLASH_FLOOD,
        severity=Severity.EXTREME,
        urgency=Urgency.IMMEDIATE,
        certainty=Certainty.OBSERVED,
        headline="Lũ quét",
        texts={"vi": "Bà con ven suối lên chỗ cao ngay."},
        times=times,
        pause_s=20,
        ends_at=now + minutes * MINUTE,
    )
    request = emergencies.ask(world.store, world.clock, officer, wanted)
    stored = emergencies.confirm(world.store, world.clock, leader, request.id)
    if settle:
        world.settle()
    return stored


def cancels(world: World, stored: StoredEmergency) -> None:
    emergencies.cancel(world.store, world.clock, world.officer.person, stored.emergency.id)
    world.settle()


def lives(world: World, seconds: int) -> None:
    """Let time pass second by second: a world leaps from one planned sound to the next, and this is none."""
    for _ in range(seconds):
        world.passes(seconds=1)


def told(pole: Pole) -> int:
    return sum(each.programme == EMERGENCY and each.outcome is Outcome.FINISHED for each in pole.entries)


def results(world: World) -> dict[str, Heard]:
    board = emergency_board.board(world.store, world.clock, world.officer.person, SON_HA)
    return {each.loudspeaker.id: each.heard for shown in board.live for each in shown.results}


def test_it_sounds_everywhere_at_night_and_the_page_shows_it_as_it_comes(world: World) -> None:
    world.until("03:00")

    issues(world)
    lives(world, 3)

    assert all(pole.is_sounding for pole in world.poles)
    assert set(results(world).values()) == {Heard.SOUNDING}
    lives(world, 120)
    assert [told(pole) for pole in world.poles] == [2, 2]
    assert set(results(world).values()) == {Heard.TOLD}


def test_the_item_on_air_gives_way_and_is_joined_again(world: World) -> None:
    world.airs("Bản tin", at_once("05:45"), lasts=timedelta(minutes=5))
    world.until("05:46")
    issues(world, times=1)
    world.until("05:52")

    for pole in world.poles:
        assert [each.reason for each in pole.entries] == ["item.emergency", "", ""]
        before, _, after = pole.sounded
        assert after.offset_s == (after.span.start - local("05:45")).total_seconds()
        assert before.span.end - local("05:46") < timedelta(seconds=3)


def test_a_cancel_is_obeyed_at_once_and_by_who_was_away(world: World) -> None:
    world.gate.loses_line()
    stored = issues(world)
    lives(world, 5)
    assert (world.gate.is_sounding, world.market.is_sounding) == (False, True)

    cancels(world, stored)
    lives(world, 2)
    assert not world.market.is_sounding
    world.gate.has_line_again()
    lives(world, 120)

    assert [told(pole) for pole in world.poles] == [0, 0]
    assert not world.gate.sounded


def test_who_comes_back_while_it_lives_sounds_it(world: World) -> None:
    world.gate.loses_line()
    issues(world)
    lives(world, 300)
    assert (told(world.gate), told(world.market)) == (0, 2)

    world.gate.has_line_again()
    lives(world, 300)

    assert [told(pole) for pole in world.poles] == [2, 2]


def test_a_reboot_in_the_middle_goes_on_with_the_times_that_are_left(world: World) -> None:
    issues(world, times=3)
    lives(world, 50)
    world.gate.loses_power()
    lives(world, 30)
    world.gate.boots()
    lives(world, 300)

    assert [told(pole) for pole in world.poles] == [3, 3]


def test_a_broker_that_starts_anew_in_the_middle_changes_nothing(world: World) -> None:
    issues(world, times=3)
    lives(world, 10)

    world.broker.forgets_everything()
    world.conductor.connects()
    for pole in world.poles:
        pole.has_line_again()
    lives(world, 300)

    assert [told(pole) for pole in world.poles] == [3, 3]


def test_an_old_list_that_is_played_again_brings_nothing_back(world: World) -> None:
    stored = issues(world)
    seen = list(world.broker.seen)
    lives(world, 5)
    cancels(world, stored)
    lives(world, 5)

    for topic, payload in seen:
        if "/emergencies" in topic:
            world.broker.publish(topic, payload)
    world.settle()
    lives(world, 120)

    assert [told(pole) for pole in world.poles] == [0, 0]
    assert not any(pole.is_sounding for pole in world.poles)
