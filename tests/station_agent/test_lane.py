"""Emergencies and exercises at one loudspeaker: what is in a list sounds, what is not does not, whatever comes when."""

from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schedules.asrun import Outcome
from schedules.emergency import Emergency, Event, Exercise, Severity
from schedules.emergency_lane import EMERGENCY, SIREN_ONLY
from schedules.emergency_list import Drill, EmergencyList, cancelled, drilled, issued, undrilled
from schedules.ids import UnitId
from schedules.programme import Origin
from schedules.regulation import SessionName, SessionRule
from station_agent.lane_sound import SIREN
from station_agent.ports import LinkDown, Recordings
from tests.schedules.given_emergencies import an_emergency, an_exercise
from tests.station_agent.centre import SUM, UNIT, item, recording, regulation
from tests.station_agent.world import NOW, World, started

HOUR = timedelta(hours=1)
SAYS_SO = recording("dien-tap", 2.0)


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = started(World(tmp_path))
    world.receive(world.centre.assignment(exercise_words=SAYS_SO))
    return world


def flood(name: str = "flood", **about: object) -> Emergency:
    given: dict[str, object] = {"sender": UNIT, "units": (UNIT,), "sent": NOW, "expires": NOW + HOUR, "times": 2}
    return an_emergency(name, **{**given, **about})  # type: ignore[arg-type]  # fields by name


def drill(name: str = "drill", **about: object) -> Exercise:
    given: dict[str, object] = {"sender": UNIT, "units": (UNIT,), "sent": NOW, "expires": NOW + HOUR}
    return an_exercise(name, **{**given, **about})  # type: ignore[arg-type]  # fields by name


def listing(*emergencies: Emergency, unit: UnitId = UNIT) -> EmergencyList:
    known = EmergencyList(unit=unit)
    for each in emergencies:
        known = issued(known, each, sha256=SUM, now=NOW)
    return known


def heard(world: World) -> list[tuple[str, str, Outcome]]:
    return [(each.occurrence, each.programme, each.outcome) for each in world.entries if each.started_at]


def test_the_siren_sounds_at_once_and_the_words_as_soon_as_they_are_there(world: World) -> None:
    world.receive(world.centre.lists(listing(flood())))
    began = world.clock.monotonic()
    world.run(3)
    world.receive(world.centre.says(flood()))
    world.run(120)

    siren, words = world.player.cues[0], world.player.cues[1]
    assert siren.start - began < 0.2
    assert isinstance(siren.sound, Recordings)
    assert isinstance(words.sound, Recordings)
    assert {part.path for part in siren.sound.parts} == {SIREN.path}
    assert [part.content for part in words.sound.parts] == [b"\xff\xf3mp3"]
    assert heard(world) == [
        ("flood", SIREN_ONLY, Outcome.CUT_SHORT),
        ("flood", EMERGENCY, Outcome.FINISHED),
        ("flood", EMERGENCY, Outcome.FINISHED),
    ]
    assert world.entries[1].title == flood().headline


def test_without_its_words_the_siren_sounds_as_often_and_no_oftener(world: World) -> None:
    world.receive(world.centre.lists(listing(flood())))
    world.run(600)

    assert heard(world) == [("flood", SIREN_ONLY, Outcome.FINISHED)] * 2


def test_words_that_no_list_names_say_nothing(world: World) -> None:
    world.receive(world.centre.says(flood()))
    world.run(30)
    world.receive(world.centre.lists(listing(flood())), world.centre.says(flood("other")))
    world.run(60)

    assert {each[0] for each in heard(world)} == {"flood"}


def test_words_of_another_announcement_are_not_those_of_the_list(world: World) -> None:
    world.receive(world.centre.lists(listing(flood())), world.centre.says(flood(), sha256="0" * 64))
    world.run(40)

    assert {each[1] for each in heard(world)} == {SIREN_ONLY}


def test_a_cancel_ends_it_at_once(world: World) -> None:
    world.receive(world.centre.lists(listing(flood())), world.centre.says(flood()))
    world.run(10)
    gone = cancelled(listing(flood()), [flood().id], now=NOW)
    world.receive(world.centre.lists(gone))
    world.run(120)

    assert heard(world) == [("flood", EMERGENCY, Outcome.CUT_SHORT)]
    assert world.entries[0].reason == "emergency.over"
    assert world.entries[0].played_ms < 11_000


