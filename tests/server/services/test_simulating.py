"""What would be heard if the schedule were changed and things failed."""

from collections.abc import Sequence
from datetime import date, time, timedelta

import pytest

from schedules.faults import ClockOff, Fault, LinkDown, PowerCut
from schedules.ids import ProgrammeId, SlotId, UnitId, ZoneId
from schedules.night import NightSilence
from schedules.times import DAY, Span
from schedules.what_if import Change
from schedules.wire.messages import KeyRole, TrustedKey, TrustList
from schedules.wire.seal import SigningKey, sealed
from server.errors import NotAllowed, NotFound, Unacceptable
from server.services import silence
from server.services.simulating import Answer, Proposal, Question, ZoneAnswer, proposable, what_if
from server.values import Person, StoredSlot
from tests.server.services.radio import (
    APPROVER,
    GO_SIM,
    INSPECTOR,
    LANG_MOI,
    MONDAY,
    NEIGHBOUR,
    OFFICER,
    QUANG_NGAI,
    SON_HA,
    Radio,
    local,
    once,
)

TUESDAY = MONDAY + DAY


def asks(
    radio: Radio,
    place: UnitId | ZoneId = SON_HA,
    *,
    person: Person = OFFICER,
    proposal: Proposal | None = None,
    faults: Sequence[Fault] = (),
    at: frozenset[ZoneId] = frozenset(),
    last: date = TUESDAY,
) -> Answer:
    question = Question(
        place=place,
        first=MONDAY,
        last=last,
        proposal=proposal or Proposal(),
        faults=tuple(faults),
        failing_at=at,
    )
    return what_if(radio.store, radio.clock, person, question)


def of_zone(answer: Answer, zone: ZoneId = LANG_MOI) -> ZoneAnswer:
    (one,) = (each for each in answer.zones if each.zone.id == zone)
    return one


@pytest.fixture
def station(radio: Radio) -> Radio:
    radio.release_templates()
    radio.airs("Lịch tiêm chủng")
    return radio


def test_as_things_are_every_zone_hears_what_is_planned(station: Radio) -> None:
    answer = asks(station)

    heard = [each.item.title for each in of_zone(answer).after.heard]
    assert heard[:3] == ["Nhạc hiệu", "Lịch tiêm chủng", "Nhạc không lời"]
    assert all(not each.differences and not each.breaches for each in answer.zones)
    assert of_zone(answer).minutes[MONDAY] == (timedelta(seconds=70), timedelta(seconds=70))


def test_zones_that_are_alike_are_simulated_once(station: Radio) -> None:
    answer = asks(station)

    assert len(answer.zones) == 3
    assert answer.simulated < len(answer.zones)


def test_a_zone_that_was_told_to_be_silent_hears_nothing_until_that_is_lifted(station: Radio) -> None:
    silence.order(station.store, station.clock, OFFICER, zone=LANG_MOI, reason="Thử")
    silent = asks(station)
    silence.lift(station.store, station.clock, APPROVER, zone=LANG_MOI)

    assert of_zone(silent).after.heard == ()
    assert of_zone(silent, GO_SIM).after.heard
    assert of_zone(asks(station)).after.heard


def test_the_roots_silence_of_the_night_is_kept_whatever_is_planned(station: Radio) -> None:
    root = SigningKey("root", bytes(32))
    trusted = TrustedKey(key=root.key, public=root.public, role=KeyRole.ROOT)
    night = NightSilence(time(1), time(23), "Asia/Ho_Chi_Minh")
    newest = TrustList(audience="all", number=99, issued=station.now(), keys=(trusted,), night_silence=night)
    with station.store.writing() as uow:
        uow.issue.add_trust_list(99, sealed(newest, root))
        uow.commit()

    assert of_zone(asks(station)).after.heard == ()


def test_a_draft_is_heard_once_it_would_be_approved(station: Radio) -> None:
    draft = station.writes("Cắt điện")
    station.records(draft)
    station.books(draft, once(time(5, 50)))

    unchanged, approved = asks(station), asks(station, proposal=Proposal(approved=frozenset({draft})))

    assert not any(each.differences for each in unchanged.zones)
    changes = {each.title: each.change for each in of_zone(approved).differences}
    assert changes["Cắt điện"] is Change.ADDED
    (reached,) = (each for each in approved.reach if each.programme == draft)
    assert (reached.before.planned, reached.after.planned > 0) == (0, True)


