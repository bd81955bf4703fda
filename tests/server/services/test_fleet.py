"""The fleet: loudspeakers below a unit by name, colour and version, and where they stand."""

from dataclasses import replace

import pytest

from schedules.ids import LoudspeakerId, UnitId
from server.errors import NotAllowed
from server.readiness_records import Colour
from server.services import fleet as use
from server.services.fleet import Fleet, Wanted
from server.values import Person
from tests.server.services.radio import ADMINISTRATOR, GATE, MARKET, NEIGHBOUR, QUANG_NGAI, SON_HA, TECHNICIAN, Radio


def found(radio: Radio, by: Person = TECHNICIAN, unit: UnitId = SON_HA, **wanted: object) -> Fleet:
    return use.fleet(radio.store, radio.clock, by, Wanted(unit=unit, **wanted))  # type: ignore[arg-type]  # by name


def names(fleet: Fleet) -> set[LoudspeakerId]:
    return {each.ready.loudspeaker.id for each in fleet.shown}


def test_a_station_has_its_own_and_a_province_all_of_them(radio: Radio) -> None:
    assert found(radio).found == 3
    assert found(radio, ADMINISTRATOR, QUANG_NGAI).found == 4


def test_one_is_found_by_its_zone_without_tone_marks_and_by_its_whole_id(radio: Radio) -> None:
    assert names(found(radio, text="lang moi")) == {GATE}
    assert names(found(radio, text=f" {GATE} ")) == {GATE}
    assert not found(radio, text="nowhere").shown
    assert found(radio, text="sơn hà").found == 3


def test_colours_and_versions_are_counted_before_they_narrow(radio: Radio) -> None:
    (colour, count) = next((each, n) for each, n in found(radio).colours.items() if n)

    chosen = found(radio, colours=frozenset({Colour.LOCKED}))

    assert chosen.found == 0
    assert chosen.colours[colour] == count
    assert found(radio, colours=frozenset({colour})).found == count
    assert found(radio).versions == {"-": 3}
    assert found(radio, version="-").found == 3
    assert found(radio, version="9.9").found == 0


def test_those_of_one_place_are_one_spot_with_their_worst_colour(radio: Radio) -> None:
    assert (found(radio).spots, found(radio).nowhere) == ((), 3)
    with radio.store.writing() as uow:
        uow.places.put_units([replace(uow.places.units().by_id[SON_HA], position=(15.04, 108.47))])
        uow.commit()

    fleet = found(radio)

    (spot,) = fleet.spots
    assert (spot.unit.id, spot.count, spot.north, fleet.nowhere) == (SON_HA, 3, 15.04, 0)
    assert spot.colour in {each.ready.colour for each in fleet.shown}


def test_who_has_a_position_of_its_own_stands_alone_unless_they_are_many(
    radio: Radio, monkeypatch: pytest.MonkeyPatch
) -> None:
    with radio.store.writing() as uow:
        for which, north in ((GATE, 15.0), (MARKET, 15.2)):
            known = uow.places.loudspeaker(which)
            assert known is not None
            uow.places.put_loudspeaker(replace(known, position=(north, 108.4)))
        uow.commit()

    few = found(radio)
    monkeypatch.setattr(use, "MOST_ALONE", 1)
    many = found(radio)

    assert {each.alone.id: (each.unit.id, each.north, each.count) for each in few.spots if each.alone} == {
        GATE: (SON_HA, 15.0, 1),
        MARKET: (SON_HA, 15.2, 1),
    }
    assert few.nowhere == 1
    assert {(each.north, each.east, each.count, each.alone) for each in many.spots} == {
        (15.0, 108.4, 1, None),
        (15.2, 108.4, 1, None),
    }
    assert many.nowhere == 1


def test_only_the_first_are_shown(radio: Radio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(use, "SHOWN", 2)

    assert (len(found(radio).shown), found(radio).found) == (2, 3)


def test_nobody_looks_into_another_s_fleet(radio: Radio) -> None:
    with pytest.raises(NotAllowed):
        found(radio, NEIGHBOUR)


def test_what_they_run_on_is_counted_and_narrows(radio: Radio) -> None:
    radio.speaks(GATE, system="Debian GNU/Linux 12 (bookworm), Linux 6.6.31")

    fleet = found(radio)

    assert fleet.systems == {"-": 2, "Debian GNU/Linux 12 (bookworm), Linux 6.6.31": 1}
    assert names(found(radio, system="Debian GNU/Linux 12 (bookworm), Linux 6.6.31")) == {GATE}
    assert found(radio, system="-").found == 2
    assert found(radio, system="-", version="9.9").found == 0