def test_a_cancel_that_comes_first_wins(world: World) -> None:
    known = listing(flood())
    gone = cancelled(known, [flood().id], now=NOW)
    world.receive(world.centre.lists(gone), world.centre.lists(known), world.centre.says(flood()))
    world.run(120)

    assert heard(world) == []


def test_it_takes_the_air_from_the_rundown_and_gives_it_back(world: World) -> None:
    world.receive(world.centre.rundown(item("news", NOW + timedelta(seconds=10), 300)))
    world.run(30)
    world.receive(world.centre.lists(listing(flood(times=1))), world.centre.says(flood(times=1)))
    world.run(400)

    told = [(each.occurrence, each.reason) for each in world.entries]
    assert told == [("news", "item.emergency"), ("flood", ""), ("news", "")]
    first, lane, second = world.entries
    assert first.ended_at is not None
    assert lane.started_at is not None
    assert lane.ended_at is not None
    assert second.started_at is not None
    assert first.ended_at - lane.started_at < timedelta(seconds=1)
    assert second.started_at >= lane.ended_at


def test_after_a_power_cut_it_goes_on_with_the_times_that_are_left(world: World) -> None:
    world.receive(world.centre.lists(listing(flood(times=3))), world.centre.says(flood(times=3)))
    world.run(45)  # the first is over
    assert heard(world) == [("flood", EMERGENCY, Outcome.FINISHED)]
    world.run(25)  # the second sounds

    world.power_cut(minutes=1)
    world.run(400)

    assert [each[2] for each in heard(world)] == [
        Outcome.FINISHED,
        Outcome.CUT_SHORT,
        Outcome.FINISHED,
        Outcome.FINISHED,
    ]
    assert world.entries[1].reason == "device.rebooted"


def test_after_its_end_it_never_sounds_by_the_latest_it_may_be(world: World) -> None:
    world.clock.doubt = timedelta(minutes=2)
    short = flood(expires=NOW + timedelta(minutes=2, seconds=20))
    world.receive(world.centre.lists(listing(short)), world.centre.says(short))
    world.run(300)

    assert [(each.outcome, each.reason) for each in world.entries] == [(Outcome.CUT_SHORT, "item.expired")]
    assert world.entries[0].played_ms <= 20_000


def test_without_a_clock_nothing_that_is_held_sounds(world: World) -> None:
    world.receive(world.centre.lists(listing(flood())), world.centre.says(flood()))
    world.clock.doubt = None
    world.power_cut(minutes=300)
    world.run(60)

    assert heard(world) == []


def test_a_list_under_another_key_is_not_obeyed(world: World) -> None:
    world.receive(world.centre.lists(listing(flood()), key=world.centre.state))
    world.run(30)

    assert heard(world) == []


def test_a_real_one_sounds_at_night_and_an_exercise_does_not(world: World) -> None:
    by_day = SessionRule(session=SessionName.MORNING, earliest=time(8), latest=time(9), max_minutes=60)
    world.receive(world.centre.assignment(regulations=(regulation(by_day),), exercise_words=SAYS_SO))
    known = drilled(EmergencyList(unit=UNIT), Drill(drill().id, drill().expires), now=NOW)
    world.receive(world.centre.lists(known), world.centre.says(drill()))
    world.run(30)
    assert heard(world) == []
    assert "guard.outside_hours" in world.presence.faults

    world.receive(world.centre.lists(issued(known, flood(), sha256=SUM, now=NOW)), world.centre.says(flood()))
    world.run(60)

    assert heard(world) == [("flood", EMERGENCY, Outcome.FINISHED)]


def test_an_exercise_says_before_and_after_that_it_is_one(world: World) -> None:
    known = drilled(EmergencyList(unit=UNIT), Drill(drill().id, drill().expires), now=NOW)
    world.receive(world.centre.lists(known), world.centre.says(drill()))
    world.run(200)

    sound = world.player.cues[0].sound
    assert isinstance(sound, Recordings)
    says_so = world.cache.path(SAYS_SO.sha256)
    assert [part.path == says_so for part in sound.parts] == [True, False, True]
    assert heard(world) == [("drill", "exercise", Outcome.FINISHED)] * 2


