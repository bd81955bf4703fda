"""Zones are made and described by who looks after the station's loudspeakers, or runs it."""

from dataclasses import replace

import pytest

from schedules.ids import UnitId, ZoneId
from schedules.unit import Zone
from server.errors import NotAllowed, NotFound, Stale, Unacceptable
from server.services import zones
from server.services.zones import Inhabited
from server.values import Person
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    EDITOR,
    HAMLETS,
    INSPECTOR,
    LANG_MOI,
    MONDAY,
    NEIGHBOUR,
    OFFICER,
    QUANG_NGAI,
    SON_HA,
    SON_LINH,
    TECHNICIAN,
    Radio,
)

HAMLET = next(iter(HAMLETS))
DEN = Inhabited(name="Làng Đèn", languages=("hre", "vi"), households=88, residents=350)


def made(
    radio: Radio, by: Person = TECHNICIAN, station: UnitId = SON_HA, unit: UnitId = HAMLET, **said: object
) -> Zone:
    inhabited = replace(DEN, **said)  # type: ignore[arg-type]  # fields by name
    return zones.make(radio.store, radio.clock, by, station, unit=unit, inhabited=inhabited)


def changed(radio: Radio, by: Person = TECHNICIAN, *, seen: str | None = None, **said: object) -> Zone:
    known = radio.store.kept.zones[LANG_MOI]
    inhabited = Inhabited(
        name=known.name, languages=known.languages, households=known.households, residents=known.residents
    )
    inhabited = replace(inhabited, **said)  # type: ignore[arg-type]  # fields by name
    seen = zones.seen_as(known) if seen is None else seen
    return zones.change(radio.store, radio.clock, by, LANG_MOI, inhabited=inhabited, seen=seen)


@pytest.mark.parametrize("by", [TECHNICIAN, OFFICER, ADMINISTRATOR])
def test_a_zone_is_made_and_its_programme_is_wanted(radio: Radio, by: Person) -> None:
    radio.wanted()

    zone = made(radio, by)

    assert radio.store.kept.zones[zone.id] == zone
    assert (zone.station, zone.unit, zone.name, zone.languages) == (SON_HA, HAMLET, "Làng Đèn", ("hre", "vi"))
    assert radio.wanted() == {zone.id}
    assert radio.actions() == ["zone.made"]


def test_the_first_zone_of_a_commune_makes_it_a_station(radio: Radio) -> None:
    zone = made(radio, NEIGHBOUR, SON_LINH, SON_LINH)

    assert (zone.station, zone.unit) == (SON_LINH, SON_LINH)


@pytest.mark.parametrize("by", [APPROVER, INSPECTOR, EDITOR, NEIGHBOUR, replace(OFFICER, active=False)])
def test_nobody_else_makes_or_describes_zones(radio: Radio, by: Person) -> None:
    with pytest.raises(NotAllowed):
        made(radio, by)
    with pytest.raises(NotAllowed):
        changed(radio, by, households=1)

    assert radio.actions() == []


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        ({"name": " "}, "zone.no_name", "name"),
        ({"name": "x" * 81}, "zone.name_too_long", "name"),
        ({"name": "gò sim"}, "zone.name_taken", "name"),
        ({"languages": ()}, "zone.languages", "languages"),
        ({"languages": ("vi", "tlh")}, "zone.languages", "languages"),
        ({"households": -1}, "zone.people", "households"),
        ({"residents": 1_000_001}, "zone.people", "residents"),
        ({"unit": SON_LINH}, "zone.not_below", "unit"),
        ({"unit": UnitId("nowhere")}, "zone.not_below", "unit"),
        ({"station": QUANG_NGAI, "by": ADMINISTRATOR}, "zone.not_a_commune", "unit"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(radio: Radio, said: dict[str, object], code: str, field: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        made(radio, **said)  # type: ignore[arg-type]  # fields by name

    assert (refused.value.code, refused.value.field) == (code, field)
    assert len(radio.store.kept.zones) == 4


def test_who_may_make_one_is_told_beforehand(radio: Radio) -> None:
    def told(by: Person, station: UnitId = SON_HA) -> bool:
        return zones.may_found(radio.store, radio.clock, by, station)

    assert told(TECHNICIAN)
    assert told(OFFICER)
    assert not told(INSPECTOR)
    assert not told(NEIGHBOUR)
    assert not told(ADMINISTRATOR, QUANG_NGAI)
    assert not told(ADMINISTRATOR, UnitId("nowhere"))


def test_a_commune_that_ended_or_never_was_has_no_zones(radio: Radio) -> None:
    with radio.store.writing() as uow:
        unit = uow.places.units().by_id[HAMLET]
        uow.places.put_units([replace(unit, valid_to=MONDAY)])
        uow.commit()

    with pytest.raises(Unacceptable) as refused:
        made(radio)
    with pytest.raises(NotFound):
        made(radio, station=UnitId("nowhere"))

    assert refused.value.code == "zone.not_below"


def test_a_change_is_planned_anew_and_written_down(radio: Radio) -> None:
    radio.wanted()

    zone = changed(radio, OFFICER, name="Làng Mới Trên", languages=("vi", "hre", "vi"), households=310)

    assert radio.store.kept.zones[LANG_MOI] == zone
    assert (zone.name, zone.languages, zone.households) == ("Làng Mới Trên", ("vi", "hre"), 310)
    assert radio.wanted() == {LANG_MOI}
    assert radio.actions() == ["zone.changed"]


def test_only_other_languages_are_told_to_its_loudspeakers(radio: Radio) -> None:
    """Each says in the best of them that an exercise is one."""
    wanted = dict(radio.store.kept.assignments)

    changed(radio, households=7)
    assert radio.store.kept.assignments == wanted
    changed(radio, languages=("hre", "vi"))

    told = {each for each, mark in radio.store.kept.assignments.items() if mark != wanted[each]}
    assert told == {each.id for each in radio.store.kept.loudspeakers.values() if each.zone == LANG_MOI}


def test_the_same_again_changes_nothing(radio: Radio) -> None:
    radio.wanted()

    changed(radio)

    assert (radio.wanted(), radio.actions()) == (set(), [])


def test_a_language_that_left_the_list_may_stay_where_it_is_spoken(radio: Radio) -> None:
    with radio.store.writing() as uow:
        uow.places.put_zone(replace(radio.store.kept.zones[LANG_MOI], languages=("vi", "old")))
        uow.commit()

    assert changed(radio, households=5).languages == ("vi", "old")


def test_a_change_of_what_somebody_else_changed_or_of_nothing_is_refused(radio: Radio) -> None:
    with pytest.raises(Stale):
        changed(radio, seen="long ago", households=5)
    with pytest.raises(NotFound):
        zones.change(radio.store, radio.clock, TECHNICIAN, ZoneId("nowhere"), inhabited=DEN, seen="")
