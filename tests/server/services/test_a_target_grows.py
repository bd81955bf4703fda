"""A target that grows voids nothing: zone 3,322 gets nothing yet, and at the other 3,321 not a byte changes."""

from dataclasses import replace
from datetime import time

import pytest

from schedules.ids import ProgrammeId, UnitId, ZoneId
from schedules.recurrence import DAILY
from schedules.times import DAY
from schedules.unit import Unit, UnitLevel, Zone
from server.services import approvals, issuing
from server.values import Person
from tests.fakes.sealing import FakeSealing
from tests.server.services.approved import ORDER
from tests.server.services.radio import (
    APPROVER,
    DONG_BANG,
    EDITOR,
    GO_SIM,
    LANG_MOI,
    MONDAY,
    PROVINCE_APPROVER,
    QUANG_NGAI,
    SON_HA,
    Radio,
    in_notices,
    once,
)

COMMUNES, ZONES = 96, 3321
NEW = ZoneId("zone-new")

Rundowns = dict[ZoneId, tuple[int, bytes]]


def a_province(radio: Radio, *, communes: int, zones: int) -> None:
    """Let the province have so many communes with a regulation, and so many zones among them."""
    with radio.store.writing() as uow:
        (pattern, *_) = [each for each in uow.places.regulations() if each.station == SON_HA]
        there = len(uow.places.zones())
        for number in range(communes):
            commune = UnitId(f"xa-{number}")
            uow.places.put_units(
                [Unit(id=commune, code=str(number), name=commune, level=UnitLevel.COMMUNE, parent=QUANG_NGAI)]
            )
            uow.places.put_regulation(replace(pattern, station=commune))
        for number in range(zones - there):
            station = UnitId(f"xa-{number % communes}")
            uow.places.put_zone(Zone(id=ZoneId(f"zone-{number}"), station=station, unit=station, name=f"Thôn {number}"))
        uow.commit()


def joins(radio: Radio, station: UnitId) -> None:
    """Put a new zone on the map."""
    with radio.store.writing() as uow:
        uow.places.put_zone(Zone(id=NEW, station=station, unit=station, name="Thôn mới", households=120))
        uow.commit()


def rundowns(radio: Radio) -> Rundowns:
    """Plan what is wanted; give what is in force everywhere, revision and signed bytes."""
    issuing.issue_wanted(radio.store, radio.clock, FakeSealing())
    with radio.store.reading() as uow:
        issued = {zone.id: uow.issue.issued(zone.id) for zone in uow.places.zones()}
    return {zone: (each.rundown.revision, each.envelope) for zone, each in issued.items() if each is not None}


def heard(radio: Radio, programme: ProgrammeId) -> set[ZoneId]:
    """Give the zones at which a programme is planned."""
    with radio.store.reading() as uow:
        issued = [uow.issue.issued(zone.id) for zone in uow.places.zones()]
    held = [each.rundown for each in issued if each is not None]
    return {each.zone for each in held if any(item.programme == programme for item in each.items)}


def grows(radio: Radio, programme: ProgrammeId, station: UnitId, approver: Person) -> set[ZoneId]:
    """Let a zone join what a programme is meant for; see who gets what, before and after its approval.

    Returns:
        The zones that played it all along.
    """
    before = rundowns(radio)
    playing = heard(radio, programme)

    joins(radio, station)
    joined, heard_then = rundowns(radio), heard(radio, programme)
    (waiting,) = [each for each in radio.queue(approver).programmes if each.stored.programme.id == programme]
    (slot,) = waiting.slots
    radio.clock.advance(DAY / 24 / 60)
    radio.approves(programme, by=approver)
    released = rundowns(radio)

    assert {zone: joined[zone] for zone in before} == before
    assert heard_then == playing
    assert (slot.supplementary, [zone.id for zone in slot.zones], slot.households) == (True, [NEW], 120)
    assert {zone: released[zone] for zone in before} == before
    assert heard(radio, programme) == playing | {NEW}
    assert radio.queue(approver).programmes == ()
    return playing


def test_a_zone_that_joins_a_commune_waits_for_its_approval_and_changes_nothing_for_the_others(radio: Radio) -> None:
    programme = radio.airs(wish=once(time(6, 30), rule=DAILY, until=MONDAY + 6 * DAY))

    assert grows(radio, programme, SON_HA, APPROVER) == {LANG_MOI, GO_SIM, DONG_BANG}


def test_the_sessions_of_a_commune_wait_for_a_new_zone_as_what_stands_in_them_does(radio: Radio) -> None:
    radio.release_templates()
    programme = radio.airs(wish=in_notices())
    before = rundowns(radio)

    joins(radio, SON_HA)
    joined = rundowns(radio)
    radio.approves(programme)
    with_notice = rundowns(radio)
    waiting = radio.queue().templates
    for each in waiting:
        approvals.approve_template(radio.store, radio.clock, APPROVER, each.stored.template.id, seen=each.seen)
    released = rundowns(radio)

    assert [[zone.id for zone in each.zones] for each in waiting] == [[NEW], [NEW]]
    for told in (joined, with_notice, released):
        assert {zone: told[zone] for zone in before} == before
    assert heard(radio, programme) == {LANG_MOI, GO_SIM, DONG_BANG, NEW}


@pytest.mark.slow
def test_zone_3322_leaves_3321_playing(radio: Radio) -> None:
    a_province(radio, communes=COMMUNES, zones=ZONES)
    programme = radio.writes("Phòng chống lũ quét", by=EDITOR)
    radio.records(programme, by=EDITOR)
    wish = replace(once(time(6, 30)), units=frozenset({QUANG_NGAI}), order=ORDER)
    radio.books(programme, wish, by=EDITOR)
    radio.submits(programme, by=EDITOR)
    radio.approves(programme, by=PROVINCE_APPROVER)

    assert len(grows(radio, programme, UnitId("xa-7"), PROVINCE_APPROVER)) == ZONES
