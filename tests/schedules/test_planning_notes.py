"""What a plan says of what is not heard, or not whole: the code, its values, and which occurrence it is about."""

from dataclasses import replace

from schedules.occurrence import exact
from schedules.planning import Plan, Planner
from schedules.programme import Level
from schedules.rundown import RundownItem
from schedules.schedule import Note, Schedule
from schedules.slot import Interrupted
from schedules.times import DAY
from schedules.unit import Target
from tests.schedules.given import (
    MINUTE,
    MONDAY,
    PROVINCE,
    SON_TAY,
    ZONE,
    a_place,
    a_programme,
    a_regulation,
    a_relay,
    a_schedule,
    a_slot,
    a_template,
    a_zone,
    at,
    hours,
    in_places,
    nine_days,
    once,
)

NEWS = a_programme("tin", 10 * MINUTE)
NOTICE = a_programme("thong-bao", 5 * MINUTE)
URGENT = a_programme("gap", 4 * MINUTE, level=Level.PRIORITY)
OTHER = a_programme("khac", 4 * MINUTE, level=Level.PRIORITY)
INTERRUPTED = a_slot(URGENT, once("06:03"))


def planned(schedule: Schedule, now: str = "00:00", history: tuple[RundownItem, ...] = ()) -> Plan:
    return Planner(schedule, nine_days()).plan(ZONE, now=at(now), history=history)


def test_what_waited_into_closed_hours_is_told_with_the_time_it_would_have_had() -> None:
    waits = a_slot(NOTICE, once("20:53"), wait=10 * MINUTE)
    schedule = a_schedule(programmes=[URGENT, NOTICE], slots=[a_slot(URGENT, once("20:52:30")), waits])

    plan = planned(schedule)

    asked = exact(waits.id, at("20:53"))
    values = (("start", at("20:56:30")), ("end", at("21:01:30")))
    assert Note(NOTICE.title, "regulation.outside_hours", values, at("20:56:30"), asked) in plan.notes
    assert [item.programme for item in plan.items] == [URGENT.id]


def test_what_is_taken_up_after_it_was_interrupted_is_told_with_the_instant() -> None:
    taken_up = a_slot(NEWS, once("06:00"), interrupted=Interrupted.RESUME)
    schedule = a_schedule(programmes=[NEWS, URGENT], slots=[taken_up, INTERRUPTED])
    before = planned(schedule)

    plan = planned(schedule, "06:05", before.items)

    values = (("again", at("06:07")), ("winner", exact(INTERRUPTED.id, at("06:03"))))
    occurrence = exact(taken_up.id, at("06:00"))
    assert [(note.code, note.values, note.occurrence) for note in before.notes] == [
        ("conflict.interrupted", (("until", at("06:03")), *values), occurrence)
    ]
    assert [(note.code, note.values, note.occurrence) for note in plan.notes] == [
        ("conflict.taken_up", values, occurrence)
    ]


def test_what_finds_no_time_to_be_taken_up_is_told_by_whom() -> None:
    taken_up = a_slot(replace(NEWS, valid_until=at("06:20")), once("06:00"), interrupted=Interrupted.RESTART)
    later = a_slot(OTHER, once("06:15"))
    schedule = a_schedule(
        programmes=[replace(NEWS, valid_until=at("06:20")), URGENT, OTHER], slots=[taken_up, INTERRUPTED, later]
    )

    plan = planned(schedule, "06:05", planned(schedule).items)

    assert [(note.code, note.occurrence) for note in plan.notes] == [
        ("conflict.not_taken_up", exact(taken_up.id, at("06:00")))
    ]
    assert [item.programme for item in plan.items] == [NEWS.id, URGENT.id, OTHER.id]


def test_what_finds_no_time_in_its_session_has_lost_to_nobody() -> None:
    full = a_template("06:00", "06:10", a_place("mot", minutes=10), a_place("hai", minutes=5))
    slots = [a_slot(NEWS, in_places("mot", days=1)), a_slot(NOTICE, in_places("hai", days=1))]

    plan = planned(a_schedule(programmes=[NEWS, NOTICE], slots=slots, templates=[full]))

    assert [(note.title, note.code, note.values) for note in plan.notes] == [(NOTICE.title, "session.no_time_left", ())]


