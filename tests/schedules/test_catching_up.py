"""What no loudspeaker of a zone played comes again, once, in the next place of its name."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.approval import record_of_slot
from schedules.catching_up import NOTICE, Missed
from schedules.errors import InvalidValue
from schedules.ids import PlaceId
from schedules.occurrence import in_place
from schedules.planning import Plan, Planner
from schedules.rundown import RundownItem
from schedules.session import SessionTemplate, span_of
from schedules.slot import CatchUp, Slot
from schedules.times import DAY
from tests.schedules.given import (
    HA_NOI,
    HOUR,
    MINUTE,
    MONDAY,
    SECOND,
    ZONE,
    a_place,
    a_programme,
    a_schedule,
    a_slot,
    a_template,
    a_zone,
    at,
    in_places,
    nine_days,
    once,
)

OUTAGE, MEETING = a_programme("cat-dien", 2 * MINUTE), a_programme("hop", 3 * MINUTE)
MORNING = a_template("05:30", "06:00", a_place("sang"), name="sáng")
PLACE = replace(MORNING.places[0], name="Thông báo")
MORNING = replace(MORNING, places=(PLACE,))
NOON = a_template("11:00", "11:30", a_place("ca-nhac"), name="trưa")
EVENING = a_template("17:00", "17:30", replace(a_place("chieu"), name="thông báo"), name="chiều")
SESSIONS = (MORNING, NOON, EVENING)
IN_THE_MORNING = a_slot(OUTAGE, in_places("sang", days=1), catch_up=CatchUp.NEXT_SLOT)


def missed(
    begins: str = "05:30", *, known: str | datetime = "08:00", slot: Slot = IN_THE_MORNING, place: str = "sang"
) -> Missed:
    """Give an occurrence of Monday that nobody heard."""
    return Missed(
        zone=ZONE.id,
        occurrence=in_place(PlaceId(place), MONDAY, slot.id),
        slot=slot.id,
        starts_at=at(begins),
        ends_at=at(begins) + 2 * MINUTE,
        known=at(known) if isinstance(known, str) else known,
    )


def plan(
    *lost: Missed,
    slots: Sequence[Slot] = (IN_THE_MORNING,),
    templates: Sequence[SessionTemplate] = SESSIONS,
    now: str = "08:00",
    history: tuple[RundownItem, ...] = (),
    **given: Any,  # noqa: ANN401
) -> Plan:
    about: dict[str, Any] = {"programmes": [OUTAGE, MEETING], **given}
    schedule = a_schedule(slots=slots, templates=templates, missed=lost, **about)
    return Planner(schedule, nine_days()).plan(ZONE, now=at(now), history=history)


def heard(*lost: Missed, **about: Any) -> list[str]:  # noqa: ANN401
    """Plan from eight in the morning on; give each item as `programme start`."""
    return [f"{item.programme} {item.starts_at.astimezone(HA_NOI):%a %H:%M}" for item in plan(*lost, **about).items]


def test_what_nobody_heard_in_the_morning_comes_in_the_evening_place_of_the_same_name() -> None:
    assert heard() == []
    assert heard(missed()) == ["cat-dien Mon 17:00"]


def test_it_has_the_approval_of_its_slot_an_id_of_its_own_and_a_note_that_says_why() -> None:
    told = plan(missed())

    (item,) = told.items
    assert item.approval == plan(now="00:00").items[0].approval
    assert item.occurrence == in_place(PlaceId("chieu"), MONDAY, missed().occurrence)
    assert [(note.title, note.code, note.values) for note in told.notes if note.occurrence == item.occurrence] == [
        ("Chương trình cat-dien", "catch_up.again", (("missed", at("05:30")),))
    ]


def test_it_comes_behind_what_was_booked_there() -> None:
    meeting = a_slot(MEETING, in_places("chieu", days=1, order=9))

    assert heard(missed(), slots=[IN_THE_MORNING, meeting]) == ["hop Mon 17:00", "cat-dien Mon 17:03"]


def test_it_comes_in_the_next_morning_where_the_evening_has_no_such_place() -> None:
    assert heard(missed(), templates=(MORNING, NOON)) == ["cat-dien Tue 05:30"]


def test_a_session_more_than_a_day_later_is_too_late() -> None:
    lazy = replace(MORNING, weekdays=frozenset({0, 2}))

    assert heard(missed(), templates=(lazy, NOON)) == []


def test_a_session_that_begins_before_the_miss_is_known_for_five_minutes_is_passed_over() -> None:
    in_time, too_late = at("17:00") - NOTICE, at("17:00") - NOTICE + SECOND

    assert heard(missed(known=in_time)) == ["cat-dien Mon 17:00"]
    assert heard(missed(known=too_late)) == ["cat-dien Tue 05:30"]


def test_a_session_that_brings_the_programme_anyway_brings_it_once() -> None:
    both = a_slot(OUTAGE, in_places("sang", "chieu", days=1), catch_up=CatchUp.NEXT_SLOT)
    other = a_slot(OUTAGE, in_places("chieu", days=1), name="chieu-nay")

    assert heard(missed(slot=both), slots=[both]) == ["cat-dien Mon 17:00"]
    assert heard(missed(), slots=[IN_THE_MORNING, other]) == ["cat-dien Mon 17:00"]


def test_a_session_that_repeats_the_place_brings_it_once() -> None:
    repeating = replace(EVENING, places=(*EVENING.places, a_place("lai", repeats="sang")))

    assert heard(missed(), templates=(MORNING, repeating)) == ["cat-dien Mon 17:00"]


def test_two_misses_of_one_slot_come_again_once_and_the_later_one_is_told() -> None:
    noon = replace(NOON, places=(replace(PLACE, id=PlaceId("trua")),))
    slot = a_slot(OUTAGE, in_places("sang", "trua", days=1), catch_up=CatchUp.NEXT_SLOT)
    first, second = missed(slot=slot, known="12:00"), missed("11:00", slot=slot, known="12:00", place="trua")

    about: dict[str, Any] = {"slots": [slot], "templates": (MORNING, noon, EVENING), "now": "12:00"}

    assert heard(first, second, **about) == heard(second, first, **about) == ["cat-dien Mon 17:00"]
    assert plan(first, second, **about).items == plan(second, first, **about).items == plan(second, **about).items


@pytest.mark.parametrize("policy", [CatchUp.JOIN, CatchUp.SKIP])
def test_a_slot_with_another_policy_does_not_come_again(policy: CatchUp) -> None:
    assert heard(missed(), slots=[replace(IN_THE_MORNING, catch_up=policy)]) == []


def test_another_zones_loss_is_none_of_its_affair() -> None:
    assert heard(replace(missed(), zone=a_zone("go-sim").id)) == []


def test_the_end_of_validity_wins() -> None:
    ended, ends = (replace(OUTAGE, valid_until=at(clock)) for clock in ("17:00", "17:01"))

    assert heard(missed(), programmes=[ended]) == []
    assert [item.ends_at for item in plan(missed(), programmes=[ends]).items] == [at("17:01")]


def test_it_is_not_heard_without_its_slots_approval_which_names_the_policy() -> None:
    assert heard(missed(), approved=False) == []
    assert record_of_slot(OUTAGE, IN_THE_MORNING) != record_of_slot(
        OUTAGE, replace(IN_THE_MORNING, catch_up=CatchUp.SKIP)
    )


def test_once_given_it_stays_where_it_is_also_when_it_has_begun() -> None:
    first = plan(missed()).items

    for now in ("16:59", "17:00", "17:01", "17:15", "23:00"):
        begun = tuple(item for item in first if item.starts_at <= at(now))
        assert plan(missed(), now=now, history=begun).items == first


def test_it_is_left_out_where_the_plan_is_made_after_its_time() -> None:
    assert heard(missed(), now="17:00:01") == []


def test_the_policy_is_for_places_only() -> None:
    with pytest.raises(InvalidValue, match=r"slot\.next_slot_only_in_places"):
        a_slot(OUTAGE, once("06:00"), catch_up=CatchUp.NEXT_SLOT)


@given(data=st.data())
def test_it_comes_at_most_once_inside_a_later_session_and_the_same_in_any_order(data: st.DataObject) -> None:
    slots = [
        a_slot(programme, in_places(*places, days=days), name=f"s{number}", catch_up=CatchUp.NEXT_SLOT)
        for number, (programme, places, days) in enumerate(
            data.draw(
                st.lists(
                    st.tuples(
                        st.sampled_from([OUTAGE, MEETING]),
                        st.sampled_from([("sang",), ("chieu",), ("sang", "chieu")]),
                        st.integers(1, 2),
                    ),
                    min_size=1,
                    max_size=3,
                )
            )
        )
    ]
    lost = [
        missed(begins, known=at(begins) + delay, slot=slot, place=place)
        for slot in slots
        for place, begins in (("sang", "05:30"), ("chieu", "17:00"))
        if place in getattr(slot.timing, "places", ()) and data.draw(st.booleans())
        for delay in [data.draw(st.sampled_from([5 * MINUTE, HOUR, 12 * HOUR, 20 * HOUR]))]
    ]
    shuffled = data.draw(st.permutations(lost))

    items = plan(*lost, slots=slots, now="00:00").items

    assert plan(*shuffled, slots=slots, now="00:00").items == items
    known = {each.occurrence: each for each in lost}
    booked = {item.occurrence for item in plan(slots=slots, now="00:00").items}
    extra = [item for item in items if item.occurrence not in booked]
    assert len(extra) <= len(known)
    begun = {
        (span_of(template, MONDAY + day * DAY, HA_NOI), item.programme, item.occurrence)
        for template in SESSIONS
        for day in range(3)
        for item in items
        if span_of(template, MONDAY + day * DAY, HA_NOI).covers(item.span)
    }
    assert {item.occurrence for item in items} == {occurrence for *_, occurrence in begun}
    for span, programme, occurrence in begun:
        if occurrence in {item.occurrence for item in extra}:
            assert sum((span, programme) == each[:2] for each in begun) == 1
            assert any(
                each.ends_at <= span.start <= each.ends_at + DAY and each.known + timedelta(minutes=5) <= span.start
                for each in lost
            )
