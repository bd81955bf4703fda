"""The schedule as the planner takes it."""

from dataclasses import replace
from datetime import timedelta

from schedules.planning import Planner
from schedules.times import DAY, Span
from server.services import booking, programmes
from server.services.schedule import (
    assumed,
    narrowed,
    regulation_on,
    schedule_around,
    schedule_of,
    unapproved_zones,
    zones_below,
    zones_of_programme,
)
from tests.server.services.radio import (
    DAWN,
    DONG_BANG,
    GO_SIM,
    HAMLETS,
    LANG_MOI,
    NEIGHBOURS,
    OFFICER,
    QUANG_NGAI,
    SIGNAL,
    SON_HA,
    SON_LINH,
    Radio,
    in_notices,
    local,
)


def test_a_part_plans_exactly_as_the_whole_does(radio: Radio) -> None:
    radio.release_templates()
    radio.airs("Điện", wish=in_notices(LANG_MOI))
    radio.airs("Họp", wish=in_notices(DONG_BANG))
    span = Span(local(0), local(0) + 3 * DAY)
    with radio.store.reading() as uow:
        whole = schedule_of(uow)

    for zone in whole.zones:
        part = narrowed(whole, [zone])
        with radio.store.reading() as uow:
            around = schedule_around(uow, [zone.id])
        planned = Planner(part, span).plan(zone, now=DAWN)
        assert planned == Planner(whole, span).plan(zone, now=DAWN) == Planner(around, span).plan(zone, now=DAWN)
        assert {slot.id for slot in around.slots} == {slot.id for slot in part.slots}
        assert len(part.slots) == (zone.id in {LANG_MOI, DONG_BANG})


def test_what_was_removed_is_not_in_it(radio: Radio) -> None:
    programme = radio.airs()
    (slot,) = programmes.get(radio.store, OFFICER, programme).slots
    booking.remove(radio.store, radio.clock, OFFICER, slot.slot.id, version=1)

    with radio.store.reading() as uow:
        assert schedule_of(uow).slots == ()


def test_supposing_approval_changes_nothing_that_is_stored_and_never_revives_what_was_withdrawn(radio: Radio) -> None:
    draft, withdrawn = radio.writes("Nháp"), radio.airs("Đã ngừng")
    radio.records(draft)
    radio.books(draft, in_notices())
    version = radio.stored(withdrawn).programme.version
    programmes.withdraw(radio.store, radio.clock, OFFICER, withdrawn, version=version)
    with radio.store.reading() as uow:
        schedule = schedule_of(uow)

    supposed = assumed(schedule, DAWN)

    added = {
        slot.programme for slot in schedule.slots if supposed.approvals.get(slot.id) != schedule.approvals.get(slot.id)
    }
    assert added == {draft}
    assert len(schedule.approvals) == 1


def test_only_what_counts_is_supposed(radio: Radio) -> None:
    for title in ("Một", "Hai"):
        programme = radio.writes(title)
        radio.records(programme)
        radio.books(programme, in_notices())
    with radio.store.reading() as uow:
        schedule = schedule_of(uow)

    supposed = assumed(schedule, DAWN, lambda programme: programme.title == "Hai")

    released = [slot.programme for slot in supposed.slots if not unapproved_zones(supposed, slot)]
    assert [schedule.programmes[each].title for each in released] == ["Hai"]


def test_a_programme_concerns_the_zones_of_its_slots_and_of_the_templates_it_is_fixed_in(radio: Radio) -> None:
    programme = radio.writes()
    radio.books(programme, in_notices(DONG_BANG))
    with radio.store.reading() as uow:
        schedule = schedule_of(uow)

    assert zones_of_programme(schedule, programme) == {DONG_BANG}
    assert zones_of_programme(schedule, SIGNAL) == {LANG_MOI, GO_SIM, DONG_BANG}
    assert zones_of_programme(schedule, radio.writes()) == frozenset()


def test_the_zones_below_a_unit_are_found_on_every_level(radio: Radio) -> None:
    with radio.store.reading() as uow:
        schedule = schedule_of(uow)

    assert [zone.id for zone in zones_below(schedule, next(iter(HAMLETS)))] == [LANG_MOI]
    assert {zone.id for zone in zones_below(schedule, SON_HA)} == {LANG_MOI, GO_SIM, DONG_BANG}
    assert len(zones_below(schedule, QUANG_NGAI)) == 4
    assert [zone.id for zone in zones_below(schedule, SON_LINH)] == [NEIGHBOURS]


def test_the_regulation_is_the_one_in_force_on_the_local_day(radio: Radio) -> None:
    with radio.store.reading() as uow:
        schedule = schedule_of(uow)
    (old,) = (each for each in schedule.regulations if each.station == SON_HA)
    new = replace(old, number="40/QĐ-UBND", valid_from=old.valid_from + timedelta(days=400))
    schedule = replace(schedule, regulations=(*schedule.regulations, new))

    assert regulation_on(schedule, SON_HA, DAWN) == old
    assert regulation_on(schedule, SON_HA, DAWN + 400 * DAY) == new
    assert regulation_on(schedule, SON_HA, DAWN - 400 * DAY) is None
    assert regulation_on(schedule, QUANG_NGAI, DAWN) is None