def test_of_two_that_nobody_has_ordered_each_is_told_with_its_own_start() -> None:
    first, second = a_slot(URGENT, once("06:00")), a_slot(OTHER, once("06:02"))

    plan = planned(a_schedule(programmes=[URGENT, OTHER], slots=[first, second]))

    values = (("first", URGENT.title), ("second", OTHER.title))
    assert [note for note in plan.notes if note.code == "conflict.undecided"] == [
        Note(URGENT.title, "conflict.undecided", values, at("06:00"), exact(first.id, at("06:00"))),
        Note(OTHER.title, "conflict.undecided", values, at("06:02"), exact(second.id, at("06:02"))),
    ]


def test_what_ends_with_the_days_of_the_rundown_is_heard_beside_what_it_interrupts() -> None:
    last = MONDAY + 8 * DAY
    ends_at_midnight = a_programme("cuoi", 4 * MINUTE, level=Level.PRIORITY)
    schedule = a_schedule(
        programmes=[NEWS, ends_at_midnight],
        slots=[a_slot(NEWS, once("23:50", last)), a_slot(ends_at_midnight, once("23:56", last))],
        regulations=[a_regulation(hours("00:00", "00:00"))],
    )

    plan = planned(schedule)

    assert [(item.programme, item.ends_at) for item in plan.items] == [
        (NEWS.id, at("23:56", last)),
        (ends_at_midnight.id, at("00:00", last + DAY)),
    ]


def test_a_relay_that_would_go_on_from_where_it_was_cut_joins_the_channel_all_the_same() -> None:
    relay = a_relay("vov1")
    slot = a_slot(relay, once("06:00"), lasts=10 * MINUTE, interrupted=Interrupted.RESUME)

    plan = planned(a_schedule(programmes=[relay, URGENT], slots=[slot, INTERRUPTED]))

    assert [(item.programme, item.starts_at) for item in plan.items] == [
        (relay.id, at("06:00")),
        (URGENT.id, at("06:03")),
        (relay.id, at("06:07")),
    ]
    assert plan.items[0].sound == plan.items[2].sound


def test_what_sounds_into_a_day_counts_in_the_minutes_of_that_day() -> None:
    tuesday = MONDAY + DAY
    early, across = a_programme("som"), a_programme("qua-dem", 20 * MINUTE)
    noon = a_programme("trua", 25 * MINUTE)
    slots = [
        a_slot(early, once("22:00")),
        a_slot(across, once("23:50")),
        a_slot(noon, once("12:00", tuesday)),
    ]
    schedule = a_schedule(
        programmes=[early, across, noon],
        slots=slots,
        regulations=[a_regulation(hours("00:00", "00:00"), minutes_a_day=34)],
    )

    plan = planned(schedule)

    assert [item.programme for item in plan.items] == [early.id, across.id]
    values = (("minutes", 35), ("limit", 34))
    occurrence = exact(slots[2].id, at("12:00", tuesday))
    assert plan.notes == (Note(noon.title, "regulation.day_too_long", values, at("12:00", tuesday), occurrence),)


def test_every_zone_is_told_what_is_forbidden_to_all_of_them() -> None:
    zones = (ZONE, a_zone("go-sim"))
    night, waits = a_slot(NEWS, once("22:00")), a_slot(NOTICE, once("20:53"), wait=10 * MINUTE)
    schedule = a_schedule(
        programmes=[NEWS, NOTICE, URGENT], slots=[night, waits, a_slot(URGENT, once("20:52:30"))], zones=zones
    )
    planner = Planner(schedule, nine_days())

    for zone in zones:
        plan = planner.plan(zone, now=at("00:00"))
        assert {(note.title, note.code) for note in plan.notes} == {
            (NEWS.title, "regulation.outside_hours"),
            (NOTICE.title, "regulation.outside_hours"),
            (NOTICE.title, "conflict.delayed"),
        }


def test_every_zone_keeps_the_regulation_of_its_own_station() -> None:
    evening = a_slot(NEWS, once("19:00"), target=Target(units=frozenset({PROVINCE})))
    zones = (ZONE, a_zone("tay", station=SON_TAY, within=SON_TAY))
    strict = a_regulation(hours("05:00", "18:00"), station=SON_TAY)
    planner = Planner(
        a_schedule(programmes=[NEWS], slots=[evening], zones=zones, regulations=[a_regulation(), strict]), nine_days()
    )

    first, second = (planner.plan(zone, now=at("00:00")) for zone in zones)

    assert ([item.starts_at for item in first.items], first.notes) == ([at("19:00")], ())
    assert (second.items, [note.code for note in second.notes]) == ((), ["regulation.outside_hours"])
