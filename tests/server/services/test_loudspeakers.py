"""Loudspeakers are set up, described and moved by who looks after them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.ids import LoudspeakerId, ZoneId
from server.errors import NotAllowed, NotFound, Stale, Unacceptable
from server.services import loudspeakers
from server.services.assignments import assignments
from server.services.loudspeakers import Description
from server.values import Loudspeaker, LoudspeakerKind, Person, Role, Stood
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    DAWN,
    DONG_BANG,
    EDITOR,
    GATE,
    GO_SIM,
    INSPECTOR,
    LANG_MOI,
    MARKET,
    NEIGHBOUR,
    NEIGHBOURS,
    OFFICER,
    OVER_THERE,
    QUANG_NGAI,
    SON_HA,
    SON_LINH,
    TECHNICIAN,
    Radio,
    person,
)

OF_BOTH = person("technician-of-both", QUANG_NGAI, Role.TECHNICIAN)
HALL = Description(name="Nhà văn hoá", horns=4, volume=70)


def created(radio: Radio, by: Person = TECHNICIAN, zone: ZoneId = LANG_MOI, **facts: object) -> Loudspeaker:
    described = replace(HALL, **facts)  # type: ignore[arg-type]  # fields by name
    return loudspeakers.create(radio.store, radio.clock, by, SON_HA, zone=zone, described=described)


def changed(radio: Radio, known: Loudspeaker, by: Person = TECHNICIAN, **facts: object) -> Loudspeaker:
    described = Description(name=known.name, kind=known.kind, horns=known.horns, volume=known.volume)
    described = replace(described, **facts)  # type: ignore[arg-type]  # fields by name
    seen = loudspeakers.seen_as(known)
    return loudspeakers.change(radio.store, radio.clock, by, known.id, described=described, seen=seen)


def moved(radio: Radio, known: Loudspeaker, zone: ZoneId, by: Person = TECHNICIAN) -> Loudspeaker:
    seen = loudspeakers.seen_as(known)
    return loudspeakers.move(radio.store, radio.clock, by, known.id, zone=zone, seen=seen)


def stored(radio: Radio, which: LoudspeakerId = GATE) -> Loudspeaker:
    return radio.store.kept.loudspeakers[which]


def wanted(radio: Radio, which: LoudspeakerId = GATE) -> int:
    return radio.store.kept.assignments[which][0]


def test_a_technician_sets_up_a_place_that_waits_for_its_device(radio: Radio) -> None:
    made = created(radio, name="  Nhà   văn hoá ")

    assert stored(radio, made.id) == made
    assert (made.name, made.zone, made.public_key, made.since) == ("Nhà văn hoá", LANG_MOI, "", DAWN)
    assert (made.horns, made.clusters, made.volume) == (4, 0, 70)
    assert wanted(radio, made.id) == 1
    (line,) = radio.store.kept.audit
    assert (line.action, line.subject, line.unit, line.by) == ("loudspeaker.created", made.id, SON_HA, TECHNICIAN.id)
    assert (line.details["name"], line.details["zone"]) == ("Nhà văn hoá", LANG_MOI)


def test_a_budget_of_a_day_is_kept_and_told_to_the_device(radio: Radio) -> None:
    known, before = stored(radio), wanted(radio)

    changed(radio, known, daily_bytes=200_000_000)

    assert stored(radio).daily_bytes == 200_000_000
    with radio.store.reading() as uow:
        assert assignments(uow, {GATE: 1}, epoch=1, now=radio.now())[GATE].daily_bytes == 200_000_000
    assert wanted(radio) == before + 1
    changed(radio, stored(radio))
    assert stored(radio).daily_bytes is None


@pytest.mark.parametrize("daily_bytes", [-1, 0, 999_999, 100_000_000_001])
def test_a_budget_that_carries_nothing_or_is_none_is_refused(radio: Radio, daily_bytes: int) -> None:
    with pytest.raises(Unacceptable) as refused:
        created(radio, daily_bytes=daily_bytes)

    assert (refused.value.code, refused.value.field) == ("loudspeaker.daily_bytes", "daily_mb")


def test_a_gateway_has_clusters_and_no_horns_of_its_own(radio: Radio) -> None:
    made = created(radio, kind=LoudspeakerKind.GATEWAY, clusters=6)

    assert (made.kind, made.clusters, made.horns) == (LoudspeakerKind.GATEWAY, 6, 0)


@pytest.mark.parametrize("by", [OFFICER, APPROVER, INSPECTOR, EDITOR, NEIGHBOUR, replace(TECHNICIAN, active=False)])
def test_nobody_else_sets_up_describes_or_moves(radio: Radio, by: Person) -> None:
    with pytest.raises(NotAllowed):
        created(radio, by)
    with pytest.raises(NotAllowed):
        changed(radio, stored(radio), by, volume=10)
    with pytest.raises(NotAllowed):
        moved(radio, stored(radio), DONG_BANG, by)

    assert radio.actions() == []


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"name": " "}, "loudspeaker.no_name", "name"),
        ({"name": "x" * 81}, "loudspeaker.name_too_long", "name"),
        ({"name": "cổng thôn làng mới"}, "loudspeaker.name_taken", "name"),
        ({"horns": 0}, "loudspeaker.horns", "horns"),
        ({"horns": 41}, "loudspeaker.horns", "horns"),
        ({"kind": LoudspeakerKind.GATEWAY}, "loudspeaker.clusters", "clusters"),
        ({"volume": 0}, "loudspeaker.volume", "volume"),
        ({"volume": 101}, "loudspeaker.volume", "volume"),
        ({"zone": NEIGHBOURS}, "zone.not_here", "zone"),
        ({"zone": ZoneId("nowhere")}, "zone.not_here", "zone"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(
    radio: Radio, facts: dict[str, object], code: str, field: str
) -> None:
    with pytest.raises(Unacceptable) as refused:
        created(radio, **facts)  # type: ignore[arg-type]  # fields by name

    assert (refused.value.code, refused.value.field) == (code, field)
    assert len(radio.store.kept.loudspeakers) == 4


def test_a_change_is_told_to_the_device_and_written_down(radio: Radio) -> None:
    after = changed(radio, stored(radio), name="Cổng làng", volume=60)

    assert stored(radio) == after
    assert (after.name, after.volume, after.public_key) == ("Cổng làng", 60, "11" * 32)
    assert wanted(radio) == 2
    (line,) = radio.store.kept.audit
    assert (line.action, line.details["before"]["volume"], line.details["after"]["volume"]) == (  # type: ignore[index]
        "loudspeaker.changed",
        100,
        60,
    )


def test_the_same_again_changes_nothing(radio: Radio) -> None:
    changed(radio, stored(radio))

    assert (wanted(radio), radio.actions()) == (1, [])


def test_a_change_of_what_somebody_else_changed_is_refused(radio: Radio) -> None:
    before = stored(radio)
    changed(radio, before, ADMINISTRATOR, volume=60)

    with pytest.raises(Stale) as refused:
        changed(radio, before, volume=80)
    with pytest.raises(Stale):
        moved(radio, before, DONG_BANG)

    assert refused.value.values["by"] == ADMINISTRATOR.name
    assert stored(radio).volume == 60


def test_a_loudspeaker_that_nobody_knows_is_not_found(radio: Radio) -> None:
    lost = replace(stored(radio), id=LoudspeakerId("lost"))

    with pytest.raises(NotFound):
        changed(radio, lost, volume=60)
    with pytest.raises(NotFound):
        moved(radio, lost, DONG_BANG)


def test_a_move_gives_the_device_its_new_zone_and_keeps_where_it_stood(radio: Radio) -> None:
    after = moved(radio, stored(radio), DONG_BANG)

    assert (after.zone, after.stood) == (DONG_BANG, (Stood(LANG_MOI, DAWN),))
    assert after.zone_at(DAWN - timedelta(seconds=1)) == LANG_MOI
    assert after.zone_at(DAWN) == DONG_BANG
    assert wanted(radio) == 2
    (line,) = radio.store.kept.audit
    assert (line.action, line.details) == ("loudspeaker.moved", {"before": LANG_MOI, "after": DONG_BANG})


def test_a_second_move_to_the_same_zone_is_none(radio: Radio) -> None:
    before = stored(radio)
    moved(radio, before, DONG_BANG)

    moved(radio, before, DONG_BANG)

    assert (wanted(radio), radio.actions()) == (2, ["loudspeaker.moved"])


def test_a_move_to_another_station_needs_the_right_at_both(radio: Radio) -> None:
    for by in (TECHNICIAN, NEIGHBOUR):
        with pytest.raises(NotAllowed):
            moved(radio, stored(radio), NEIGHBOURS, by)
    with pytest.raises(NotAllowed):
        moved(radio, stored(radio, OVER_THERE), LANG_MOI)

    moved(radio, stored(radio), NEIGHBOURS, OF_BOTH)

    assert stored(radio).zone == NEIGHBOURS
    assert {line.unit for line in radio.store.kept.audit} == {SON_HA, SON_LINH}


def test_a_move_to_where_its_name_is_taken_or_to_nowhere_is_refused(radio: Radio) -> None:
    other = created(radio, zone=DONG_BANG, name="Cổng thôn Làng Mới")

    for zone, code in ((DONG_BANG, "loudspeaker.name_taken"), (ZoneId("nowhere"), "zone.not_here")):
        with pytest.raises(Unacceptable) as refused:
            moved(radio, stored(radio), zone)
        assert (refused.value.code, refused.value.field) == (code, "zone")
    assert stored(radio, other.id).zone == DONG_BANG


def test_the_places_offered_for_a_move_are_those_the_person_looks_after(radio: Radio) -> None:
    def offered(by: Person) -> dict[str, list[ZoneId]]:
        return {unit.id: [zone.id for zone in zones] for unit, zones in loudspeakers.places_for(radio.store, by)}

    assert offered(TECHNICIAN) == {SON_HA: [GO_SIM, LANG_MOI, DONG_BANG]}
    assert list(offered(OF_BOTH)) == [SON_HA, SON_LINH]
    assert offered(INSPECTOR) == {}


def test_a_moved_loudspeaker_answers_for_each_zone_only_while_it_stood_there(radio: Radio) -> None:
    known = stored(radio, MARKET)

    after = moved(radio, known, LANG_MOI)
    radio.clock.advance(timedelta(hours=1))
    again = moved(radio, after, GO_SIM)

    times = [DAWN - timedelta(hours=1), DAWN + timedelta(minutes=30), DAWN + timedelta(hours=2)]
    assert [again.zone_at(at) for at in times] == [DONG_BANG, LANG_MOI, GO_SIM]
