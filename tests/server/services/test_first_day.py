"""The first day: the steps of a person's roles, ticked by what the centre knows, shown until the person has enough."""

from dataclasses import replace

import pytest

from schedules.ids import PersonId
from server.account_records import Factor
from server.errors import NotFound
from server.services import first_day, people
from server.values import Person, Role
from tests.fakes.hashing import FakeHashing
from tests.server.services.radio import ADMINISTRATOR, BOTH, INSPECTOR, OFFICER, SON_HA, Radio


def done(radio: Radio, person: Person) -> dict[str, bool | None]:
    return {each.code: each.done for each in first_day.steps(radio.store, person)}


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.CONTRIBUTOR}))
def test_each_role_has_a_handful_of_steps(radio: Radio, role: Role) -> None:
    found = first_day.steps(radio.store, replace(OFFICER, roles=frozenset({role})))

    assert 5 <= len(found) <= 7
    assert any(each.done is not None for each in found)


def test_who_only_contributes_has_two_steps_beside_the_factor(radio: Radio) -> None:
    found = first_day.steps(radio.store, replace(OFFICER, roles=frozenset({Role.CONTRIBUTOR})))

    assert [each.code for each in found] == ["first_day.factor", "first_day.send", "first_day.answer"]


def test_a_step_of_two_roles_stands_once(radio: Radio) -> None:
    found = [each.code for each in first_day.steps(radio.store, BOTH)]

    assert len(found) == len(set(found))
    assert {"first_day.record", "first_day.decide"} <= set(found)


def test_what_was_done_is_ticked(radio: Radio) -> None:
    before = done(radio, OFFICER)

    notice = radio.writes("Tạm ngừng cấp điện")
    radio.records(notice)

    assert before["first_day.record"] is False
    assert done(radio, OFFICER)["first_day.record"] is True
    assert done(radio, OFFICER)["first_day.submit"] is False
    assert done(radio, OFFICER)["first_day.today"] is None
    assert done(radio, BOTH)["first_day.record"] is False


def test_a_factor_is_ticked_once_it_guards(radio: Radio) -> None:
    def keeps(factor: Factor) -> None:
        with radio.store.writing() as uow:
            uow.factors.put(factor)
            uow.commit()

    drawn = Factor(person=INSPECTOR.id, since=radio.now(), sealed="s")

    keeps(drawn)
    assert done(radio, INSPECTOR)["first_day.factor"] is False

    keeps(replace(drawn, confirmed_at=radio.now()))
    assert done(radio, INSPECTOR)["first_day.factor"] is True


def test_a_new_account_is_shown_it_until_it_has_enough(radio: Radio) -> None:
    new = people.NewPerson(login="moi", name="Mới", unit=SON_HA, roles=frozenset({Role.INSPECTOR}))
    made = people.add_person(
        radio.store, radio.clock, FakeHashing(), ADMINISTRATOR, new=new, password="mưa thuận gió hoà"
    )
    assert made.is_new

    first_day.end(radio.store, radio.clock, made)
    first_day.end(radio.store, radio.clock, made)

    with radio.store.reading() as uow:
        known = uow.people.get(made.id)
    assert known is not None
    assert not known.is_new
    assert radio.actions()[1:] == ["first_day.ended"]


def test_nobody_ends_it_for_who_is_not_there(radio: Radio) -> None:
    with pytest.raises(NotFound, match=r"person\.unknown"):
        first_day.end(radio.store, radio.clock, replace(OFFICER, id=PersonId("nobody")))