@pytest.mark.parametrize("words", [None, recording("never comes")])
def test_an_exercise_without_its_words_is_refused(tmp_path: Path, words: object) -> None:
    world = World(tmp_path)
    world.cache.generous = False
    started(world)
    world.receive(world.centre.assignment(exercise_words=words))  # type: ignore[arg-type]  # a recording or none
    known = drilled(EmergencyList(unit=UNIT), Drill(drill().id, drill().expires), now=NOW)
    world.receive(world.centre.lists(known), world.centre.says(drill()))
    world.run(30)

    assert heard(world) == []
    assert "exercise.no_words" in world.presence.faults
    assert [(each.occurrence, each.outcome, each.reason) for each in world.entries] == [
        ("drill", Outcome.SKIPPED, "exercise.no_words")
    ]


def test_what_the_lock_forbade_is_written_down_once_with_its_reason_also_over_a_reboot(world: World) -> None:
    world.receive(world.centre.assignment(maintenance_until=NOW + HOUR))
    world.receive(world.centre.lists(listing(flood())), world.centre.says(flood()))
    world.run(10)
    world.power_cut()
    world.run(10)

    assert [(each.occurrence, each.outcome, each.reason) for each in world.entries] == [
        ("flood", Outcome.SKIPPED, "guard.maintenance")
    ]


