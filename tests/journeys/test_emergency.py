"""An emergency from the click to every loudspeaker, and whatever may come in between."""

from datetime import timedelta

from schedules.asrun import Outcome
from schedules.emergency import Certainty, Event, Severity, Urgency
from schedules.emergency_lane import EMERGENCY, SIREN_ONLY
from schedules.emergency_right import EmergencyRight
from schedules.ids import EmergencyId, PersonId
from server.emergency_records import StoredEmergency
from server.services import emergencies, emergency_board
from server.services.emergency_board import Board
from server.services.emergency_issue import Wanted
from server.services.emergency_results import Heard
from tests.journeys.places import SON_HA, at_once, local
from tests.journeys.pole import Pole
from tests.journeys.world import World

MINUTE = timedelta(minutes=1)


def issues(
    world: World,
    *,
    times: int = 2,
    minutes: int = 30,
    settle: bool = True,
    text: str = "Bà con ven suối lên chỗ cao ngay.",
    references: tuple[EmergencyId, ...] = (),
) -> StoredEmergency:
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
        texts={"vi": text},
        times=times,
        pause_s=20,
        ends_at=now + minutes * MINUTE,
        references=references,
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
    return {each.loudspeaker.id: each.heard for shown in board(world).live for each in shown.results}


def board(world: World) -> Board:
    return emergency_board.board(world.store, world.clock, world.officer.person, SON_HA)


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


def test_a_cancel_that_overtakes_its_issue_leaves_nothing_to_hear(world: World) -> None:
    """The list with the cancel comes first; then the words, and last of all the list that has it live."""
    for pole in world.poles:
        pole.loses_line()
    stored = issues(world)
    lagging = [each for each in world.broker.seen if "/emergencies" in each[0]]
    cancels(world, stored)
    for pole in world.poles:
        pole.has_line_again()

    for topic, payload in reversed(lagging):
        world.broker.publish(topic, payload, retain=True)
    world.settle()
    lives(world, 120)

    assert len(lagging) == 2
    assert [pole.sounded for pole in world.poles] == [[], []]
    assert not any(pole.is_sounding for pole in world.poles)


def test_a_correction_is_heard_in_the_place_of_what_it_corrects(world: World) -> None:
    wrong = issues(world, times=3)
    lives(world, 10)

    right = issues(world, times=2, references=(wrong.emergency.id,), text="Bà con ven suối về nhà văn hoá.")
    lives(world, 200)

    for pole in world.poles:
        own = [(str(each.occurrence), each.outcome) for each in pole.entries if each.programme == EMERGENCY]
        assert [how for which, how in own if which == right.emergency.id] == [Outcome.FINISHED] * 2
        assert [how for which, how in own if which == wrong.emergency.id] == [Outcome.CUT_SHORT]
    assert [shown.stored.emergency.id for shown in board(world).live] == [right.emergency.id]


def test_what_ran_out_while_a_loudspeaker_was_away_is_never_heard(world: World) -> None:
    """The gate has no line when it is issued; the market has heard of it and loses its power until it is over."""
    world.gate.loses_line()
    issues(world, minutes=5, times=5)
    lives(world, 3)
    assert world.market.is_sounding
    world.market.loses_power()
    heard = len(world.market.sounded)

    lives(world, 400)
    world.gate.has_line_again()
    world.market.boots()
    lives(world, 60)

    assert not world.gate.sounded
    assert len(world.market.sounded) == heard


def test_siren_and_words_are_heard_once_though_the_broker_starts_anew_again_and_again(world: World) -> None:
    """A loudspeaker comes back during one of its starts; the others are told everything again each time."""
    world.gate.loses_line()
    issues(world, times=1)
    for _ in range(5):
        lives(world, 4)
        world.broker.forgets_everything()
        world.conductor.connects()
        world.market.has_line_again()
    world.gate.has_line_again()
    lives(world, 120)

    for pole in world.poles:
        assert [each.programme for each in pole.entries] in ([EMERGENCY], [SIREN_ONLY, EMERGENCY])
    assert [told(pole) for pole in world.poles] == [1, 1]
