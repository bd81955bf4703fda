"""What came of an emergency at each loudspeaker: the worst first, with the reason, and no older than a moment."""

from dataclasses import replace

import pytest

from schedules.asrun import Outcome
from schedules.emergency import Emergency
from schedules.emergency_lane import SIREN_ONLY
from schedules.ids import LoudspeakerId, OccurrenceId
from schedules.wire.messages import NowPlaying
from server.services.emergency_results import MOMENT, NOT_CONNECTED, Heard, RecentResults, Result, results
from server.services.ground import Ground
from tests.server.services.alarm import MINUTE, gives, issues, tells
from tests.server.services.radio import APPROVER, GATE, GATEWAY, MARKET, OFFICER, SON_LINH, Radio


@pytest.fixture
def flood(radio: Radio) -> Emergency:
    gives(radio, OFFICER, APPROVER)
    return issues(radio).emergency


def found(radio: Radio, emergency: Emergency) -> list[Result]:
    with radio.store.reading() as uow:
        return list(results(uow, Ground.of(uow), [emergency], radio.now())[emergency.id])


def of(radio: Radio, emergency: Emergency, loudspeaker: LoudspeakerId) -> Result:
    return next(each for each in found(radio, emergency) if each.loudspeaker.id == loudspeaker)


def plays(radio: Radio, emergency: Emergency, loudspeaker: LoudspeakerId) -> None:
    playing = NowPlaying(occurrence=OccurrenceId(emergency.id), title="Lũ", position_ms=1000)
    radio.speaks(loudspeaker, playing=playing)


def test_those_of_which_nothing_is_known_come_first(radio: Radio, flood: Emergency) -> None:
    tells(radio, flood, GATE)
    tells(radio, flood, GATE, sequence=2)
    tells(radio, flood, MARKET, programme=SIREN_ONLY, outcome=Outcome.CUT_SHORT, reason="emergency.words_came")

    by_name = {each.loudspeaker.id: each for each in found(radio, flood)}

    assert (by_name[GATE].heard, by_name[GATE].times) == (Heard.TOLD, 2)
    assert (by_name[MARKET].heard, by_name[MARKET].times) == (Heard.SIREN, 0)
    assert [each.heard for each in found(radio, flood)][-1] is Heard.TOLD
    assert found(radio, flood)[0].heard is Heard.NOTHING


def test_what_sounds_now_is_sounding_while_its_loudspeaker_is_connected(radio: Radio, flood: Emergency) -> None:
    plays(radio, flood, GATE)
    assert of(radio, flood, GATE).heard is Heard.SOUNDING

    radio.clock.advance(5 * MINUTE)

    assert (of(radio, flood, GATE).heard, of(radio, flood, GATE).reason) == (Heard.NOTHING, NOT_CONNECTED)


def test_words_that_broke_off_are_begun_with_the_reason(radio: Radio, flood: Emergency) -> None:
    tells(radio, flood, GATE, outcome=Outcome.CUT_SHORT, reason="device.rebooted")

    assert (of(radio, flood, GATE).heard, of(radio, flood, GATE).reason) == (Heard.BEGUN, "device.rebooted")


def test_a_refusal_in_the_presence_is_the_reason_and_no_other_fault_is(radio: Radio, flood: Emergency) -> None:
    radio.speaks(GATE, faults=("clock.doubtful", "guard.maintenance"))
    radio.speaks(GATEWAY, faults=("clock.doubtful",))

    assert of(radio, flood, GATE).reason == "guard.maintenance"
    assert of(radio, flood, GATEWAY).reason == ""


def test_only_those_it_is_for_are_asked(radio: Radio, flood: Emergency) -> None:
    elsewhere = replace(flood, units=(SON_LINH,))

    assert {each.loudspeaker.zone for each in found(radio, elsewhere)}.isdisjoint(
        each.loudspeaker.zone for each in found(radio, flood)
    )


def test_who_looks_a_moment_later_sees_what_was_found_and_nobody_sees_older_things(
    radio: Radio, flood: Emergency
) -> None:
    recent = RecentResults()

    def told() -> int:
        with radio.store.reading() as uow:
            seen = recent.of(uow, Ground.of(uow), [flood], radio.now())[flood.id]
        return sum(each.heard is Heard.TOLD for each in seen)

    assert told() == 0
    tells(radio, flood, GATE)
    radio.clock.advance(MOMENT / 2)
    assert told() == 0
    radio.clock.advance(MOMENT / 2)
    assert told() == 1
