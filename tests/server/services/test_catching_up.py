"""What no loudspeaker of a zone played: kept once all have said so, and heard in the next session."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from schedules.asrun import Outcome
from schedules.ids import LoudspeakerId, ProgrammeId, ZoneId
from schedules.rundown import RundownItem
from schedules.slot import CatchUp
from schedules.times import DAY, Span
from server.errors import Unacceptable
from server.services import sessions
from server.services.catching_up import note_missed
from server.services.day import LineState
from tests.server.services.radio import (
    DONG_BANG,
    EVENING_NOTICES,
    GATE,
    LANG_MOI,
    MONDAY,
    OFFICER,
    SON_HA,
    Radio,
    in_notices,
    local,
    once,
)

TITLE, BESIDE = "Tạm ngừng cấp điện", LoudspeakerId("pole-lm-2")


@pytest.fixture
def radio(radio: Radio) -> Radio:
    """A notice of this morning only, that is to come again, has been issued; it is eight o'clock."""
    radio.release_templates()
    airs(radio, CatchUp.NEXT_SLOT)
    radio.issue()
    radio.wanted()
    radio.at(local(8))
    return radio


def airs(radio: Radio, policy: CatchUp, title: str = TITLE) -> ProgrammeId:
    return radio.airs(title, wish=replace(in_notices(last=MONDAY), catch_up=policy))


def says(radio: Radio, loudspeaker: LoudspeakerId = GATE, *, until: datetime | None = None) -> None:
    """Let a loudspeaker have told everything, and its report be looked at."""
    radio.reports_until(loudspeaker, until or radio.now())
    with radio.store.reading() as uow:
        speaker = uow.places.loudspeaker(loudspeaker)
    assert speaker is not None
    note_missed(radio.store, radio.clock, [speaker])


def heard(radio: Radio, zone: ZoneId = LANG_MOI, title: str = TITLE, day: date = MONDAY) -> list[RundownItem]:
    """Give what is planned of a title on a day, the morning's included."""
    with radio.store.reading() as uow:
        found = uow.issue.planned(Span(local(0, day=day), local(0, day=day + DAY)), [zone])
        return [item for _, item in found if item.title == title]


def beside(radio: Radio) -> None:
    """Put a second loudspeaker into the zone."""
    with radio.store.writing() as uow:
        gate = uow.places.loudspeaker(GATE)
        assert gate is not None
        uow.places.put_loudspeaker(replace(gate, id=BESIDE, name="Cuối thôn", public_key="55" * 32))
        uow.commit()


def test_a_zone_without_power_in_the_morning_hears_the_notice_in_the_evening(radio: Radio) -> None:
    says(radio)

    assert radio.wanted() == {LANG_MOI}
    radio.issue()
    assert [item.starts_at for item in heard(radio)] == [local(5, 43), local(17)]
    assert [item.starts_at for item in heard(radio, DONG_BANG)] == [local(5, 43)]


def test_it_stays_where_it_is_when_planned_again_and_does_not_come_twice(radio: Radio) -> None:
    says(radio)
    radio.issue()
    again = heard(radio)[1]
    for hour, minute in ((12, 0), (17, 1), (17, 20)):
        radio.at(local(hour, minute))
        says(radio)
        radio.issue()

        assert heard(radio)[1:] == [again]
    with radio.store.reading() as uow:
        assert [each.known for each in uow.issue.missed()] == [local(8)]


def test_what_was_missed_again_in_the_evening_is_not_played_a_third_time(radio: Radio) -> None:
    says(radio)
    radio.issue()
    radio.at(local(18))
    radio.wanted()

    says(radio)

    assert radio.wanted() == set()
    radio.issue()
    assert heard(radio, day=MONDAY + DAY) == []


def test_nothing_is_decided_while_a_loudspeaker_of_the_zone_is_awaited(radio: Radio) -> None:
    beside(radio)

    says(radio)
    assert radio.wanted() == set()
    radio.at(local(9))
    says(radio, BESIDE)

    assert radio.wanted() == {LANG_MOI}
    with radio.store.reading() as uow:
        assert [each.known for each in uow.issue.missed()] == [local(9)]


@pytest.mark.parametrize("outcome", [Outcome.SKIPPED, Outcome.FAILED])
def test_an_entry_without_sound_says_it_too(radio: Radio, outcome: Outcome) -> None:
    radio.hears(heard(radio)[0], GATE, LANG_MOI, share=0, outcome=outcome, reason="device.off")

    says(radio, until=local(5))

    assert radio.wanted() == {LANG_MOI}


@pytest.mark.parametrize("share", [1.0, 0.2])
def test_one_loudspeaker_that_played_some_of_it_is_enough(radio: Radio, share: float) -> None:
    beside(radio)
    radio.hears(heard(radio)[0], BESIDE, LANG_MOI, share=share)

    says(radio, BESIDE)
    says(radio)

    assert radio.wanted() == set()


def test_nothing_comes_again_before_its_time_is_over(radio: Radio) -> None:
    radio.clock.advance(local(5, 44) - radio.now())
    radio.hears(heard(radio)[0], GATE, LANG_MOI, share=0, outcome=Outcome.SKIPPED)

    says(radio)

    assert radio.wanted() == set()


def test_a_loudspeaker_that_was_not_there_yet_has_missed_nothing(radio: Radio) -> None:
    with radio.store.writing() as uow:
        gate = uow.places.loudspeaker(GATE)
        assert gate is not None
        uow.places.put_loudspeaker(replace(gate, since=local(7)))
        uow.commit()

    says(radio)

    assert radio.wanted() == set()


def test_a_slot_with_another_policy_is_left_alone(radio: Radio) -> None:
    radio.at(local(4, day=MONDAY + DAY))
    wish = replace(in_notices(first=MONDAY + DAY), catch_up=CatchUp.SKIP)
    radio.airs("Tiêm chủng", wish=wish)
    radio.issue()
    radio.at(local(8, day=MONDAY + DAY))
    radio.wanted()

    says(radio)

    assert radio.wanted() == set()


def test_the_day_page_shows_it_in_the_evening_with_its_reason(radio: Radio) -> None:
    says(radio)
    radio.issue()

    day = sessions.day_of(radio.store, radio.clock, OFFICER, SON_HA)

    lines = [line for group in day.sessions[1].groups for line in group.lines if line.title == TITLE]
    (line,) = lines
    assert (line.state, line.place and line.place.id, line.starts) == (LineState.PLANNED, EVENING_NOTICES, local(17))
    assert [(note.code, note.values) for note in line.notes] == [("catch_up.again", (("missed", local(5, 43)),))]
    assert day.exact == ()


def test_an_exact_second_has_no_next_session(radio: Radio) -> None:
    with pytest.raises(Unacceptable) as refused:
        radio.books(radio.writes(), replace(once(time(18)), catch_up=CatchUp.NEXT_SLOT))

    assert (refused.value.code, refused.value.field) == ("slot.next_slot_only_in_places", "catch_up")
