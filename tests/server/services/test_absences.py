"""What was lost together tells why: a whole place is power, one alone is its own."""

from dataclasses import replace
from datetime import timedelta

from schedules.ids import LoudspeakerId, UnitId, ZoneId
from schedules.unit import Zone
from server.services.absences import TOGETHER, Absence, Extent, Standing, absences
from tests.server.services.radio import DAWN

MINUTE = timedelta(minutes=1)


def standing(name: str, gone: int | None, *, zone: str = "a", station: str = "son-ha") -> Standing:
    place = Zone(id=ZoneId(zone), station=UnitId(station), unit=UnitId(station), name=zone.upper())
    since = None if gone is None else DAWN + gone * MINUTE
    return Standing(loudspeaker=LoudspeakerId(name), zone=place, gone_since=since)


def told(found: tuple[Absence, ...]) -> list[tuple[Extent, list[str]]]:
    return [(each.extent, [lost.loudspeaker for lost in each.lost]) for each in found]


def test_nobody_gone_is_no_absence() -> None:
    assert absences([standing("p", None)]) == ()


def test_all_of_a_zone_within_minutes_is_the_place() -> None:
    found = absences([standing("p", 0), standing("q", 3), standing("r", None, zone="b")])

    assert told(found) == [(Extent.PLACE, ["p", "q"])]
    assert (found[0].since, [zone.name for zone in found[0].zones]) == (DAWN, ["A"])


def test_several_zones_of_a_station_at_once_are_one_absence() -> None:
    found = absences([standing("p", 2, zone="b"), standing("q", 0), standing("r", None, zone="c")])

    assert told(found) == [(Extent.PLACE, ["q", "p"])]
    assert [zone.name for zone in found[0].zones] == ["A", "B"]


def test_part_of_a_zone_at_once_is_a_part() -> None:
    assert told(absences([standing("p", 0), standing("q", 1), standing("r", None)])) == [(Extent.PART, ["p", "q"])]


def test_one_beside_others_is_alone() -> None:
    assert told(absences([standing("p", 0), standing("q", None, zone="b")])) == [(Extent.ALONE, ["p"])]


def test_one_with_nobody_left_to_compare_with_is_unknown() -> None:
    assert told(absences([standing("p", 0)])) == [(Extent.UNKNOWN, ["p"])]


def test_what_was_lost_at_other_times_is_another_absence() -> None:
    later = TOGETHER // MINUTE + 1
    found = absences([standing("q", later), standing("p", 0), standing("r", None, zone="b")])

    assert told(found) == [(Extent.ALONE, ["p"]), (Extent.ALONE, ["q"])]


def test_stations_are_never_put_together() -> None:
    found = absences([standing("q", 0, zone="b", station="son-linh"), standing("p", 0)])

    assert told(found) == [(Extent.UNKNOWN, ["p"]), (Extent.UNKNOWN, ["q"])]


def silent(name: str, last: int, due: int, *, zone: str = "a") -> Standing:
    """Give one of whom no broker told: heard last some minutes after dawn, and missed later."""
    return replace(standing(name, last, zone=zone), gone_by=DAWN + due * MINUTE)


def test_without_the_brokers_word_those_that_may_have_gone_at_one_time_are_one_absence() -> None:
    found = absences([silent("p", 0, 60), silent("q", 25, 85), silent("r", 50, 110), standing("s", None, zone="b")])

    assert told(found) == [(Extent.PLACE, ["p", "q", "r"])]
    assert found[0].since == DAWN + 50 * MINUTE


def test_those_that_cannot_have_gone_at_one_time_are_not() -> None:
    late = 60 + TOGETHER // MINUTE + 1

    found = absences([silent("p", 0, 60), silent("q", 30, 90), silent("r", late, 200), standing("s", None, zone="b")])

    assert [names for _, names in told(found)] == [["p", "q"], ["r"]]


def test_the_brokers_word_of_one_tells_when_the_silent_ones_went_too() -> None:
    found = absences([silent("p", 0, 60), standing("q", 40), standing("r", None, zone="b")])

    assert told(found) == [(Extent.PLACE, ["p", "q"])]
    assert found[0].since == DAWN + 40 * MINUTE
