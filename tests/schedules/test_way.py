"""What is offered, ordered or taken in by itself: nothing sounds without the station's yes to exactly that record."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from schedules.approval import record_of_slot, record_of_template
from schedules.candidates import Candidates
from schedules.errors import InvalidValue
from schedules.fills import Subscribed
from schedules.ids import UnitId
from schedules.planning import Plan, Planner
from schedules.programme import Kind, Level, Programme
from schedules.schedule import Note, Schedule
from schedules.slot import InPlace, Slot
from schedules.times import DAY, Span
from schedules.unit import Standing, Target, Zone
from schedules.way import ORDER_LIMIT, REASON_LIMIT, Answer, Way, WrittenOrder, newest
from tests.schedules.given import (
    MINUTE,
    MONDAY,
    PROVINCE,
    SON_HA,
    SON_TAY,
    ZONE,
    a_place,
    a_programme,
    a_regulation,
    a_schedule,
    a_slot,
    a_template,
    a_zone,
    an_answer,
    an_order,
    approve,
    at,
    daily,
    in_places,
    nine_days,
    once,
)

FEATURE = replace(a_programme("chuyen-muc", 3 * MINUTE, kind=Kind.FEATURE), owner=PROVINCE, topic="Cải cách hành chính")
OPENED = a_place("mo-san", fill=Subscribed(), minutes=5)
BY_HAND = a_place("thong-bao", minutes=5)
FURTHER = a_zone("go-sim")
PROVINCES = Target(units=frozenset({PROVINCE}))


def offered(programme: Programme = FEATURE, *places: str, name: str = "", days: int = 30) -> Slot:
    """Give an offer; without places it leaves them to the station."""
    timing = InPlace(places=(), first_day=MONDAY, last_day=MONDAY + (days - 1) * DAY)
    slot = replace(a_slot(programme, daily("06:00"), name=name, target=PROVINCES), way=Way.OFFERED)
    return replace(slot, timing=in_places(*places, days=days) if places else timing)


def record(slot: Slot, programme: Programme = FEATURE) -> str:
    return record_of_slot(programme, slot).hash


def a_station(*slots: Slot, answers: Sequence[Answer] = (), **about: object) -> Schedule:
    """Give Sơn Hà with a morning that has a place by hand and one opened for offers, where nothing else is given."""
    templates = [a_template("05:30", "06:30", BY_HAND)]
    made = a_schedule(**{"programmes": [FEATURE], "slots": slots, "templates": templates, **about})  # type: ignore[arg-type]
    return replace(made, answers=newest(answers))


def planned(schedule: Schedule, zone: Zone = ZONE) -> Plan:
    return Planner(schedule, nine_days()).plan(zone, now=nine_days().start)


def today(schedule: Schedule, zone: Zone = ZONE) -> list[str]:
    return [item.title for item in planned(schedule, zone).items if item.starts_at < at("23:59")]


def codes(schedule: Schedule, zone: Zone = ZONE) -> list[str]:
    return [note.code for note in planned(schedule, zone).notes]


@pytest.mark.parametrize("slot", [replace(offered(), timing=once("07:00")), offered(FEATURE, "thong-bao")])
def test_an_offer_with_a_time_or_a_place_sounds_as_it_is_once_it_is_accepted(slot: Slot) -> None:
    waiting = a_station(slot)
    accepted = a_station(slot, answers=[an_answer(slot, record(slot))])

    assert (today(waiting), codes(waiting)) == ([], ["offer.unanswered"])
    assert (today(accepted), codes(accepted)) == ([FEATURE.title], [])


def test_a_station_chooses_the_place_of_an_offer_that_leaves_it_open() -> None:
    slot = offered()
    schedule = a_station(slot, answers=[an_answer(slot, record(slot), places=["thong-bao"])])

    assert today(schedule) == [FEATURE.title]
    assert planned(schedule).items[0].starts_at == at("05:30")
    assert codes(a_station(slot)) == ["offer.unanswered"]


def test_a_refused_offer_is_told_with_its_reason() -> None:
    slot = offered()
    schedule = a_station(slot, answers=[an_answer(slot, record(slot), accepted=False, reason="Trùng nội dung")])

    assert planned(schedule).items == ()
    expected = Note(FEATURE.title, "offer.refused", (("reason", "Trùng nội dung"),), programme=FEATURE.id)
    assert planned(schedule).notes == (expected,)


@pytest.mark.parametrize("accepted", [True, False])
def test_an_offer_that_was_changed_is_open_again(accepted: bool) -> None:
    slot = offered(FEATURE, "thong-bao")
    edited = replace(FEATURE, version=2)
    schedule = approve(a_station(slot, programmes=[edited]))
    schedule = replace(schedule, answers=newest([an_answer(slot, record(slot), accepted=accepted)]))

    assert (today(schedule), codes(schedule)) == ([], ["offer.changed"])


def test_a_station_that_changes_its_mind_is_heard_last() -> None:
    slot = offered(FEATURE, "thong-bao")
    yes, no = an_answer(slot, record(slot)), an_answer(slot, record(slot), accepted=False)

    assert today(a_station(slot, answers=[no, yes])) == [FEATURE.title]
    assert today(a_station(slot, answers=[yes, no])) == []


def test_the_answer_of_one_station_says_nothing_for_another() -> None:
    zones = (ZONE, a_zone("thon", station=SON_TAY, within=SON_TAY))
    slot = replace(offered(), timing=once("07:00"))
    regulations = (a_regulation(), a_regulation(station=SON_TAY))
    schedule = a_station(slot, answers=[an_answer(slot, record(slot))], zones=zones, regulations=regulations)

    assert [today(schedule, zone) for zone in zones] == [[FEATURE.title], []]


def test_an_accepted_offer_that_was_not_released_for_the_zone_stays_out() -> None:
    slot = offered(FEATURE, "thong-bao")
    schedule = a_station(slot, answers=[an_answer(slot, record(slot))], approved=False)

    assert today(schedule) == []
    assert "approval.missing" in codes(schedule)


def test_what_is_ordered_asks_nobody() -> None:
    slot = replace(offered(FEATURE, "thong-bao"), way=Way.ORDERED, order=an_order())

    assert today(a_station(slot)) == [FEATURE.title]


def test_an_accepted_offer_at_a_time_is_one_candidate_for_all_zones_of_stations_that_accepted() -> None:
    slot = replace(offered(), timing=once("07:00"))
    schedule = a_station(slot, answers=[an_answer(slot, record(slot))], zones=(ZONE, FURTHER), templates=())
    candidates = Candidates(schedule, nine_days())

    first, second = (candidates.parted(zone, a_regulation()).common for zone in (ZONE, FURTHER))

    assert len(first) == 1
    assert first[0] is second[0]


def test_a_place_opened_for_offers_fills_itself_the_stronger_first_then_what_ends_first() -> None:
    late, early, strong = (
        replace(FEATURE, id=a_programme(name).id, title=name, level=level)
        for name, level in (("muon", Level.ORDINARY), ("som", Level.ORDINARY), ("uu-tien", Level.PRIORITY))
    )
    slots = (offered(late, days=20), offered(early, days=5), offered(strong, days=30))
    schedule = a_station(*slots, programmes=[late, early, strong], templates=[a_template("05:30", "06:30", OPENED)])

    assert today(schedule) == ["uu-tien", "som", "muon"]
    assert {note.code for note in planned(schedule).notes} == set()


def test_what_finds_no_time_in_an_opened_place_is_told() -> None:
    slots = (offered(name="a"), offered(name="b"))
    schedule = a_station(*slots, templates=[a_template("05:30", "05:33", OPENED)])

    assert today(schedule) == [FEATURE.title]
    assert set(codes(schedule)) == {"session.no_time_left"}


@pytest.mark.parametrize(
    ("fill", "taken"),
    [
        (Subscribed(), True),
        (Subscribed(frozenset({Kind.FEATURE})), True),
        (Subscribed(frozenset({Kind.NOTICE})), False),
        (Subscribed(frozenset(), frozenset({"Cải cách hành chính"})), True),
        (Subscribed(frozenset(), frozenset({"Nông nghiệp"})), False),
    ],
)
def test_an_opened_place_takes_the_kinds_and_topics_it_was_opened_for(fill: Subscribed, taken: bool) -> None:
    schedule = a_station(offered(), templates=[a_template("05:30", "06:30", replace(OPENED, fill=fill))])

    assert today(schedule) == ([FEATURE.title] if taken else [])
    assert codes(schedule) == ([] if taken else ["offer.unanswered"])


def test_an_opened_place_takes_no_offer_outside_its_days_or_with_a_time_of_its_own() -> None:
    templates = [a_template("05:30", "06:30", OPENED)]
    later = offered()
    later = replace(later, timing=replace(later.timing, first_day=MONDAY + 20 * DAY))
    timed = replace(offered(), timing=once("07:00"))

    assert today(a_station(later, templates=templates)) == []
    assert codes(a_station(timed, templates=templates)) == ["offer.unanswered"]


def test_an_offer_in_no_language_of_the_zone_does_not_fill_a_place() -> None:
    hre = a_zone("lang-moi", "hre")
    schedule = a_station(offered(), zones=[hre], templates=[a_template("05:30", "06:30", OPENED)])

    assert today(schedule, hre) == []


def test_the_approval_of_a_template_binds_what_its_places_were_opened_for() -> None:
    opened = a_template("05:30", "06:30", OPENED)
    narrowed = a_template("05:30", "06:30", replace(OPENED, fill=Subscribed(frozenset({Kind.FEATURE}))))
    topic = a_template("05:30", "06:30", replace(OPENED, fill=Subscribed(topics=frozenset({"Y tế"}))))

    assert len({record_of_template(each, {}).hash for each in (opened, narrowed, topic)}) == 3


def test_a_zone_that_moves_to_another_station_takes_no_answer_along() -> None:
    moves = (Standing(MONDAY + 2 * DAY, SON_TAY, SON_TAY),)
    zone = replace(ZONE, moves=moves)
    templates = [
        a_template("05:30", "06:30", BY_HAND),
        a_template("05:30", "06:30", BY_HAND, name="tây", station=SON_TAY),
    ]
    timed, placed = replace(offered(), timing=daily("07:00")), offered(FEATURE, "thong-bao", name="placed")
    regulations = (a_regulation(), a_regulation(station=SON_TAY))
    answers = [an_answer(each, record(each)) for each in (timed, placed)]
    schedule = a_station(timed, placed, answers=answers, zones=[zone], templates=templates, regulations=regulations)

    assert {item.starts_at.date() for item in planned(schedule, zone).items} <= {
        at("07:00").date() + number * DAY for number in (-1, 0, 1)
    }
    assert len(planned(schedule, zone).items) == 4


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (lambda: WrittenOrder(" ", MONDAY, "UBND tỉnh"), "order.incomplete"),
        (lambda: WrittenOrder("15/KH", MONDAY, ""), "order.incomplete"),
        (lambda: WrittenOrder("1" * (ORDER_LIMIT + 1), MONDAY, "UBND tỉnh"), "order.too_long"),
        (lambda: an_answer(offered(), "", accepted=False, reason=" "), "offer.no_reason"),
        (lambda: an_answer(offered(), "", accepted=False, reason="a" * (REASON_LIMIT + 1)), "offer.reason_too_long"),
    ],
)
def test_an_order_or_an_answer_that_says_too_little_cannot_exist(wrong: Callable[[], object], code: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        wrong()

    assert refused.value.code == code


ANSWERS = some.lists(
    some.tuples(
        some.sampled_from(["0", "1", "2"]),
        some.sampled_from([SON_HA, SON_TAY]),
        some.booleans(),
        some.booleans(),
    ),
    max_size=8,
)


@given(given_answers=ANSWERS)
def test_nothing_offered_sounds_without_the_stations_yes_to_exactly_that_record(
    given_answers: Sequence[tuple[str, UnitId, bool, bool]],
) -> None:
    slots = {name: replace(offered(name=name), timing=once(f"07:0{name}")) for name in "012"}
    answers = [
        an_answer(slots[name], record(slots[name]) if present else "0" * 64, accepted=accepted, station=station)
        for name, station, accepted, present in given_answers
    ]
    schedule = a_station(*slots.values(), answers=answers, templates=())
    last = newest(answers)

    plan = Candidates(schedule, Span(at("00:00"), at("23:00")))
    candidates, notes = plan.of(ZONE, a_regulation())

    said_yes = {
        slot.id
        for slot in slots.values()
        if (answer := last.get(slot.id, {}).get(SON_HA)) and answer.accepted and answer.record == record(slot)
    }
    assert {each.key for each in candidates} == said_yes
    refused = [each for each in last.values() if SON_HA in each and not each[SON_HA].accepted]
    assert sum(note.code in ("offer.refused", "offer.changed") for note in notes) >= min(1, len(refused))


@given(order=some.permutations(range(5)))
def test_a_place_opened_for_offers_has_the_same_order_in_any_order_of_input(order: Sequence[int]) -> None:
    programmes = [replace(a_programme(f"p{number}"), level=Level(1 + number % 2)) for number in range(5)]
    slots = [offered(programme, days=10 + number % 3) for number, programme in enumerate(programmes)]
    templates = [a_template("05:30", "06:30", OPENED)]
    expected = planned(a_station(*slots, programmes=programmes, templates=templates))

    shuffled = a_station(
        *(slots[each] for each in order), programmes=[programmes[each] for each in order], templates=templates
    )

    assert planned(shuffled) == expected
