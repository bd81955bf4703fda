"""A province in a database for the benchmarks: zones, slots of the province, of communes and of zones, all approved.

Every slot is daily and began half a year ago; at one zone no two of them want the same air. It measures nothing.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from schedules.approval import Approval, record_of_slot
from schedules.ids import PersonId, ProgrammeId, Sha256, SlotId, UnitId, ZoneId
from schedules.programme import Kind, Level, Origin, Programme, Recording, State, Variant
from schedules.recurrence import DAILY
from schedules.regulation import Regulation, SessionName, SessionRule
from schedules.slot import AtTime, Slot
from schedules.times import DAY
from schedules.unit import Target, Unit, UnitLevel, Zone
from server.ports import UnitOfWork
from server.store.engine import open_engine, upgrade
from server.store.unit_of_work import SqlStore
from server.values import StoredApproval, StoredProgramme, StoredSlot

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
BEGAN = TODAY - 182 * DAY
PROVINCE = UnitId("p")
EDITOR, APPROVER = PersonId("editor"), PersonId("approver")
PROVINCE_SLOTS, COMMUNE_SLOTS, ZONE_SLOTS = 12, 10, 8
SLOTS = PROVINCE_SLOTS + COMMUNE_SLOTS + ZONE_SLOTS
ZONES_A_COMMUNE = 13
"""Bình Phước has 1,734 loudspeakers in 111 communes; a commune seen had 11 to 14 in its hamlets."""


def built(path: Path, *, zones: int) -> SqlStore:
    """Give a new database, in a file, with a whole province in it."""
    return built_at(f"sqlite:///{path}", zones=zones)


def built_at(url: str, *, zones: int) -> SqlStore:
    """Give an empty database with a whole province in it."""
    engine = open_engine(url)
    upgrade(engine)
    store = SqlStore(engine)
    with store.writing() as uow:
        communes = [
            Unit(
                id=UnitId(f"c{number}"), code=str(number), name=f"Xã {number}", level=UnitLevel.COMMUNE, parent=PROVINCE
            )
            for number in range(-(-zones // ZONES_A_COMMUNE))
        ]
        province = Unit(id=PROVINCE, code="51", name="Tỉnh", level=UnitLevel.PROVINCE, parent=None)
        uow.places.put_units([province, *communes])
        everywhere = [ZoneId(f"z{number}") for number in range(zones)]
        for number, commune in enumerate(communes):
            _put_commune(uow, commune.id, everywhere[number * ZONES_A_COMMUNE : (number + 1) * ZONES_A_COMMUNE])
        for number in range(PROVINCE_SLOTS):
            put_programme(uow, notice(PROVINCE, number))
            put_slot(uow, daily(PROVINCE, PROVINCE, number), everywhere)
        uow.commit()
    return store


def put_programme(uow: UnitOfWork, programme: Programme) -> None:
    """Store a new programme."""
    uow.programmes.put(StoredProgramme(programme=programme, changed_at=NOW), expected_version=0)


def put_slot(uow: UnitOfWork, slot: Slot, zones: list[ZoneId], *, expected_version: int = 0) -> None:
    """Store a slot, approved for some zones."""
    stored = uow.programmes.get(slot.programme)
    assert stored is not None
    uow.programmes.put_slot(
        StoredSlot(slot=slot, changed_by=frozenset({EDITOR}), changed_at=NOW), expected_version=expected_version
    )
    record = record_of_slot(stored.programme, slot)
    approval = Approval(record.hash, frozenset(zones), APPROVER, NOW)
    uow.programmes.add_approval(StoredApproval(subject=slot.id, approval=approval, canonical=record.canonical))


def notice(owner: UnitId, number: int) -> Programme:
    """Give an approved notice of a minute."""
    sha256 = Sha256(f"{owner}-{number}".encode().hex().ljust(64, "0"))
    return Programme(
        id=ProgrammeId(f"{owner}-{number}"),
        owner=owner,
        version=1,
        title=f"Thông báo số {number} của {owner}",
        kind=Kind.NOTICE,
        origin=Origin.PROVINCE if owner == PROVINCE else Origin.COMMUNE,
        level=Level.ORDINARY,
        state=State.APPROVED,
        variants=(Variant("vi", Recording(sha256, 480_000, 60_000)),),
    )


def daily(place: UnitId | ZoneId, owner: UnitId, number: int, *, minutes_later: int = 0) -> Slot:
    """Give the slot of a number on every day: half of them in the morning, half in the evening, two minutes apart."""
    half = SLOTS // 2
    minute = (5 if number < half else 17) * 60 + 2 * (number % half) + minutes_later
    is_zone = place.startswith("z")
    return Slot(
        id=SlotId(f"{place}-{number}"),
        programme=ProgrammeId(f"{owner}-{number}"),
        target=Target(zones=frozenset({ZoneId(place)})) if is_zone else Target(units=frozenset({UnitId(place)})),
        timing=AtTime(
            first_day=BEGAN,
            at=time(minute // 60, minute % 60),
            rule=DAILY,
            until=BEGAN + timedelta(days=365),
        ),
    )


def moved(slot: Slot, *, minutes_later: int) -> Slot:
    """Give a slot as after an edit that moves every occurrence a little."""
    assert isinstance(slot.timing, AtTime)
    at = (datetime.combine(TODAY, slot.timing.at) + timedelta(minutes=minutes_later)).time()
    return replace(slot, timing=replace(slot.timing, at=at), version=slot.version + 1)


def _put_commune(uow: UnitOfWork, commune: UnitId, zones: list[ZoneId]) -> None:
    uow.places.put_regulation(_regulation(commune))
    for zone in zones:
        uow.places.put_zone(Zone(id=zone, station=commune, unit=commune, name=f"Thôn {zone}"))
    for programme in range(PROVINCE_SLOTS, SLOTS):
        put_programme(uow, notice(commune, programme))
    for slot, approved in _slots(commune, zones):
        put_slot(uow, slot, approved)


def _slots(commune: UnitId, zones: list[ZoneId]) -> Iterator[tuple[Slot, list[ZoneId]]]:
    for number in range(PROVINCE_SLOTS, PROVINCE_SLOTS + COMMUNE_SLOTS):
        yield daily(commune, commune, number), zones
    for number in range(PROVINCE_SLOTS + COMMUNE_SLOTS, SLOTS):
        for zone in zones:
            yield daily(zone, commune, number), [zone]


def _regulation(commune: UnitId) -> Regulation:
    return Regulation(
        station=commune,
        number="1/QĐ",
        signed_on=date(2026, 1, 1),
        signer="Chủ tịch",
        valid_from=date(2026, 1, 1),
        time_zone="Asia/Ho_Chi_Minh",
        sessions=(
            SessionRule(session=SessionName.MORNING, earliest=time(5), latest=time(6, 30), max_minutes=60),
            SessionRule(session=SessionName.EVENING, earliest=time(17), latest=time(19), max_minutes=60),
        ),
        max_minutes_a_day=120,
    )
