"""A loudspeaker's life: moved to another group, retired; what it plays and what is kept of it."""

from schedules.asrun import Outcome
from schedules.ids import DeviceId
from schedules.reconciliation import Verdict
from schedules.times import Span
from server.device_records import Device
from server.services import retirement
from tests.journeys.conftest import on_both_databases
from tests.journeys.places import DONG_BANG, LANG_MOI, SON_HA, at_once, local
from tests.journeys.world import World

pytestmark = on_both_databases


def test_a_moved_loudspeaker_plays_its_new_group_and_what_it_played_stays_with_the_old_one(world: World) -> None:
    before = world.airs("Bản tin Làng Mới", at_once("05:45", zone=LANG_MOI))
    old = world.airs("Lịch cấp nước Làng Mới", at_once("06:00", zone=LANG_MOI))
    new = world.airs("Lịch tiêm Đồng Bằng", at_once("06:10", zone=DONG_BANG))
    world.until("05:50")

    world.technician.moves_loudspeaker(world.gate.id, DONG_BANG)
    world.until("06:20")

    heard = [(row.zone.id, row.finding.verdict) for row in world.log(before)]
    assert heard == [(LANG_MOI, Verdict.CONFIRMED)]
    assert world.log(old) == ()
    found = {(row.loudspeaker.id, row.finding.verdict) for row in world.log(new)}
    assert found == {(world.gate.id, Verdict.CONFIRMED), (world.market.id, Verdict.CONFIRMED)}


def test_what_a_retired_loudspeaker_still_tells_is_kept_and_flagged(world: World) -> None:
    before = world.airs("Bản tin", at_once("05:45", zone=LANG_MOI))
    after = world.airs("Lịch cấp nước", at_once("06:00", zone=LANG_MOI))
    world.until("05:50")

    world.technician.retires(world.gate.id)
    world.until("06:05")

    with world.store.reading() as uow:
        told = uow.evidence.heard(Span(local("05:00"), local("07:00")), [world.gate.id])
    flags = {each.entry.programme: each.flags for each in told}
    assert flags == {before: frozenset(), after: frozenset({"after_retirement"})}
    assert [(each.entry.outcome, each.entry.reason) for each in told] == [
        (Outcome.FINISHED, ""),
        (Outcome.SKIPPED, "guard.not_assigned"),
    ]
    retired = retirement.retired(world.store, world.officer.person, SON_HA, world.gate.id)
    assert retired.reason == "dời cột"
    assert world.gate.id not in {each.loudspeaker.id for each in world.board().loudspeakers}


def test_what_a_replaced_device_still_tells_is_kept_and_flagged_and_its_loudspeaker_waits(world: World) -> None:
    key, now = world.gate.key, world.clock.now()
    with world.store.writing() as uow:
        device = Device(id=DeviceId(key.key), loudspeaker=world.gate.id, public_key=key.public, enrolled_at=now)
        uow.devices.put(device)
        uow.commit()
    before = world.airs("Bản tin", at_once("05:45", zone=LANG_MOI))
    after = world.airs("Lịch cấp nước", at_once("06:00", zone=LANG_MOI))
    world.until("05:50")

    world.technician.replaces_device(world.gate.id)
    world.until("06:05")

    with world.store.reading() as uow:
        told = uow.evidence.heard(Span(local("05:00"), local("07:00")), [world.gate.id])
        (ended,) = uow.devices.of(world.gate.id)
    flags = {each.entry.programme: each.flags for each in told}
    assert flags == {before: frozenset(), after: frozenset({"after_retirement"})}
    assert [(each.entry.outcome, each.entry.reason) for each in told] == [
        (Outcome.FINISHED, ""),
        (Outcome.SKIPPED, "guard.not_assigned"),
    ]
    assert ended.retired_at == local("05:50")
    ((through, _),) = ended.last_heads.values()
    assert [each.entry.sequence <= through for each in told] == [True, False]
    assert [each.code for each in world.ready(world.gate).reasons] == ["loudspeaker.not_enrolled"]
