"""Approval by a second person."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from schedules.approval import record_of_slot
from schedules.ids import ProgrammeId, TemplateId, ZoneId
from schedules.programme import State
from schedules.times import DAY
from schedules.unit import Zone
from server.errors import NotAllowed, NotFound, Stale, Unacceptable
from server.services import approvals, booking, programmes
from server.services.approvals import TemplateToApprove
from server.values import Person, Role, TakeOrigin
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    BOTH,
    DAWN,
    DONG_BANG,
    EDITOR,
    GO_SIM,
    INSPECTOR,
    LANG_MOI,
    MONDAY,
    MORNING,
    NEIGHBOUR,
    NEIGHBOURS,
    OFFICER,
    PROVINCE_APPROVER,
    SIGNAL,
    SON_HA,
    Radio,
    in_notices,
    local,
    once,
    person,
)

NEW_ZONE = ZoneId("zone-new")


def submitted(radio: Radio, *, by: Person = OFFICER, title: str = "Tạm ngừng cấp điện") -> ProgrammeId:
    programme = radio.writes(title, by=by)
    radio.records(programme, by=by)
    radio.books(programme, in_notices(), by=by)
    radio.submits(programme, by=by)
    return programme


def test_the_queue_shows_what_waits_where_and_when(radio: Radio) -> None:
    radio.release_templates()
    programme = submitted(radio)
    radio.writes("Chưa trình")

    (waiting,) = radio.queue().programmes

    (slot,) = waiting.slots
    stored = radio.stored(programme)
    assert waiting.stored == stored
    assert slot.record == record_of_slot(stored.programme, slot.slot).hash
    assert {zone.id for zone in slot.zones} == {LANG_MOI, GO_SIM, DONG_BANG}
    assert (slot.households, slot.residents) == (660, 1800)
    assert [showing.starts for showing in slot.soon] == [local(5, 43, day=MONDAY + n * DAY) for n in range(3)]
    assert (slot.supplementary, waiting.own_work) == (False, False)


def test_the_queue_has_the_soonest_first(radio: Radio) -> None:
    radio.release_templates()
    later, sooner = submitted(radio, title="Sau"), radio.writes("Trước")
    radio.records(sooner)
    radio.books(sooner, once(time(5, 30)))
    radio.submits(sooner)

    assert [each.stored.programme.id for each in radio.queue().programmes] == [sooner, later]


@pytest.mark.parametrize("by", [OFFICER, INSPECTOR, ADMINISTRATOR, NEIGHBOUR, replace(APPROVER, active=False)])
def test_nobody_else_has_it_in_their_queue_or_may_approve_it(radio: Radio, by: Person) -> None:
    programme = submitted(radio)
    seen = radio.queue().programmes[0].seen

    assert radio.queue(by).programmes == ()
    with pytest.raises(NotAllowed):
        approvals.to_approve(radio.store, radio.clock, by, programme)
    with pytest.raises(NotAllowed):
        approvals.approve(radio.store, radio.clock, by, programme, seen=seen)


def test_approving_releases_every_waiting_slot_for_its_zones_by_name(radio: Radio) -> None:
    programme = submitted(radio)
    radio.wanted()

    after = radio.approves(programme)

    (approval,) = radio.store.kept.approvals
    assert after.programme.state is State.APPROVED
    assert approval.approval.zones == {LANG_MOI, GO_SIM, DONG_BANG}
    assert (approval.approval.approved_by, approval.approval.approved_at) == (APPROVER.id, DAWN)
    assert b'"version":2' in approval.canonical
    assert radio.wanted() == {LANG_MOI, GO_SIM, DONG_BANG}
    assert radio.actions()[-1] == "programme.approved"
    assert radio.queue().programmes == ()


def test_nobody_approves_their_own_work(radio: Radio) -> None:
    programme = submitted(radio, by=BOTH)

    (waiting,) = radio.queue(BOTH).programmes
    assert waiting.own_work
    with pytest.raises(Unacceptable, match=r"approval.own_work"):
        radio.approves(programme, by=BOTH)


def test_whoever_booked_recorded_or_edited_it_may_not_approve_it(radio: Radio) -> None:
    by_slot, by_sound = radio.writes("Đặt lịch giúp"), radio.writes("Thu âm giúp")
    radio.records(by_slot)
    radio.books(by_slot, in_notices(), by=BOTH)
    radio.records(by_sound, by=BOTH)
    radio.books(by_sound, in_notices())

    for programme in (by_slot, by_sound):
        radio.submits(programme)
        with pytest.raises(Unacceptable, match=r"approval.own_work"):
            radio.approves(programme, by=BOTH)


def test_what_changed_after_the_approver_saw_it_is_stale(radio: Radio) -> None:
    programme = submitted(radio)
    seen = approvals.to_approve(radio.store, radio.clock, APPROVER, programme).seen
    radio.records(programme, lasts=timedelta(seconds=99))
    radio.submits(programme)

    with pytest.raises(Stale, match=r"approval.stale"):
        approvals.approve(radio.store, radio.clock, APPROVER, programme, seen=seen)

    assert radio.store.kept.approvals == ()


def test_a_slot_added_after_the_approver_saw_it_is_stale_too(radio: Radio) -> None:
    programme = submitted(radio)
    seen = approvals.to_approve(radio.store, radio.clock, APPROVER, programme).seen
    radio.books(programme, once(time(6, 40)))

    with pytest.raises(Stale):
        approvals.approve(radio.store, radio.clock, APPROVER, programme, seen=seen)


def test_zones_that_joined_after_the_approver_saw_it_are_not_released_unseen(radio: Radio) -> None:
    programme = radio.writes()
    radio.records(programme)
    slot = radio.books(programme, in_notices(LANG_MOI)).slot
    radio.submits(programme)
    seen = approvals.to_approve(radio.store, radio.clock, APPROVER, programme).seen
    booking.change(radio.store, radio.clock, OFFICER, slot.id, wish=in_notices(), version=1)

    with pytest.raises(Stale, match=r"approval.stale"):
        approvals.approve(radio.store, radio.clock, APPROVER, programme, seen=seen)

    assert radio.store.kept.approvals == ()


def test_a_template_is_not_released_for_a_zone_the_approver_did_not_see(radio: Radio) -> None:
    seen = template_waiting(radio).seen
    with radio.store.writing() as uow:
        uow.places.put_zone(Zone(id=ZoneId("zone-new"), station=SON_HA, unit=SON_HA, name="Thôn mới"))
        uow.commit()

    with pytest.raises(Stale, match=r"approval.stale"):
        approvals.approve_template(radio.store, radio.clock, APPROVER, MORNING, seen=seen)


def test_a_draft_is_not_approved(radio: Radio) -> None:
    programme = radio.writes()
    radio.records(programme)
    radio.books(programme, in_notices())

    with pytest.raises(Unacceptable, match=r"programme.not_now"):
        radio.approves(programme)


def test_what_expired_in_the_queue_is_not_approved(radio: Radio) -> None:
    programme = radio.writes(valid_until=DAWN + timedelta(hours=2))
    radio.records(programme)
    radio.books(programme, in_notices())
    radio.submits(programme)
    radio.clock.advance(timedelta(hours=2))

    with pytest.raises(Unacceptable, match=r"programme.expired"):
        radio.approves(programme)


def test_a_machine_voice_no_longer_allowed_is_not_approved(radio: Radio) -> None:
    programmes.allow_machine_voice(radio.store, radio.clock, ADMINISTRATOR, SON_HA, allowed=True)
    programme = radio.writes()
    radio.records(programme, origin=TakeOrigin.VOICE)
    radio.books(programme, in_notices())
    radio.submits(programme)
    programmes.allow_machine_voice(radio.store, radio.clock, ADMINISTRATOR, SON_HA, allowed=False)

    with pytest.raises(Unacceptable, match=r"programme.machine_voice"):
        radio.approves(programme)


def test_a_second_slot_needs_approval_and_the_first_none_again(radio: Radio) -> None:
    programme = radio.airs()
    radio.books(programme, once(time(6, 40), LANG_MOI))

    (waiting,) = radio.queue().programmes
    assert [{zone.id for zone in slot.zones} for slot in waiting.slots] == [{LANG_MOI}]
    radio.approves(programme)

    assert len(radio.store.kept.approvals) == 2
    assert radio.stored(programme).programme.state is State.APPROVED


def test_a_target_that_grew_waits_as_a_supplement_for_its_new_zones_only(radio: Radio) -> None:
    programme = radio.airs(wish=in_notices(LANG_MOI))
    (slot,) = programmes.get(radio.store, OFFICER, programme).slots
    booking.change(radio.store, radio.clock, OFFICER, slot.slot.id, wish=in_notices(LANG_MOI, GO_SIM), version=1)

    (waiting,) = radio.queue().programmes

    assert [(each.supplementary, [zone.id for zone in each.zones]) for each in waiting.slots] == [(True, [GO_SIM])]
    radio.approves(programme)
    assert [each.approval.zones for each in radio.store.kept.approvals] == [{LANG_MOI}, {GO_SIM}]


def test_a_zone_that_joins_an_approved_unit_waits_although_the_programme_is_approved(radio: Radio) -> None:
    programme = radio.airs()
    with radio.store.writing() as uow:
        uow.places.put_zone(Zone(id=NEW_ZONE, station=SON_HA, unit=SON_HA, name="Khu chợ mới"))
        uow.commit()

    (waiting,) = radio.queue().programmes

    assert waiting.stored.programme.state is State.APPROVED
    assert [[zone.id for zone in slot.zones] for slot in waiting.slots] == [[NEW_ZONE]]
    assert radio.approves(programme).programme.state is State.APPROVED
    assert radio.queue().programmes == ()


def test_an_approved_programme_with_nothing_waiting_is_not_approved_twice(radio: Radio) -> None:
    programme = radio.airs()

    with pytest.raises(Unacceptable, match=r"approval.nothing_waits"):
        approvals.approve(radio.store, radio.clock, APPROVER, programme, seen=[])


def test_a_programme_of_the_province_needs_the_provinces_approver(radio: Radio) -> None:
    programme = submitted(radio, by=EDITOR)

    assert radio.queue(APPROVER).programmes == ()
    with pytest.raises(NotAllowed):
        radio.approves(programme, by=APPROVER)

    assert radio.approves(programme, by=PROVINCE_APPROVER).programme.state is State.APPROVED


def test_a_communes_programme_booked_at_the_neighbours_needs_an_approver_of_both(radio: Radio) -> None:
    programme = radio.writes()
    radio.records(programme)
    radio.books(programme, once(time(6, 30), LANG_MOI, NEIGHBOURS), by=EDITOR)
    radio.submits(programme)

    with pytest.raises(NotAllowed):
        radio.approves(programme, by=APPROVER)

    assert radio.approves(programme, by=PROVINCE_APPROVER).programme.state is State.APPROVED


def template_waiting(radio: Radio, by: Person = APPROVER) -> TemplateToApprove:
    return next(each for each in radio.queue(by).templates if each.stored.template.id == MORNING)


def test_a_session_template_is_released_once_for_the_whole_station(radio: Radio) -> None:
    waiting = template_waiting(radio)
    radio.wanted()

    approvals.approve_template(radio.store, radio.clock, APPROVER, MORNING, seen=waiting.seen)

    assert {zone.id for zone in waiting.zones} == {LANG_MOI, GO_SIM, DONG_BANG}
    assert [each.title for each in waiting.programmes] == ["Nhạc hiệu", "Nhạc không lời", "Tiếp sóng VOV1"]
    assert radio.wanted() == {LANG_MOI, GO_SIM, DONG_BANG}
    assert MORNING not in {each.stored.template.id for each in radio.queue().templates}
    with pytest.raises(Unacceptable, match=r"approval.nothing_waits"):
        approvals.approve_template(radio.store, radio.clock, APPROVER, MORNING, seen=waiting.seen)


def test_a_released_template_plays_its_fixed_programmes(radio: Radio) -> None:
    waiting = template_waiting(radio)
    approvals.approve_template(radio.store, radio.clock, APPROVER, MORNING, seen=waiting.seen)

    radio.issue()

    assert radio.item("Tiếp sóng VOV1", GO_SIM).starts_at == local(6)


def test_another_sound_in_a_fixed_programme_voids_the_template_until_it_is_released_again(radio: Radio) -> None:
    radio.release_templates()
    seen = radio.queue().templates
    radio.records(SIGNAL, lasts=timedelta(seconds=30))

    waiting = template_waiting(radio)

    assert seen == ()
    assert waiting.programmes[0].version == 2
    with pytest.raises(Stale):
        approvals.approve_template(radio.store, radio.clock, APPROVER, MORNING, seen="0" * 64)


def test_nobody_releases_a_template_they_drew_up_or_recorded_for(radio: Radio) -> None:
    drew_up = replace(OFFICER, roles=frozenset({Role.OFFICER, Role.APPROVER}))
    radio.records(SIGNAL, by=BOTH)

    for by in (drew_up, BOTH):
        waiting = template_waiting(radio, by)
        assert waiting.own_work
        with pytest.raises(Unacceptable, match=r"approval.own_work"):
            approvals.approve_template(radio.store, radio.clock, by, MORNING, seen=waiting.seen)


@pytest.mark.parametrize("by", [OFFICER, NEIGHBOUR, ADMINISTRATOR])
def test_only_an_approver_of_the_station_releases_its_templates(radio: Radio, by: Person) -> None:
    seen = template_waiting(radio).seen

    assert MORNING not in {each.stored.template.id for each in radio.queue(by).templates}
    with pytest.raises(NotAllowed):
        approvals.approve_template(radio.store, radio.clock, by, MORNING, seen=seen)


def test_a_template_with_a_machine_voice_nobody_allowed_is_not_released(radio: Radio) -> None:
    radio.records(SIGNAL, origin=TakeOrigin.VOICE)
    waiting = template_waiting(radio)

    with pytest.raises(Unacceptable, match=r"programme.machine_voice"):
        approvals.approve_template(radio.store, radio.clock, APPROVER, MORNING, seen=waiting.seen)


def test_an_unknown_template_is_not_found(radio: Radio) -> None:
    with pytest.raises(NotFound, match=r"template.unknown"):
        approvals.approve_template(radio.store, radio.clock, APPROVER, TemplateId("nothing"), seen="")


def test_two_approvers_at_once_release_it_once(radio: Radio) -> None:
    second = person("second-approver", SON_HA, Role.APPROVER)
    programme = submitted(radio)
    seen = approvals.to_approve(radio.store, radio.clock, second, programme).seen
    radio.approves(programme)

    with pytest.raises(Unacceptable, match=r"approval.nothing_waits"):
        approvals.approve(radio.store, radio.clock, second, programme, seen=seen)