def test_a_withdrawn_programme_and_a_removed_slot_are_heard_no_more(station: Radio) -> None:
    other = station.airs("Họp dân")
    (slot,) = (each.slot.id for each in _slots(station) if each.slot.programme == other)
    (notice,) = (each.slot.programme for each in _slots(station) if each.slot.programme != other)

    removed = asks(station, proposal=Proposal(removed=frozenset({slot})))
    withdrawn = asks(station, proposal=Proposal(withdrawn=frozenset({notice})))

    gone = {each.title for each in of_zone(removed).differences if each.change is Change.REMOVED}
    assert gone == {"Họp dân"}
    gone = {each.title for each in of_zone(withdrawn).differences if each.change is Change.REMOVED}
    assert gone == {"Lịch tiêm chủng"}


def test_a_wish_is_heard_as_if_it_were_booked_and_released(station: Radio) -> None:
    notice = station.writes("Họp dân")
    station.records(notice)

    answer = asks(station, proposal=Proposal(booked=((notice, once(time(17, 30))),)))

    assert [each.title for each in of_zone(answer).differences if each.change is Change.ADDED] == ["Họp dân"]
    assert not _slots_of(station, notice)


def test_faults_hold_at_the_zones_that_are_named(station: Radio) -> None:
    cut = PowerCut(Span(local(5), local(6, 30)))

    answer = asks(station, faults=[cut], at=frozenset({GO_SIM}))

    assert of_zone(answer, LANG_MOI).differences == ()
    assert {each.reason for each in of_zone(answer, GO_SIM).differences} >= {"device.off"}


def test_faults_hold_everywhere_where_no_zone_is_named(station: Radio) -> None:
    answer = asks(station, faults=[ClockOff(Span(local(0), local(23)), timedelta(minutes=2))])

    assert all(each.differences for each in answer.zones)


def test_three_days_without_a_line_change_nothing_that_was_received(station: Radio) -> None:
    down = LinkDown(Span(local(0), local(0) + 3 * DAY))

    answer = asks(station, faults=[down], last=MONDAY + 3 * DAY)

    titles = {each.title for each in of_zone(answer).differences}
    assert titles <= {"Tiếp sóng VOV1"}


def test_a_clash_that_the_change_brings_is_told_apart(station: Radio) -> None:
    urgent = station.writes("Bão khẩn")
    station.records(urgent)
    station.books(urgent, once(time(5, 43, 30)))

    answer = of_zone(asks(station, proposal=Proposal(approved=frozenset({urgent}))))

    assert answer.new_clashes
    assert set(answer.new_clashes) <= set(answer.clashes)


def test_what_waits_and_is_booked_here_can_be_proposed(station: Radio) -> None:
    booked, unbooked = station.writes("Cắt điện"), station.writes("Chưa đặt lịch")
    station.books(booked, once(time(5, 50)))

    offered = [each.id for each in proposable(station.store, INSPECTOR, SON_HA)]

    assert booked in offered
    assert unbooked not in offered
    with pytest.raises(NotAllowed):
        proposable(station.store, NEIGHBOUR, SON_HA)


def test_anybody_of_the_unit_may_look_and_nobody_else(station: Radio) -> None:
    assert asks(station, person=INSPECTOR).zones
    with pytest.raises(NotAllowed):
        asks(station, person=NEIGHBOUR)
    with pytest.raises(NotAllowed):
        asks(station, QUANG_NGAI, person=OFFICER)


def test_what_does_not_exist_is_refused(station: Radio) -> None:
    with pytest.raises(NotFound, match=r"zone\.unknown"):
        asks(station, ZoneId("nowhere"))
    with pytest.raises(Unacceptable, match=r"programme\.unknown"):
        asks(station, proposal=Proposal(approved=frozenset({ProgrammeId("none")})))
    with pytest.raises(Unacceptable, match=r"slot\.unknown"):
        asks(station, proposal=Proposal(removed=frozenset({SlotId("none")})))
    with pytest.raises(Unacceptable, match=r"simulation\.period"):
        asks(station, last=MONDAY - DAY)


def _slots(radio: Radio) -> list[StoredSlot]:
    with radio.store.reading() as uow:
        return [each for each in uow.programmes.slots() if each.removed_at is None]


def _slots_of(radio: Radio, programme: ProgrammeId) -> list[StoredSlot]:
    return [each for each in _slots(radio) if each.slot.programme == programme]
