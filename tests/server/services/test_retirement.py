"""A loudspeaker ends, or the device in it: its rights end, what it told until then is written down."""

from dataclasses import replace

import pytest

from schedules.chain import GENESIS
from schedules.ids import DeviceId, JournalId, LoudspeakerId
from server.device_records import Device
from server.errors import NotAllowed, NotFound, Stale, Unacceptable
from server.services import loudspeakers, maintenance, retirement
from server.values import Loudspeaker, Person
from tests.server.services.radio import (
    APPROVER,
    DAWN,
    GATE,
    INSPECTOR,
    LANG_MOI,
    MARKET,
    NEIGHBOUR,
    OFFICER,
    SON_HA,
    SON_LINH,
    TECHNICIAN,
    Radio,
)

JOURNAL = JournalId("journal")
DEVICE = Device(
    id=DeviceId("ab" * 8), loudspeaker=GATE, public_key="11" * 32, enrolled_at=DAWN, certificate_serial="a1"
)


@pytest.fixture
def heard(radio: Radio) -> Radio:
    """The loudspeaker of Làng Mới has its device, and reported one entry."""
    with radio.store.writing() as uow:
        uow.devices.put(DEVICE)
        uow.commit()
    radio.release_templates()
    radio.airs("Lịch tiêm chủng")
    radio.issue()
    radio.hears(radio.item("Lịch tiêm chủng"), GATE, LANG_MOI)
    return radio


def stored(radio: Radio, which: LoudspeakerId = GATE) -> Loudspeaker:
    return radio.store.kept.loudspeakers[which]


def device(radio: Radio) -> Device:
    with radio.store.reading() as uow:
        found = uow.devices.get(DEVICE.id)
    assert found
    return found


def retires(radio: Radio, by: Person = TECHNICIAN, *, reason: str = "dời cột", which: LoudspeakerId = GATE) -> None:
    seen = loudspeakers.seen_as(stored(radio, which))
    retirement.retire(radio.store, radio.clock, by, which, reason=reason, seen=seen)


def replaces(radio: Radio, by: Person = TECHNICIAN, *, reason: str = "sét đánh") -> None:
    seen = loudspeakers.seen_as(stored(radio))
    retirement.replace_device(radio.store, radio.clock, by, GATE, reason=reason, seen=seen)


def test_a_retired_loudspeaker_ends_with_its_device_and_the_heads_of_its_journals(heard: Radio) -> None:
    with heard.store.reading() as uow:
        head = uow.evidence.journal(GATE, JOURNAL).head

    retires(heard)

    assert head != GENESIS
    assert stored(heard).retired_at == DAWN
    assert (device(heard).retired_at, device(heard).last_heads) == (DAWN, {JOURNAL: (1, head)})
    assert heard.store.kept.assignments[GATE][0] == 2
    line = heard.store.kept.audit[-1]
    assert (line.action, line.subject, line.unit, line.by) == ("loudspeaker.retired", GATE, SON_HA, TECHNICIAN.id)
    assert line.details == {
        "reason": "dời cột",
        "zone": LANG_MOI,
        "devices": [DEVICE.id],
        "heads": {JOURNAL: [1, head]},
    }


def test_its_lock_ends_with_it(heard: Radio) -> None:
    maintenance.lock(heard.store, heard.clock, TECHNICIAN, GATE, minutes=60, reason="tháo loa")

    retires(heard)

    assert stored(heard).lock is None


def test_twice_is_once(heard: Radio) -> None:
    retires(heard)
    retires(heard, reason="lần nữa")
    assert heard.actions().count("loudspeaker.retired") == 1


def test_a_replaced_device_ends_and_the_loudspeaker_stays_with_its_history(heard: Radio) -> None:
    before = stored(heard)

    replaces(heard)
    replaces(heard)

    assert stored(heard) == replace(before, public_key="")
    assert device(heard).retired_at == DAWN
    assert list(device(heard).last_heads) == [JOURNAL]
    assert heard.actions().count("loudspeaker.device_replaced") == 1


def test_every_device_it_had_is_told_with_what_was_held_of_it(heard: Radio) -> None:
    replaces(heard)
    newer = replace(DEVICE, id=DeviceId("cd" * 8), public_key="cc" * 32)
    with heard.store.writing() as uow:
        uow.devices.put(newer)
        uow.places.put_loudspeaker(replace(stored(heard), public_key=newer.public_key))
        uow.commit()

    retires(heard)

    assert heard.store.kept.audit[-1].details["devices"] == [newer.id]
    told = retirement.retired(heard.store, INSPECTOR, SON_HA, GATE)
    assert {each.id for each in told.devices} == {DEVICE.id, newer.id}
    assert list(told.heads) == [JOURNAL]


@pytest.mark.parametrize("by", [OFFICER, APPROVER, INSPECTOR, NEIGHBOUR, replace(TECHNICIAN, active=False)])
def test_nobody_else_retires_or_replaces(heard: Radio, by: Person) -> None:
    for does in (retires, replaces):
        with pytest.raises(NotAllowed):
            does(heard, by)

    assert stored(heard).retired_at is None
    assert device(heard).retired_at is None


@pytest.mark.parametrize(
    ("reason", "code"), [(" \n", "loudspeaker.no_reason"), ("x" * 301, "loudspeaker.reason_too_long")]
)
def test_a_reason_is_asked_for(heard: Radio, reason: str, code: str) -> None:
    for does in (retires, replaces):
        with pytest.raises(Unacceptable) as refused:
            does(heard, reason=reason)
        assert (refused.value.code, refused.value.field) == (code, "reason")


def test_what_somebody_else_changed_is_neither_retired_nor_replaced(heard: Radio) -> None:
    for end in (retirement.retire, retirement.replace_device):
        with pytest.raises(Stale):
            end(heard.store, heard.clock, TECHNICIAN, GATE, reason="dời cột", seen="long ago")


def test_a_retired_one_is_described_moved_locked_and_replaced_no_more(heard: Radio) -> None:
    retires(heard)

    with pytest.raises(NotFound):
        replaces(heard)
    with pytest.raises(Unacceptable) as refused:
        maintenance.lock(heard.store, heard.clock, TECHNICIAN, GATE, minutes=60, reason="tháo loa")
    assert refused.value.code == "loudspeaker.retired"


def test_retired_ones_are_listed_apart_and_tell_their_end(heard: Radio) -> None:
    retires(heard)
    heard.clock.advance(heard.preparation.lasts)
    retires(heard, which=MARKET, reason="thôn có loa mới")

    listed = retirement.retired_of(heard.store, INSPECTOR, SON_HA)
    told = retirement.retired(heard.store, INSPECTOR, SON_HA, GATE)

    assert [each.id for each, _ in listed] == [MARKET, GATE]
    assert (told.reason, told.by_name, told.zone.id) == ("dời cột", "Technician", LANG_MOI)
    assert [each.id for each in told.devices] == [DEVICE.id]


def test_one_in_use_or_of_another_station_is_not_among_the_retired(heard: Radio) -> None:
    retires(heard)

    with pytest.raises(NotFound):
        retirement.retired(heard.store, INSPECTOR, SON_HA, MARKET)
    with pytest.raises(NotFound):
        retirement.retired(heard.store, NEIGHBOUR, SON_LINH, GATE)
    with pytest.raises(NotAllowed):
        retirement.retired_of(heard.store, NEIGHBOUR, SON_HA)
