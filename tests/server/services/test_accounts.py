"""The accounts of a tree, as its administrator keeps them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.ids import UnitId
from server.errors import NotAllowed, NotFound, ServerError
from server.services import accounts, grants, people
from server.services.accounts import Changes
from server.services.grants import WAIT
from server.services.people import NewPerson
from server.services.rights import may
from server.values import Person, Reset, Role
from tests.fakes.hashing import FakeHashing
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    NEIGHBOUR,
    OFFICER,
    QUANG_NGAI,
    SON_HA,
    SON_LINH,
    TECHNICIAN,
    Radio,
    person,
)

ABOVE = person("above", QUANG_NGAI, Role.ADMINISTRATOR)


def test_they_are_found_with_and_without_tone_marks_in_both_forms(radio: Radio) -> None:
    named = replace(OFFICER, name="Đinh Thị Thuý")
    with radio.store.writing() as uow:
        uow.people.put(named)
        uow.commit()

    for text in ("thuy", "Thuý", "Thuy\u0301", " DINH ", "officer"):
        assert named in accounts.listed(radio.store, ADMINISTRATOR, SON_HA, text=text), text
    assert accounts.listed(radio.store, ADMINISTRATOR, SON_HA, text="nobody") == ()


def test_a_list_goes_as_far_as_its_unit_and_no_further_than_its_reader(radio: Radio) -> None:
    assert NEIGHBOUR not in accounts.listed(radio.store, ADMINISTRATOR, SON_HA)
    assert {NEIGHBOUR, OFFICER, ADMINISTRATOR} <= set(accounts.listed(radio.store, ADMINISTRATOR, QUANG_NGAI))
    for by, unit in ((OFFICER, SON_HA), (APPROVER, SON_HA), (NEIGHBOUR, SON_HA), (NEIGHBOUR, QUANG_NGAI)):
        with pytest.raises(NotAllowed, match=r"rights\.missing"):
            accounts.listed(radio.store, by, unit)


def test_closed_ones_are_listed_when_asked_for(radio: Radio) -> None:
    people.close(radio.store, radio.clock, ADMINISTRATOR, OFFICER.id)

    open_, all_ = (accounts.listed(radio.store, ADMINISTRATOR, SON_HA, closed=closed) for closed in (False, True))

    assert OFFICER.id not in {each.id for each in open_}
    assert OFFICER.id in {each.id for each in all_}


@pytest.mark.parametrize("by", [OFFICER, APPROVER, NEIGHBOUR], ids=lambda by: by.login)
def test_nobody_else_sees_or_changes_an_account(radio: Radio, by: Person) -> None:
    wanted = Changes(name="Khác", roles=frozenset({Role.EDITOR}))

    with pytest.raises(NotFound, match=r"person\.unknown"):
        accounts.one(radio.store, by, TECHNICIAN.id)
    with pytest.raises(NotFound, match=r"person\.unknown"):
        accounts.change(radio.store, radio.clock, by, TECHNICIAN.id, wanted=wanted)
    assert radio.store.kept.people[TECHNICIAN.id] == TECHNICIAN


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": " "}, "person.no_name"),
        ({"name": "a" * 10_000}, "person.name_long"),
        ({"roles": frozenset()}, "person.no_role"),
        ({"ends": timedelta(0)}, "person.ended"),
        ({"ends": timedelta(1), "roles": frozenset({Role.OFFICER})}, "person.contracted_roles"),
        ({"also_units": frozenset({UnitId("nowhere")})}, "unit.unknown"),
        ({"also_units": frozenset({SON_LINH}), "roles": frozenset({Role.APPROVER})}, "person.weighty_units"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(radio: Radio, changes: dict[str, object], code: str) -> None:
    ends = changes.pop("ends", None)
    given = {"ends": radio.now() + ends} if isinstance(ends, timedelta) else {}
    wanted = replace(Changes(name=TECHNICIAN.name, roles=TECHNICIAN.roles), **changes, **given)  # type: ignore[arg-type]

    with pytest.raises(ServerError) as refused:
        accounts.change(radio.store, radio.clock, ADMINISTRATOR, TECHNICIAN.id, wanted=wanted)

    assert refused.value.code == code
    assert radio.store.kept.people[TECHNICIAN.id] == TECHNICIAN
    assert radio.actions() == []


def test_nobody_changes_their_own_roles(radio: Radio) -> None:
    wanted = Changes(name="Administrator", roles=frozenset({Role.ADMINISTRATOR, Role.EDITOR}))

    with pytest.raises(NotAllowed, match=r"person\.own_roles"):
        accounts.change(radio.store, radio.clock, ADMINISTRATOR, ADMINISTRATOR.id, wanted=wanted)


def test_a_technician_works_in_the_named_units_and_in_no_other(radio: Radio) -> None:
    ends = radio.now() + timedelta(days=30)
    wanted = Changes(name="Thợ", roles=TECHNICIAN.roles, also_units=frozenset({SON_LINH}), ends=ends)

    changed, asked = accounts.change(radio.store, radio.clock, ADMINISTRATOR, TECHNICIAN.id, wanted=wanted)

    assert asked is None
    with radio.store.reading() as uow:
        units = uow.places.units()
    assert may(units, changed, SON_LINH, Role.TECHNICIAN)
    assert may(units, changed, SON_HA, Role.TECHNICIAN)
    assert not may(units, changed, QUANG_NGAI, Role.TECHNICIAN)
    assert not may(units, changed, SON_LINH, *(set(Role) - {Role.TECHNICIAN}))
    assert changed in accounts.listed(radio.store, NEIGHBOUR, SON_LINH)


def test_an_account_lets_nobody_in_after_its_end(radio: Radio) -> None:
    wanted = Changes(name="Thợ", roles=TECHNICIAN.roles, ends=radio.now() + timedelta(hours=1))
    accounts.change(radio.store, radio.clock, ADMINISTRATOR, TECHNICIAN.id, wanted=wanted)
    assert people.signed_in(radio.store, radio.clock, TECHNICIAN.id, session_key=1) is not None

    radio.clock.advance(timedelta(hours=1))

    assert people.signed_in(radio.store, radio.clock, TECHNICIAN.id, session_key=1) is None
    with pytest.raises(NotAllowed, match=r"sign_in\.wrong"):
        people.sign_in(radio.store, radio.clock, FakeHashing(), login="technician", password="technician")


def test_opening_a_closed_approver_again_takes_two(radio: Radio) -> None:
    people.close(radio.store, radio.clock, ADMINISTRATOR, APPROVER.id)
    wanted = Changes(name=APPROVER.name, roles=APPROVER.roles | {Role.INSPECTOR})

    changed, asked = accounts.change(radio.store, radio.clock, ADMINISTRATOR, APPROVER.id, wanted=wanted)

    assert changed.active
    assert changed.roles == {Role.INSPECTOR}
    assert asked is not None


def test_a_new_account_waits_for_its_weighty_roles_unless_it_is_made_at_the_machine_in_the_first_days(
    radio: Radio,
) -> None:
    def opens(login: str, *, at_the_machine: bool) -> frozenset[Role]:
        roles = frozenset({Role.OFFICER, Role.APPROVER})
        new = NewPerson(login=login, name="Mới", unit=SON_HA, roles=roles)
        return people.add_person(
            radio.store,
            radio.clock,
            FakeHashing(),
            ADMINISTRATOR,
            new=new,
            password="chữ đầu tiên tạm",
            at_the_machine=at_the_machine,
        ).roles

    people.close(radio.store, radio.clock, ABOVE, NEIGHBOUR.id)
    by_page, by_machine = opens("a", at_the_machine=False), opens("b", at_the_machine=True)
    with radio.store.writing() as uow:
        uow.people.put(ABOVE)
        uow.commit()

    assert by_page == {Role.OFFICER}
    assert by_machine == {Role.OFFICER, Role.APPROVER}
    assert opens("c", at_the_machine=True) == {Role.OFFICER}


def test_a_new_password_for_an_approver_takes_two_and_a_day_and_serves_once(radio: Radio) -> None:

    def gives() -> None:
        people.give_password(
            radio.store, radio.clock, FakeHashing(), ADMINISTRATOR, APPROVER.id, password="mot hai ba bon"
        )

    with radio.store.writing() as uow:
        uow.people.put(ABOVE)
        uow.commit()
    with pytest.raises(NotAllowed, match=r"grant\.by_two"):
        gives()
    asked = grants.ask_reset(radio.store, radio.clock, ADMINISTRATOR, person=APPROVER.id, reset=Reset.PASSWORD)
    grants.agree(radio.store, radio.clock, ABOVE, asked.id)
    with pytest.raises(NotAllowed, match=r"grant\.by_two"):
        gives()
    radio.clock.advance(WAIT)
    assert grants.carry_out_due(radio.store, radio.clock) == 0

    gives()

    assert radio.store.kept.people[APPROVER.id].must_change_password
    with pytest.raises(NotAllowed, match=r"grant\.by_two"):
        gives()
