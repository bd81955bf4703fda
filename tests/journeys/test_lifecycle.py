"""The end of a loudspeaker: what it tells after it was retired."""

from schedules.times import Span
from server.services import retirement
from tests.journeys.places import LANG_MOI, SON_HA, at_once, local
from tests.journeys.world import World


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
    retired = retirement.retired(world.store, world.officer.person, SON_HA, world.gate.id)
    assert retired.reason == "dời cột"
    assert world.gate.id not in {each.loudspeaker.id for each in world.board().loudspeakers}
