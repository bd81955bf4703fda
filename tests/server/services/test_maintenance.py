"""The maintenance lock: who sets it, how long it holds, and the warning when it will silence something."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from schedules.ids import LoudspeakerId
from server.errors import NotAllowed, NotFound, Unacceptable
from server.services import maintenance
from server.services.assignments import assignments
from server.services.maintenance import Locked
from server.values import MaintenanceLock, Person
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    DAWN,
    EDITOR,
    GATE,
    INSPECTOR,
    MARKET,
    NEIGHBOUR,
    OFFICER,
    SON_HA,
    TECHNICIAN,
    Radio,
    local,
)


def locks(
    radio: Radio, by: Person = TECHNICIAN, which: LoudspeakerId = GATE, *, minutes: int = 60, reason: str = "thay loa"
) -> None:
    maintenance.lock(radio.store, radio.clock, by, which, minutes=minutes, reason=reason)


def unlocks(radio: Radio, by: Person = TECHNICIAN) -> None:
    maintenance.unlock(radio.store, radio.clock, by, GATE)


def held(radio: Radio) -> MaintenanceLock | None:
    return radio.store.kept.loudspeakers[GATE].locked(radio.now())


def locked(radio: Radio) -> tuple[Locked, ...]:
    return maintenance.locked_at(radio.store, radio.clock, INSPECTOR, SON_HA)


def told_to_the_device(radio: Radio) -> datetime | None:
    with radio.store.reading() as uow:
        told = assignments(uow, {GATE: 1}, epoch=1, now=radio.now())[GATE]
    return told.maintenance_until


@pytest.mark.parametrize("by", [TECHNICIAN, OFFICER, ADMINISTRATOR])
def test_who_looks_after_it_or_runs_the_station_locks_and_unlocks(radio: Radio, by: Person) -> None:
    locks(radio, by)
    assert held(radio) == MaintenanceLock(DAWN + timedelta(hours=1), by.id, "thay loa")
    assert told_to_the_device(radio) == DAWN + timedelta(hours=1)

    unlocks(radio, by)
    assert held(radio) is None
    assert told_to_the_device(radio) is None
    assert radio.store.kept.assignments[GATE][0] == 3
    assert radio.actions() == ["loudspeaker.locked", "loudspeaker.unlocked"]
    assert radio.store.kept.audit[0].details == {
        "until": (DAWN + timedelta(hours=1)).isoformat(),
        "minutes": 60,
        "reason": "thay loa",
    }


@pytest.mark.parametrize("by", [APPROVER, INSPECTOR, EDITOR, NEIGHBOUR, replace(OFFICER, active=False)])
def test_nobody_else_locks_or_unlocks(radio: Radio, by: Person) -> None:
    with pytest.raises(NotAllowed):
        locks(radio, by)
    locks(radio)
    with pytest.raises(NotAllowed):
        unlocks(radio, by)

    assert held(radio) is not None


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({"minutes": 4}, "maintenance.minutes", "minutes"),
        ({"minutes": 481}, "maintenance.minutes", "minutes"),
        ({"reason": ""}, "loudspeaker.no_reason", "reason"),
    ],
)
def test_a_lock_has_a_reason_and_an_end_within_the_day(
    radio: Radio, asked: dict[str, object], code: str, field: str
) -> None:
    with pytest.raises(Unacceptable) as refused:
        locks(radio, **asked)  # type: ignore[arg-type]  # fields by name

    assert (refused.value.code, refused.value.field) == (code, field)


def test_one_that_nobody_knows_is_not_locked(radio: Radio) -> None:
    with pytest.raises(NotFound):
        locks(radio, which=LoudspeakerId("lost"))


def test_a_lock_ends_on_the_next_whole_minute(radio: Radio) -> None:
    radio.clock.advance(timedelta(seconds=20))

    locks(radio, minutes=5)

    lock = held(radio)
    assert lock
    assert lock.until == DAWN + timedelta(minutes=6)


def test_asked_for_twice_at_once_it_is_one_lock(radio: Radio) -> None:
    radio.clock.advance(timedelta(seconds=10))
    locks(radio)
    radio.clock.advance(timedelta(seconds=1))
    locks(radio)

    assert radio.actions() == ["loudspeaker.locked"]
    assert radio.store.kept.assignments[GATE][0] == 2


def test_a_further_lock_replaces_the_one_before(radio: Radio) -> None:
    locks(radio)

    locks(radio, OFFICER, minutes=120, reason="đợi vật tư")

    assert held(radio) == MaintenanceLock(DAWN + timedelta(hours=2), OFFICER.id, "đợi vật tư")


def test_it_ends_by_itself_and_there_is_nothing_to_unlock_then(radio: Radio) -> None:
    locks(radio)
    radio.clock.advance(timedelta(hours=1))

    unlocks(radio)

    assert (held(radio), locked(radio)) == (None, ())
    assert radio.actions() == ["loudspeaker.locked"]


def test_the_locked_are_listed_with_who_and_why_the_first_to_end_first(radio: Radio) -> None:
    locks(radio, which=MARKET, minutes=120)
    locks(radio, OFFICER, reason="sơn cột")

    found = locked(radio)

    assert [(each.loudspeaker.id, each.by_name, each.lock.reason) for each in found] == [
        (GATE, "Officer", "sơn cột"),
        (MARKET, "Technician", "thay loa"),
    ]
    with pytest.raises(NotAllowed):
        maintenance.locked_at(radio.store, radio.clock, NEIGHBOUR, SON_HA)


def test_half_an_hour_before_it_silences_something_it_says_so(radio: Radio) -> None:
    radio.release_templates()
    radio.issue()
    locks(radio, minutes=120)
    assert [each.silences for each in locked(radio)] == [None]

    radio.clock.advance(local(5, 1) - radio.now())

    assert [each.silences for each in locked(radio)] == [("Nhạc hiệu", local(5, 30))]


def test_what_begins_after_its_end_is_no_reason_to_warn(radio: Radio) -> None:
    radio.release_templates()
    radio.issue()
    radio.clock.advance(local(5, 10) - radio.now())

    locks(radio, minutes=20)

    assert [each.silences for each in locked(radio)] == [None]
