"""A commune that is taken in by another: whose work its loudspeakers are before the day and on it."""

from dataclasses import replace
from datetime import date, time

import pytest

from schedules.ids import ZoneId
from schedules.times import DAY
from schedules.unit import Units
from server.errors import NotAllowed
from server.services import (
    succession,
)
from server.services.rights import ANY_ROLE, WRITERS, may
from server.values import Role
from tests.server.services.merging import CUT, MERGE, decided
from tests.server.services.radio import (
    MONDAY,
    NEIGHBOUR,
    NEIGHBOURS,
    OFFICER,
    SON_HA,
    SON_LINH,
    Radio,
    local,
    once,
)


def test_a_unit_that_will_be_taken_in_does_not_reach_into_the_one_that_takes_it(radio: Radio) -> None:
    decided(radio, replace(MERGE, of=(SON_LINH,), into=SON_HA))
    with radio.store.reading() as uow:
        units = uow.places.units()

    assert not may(units, NEIGHBOUR, SON_HA, *WRITERS)


TAKEN_IN = replace(MERGE, of=(SON_LINH,), into=SON_HA)


def units_of(radio: Radio) -> Units:
    with radio.store.reading() as uow:
        return uow.places.units()


def test_what_is_taken_in_is_its_own_peoples_until_the_day_and_only_to_be_read_by_who_takes_it(radio: Radio) -> None:
    decided(radio, TAKEN_IN)

    for role in (Role.EDITOR, Role.OFFICER, Role.APPROVER, Role.ADMINISTRATOR, Role.TECHNICIAN):
        everybody = replace(OFFICER, roles=frozenset({role}))
        assert may(units_of(radio), everybody, SON_LINH, *ANY_ROLE)
        assert not may(units_of(radio), everybody, SON_LINH, role)
    assert may(units_of(radio), NEIGHBOUR, SON_LINH, Role.OFFICER)

    radio.at(local(0, 1, day=CUT))
    succession.carry_out_due(radio.store, radio.clock)

    assert may(units_of(radio), OFFICER, SON_LINH, *WRITERS)


def books(radio: Radio, day: date, *zones: ZoneId) -> None:
    """Book a notice of Sơn Hà's for zones, for the whole commune where none are named."""
    radio.books(radio.writes(f"Họp {day} {len(zones)}"), once(time(5, 30), *zones, day=day))


def test_for_loudspeakers_that_are_taken_in_their_new_commune_prepares_what_begins_on_the_day(radio: Radio) -> None:
    decided(radio, TAKEN_IN)

    for wrong in (MONDAY + DAY, CUT - DAY):
        with pytest.raises(NotAllowed):
            books(radio, wrong, NEIGHBOURS)
    books(radio, CUT, NEIGHBOURS)
    books(radio, MONDAY + DAY)  # for the commune, which has them from the day on


def test_an_approver_of_the_new_commune_releases_what_is_for_all_of_it(radio: Radio) -> None:
    decided(radio, TAKEN_IN)
    programme = radio.writes("Lịch tiêm chủng")
    radio.records(programme)
    radio.books(programme, once(time(17)))

    radio.submits(programme)
    radio.approves(programme)

    (approved,) = radio.store.kept.approvals
    assert NEIGHBOURS in approved.approval.zones
