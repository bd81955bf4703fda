"""The card of a station names its hours and its people, and nobody who does not serve there."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.ids import PersonId
from server.errors import NotAllowed
from server.services import card as use
from server.services.card import NAMED_AT_MOST, Card
from server.values import Person, Role
from tests.server.services.alarm import gives
from tests.server.services.radio import (
    APPROVER,
    EDITOR,
    INSPECTOR,
    NEIGHBOUR,
    OFFICER,
    QUANG_NGAI,
    SON_HA,
    TECHNICIAN,
    Radio,
)


def card(radio: Radio, by: Person = OFFICER) -> Card:
    return use.card(radio.store, radio.clock, by, SON_HA)


def called(radio: Radio) -> dict[Role, list[str]]:
    return {role: [each.id for each in people] for role, people in card(radio).called}


def keep(radio: Radio, *people: Person) -> None:
    with radio.store.writing() as uow:
        for each in people:
            uow.people.put(each)
        uow.commit()


def test_it_names_who_has_a_role_at_the_station(radio: Radio) -> None:
    found = called(radio)

    assert OFFICER.id in found[Role.OFFICER]
    assert APPROVER.id in found[Role.APPROVER]
    assert TECHNICIAN.id in found[Role.TECHNICIAN]
    assert NEIGHBOUR.id not in {each for people in found.values() for each in people}


def test_its_own_people_come_before_those_above_and_the_sheet_is_not_overrun(radio: Radio) -> None:
    above = [
        replace(TECHNICIAN, id=PersonId(f"tinh-{n}"), login=f"tinh-{n}", name=f"An {n}", unit=QUANG_NGAI)
        for n in range(NAMED_AT_MOST)
    ]
    keep(radio, replace(TECHNICIAN, unit=SON_HA), *above)

    found = called(radio)[Role.TECHNICIAN]

    assert found == [TECHNICIAN.id, "tinh-0", "tinh-1"]


def test_who_serves_no_more_is_not_named(radio: Radio) -> None:
    keep(radio, replace(OFFICER, active=False), replace(TECHNICIAN, ends=radio.clock.now() - timedelta(days=1)))

    found = {role: [each.id for each in people] for role, people in card(radio, APPROVER).called}

    assert OFFICER.id not in found[Role.OFFICER]
    assert TECHNICIAN.id not in found[Role.TECHNICIAN]


def test_it_names_who_may_issue_an_emergency_there(radio: Radio) -> None:
    assert card(radio).issuers == ()

    gives(radio, EDITOR, unit=QUANG_NGAI)

    assert [each.id for each in card(radio).issuers] == [EDITOR.id]


def test_it_carries_the_regulation_of_the_day(radio: Radio) -> None:
    found = card(radio, INSPECTOR)

    assert found.regulation is not None
    assert found.regulation.station == SON_HA
    assert found.day == radio.clock.now().astimezone(found.regulation.zone).date()


def test_a_station_without_a_regulation_has_a_card(radio: Radio) -> None:
    radio.store.kept.regulations.clear()

    assert card(radio).regulation is None


def test_nobody_else_reads_it(radio: Radio) -> None:
    with pytest.raises(NotAllowed, match=r"rights\.missing"):
        card(radio, NEIGHBOUR)
