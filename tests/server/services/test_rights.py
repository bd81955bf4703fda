"""A role holds in the person's unit and below, nowhere else."""

from dataclasses import replace

import pytest

from schedules.ids import UnitId
from schedules.unit import Units
from server.errors import NotAllowed
from server.services.rights import WRITERS, may, require
from server.values import Role
from tests.server.services.radio import (
    ADMINISTRATOR,
    EDITOR,
    HAMLETS,
    NEIGHBOUR,
    OFFICER,
    QUANG_NGAI,
    SON_HA,
    SON_LINH,
    Radio,
)


@pytest.fixture
def units(radio: Radio) -> Units:
    with radio.store.reading() as uow:
        return uow.places.units()


def test_a_role_holds_in_the_own_unit_and_everything_below(units: Units) -> None:
    assert may(units, OFFICER, SON_HA, Role.OFFICER)
    assert may(units, OFFICER, next(iter(HAMLETS)), Role.OFFICER)
    assert may(units, EDITOR, SON_HA, *WRITERS)


def test_a_role_holds_neither_above_nor_beside(units: Units) -> None:
    assert not may(units, OFFICER, QUANG_NGAI, Role.OFFICER)
    assert not may(units, NEIGHBOUR, SON_HA, *Role)
    assert not may(units, ADMINISTRATOR, UnitId("nowhere"), *Role)


def test_another_role_or_a_closed_account_gives_nothing(units: Units) -> None:
    assert not may(units, OFFICER, SON_HA, Role.APPROVER)
    assert not may(units, replace(OFFICER, active=False), SON_HA, Role.OFFICER)


def test_the_refusal_names_the_unit_and_the_roles_that_would_do(units: Units) -> None:
    with pytest.raises(NotAllowed) as refused:
        require(units, OFFICER, SON_LINH, Role.APPROVER)

    assert refused.value.code == "rights.missing"
    assert refused.value.values == {"unit": "Xã Sơn Linh", "roles": (Role.APPROVER,)}
