"""Overrides: asked for one occurrence, granted by another, gone with any change, and told to the loudspeakers."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from schedules.ids import ProgrammeId, SlotId
from schedules.override import Override
from schedules.programme import Kind
from schedules.regulation import Suspension
from schedules.times import DAY
from server.errors import NotAllowed, NotFound, Unacceptable
from server.services import overrides, programmes, regulations
from server.services.assignments import assignments
from server.services.obstacles import obstacles_of
from server.services.schedule import schedule_around, schedule_of
from server.values import Person, Proposal
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    BOTH,
    DONG_BANG,
    GATE,
    GO_SIM,
    INSPECTOR,
    LANG_MOI,
    MONDAY,
    NEIGHBOUR,
    NEIGHBOURS,
    OFFICER,
    PROVINCE_APPROVER,
    SON_HA,
    Radio,
    local,
    once,
)

START = local(20)


def at_eight(radio: Radio, *, by: Person = OFFICER) -> tuple[ProgrammeId, SlotId]:
    """Have a notice of 70 s booked for 20:00, outside the hours."""
    programme = radio.writes("Vỡ kênh", by=by)
    radio.records(programme, by=by)
    return programme, radio.books(programme, once(time(20)), by=by).slot.id


def ask(radio: Radio, slot: SlotId, *, by: Person = OFFICER, reason: str = "Kênh vỡ, phải báo ngay") -> Proposal:
    return overrides.ask(radio.store, radio.clock, by, SON_HA, slot=slot, start=START, reason=reason)


def grant(radio: Radio, proposal: Proposal, *, by: Person = APPROVER) -> Proposal:
    return regulations.accept(radio.store, radio.clock, by, proposal.id)


def obstacles(radio: Radio, programme: ProgrammeId) -> list[str]:
    with radio.store.reading() as uow:
        stored = uow.programmes.get(programme)
        assert stored is not None
        return [each.code for each in obstacles_of(uow, stored, now=radio.now())]


def outside(radio: Radio) -> list[str]:
    with radio.store.reading() as uow:
        found = overrides.outside_hours(schedule_of(uow), SON_HA, radio.now())
    return [each.programme.title for each in found]


def test_what_lies_outside_the_hours_is_listed_until_it_has_its_override(radio: Radio) -> None:
    programme, slot = at_eight(radio)
    inside = radio.writes("Trong giờ")
    radio.records(inside)
    radio.books(inside, once(time(17)))

    assert outside(radio) == ["Vỡ kênh"]
    assert obstacles(radio, programme) == ["regulation.outside_hours"]

    grant(radio, ask(radio, slot))

    assert outside(radio) == []
    assert obstacles(radio, programme) == []


def test_a_granted_override_lets_the_approved_notice_sound(radio: Radio) -> None:
    programme, slot = at_eight(radio)
    radio.wanted()
    grant(radio, ask(radio, slot))

    assert radio.wanted() == {LANG_MOI, GO_SIM, DONG_BANG}
    radio.submits(programme)
    radio.approves(programme)
    radio.issue()

    assert radio.item("Vỡ kênh").starts_at == START


def test_it_counts_in_whatever_part_of_the_schedule_is_read(radio: Radio) -> None:
    _, slot = at_eight(radio)
    grant(radio, ask(radio, slot))

    with radio.store.reading() as uow:
        assert schedule_around(uow, [LANG_MOI]).overrides == schedule_of(uow).overrides != ()
        assert schedule_around(uow, [NEIGHBOURS]).overrides == ()


def test_without_it_the_notice_is_not_even_submitted(radio: Radio) -> None:
    programme, slot = at_eight(radio)
    ask(radio, slot)

    with pytest.raises(Unacceptable):
        radio.submits(programme)


def test_the_loudspeakers_guard_is_told_of_an_opening_of_that_span(radio: Radio) -> None:
    _, slot = at_eight(radio)
    granted = grant(radio, ask(radio, slot))

    with radio.store.reading() as uow:
        told = assignments(uow, {GATE: 2}, epoch=1, now=radio.now())[GATE]

    (opening,) = told.regulations[0].openings
    assert (opening.first_day, opening.rule.earliest, opening.rule.latest) == (MONDAY, time(20), time(20, 2))
    assert isinstance(granted.content, Override)
    assert opening.approval == granted.content.record
    with radio.store.reading() as uow:
        later = assignments(uow, {GATE: 3}, epoch=1, now=radio.now() + 2 * DAY)[GATE]
    assert later.regulations[0].openings == ()


def test_an_override_needs_a_reason_and_an_occurrence(radio: Radio) -> None:
    _, slot = at_eight(radio)

    with pytest.raises(Unacceptable) as refused:
        ask(radio, slot, reason=" ")
    assert (refused.value.code, refused.value.field) == ("override.no_reason", "reason")
    with pytest.raises(NotFound):
        ask(radio, SlotId("nowhere"))
    assert radio.store.kept.proposals == {}


@pytest.mark.parametrize("wrong", [APPROVER, INSPECTOR, ADMINISTRATOR, NEIGHBOUR], ids=lambda person: person.login)
def test_the_wrong_person_asks_for_nothing(radio: Radio, wrong: Person) -> None:
    _, slot = at_eight(radio)

    with pytest.raises(NotAllowed):
        ask(radio, slot, by=wrong)


@pytest.mark.parametrize("wrong", [INSPECTOR, ADMINISTRATOR, NEIGHBOUR], ids=lambda person: person.login)
def test_only_an_approver_of_the_station_grants(radio: Radio, wrong: Person) -> None:
    _, slot = at_eight(radio)
    proposal = ask(radio, slot)

    with pytest.raises(NotAllowed):
        grant(radio, proposal, by=wrong)

    assert outside(radio) == ["Vỡ kênh"]


def test_who_made_the_programme_does_not_grant_it(radio: Radio) -> None:
    _, slot = at_eight(radio, by=BOTH)

    with pytest.raises(Unacceptable) as own_work:
        grant(radio, ask(radio, slot), by=BOTH)
    with pytest.raises(Unacceptable) as asked:
        grant(radio, ask(radio, slot, by=BOTH), by=BOTH)

    assert (own_work.value.code, asked.value.code) == ("approval.own_work", "proposal.own")
    assert grant(radio, ask(radio, slot), by=PROVINCE_APPROVER).settled_by == PROVINCE_APPROVER.id


def test_a_change_after_it_was_asked_for_voids_it(radio: Radio) -> None:
    programme, slot = at_eight(radio)
    proposal = ask(radio, slot)
    stored = radio.stored(programme)
    programmes.edit(
        radio.store,
        radio.clock,
        OFFICER,
        programme,
        draft=replace(programmes.Draft(title="Vỡ kênh ở thôn", kind=Kind.NOTICE)),
        version=stored.programme.version,
    )

    with pytest.raises(Unacceptable) as refused:
        grant(radio, proposal)

    assert refused.value.code == "override.stale"


def test_what_is_over_is_not_granted(radio: Radio) -> None:
    _, slot = at_eight(radio)
    proposal = ask(radio, slot)
    radio.at(local(20, 2))

    with pytest.raises(Unacceptable) as refused:
        grant(radio, proposal)

    assert refused.value.code == "override.over"


def test_what_is_suspended_is_neither_asked_for_nor_granted(radio: Radio) -> None:
    _, slot = at_eight(radio)
    proposal = ask(radio, slot)
    mourning = Suspension(
        number="102/CĐ-TTg",
        signed_on=MONDAY,
        signer="Thủ tướng",
        reason="Quốc tang",
        first_day=MONDAY,
        last_day=MONDAY,
        kinds=frozenset({Kind.NOTICE}),
    )
    regulations.propose(radio.store, radio.clock, OFFICER, SON_HA, mourning)

    with pytest.raises(Unacceptable) as granted:
        grant(radio, proposal)
    with pytest.raises(Unacceptable) as asked:
        ask(radio, slot)

    assert granted.value.code == asked.value.code == "regulation.kind_suspended"


def test_what_would_reach_past_midnight_is_refused(radio: Radio) -> None:
    programme = radio.writes("Khuya")
    radio.records(programme, lasts=timedelta(minutes=5))
    late = radio.books(programme, once(time(23, 58))).slot.id
    until = radio.books(programme, once(time(23, 55))).slot.id

    with pytest.raises(Unacceptable) as refused:
        overrides.ask(radio.store, radio.clock, OFFICER, SON_HA, slot=late, start=local(23, 58), reason="Báo động lũ")
    asked = overrides.ask(
        radio.store, radio.clock, OFFICER, SON_HA, slot=until, start=local(23, 55), reason="Báo động lũ"
    )

    assert refused.value.code == "override.across_midnight"
    assert getattr(asked.content, "latest", None) == time(0)


def test_a_station_without_a_regulation_has_nothing_outside_its_hours(radio: Radio) -> None:
    at_eight(radio)
    radio.store.kept.regulations.clear()

    assert outside(radio) == []