def test_words_that_come_after_a_refusal_are_said_and_nothing_of_the_refusal_is_lost(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.cache.generous = False
    started(world)
    world.receive(world.centre.assignment(exercise_words=SAYS_SO))
    known = drilled(EmergencyList(unit=UNIT), Drill(drill().id, drill().expires), now=NOW)
    world.receive(world.centre.lists(known), world.centre.says(drill()))
    world.run(5)
    world.cache.present |= {SAYS_SO.sha256}
    world.run(200)

    assert [each.outcome for each in world.entries] == [Outcome.SKIPPED, Outcome.FINISHED, Outcome.FINISHED]


def test_an_exercise_that_was_ended_or_is_not_listed_is_silent(world: World) -> None:
    known = drilled(EmergencyList(unit=UNIT), Drill(drill().id, drill().expires), now=NOW)
    world.receive(world.centre.says(drill()))
    world.run(10)
    world.receive(world.centre.lists(undrilled(known, drill().id, now=NOW)), world.centre.lists(known))
    world.run(30)

    assert heard(world) == []


@pytest.mark.parametrize(("spares", "sounds"), [(True, True), (False, False)])
def test_an_order_of_silence_spares_it_or_does_not(world: World, *, spares: bool, sounds: bool) -> None:
    world.receive(world.centre.silence(spares_emergencies=spares))
    world.receive(world.centre.lists(listing(flood())), world.centre.says(flood()))
    world.run(60)

    assert bool(heard(world)) is sounds


@pytest.mark.parametrize(("spares", "outcome"), [(True, Outcome.FINISHED), (False, Outcome.CUT_SHORT)])
def test_one_that_sounds_sounds_on_under_an_order_that_spares_it(
    world: World, *, spares: bool, outcome: Outcome
) -> None:
    world.receive(world.centre.lists(listing(flood(times=1))), world.centre.says(flood(times=1)))
    world.run(10)
    world.receive(world.centre.silence(spares_emergencies=spares))
    world.run(60)

    assert [(how, each.played_ms > 11_000) for (_, _, how), each in zip(heard(world), world.entries, strict=True)] == [
        (outcome, spares)
    ]


def test_an_exercise_that_sounds_is_cut_by_any_order_of_silence(world: World) -> None:
    known = drilled(EmergencyList(unit=UNIT), Drill(drill().id, drill().expires), now=NOW)
    world.receive(world.centre.lists(known), world.centre.says(drill()))
    world.run(5)
    world.receive(world.centre.silence())
    world.run(60)

    assert [each[2] for each in heard(world)] == [Outcome.CUT_SHORT]
    assert world.entries[0].played_ms < 6_000


def test_under_the_maintenance_lock_nothing_sounds(world: World) -> None:
    world.receive(world.centre.lists(listing(flood())), world.centre.says(flood()))
    world.run(10)
    world.receive(world.centre.assignment(maintenance_until=NOW + HOUR))
    world.run(60)

    assert [(each[2], entry.reason) for each, entry in zip(heard(world), world.entries, strict=True)] == [
        (Outcome.CUT_SHORT, "guard.maintenance")
    ]


def test_many_authorities_at_once_are_all_heard_the_gravest_first(world: World) -> None:
    """A pole has four units above it, and their lists hold six each: of 52 that send at once the others are refused."""
    above = (UNIT, UnitId("ha-tinh"), UnitId("tinh"), UnitId("nuoc"))
    world.receive(world.centre.assignment(units=above))
    events = [each for each in Event if each is not Event.OTHER]
    grades = (Severity.MODERATE, Severity.EXTREME, Severity.SEVERE, Severity.MINOR)
    taken: list[Emergency] = []
    for unit, severity in zip(above, grades, strict=True):
        each_of_it = [
            flood(f"{unit}-{n}", units=(unit,), sender=unit, origin=Origin.COMMUNE, event=events[n], severity=severity)
            for n in range(6)
        ]
        taken += [replace(each, times=1, words=(replace(each.words[0], recording=None),)) for each in each_of_it]
        own = [each for each in taken if each.units == (unit,)]
        world.receive(world.centre.lists(listing(*own, unit=unit)))
        world.receive(*(world.centre.says(each, unit=unit) for each in own))
    world.run(24 * 12)

    order = [Severity.EXTREME, Severity.SEVERE, Severity.MODERATE, Severity.MINOR]
    told = [
        next(each for each in taken if each.id == name).severity for name, _, how in heard(world) if how == "finished"
    ]
    assert len(told) == len(taken) == 24
    assert told == sorted(told, key=order.index)


def test_what_came_before_the_trust_list_is_obeyed_with_it(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.connect()
    world.receive(world.centre.trust(), world.centre.assignment(), world.centre.lists(listing(flood())))
    world.is_answered(emergencies=((f"unit:{UNIT}", listing(flood()).number),))
    world.run(5)

    assert world.presence.playing is not None
    assert world.presence.playing.occurrence == "flood"


def test_a_list_below_what_the_centre_names_is_told(world: World) -> None:
    world.take(LinkDown())
    world.connect()
    world.is_answered(emergencies=((f"unit:{UNIT}", 99),))
    world.run(90)

    assert "behind.emergencies" in world.presence.faults


@pytest.mark.parametrize("spoilt", [None, b"", b"CRW"])
def test_an_older_list_does_not_undo_a_cancel_though_the_newest_is_lost_from_the_disk(
    world: World, spoilt: bytes | None
) -> None:
    known = listing(flood())
    gone = cancelled(known, [flood().id], now=NOW)
    world.receive(world.centre.lists(gone))
    world.disconnect()
    world.connect()
    world.is_answered(emergencies=((f"unit:{UNIT}", gone.number),))
    path = world.folder / "held" / f"emergencies-unit%3A{UNIT}"
    path.unlink() if spoilt is None else path.write_bytes(spoilt)

    world.power_cut()
    world.connect()
    world.receive(world.centre.lists(known), world.centre.says(flood()))
    world.run(30)
    assert not world.player.cues

    other = issued(gone, flood("other"), sha256=SUM, now=NOW)
    world.receive(world.centre.lists(other))
    world.is_answered(emergencies=((f"unit:{UNIT}", other.number),))
    world.run(30)

    assert {each.occurrence for each in world.entries} | {
        each.play.partition("!")[0] for each in world.player.cues
    } == {"other"}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(news=st.lists(st.sampled_from(["issue", "words", "cancel", "again", "reboot", "wait"]), max_size=9))
def test_whatever_comes_when_a_cancel_in_force_is_never_played(
    tmp_path_factory: pytest.TempPathFactory, news: list[str]
) -> None:
    world = started(World(tmp_path_factory.mktemp("pole")))
    known = listing(flood())
    gone = cancelled(known, [flood().id], now=NOW)
    cancelled_at = None
    for each in news:
        match each:
            case "issue" | "again":
                world.receive(world.centre.lists(known))
            case "words":
                world.receive(world.centre.says(flood()))
            case "cancel":
                world.receive(world.centre.lists(gone))
                cancelled_at = cancelled_at or world.clock.now()
            case "reboot":
                world.power_cut()
                world.connect()
            case _:
                world.run(7)
    world.run(5)

    for entry in world.entries:
        assert cancelled_at is None or entry.started_at is None or entry.started_at <= cancelled_at
        if cancelled_at is not None and entry.ended_at is not None:
            assert entry.ended_at <= cancelled_at + timedelta(seconds=1)
    if cancelled_at is not None:
        assert not world.player.sounding()
    assert sum(each[2] is Outcome.FINISHED for each in heard(world) if each[1] == EMERGENCY) <= flood().times
