"""The audit trail as it is read."""

from datetime import timedelta

import pytest

from schedules.ids import PersonId
from schedules.times import Span
from server.errors import NotAllowed
from server.services import audit
from server.services.audit import A_PAGE
from server.values import AuditLine, Person
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    INSPECTOR,
    NEIGHBOUR,
    OFFICER,
    QUANG_NGAI,
    SON_HA,
    SON_LINH,
    TECHNICIAN,
    Radio,
)


@pytest.fixture
def radio(radio: Radio) -> Radio:
    lines = (
        ("person.added", OFFICER.id, SON_HA),
        ("slot.removed", OFFICER.id, SON_HA),
        ("person.closed", NEIGHBOUR.id, SON_LINH),
        ("keys.expire", None, None),
    )
    with radio.store.writing() as uow:
        for count, (action, by, unit) in enumerate(lines):
            at = radio.now() + timedelta(hours=count)
            uow.audit.add(AuditLine(at=at, by=by, action=action, subject="x", unit=unit))
        uow.commit()
    return radio


def actions(radio: Radio, reader: Person, unit: object = SON_HA, **asked: object) -> list[str]:
    return [each.action for each in audit.read(radio.store, reader, unit, **asked).lines]  # type: ignore[arg-type]


def test_a_unit_shows_its_own_and_the_top_shows_everything_newest_first(radio: Radio) -> None:
    assert actions(radio, INSPECTOR) == ["slot.removed", "person.added"]
    assert actions(radio, ADMINISTRATOR, QUANG_NGAI) == ["keys.expire", "person.closed", "slot.removed", "person.added"]


def test_it_is_filtered_by_person_kind_and_time(radio: Radio) -> None:
    first_hour = Span(radio.now(), radio.now() + timedelta(hours=1))

    assert actions(radio, ADMINISTRATOR, QUANG_NGAI, by=PersonId(NEIGHBOUR.id)) == ["person.closed"]
    assert actions(radio, ADMINISTRATOR, QUANG_NGAI, subject="person") == ["person.closed", "person.added"]
    assert actions(radio, ADMINISTRATOR, QUANG_NGAI, subject="perso") == []
    assert actions(radio, ADMINISTRATOR, QUANG_NGAI, span=first_hour) == ["person.added"]


def test_it_comes_a_page_at_a_time(radio: Radio) -> None:
    for _ in range(A_PAGE):
        audit.note_reading(radio.store, radio.clock, INSPECTOR, what="x", unit=SON_HA)

    first, second = (audit.read(radio.store, INSPECTOR, SON_HA, page=page) for page in (1, 2))

    assert (len(first.lines), first.more) == (A_PAGE, True)
    assert ([each.action for each in second.lines], second.more) == (["slot.removed", "person.added"], False)


@pytest.mark.parametrize(
    ("by", "unit"), [(OFFICER, SON_HA), (APPROVER, SON_HA), (TECHNICIAN, SON_HA), (INSPECTOR, SON_LINH)], ids=str
)
def test_nobody_else_reads_it(radio: Radio, by: Person, unit: object) -> None:
    with pytest.raises(NotAllowed, match=r"rights\.missing"):
        actions(radio, by, unit)
