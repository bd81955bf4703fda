"""Merging and splitting units: the facts afterwards, what the schedule loses and gains, and planning across the day."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.errors import InvalidValue, Refused
from schedules.ids import UnitId, ZoneId
from schedules.planning import Planner
from schedules.schedule import Schedule
from schedules.slot import Slot
from schedules.standing import regulations_at
from schedules.succession import Part, Succession, after, merge, split
from schedules.succession_effect import Effect, effect
from schedules.times import DAY, local_day
from schedules.unit import Standing, Target, Unit, UnitLevel, Zone
from tests.schedules.given import (
    DONG_BANG,
    GO_SIM,
    HA_NOI,
    LANG_MOI,
    MONDAY,
    PROVINCE,
    SON_HA,
    SON_TAY,
    UNITS,
    a_place,
    a_programme,
    a_regulation,
    a_schedule,
    a_slot,
    a_template,
    a_zone,
    approve,
    at,
    daily,
    hours,
    in_places,
    nine_days,
    unit,
)

CUT = MONDAY + 4 * DAY
SON_MOI = Unit(id=UnitId("son-moi"), code="21300", name="Xã Sơn Mới", level=UnitLevel.COMMUNE, parent=PROVINCE)
ZONES = (
    a_zone("lang-moi"),
    a_zone("go-sim"),
    a_zone("dong-bang"),
    a_zone("ca-xa", within=SON_HA),
    a_zone("son-tay", station=SON_TAY, within=SON_TAY),
)
NEWS = a_programme("tin", timedelta(minutes=5))
MORNING = a_template("05:30", "06:30", a_place("muc-son-ha"), name="sáng Sơn Hà")
OVER_THERE = a_template("06:00", "07:00", a_place("muc-son-tay"), name="sáng Sơn Tây", station=SON_TAY)


def the_schedule(*slots: Slot, **more: object) -> Schedule:
    schedule = a_schedule(
        programmes=[NEWS],
        slots=slots,
        templates=[MORNING, OVER_THERE],
        zones=ZONES,
        regulations=[a_regulation(hours("05:00", "08:00")), a_regulation(hours("06:00", "12:00"), station=SON_TAY)],
    )
    return replace(schedule, **more)  # type: ignore[arg-type]  # fields by name


def merged(schedule: Schedule | None = None) -> Succession:
    return merge(schedule or the_schedule(), into=SON_MOI, of=[SON_HA, SON_TAY], on=CUT)


def parts(**changes: object) -> list[Part]:
    east = Part(
        replace(SON_MOI, id=UnitId("son-dong"), name="Xã Sơn Đông"),
        hamlets=frozenset({LANG_MOI, GO_SIM}),
        zones=frozenset({ZoneId("ca-xa")}),
    )
    west = Part(replace(SON_MOI, id=UnitId("son-doai"), name="Xã Sơn Đoài"), hamlets=frozenset({DONG_BANG}))
    return [east, replace(west, **changes)]  # type: ignore[arg-type]  # fields by name


def names(zones: Iterable[Zone]) -> list[str]:
    return sorted(zone.id for zone in zones)


def test_a_merge_ends_the_old_units_and_renews_their_hamlets_under_the_new_one() -> None:
    schedule = the_schedule()

    units = after(schedule, merged(schedule)).units

    assert units.by_id[SON_HA] == replace(UNITS.by_id[SON_HA], valid_to=CUT, successors=(SON_MOI.id,))
    assert units.by_id[SON_MOI.id].valid_from == CUT
    (now_below,) = units.followers(GO_SIM, CUT)
    assert units.above(now_below)[1:] == (SON_MOI.id, PROVINCE)
    assert units.above(GO_SIM) == (GO_SIM, SON_HA, PROVINCE)
    assert units.by_id[now_below].name == units.by_id[GO_SIM].name
    assert units.predecessors(SON_MOI.id, CUT - DAY) == {SON_HA, SON_TAY}


def test_zones_stand_at_the_new_station_from_the_day_on_and_keep_where_they_stood() -> None:
    schedule = after(the_schedule(), merged())
    zones = {zone.id: zone for zone in schedule.zones}
    zone = zones[ZoneId("go-sim")]

    assert (zone.station, zone.unit) == (SON_HA, GO_SIM)
    assert zone.stations == {SON_HA, SON_MOI.id}
    assert (zone.on(CUT - DAY).station, zone.on(CUT).station) == (SON_HA, SON_MOI.id)
    arrived = zone.moved(CUT)
    assert arrived.stood == (Standing(CUT, SON_HA, GO_SIM),)
    assert not arrived.moves
    assert (arrived.on(CUT - DAY).station, arrived.on(CUT).station) == (SON_HA, SON_MOI.id)
    assert zones[ZoneId("ca-xa")].on(CUT).unit == SON_MOI.id


def test_the_first_units_regulation_and_sessions_go_on_in_the_new_one() -> None:
    stricter = a_regulation(hours("05:30", "07:00"), number="13/QĐ-UBND", valid_from=CUT + 2 * DAY)
    schedule = the_schedule()
    schedule = replace(schedule, regulations=(*schedule.regulations, stricter))

    made = merged(schedule)

    assert [(each.station, each.number, each.valid_from) for each in made.regulations] == [
        (SON_MOI.id, "12/QĐ-UBND", CUT),
        (SON_MOI.id, "13/QĐ-UBND", CUT + 2 * DAY),
    ]
    (template,) = made.templates
    assert (template.station, template.valid_from, template.places) == (SON_MOI.id, CUT, MORNING.places)
    assert template.id != MORNING.id


def test_a_unit_that_takes_in_another_keeps_its_own_regulation_and_sessions() -> None:
    schedule = the_schedule()

    made = merge(schedule, into=UNITS.by_id[SON_HA], of=[SON_TAY], on=CUT)

    assert (made.regulations, made.templates) == ((), ())
    assert names(made.zones) == ["son-tay"]
    assert after(schedule, made).units.by_id[SON_HA] == UNITS.by_id[SON_HA]


def test_the_effect_of_a_merge_names_moving_zones_ending_sessions_and_slots_left_without_a_place() -> None:
    kept = a_slot(NEWS, in_places("muc-son-ha"), name="o-son-ha")
    lost = a_slot(NEWS, in_places("muc-son-tay"), name="o-son-tay", target=Target(units=frozenset({SON_TAY})))
    over = a_slot(NEWS, in_places("muc-son-tay", days=2), name="da-xong", target=lost.target)
    exact = a_slot(NEWS, daily("06:30"), name="dung-gio", target=Target(units=frozenset({SON_TAY})))
    schedule = the_schedule(kept, lost, over, exact)

    changed = effect(schedule, merged(schedule))

    assert names(changed.moving) == names(ZONES)
    assert {zone.station for zone in changed.moving} == {SON_MOI.id}
    assert [template.id for template in changed.ending] == [MORNING.id, OVER_THERE.id]
    (change,) = changed.slots
    assert (change.slot, names(change.placeless)) == (lost, ["son-tay"])
    assert (change.gains, change.loses) == ((), ())


def test_what_was_booked_for_the_unit_that_grows_gains_the_new_zones() -> None:
    exact = a_slot(NEWS, daily("06:30"))
    schedule = the_schedule(exact)

    changed = effect(schedule, merge(schedule, into=UNITS.by_id[SON_HA], of=[SON_TAY], on=CUT))

    (change,) = changed.slots
    assert (names(change.gains), change.loses) == (["son-tay"], ())


def test_planning_crosses_the_day_under_each_days_hours_and_running_order() -> None:
    """Sơn Tây, open from 06:00, becomes part of a commune whose day begins at 05:00 and has another running order."""
    theirs = a_slot(NEWS, in_places("muc-son-tay"), name="o-son-tay", target=Target(units=frozenset({SON_TAY})))
    early = a_slot(NEWS, daily("05:10"), name="som", target=Target(zones=frozenset({ZoneId("son-tay")})))
    schedule = the_schedule(theirs, early)
    zone = next(each for each in after(schedule, merged(schedule)).zones if each.id == "son-tay")

    planned = Planner(approve(after(schedule, merged(schedule))), nine_days()).plan(zone, now=at("00:00"))

    starts = [item.starts_at.astimezone(HA_NOI) for item in planned.items]
    assert {f"{each:%H:%M}" for each in starts if each.date() < CUT} == {"06:00"}
    assert {f"{each:%H:%M}" for each in starts if each.date() >= CUT} == {"05:10"}
    assert len(starts) == 9


def test_planning_after_the_day_gives_what_planning_before_it_gave() -> None:
    exact = a_slot(NEWS, daily("06:30"))
    theirs = a_slot(NEWS, in_places("muc-son-ha"), name="o-son-ha")
    schedule = approve(after(the_schedule(exact, theirs), merged(the_schedule(exact, theirs))))
    later = replace(schedule, zones=tuple(zone.moved(CUT) for zone in schedule.zones))

    for before, now in zip(schedule.zones, later.zones, strict=True):
        first = Planner(schedule, nine_days()).plan(before, now=at("00:00"))
        second = Planner(later, nine_days(CUT)).plan(now, now=at("00:00", CUT))

        ahead = [item for item in first.items if local_day(item.starts_at, HA_NOI) >= CUT]
        assert ahead == [item for item in second.items if item.starts_at < nine_days().end]


def test_what_is_for_the_growing_unit_sounds_at_the_new_zone_from_the_day_on_only() -> None:
    exact = a_slot(NEWS, daily("06:30"))
    schedule = the_schedule(exact)
    grown = approve(after(schedule, merge(schedule, into=UNITS.by_id[SON_HA], of=[SON_TAY], on=CUT)))
    zone = next(each for each in grown.zones if each.id == "son-tay")

    planned = Planner(grown, nine_days()).plan(zone, now=at("00:00"))

    assert {local_day(item.starts_at, HA_NOI) for item in planned.items} == {CUT + n * DAY for n in range(5)}


def test_what_was_booked_for_the_old_commune_goes_on_where_it_was_heard() -> None:
    exact = a_slot(NEWS, daily("06:30"))
    schedule = approve(the_schedule(exact))
    later = after(schedule, merged(schedule))
    by_id = {zone.id: zone.moved(CUT) for zone in later.zones}
    planner = Planner(replace(later, zones=tuple(by_id.values())), nine_days(CUT))

    assert len(planner.plan(by_id[ZoneId("go-sim")], now=at("00:00", CUT)).items) == 9
    assert planner.plan(by_id[ZoneId("son-tay")], now=at("00:00", CUT)).items == ()


def test_a_split_gives_each_hamlet_and_zone_to_one_part() -> None:
    schedule = the_schedule()

    made = split(schedule, unit=SON_HA, parts=parts(), on=CUT)
    later = after(schedule, made)

    assert made.ends == {SON_HA: ("son-dong", "son-doai")}
    assert {zone.id: zone.on(CUT).station for zone in later.zones} == {
        "lang-moi": "son-dong",
        "go-sim": "son-dong",
        "ca-xa": "son-dong",
        "dong-bang": "son-doai",
        "son-tay": SON_TAY,
    }
    assert {each.station for each in made.templates} == {"son-dong", "son-doai"}
    assert {each.station for each in made.regulations} == {"son-dong", "son-doai"}
    assert effect(schedule, made) == Effect(
        moving=tuple(replace(zone.moved(CUT), moves=()) for zone in later.zones if zone.id != "son-tay"),
        slots=(),
        ending=(MORNING,),
    )


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"hamlets": frozenset()}, "succession.not_given"),
        ({"hamlets": frozenset({DONG_BANG, GO_SIM})}, "succession.given_twice"),
        ({"hamlets": frozenset({DONG_BANG, UnitId("o-dau")})}, "succession.given_twice"),
        ({"zones": frozenset({ZoneId("ca-xa")})}, "succession.given_twice"),
        ({"zones": frozenset({ZoneId("go-sim")})}, "succession.given_twice"),
        ({"unit": UNITS.by_id[SON_TAY]}, "succession.unit_known"),
        ({"unit": replace(SON_MOI, level=UnitLevel.HAMLET)}, "succession.unlike"),
        ({"unit": replace(SON_MOI, parent=None)}, "succession.unlike"),
        ({"unit": replace(SON_MOI, id=UnitId("son-dong"))}, "succession.too_few"),
    ],
)
def test_a_split_that_leaves_a_doubt_is_refused(changed: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as refused:
        split(the_schedule(), unit=SON_HA, parts=parts(**changed), on=CUT)

    assert refused.value.code == code


def test_a_zone_that_serves_the_whole_unit_is_given_to_a_part() -> None:
    with pytest.raises(Refused, match=r"succession\.not_given"):
        split(the_schedule(), unit=SON_HA, parts=[replace(parts()[0], zones=frozenset()), parts()[1]], on=CUT)


@pytest.mark.parametrize(
    ("into", "of", "code"),
    [
        (SON_MOI, [SON_HA], "succession.too_few"),
        (SON_MOI, [SON_HA, SON_HA], "succession.too_few"),
        (UNITS.by_id[SON_HA], [SON_HA], "succession.too_few"),
        (SON_MOI, [SON_HA, UnitId("o-dau")], "succession.ended"),
        (SON_MOI, [SON_HA, GO_SIM], "succession.unlike"),
        (SON_MOI, [PROVINCE, SON_HA], "succession.level"),
    ],
)
def test_a_merge_that_cannot_be_is_refused(into: Unit, of: list[UnitId], code: str) -> None:
    with pytest.raises(Refused) as refused:
        merge(the_schedule(), into=into, of=of, on=CUT)

    assert refused.value.code == code


def test_a_unit_ends_once() -> None:
    schedule = after(the_schedule(), merged())

    with pytest.raises(Refused, match=r"succession\.ended"):
        split(schedule, unit=SON_HA, parts=parts(), on=CUT + DAY)
    with pytest.raises(Refused, match=r"succession\.ended"):
        merge(schedule, into=schedule.units.by_id[SON_HA], of=[SON_MOI.id], on=CUT + DAY)


def test_a_zone_moves_again_only_after_it_has_moved() -> None:
    """Two hamlets are merged on one day, their commune on a later one; both on one day nobody could follow."""
    hamlet = unit(UnitId("thon-moi"), UnitLevel.HAMLET, SON_HA)
    schedule = the_schedule()
    first = merge(schedule, into=hamlet, of=[LANG_MOI, GO_SIM], on=CUT)
    then = merge(after(schedule, first), into=SON_MOI, of=[SON_HA, SON_TAY], on=CUT + DAY)

    zone = next(each for each in then.zones if each.id == "go-sim")
    assert [(each.day, each.station) for each in zone.moves] == [(CUT, SON_HA), (CUT + DAY, SON_MOI.id)]
    assert zone.on(CUT).unit == hamlet.id
    with pytest.raises(Refused, match=r"succession\.zone_moves"):
        merge(after(schedule, first), into=SON_MOI, of=[SON_HA, SON_TAY], on=CUT)


def test_a_zone_that_serves_a_hamlet_of_the_neighbour_keeps_its_station() -> None:
    across = a_zone("giap-ranh", station=SON_TAY, within=GO_SIM)
    apart = a_zone("nho-nha", station=SON_HA, within=SON_TAY)
    schedule = the_schedule(zones=(across, apart))

    made = split(schedule, unit=SON_HA, parts=[replace(parts()[0], zones=frozenset({apart.id})), parts()[1]], on=CUT)
    moved = {zone.id: zone.on(CUT) for zone in made.zones}

    assert (moved[across.id].station, moved[across.id].unit) == (SON_TAY, f"go-sim@{CUT}")
    assert (moved[apart.id].station, moved[apart.id].unit) == ("son-dong", SON_TAY)


def test_moves_come_in_order() -> None:
    stands = Standing(CUT, SON_TAY, SON_TAY)

    with pytest.raises(InvalidValue, match=r"zone\.moves_out_of_order"):
        replace(ZONES[0], stood=(stands,), moves=(stands,))


def test_a_station_without_a_regulation_of_its_own_goes_on_under_the_one_before() -> None:
    ours = a_regulation(valid_from=date(2020, 1, 1))
    theirs = a_regulation(station=SON_TAY, valid_from=CUT + DAY, number="1")
    zone = replace(ZONES[0], moves=(Standing(CUT, SON_TAY, SON_TAY),))

    assert regulations_at(ZONES[0], {SON_HA: [ours]}) == (ours,)
    assert regulations_at(zone, {SON_HA: [ours], SON_TAY: [theirs]}) == (ours, theirs)
    assert regulations_at(zone.moved(CUT), {SON_HA: [ours]}) == (ours,)
    earlier = replace(theirs, valid_from=date(2019, 1, 1))
    assert regulations_at(zone, {SON_HA: [ours], SON_TAY: [earlier]}) == (ours, replace(earlier, valid_from=CUT))


@given(
    st.lists(st.integers(0, 3), min_size=3, max_size=3),
    st.integers(-40, 40),
)
def test_after_a_split_every_zone_stands_in_exactly_one_unit_that_exists(where: list[int], days: int) -> None:
    """Whoever gets which hamlet: on every day each zone's station and unit exist, and its station is above its unit."""
    hamlets = (LANG_MOI, GO_SIM, DONG_BANG)
    made = [
        Part(
            replace(SON_MOI, id=UnitId(f"phan-{number}"), name=f"Phần {number}"),
            hamlets=frozenset(hamlet for hamlet, part in zip(hamlets, where, strict=True) if part == number),
            zones=frozenset({ZoneId("ca-xa")}) if number == 0 else frozenset(),
        )
        for number in range(4)
    ]
    later = after(the_schedule(), split(the_schedule(), unit=SON_HA, parts=made, on=CUT))

    day = CUT + days * DAY

    for zone in later.zones:
        here = zone.on(day)
        assert later.units.by_id[here.station].exists_on(day)
        assert later.units.by_id[here.unit].exists_on(day)
        assert later.units.within(here.unit, here.station)
        assert zone.moved(day).on(day) == zone.moved(day)
