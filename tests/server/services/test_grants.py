"""More rights: two administrators, a day's wait, the holder knows, and anybody who administers may call it off."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.ids import PersonId
from server.errors import NotAllowed, NotFound, ServerError, Unacceptable
from server.services import accounts, emergency_rights, grants
from server.services.accounts import Changes
from server.services.grants import WAIT
from server.values import Person, Proposal, ProposalState, Reset, Role
from tests.server.services.radio import ADMINISTRATOR, INSPECTOR, NEIGHBOUR, OFFICER, QUANG_NGAI, SON_HA, Radio, person

SECOND = person("second", QUANG_NGAI, Role.ADMINISTRATOR)
LATER = timedelta(seconds=1)


@pytest.fixture
def radio(radio: Radio) -> Radio:
    with radio.store.writing() as uow:
        uow.people.put(SECOND)
        uow.commit()
    return radio


def asks(radio: Radio, *more: Role) -> Proposal:
    wanted = Changes(name=OFFICER.name, roles=OFFICER.roles | set(more))
    _, asked = accounts.change(radio.store, radio.clock, ADMINISTRATOR, OFFICER.id, wanted=wanted)
    assert asked is not None
    return asked


def kept(radio: Radio, who: Person = OFFICER) -> Person:
    return radio.store.kept.people[who.id]


def a_day_goes_by(radio: Radio) -> int:
    radio.clock.advance(WAIT)
    return grants.carry_out_due(radio.store, radio.clock)


def test_a_weighty_role_holds_a_day_after_a_second_administrator_agreed(radio: Radio) -> None:
    asked = asks(radio, Role.APPROVER)
    radio.clock.advance(2 * WAIT)

    assert grants.carry_out_due(radio.store, radio.clock) == 0
    grants.agree(radio.store, radio.clock, SECOND, asked.id)
    radio.clock.advance(WAIT - LATER)
    assert grants.carry_out_due(radio.store, radio.clock) == 0
    assert kept(radio).roles == OFFICER.roles
    radio.clock.advance(LATER)
    assert grants.carry_out_due(radio.store, radio.clock) == 1
    assert kept(radio).roles == {Role.OFFICER, Role.APPROVER}
    assert radio.actions() == ["grant.asked", "person.changed", "grant.agreed", "grant.holds"]


def test_other_roles_hold_at_once_beside_it(radio: Radio) -> None:
    asks(radio, Role.APPROVER, Role.EDITOR)

    assert kept(radio).roles == {Role.OFFICER, Role.EDITOR}


def test_it_takes_another_administrator_of_that_place(radio: Radio) -> None:
    asked = asks(radio, Role.APPROVER)

    for by, code in (
        (ADMINISTRATOR, "proposal.own"),
        (NEIGHBOUR, "rights.missing"),
        (INSPECTOR, "rights.missing"),
        (replace(OFFICER, roles=frozenset({Role.ADMINISTRATOR})), "grant.own"),
    ):
        with pytest.raises((Unacceptable, NotAllowed)) as refused:
            grants.agree(radio.store, radio.clock, by, asked.id)
        assert refused.value.code == code
    assert grants.waiting(radio.store, NEIGHBOUR) == ()
    (seen,) = grants.waiting(radio.store, SECOND)
    assert (seen.holder, seen.asked_by, seen.may_agree, seen.holds_from) == ("Officer", "Administrator", True, None)
    assert not grants.waiting(radio.store, ADMINISTRATOR)[0].may_agree


def test_whoever_administers_calls_it_off_in_its_day_and_not_after(radio: Radio) -> None:
    asked = asks(radio, Role.APPROVER)
    grants.agree(radio.store, radio.clock, SECOND, asked.id)

    with pytest.raises(NotAllowed, match=r"rights\.missing"):
        grants.call_off(radio.store, radio.clock, NEIGHBOUR, asked.id)
    grants.call_off(radio.store, radio.clock, ADMINISTRATOR, asked.id)

    assert a_day_goes_by(radio) == 0
    assert kept(radio).roles == OFFICER.roles
    for again in (grants.agree, grants.call_off):
        with pytest.raises(Unacceptable, match=r"proposal\.settled"):
            again(radio.store, radio.clock, SECOND, asked.id)


def test_what_holds_is_not_called_off(radio: Radio) -> None:
    asked = asks(radio, Role.APPROVER)
    grants.agree(radio.store, radio.clock, SECOND, asked.id)
    radio.clock.advance(WAIT)

    with pytest.raises(Unacceptable, match=r"grant\.holds"):
        grants.call_off(radio.store, radio.clock, ADMINISTRATOR, asked.id)
    with pytest.raises(Unacceptable, match=r"proposal\.settled"):
        grants.agree(radio.store, radio.clock, SECOND, asked.id)


def test_the_right_to_issue_emergencies_goes_the_same_way(radio: Radio) -> None:
    for by in (OFFICER, NEIGHBOUR):
        with pytest.raises(NotAllowed, match=r"rights\.missing"):
            grants.ask_emergency(radio.store, radio.clock, by, person=INSPECTOR.id, unit=SON_HA)
    asked = grants.ask_emergency(radio.store, radio.clock, ADMINISTRATOR, person=OFFICER.id, unit=SON_HA)
    grants.agree(radio.store, radio.clock, SECOND, asked.id)

    with radio.store.reading() as uow:
        assert not emergency_rights.holds_right(uow, OFFICER, [SON_HA], radio.now())
    assert a_day_goes_by(radio) == 1
    radio.clock.advance(LATER)
    with radio.store.reading() as uow:
        assert emergency_rights.holds_right(uow, OFFICER, [SON_HA], radio.now())
    with pytest.raises(Unacceptable, match=r"emergency_right\.held"):
        grants.ask_emergency(radio.store, radio.clock, ADMINISTRATOR, person=OFFICER.id, unit=SON_HA)


def test_the_same_is_not_asked_for_twice_nor_for_oneself_or_nobody(radio: Radio) -> None:
    asks(radio, Role.APPROVER)

    with pytest.raises(Unacceptable, match=r"grant\.asked_already"):
        asks(radio, Role.APPROVER)
    with pytest.raises(NotAllowed, match=r"grant\.own"):
        grants.ask_emergency(radio.store, radio.clock, ADMINISTRATOR, person=ADMINISTRATOR.id, unit=SON_HA)
    with pytest.raises(NotFound, match=r"person\.unknown"):
        grants.ask_reset(radio.store, radio.clock, ADMINISTRATOR, person=PersonId("nobody"), reset=Reset.PASSWORD)
    with pytest.raises(NotFound, match=r"proposal\.unknown"):
        grants.agree(radio.store, radio.clock, SECOND, "nothing")


def test_the_holder_is_told_from_the_second_word_on_for_a_week(radio: Radio) -> None:
    asked = asks(radio, Role.APPROVER)
    with radio.store.reading() as uow:
        assert grants.about(uow, OFFICER, radio.now()) == ()
    grants.agree(radio.store, radio.clock, SECOND, asked.id)
    a_day_goes_by(radio)

    with radio.store.reading() as uow:
        (told,) = grants.about(uow, OFFICER, radio.now())
        assert (told.asked_by, told.agreed_by, told.holds_from) == ("Administrator", "Second", radio.now())
        assert grants.about(uow, INSPECTOR, radio.now()) == ()
        assert grants.about(uow, OFFICER, radio.now() + grants.TOLD_FOR) == ()


def test_a_closed_account_gets_nothing_and_gives_up_its_rights(radio: Radio) -> None:
    emergency_rights.give(radio.store, radio.clock, ADMINISTRATOR, person=OFFICER.id, unit=SON_HA)
    asked = asks(radio, Role.APPROVER)
    grants.agree(radio.store, radio.clock, SECOND, asked.id)
    closed = Changes(name=OFFICER.name, roles=OFFICER.roles, active=False)
    accounts.change(radio.store, radio.clock, ADMINISTRATOR, OFFICER.id, wanted=closed)

    a_day_goes_by(radio)

    assert radio.store.kept.proposals[asked.id].state is ProposalState.REFUSED
    with radio.store.reading() as uow:
        assert not emergency_rights.holds_any(uow, OFFICER, radio.now())


def test_an_account_that_ended_is_closed(radio: Radio) -> None:
    until = radio.now() + timedelta(days=1)
    wanted = Changes(name=INSPECTOR.name, roles=INSPECTOR.roles, ends=until)
    accounts.change(radio.store, radio.clock, ADMINISTRATOR, INSPECTOR.id, wanted=wanted)
    assert grants.carry_out_due(radio.store, radio.clock) == 0

    radio.clock.advance(timedelta(days=1))

    assert grants.carry_out_due(radio.store, radio.clock) == 1
    assert not kept(radio, INSPECTOR).active
    assert radio.actions()[-1] == "person.ended"


def test_a_contracted_account_cannot_be_asked_for_weighty_rights(radio: Radio) -> None:
    wanted = Changes(name=INSPECTOR.name, roles=INSPECTOR.roles, ends=radio.now() + timedelta(days=9))
    accounts.change(radio.store, radio.clock, ADMINISTRATOR, INSPECTOR.id, wanted=wanted)

    with pytest.raises(ServerError, match=r"grant\.contracted"):
        grants.ask_emergency(radio.store, radio.clock, ADMINISTRATOR, person=INSPECTOR.id, unit=SON_HA)
