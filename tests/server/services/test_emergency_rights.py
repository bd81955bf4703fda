"""Giving and taking back the right, and naming who is told."""

import pytest

from schedules.ids import PersonId
from server.emergency_records import Watch
from server.errors import NotAllowed, NotFound, Unacceptable
from server.services import emergency_rights
from tests.server.services.alarm import MINUTE, gives, watched
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    EDITOR,
    INSPECTOR,
    NEIGHBOUR,
    OFFICER,
    QUANG_NGAI,
    SON_HA,
    SON_LINH,
    TECHNICIAN,
    Radio,
)


def names(radio: Radio) -> list[tuple[str, bool]]:
    found = emergency_rights.holders(radio.store, radio.clock, ADMINISTRATOR, SON_HA)
    return [(each.person.id, each.holds) for each in found]


def test_an_administrator_gives_it_and_takes_it_back(radio: Radio) -> None:
    gives(radio, OFFICER)
    gives(radio, EDITOR, unit=QUANG_NGAI)
    assert names(radio) == [(EDITOR.id, True), (OFFICER.id, True)]

    emergency_rights.end(radio.store, radio.clock, ADMINISTRATOR, person=OFFICER.id, unit=SON_HA)

    assert names(radio) == [(EDITOR.id, True)]
    assert radio.actions() == ["emergency_right.given", "emergency_right.given", "emergency_right.ended"]


def test_nobody_else_does(radio: Radio) -> None:
    for by in (OFFICER, APPROVER, NEIGHBOUR):
        with pytest.raises(NotAllowed, match=r"rights\.missing"):
            emergency_rights.give(radio.store, radio.clock, by, person=INSPECTOR.id, unit=SON_HA)
        with pytest.raises(NotAllowed, match=r"rights\.missing"):
            emergency_rights.end(radio.store, radio.clock, by, person=INSPECTOR.id, unit=SON_HA)
        with pytest.raises(NotAllowed, match=r"rights\.missing"):
            emergency_rights.watch(radio.store, radio.clock, by, unit=SON_HA, people=[INSPECTOR.id])
        with pytest.raises(NotAllowed, match=r"rights\.missing"):
            emergency_rights.holders(radio.store, radio.clock, by, SON_HA)


def test_nobody_gives_it_to_themselves_or_to_nobody_or_twice(radio: Radio) -> None:
    gives(radio, OFFICER)

    with pytest.raises(NotAllowed, match=r"emergency_right\.own"):
        gives(radio, ADMINISTRATOR)
    with pytest.raises(NotFound, match=r"person\.unknown"):
        emergency_rights.give(radio.store, radio.clock, ADMINISTRATOR, person=PersonId("x"), unit=SON_HA)
    with pytest.raises(Unacceptable, match=r"emergency_right\.held"):
        gives(radio, OFFICER)


def test_what_nobody_has_is_not_taken_back(radio: Radio) -> None:
    gives(radio, OFFICER)

    with pytest.raises(NotFound, match=r"emergency_right\.none"):
        emergency_rights.end(radio.store, radio.clock, ADMINISTRATOR, person=OFFICER.id, unit=SON_LINH)
    radio.clock.advance(MINUTE)
    emergency_rights.end(radio.store, radio.clock, ADMINISTRATOR, person=OFFICER.id, unit=SON_HA)
    with pytest.raises(NotFound, match=r"emergency_right\.none"):
        emergency_rights.end(radio.store, radio.clock, ADMINISTRATOR, person=OFFICER.id, unit=SON_HA)


def test_those_who_are_told_are_known_people_and_at_least_two(radio: Radio) -> None:
    watched(radio)

    with pytest.raises(Unacceptable) as refused:
        emergency_rights.watch(
            radio.store,
            radio.clock,
            ADMINISTRATOR,
            unit=SON_HA,
            people=[TECHNICIAN.id, TECHNICIAN.id, PersonId("nobody")],
        )

    assert (refused.value.code, refused.value.field) == ("break_glass.too_few_told", "people")
    assert radio.store.kept.emergencies.watches[SON_HA].people[1:3] == (TECHNICIAN.id, INSPECTOR.id)
    assert isinstance(radio.store.kept.emergencies.watches[SON_HA], Watch)
