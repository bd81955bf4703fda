"""Edits of a series: what each leaves, that exceptions survive, and the difference that is shown before saving."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.approval import record_of_slot
from schedules.errors import Refused
from schedules.ids import PlaceId, SlotId
from schedules.recurrence import DAILY, Recurrence, weekly
from schedules.series import (
    Difference,
    Instance,
    days_left_out,
    difference,
    excepted,
    instances,
    parted,
    split,
    to_come,
    without_day,
)
from schedules.slot import AtTime, Slot, SlotException
from schedules.times import DAY, Span
from tests.schedules.given import HA_NOI, MONDAY, a_programme, a_slot, at, daily, in_places, once

NEWS, NEW = a_programme(), SlotId("new")
SERIES = a_slot(NEWS, daily("05:30", days=10), name="old")
WHOLE = Span(at("00:00"), at("00:00", MONDAY + 400 * DAY))


def starts(*slots: Slot) -> list[datetime | None]:
    return [each.start for each in instances(slots, WHOLE, HA_NOI)]


def with_exceptions(*exceptions: SlotException, slot: Slot = SERIES) -> Slot:
    for exception in exceptions:
        slot = excepted(slot, exception, HA_NOI)
    return slot


def test_one_occurrence_is_left_out_or_moved_and_the_next_change_replaces_that() -> None:
    moved = with_exceptions(SlotException(at("05:30"), at("17:00")))

    assert starts(moved)[0] == at("17:00")
    assert starts(with_exceptions(SlotException(at("05:30")), slot=moved)) == starts(SERIES)[1:]
    assert moved.version == 2


def test_what_is_moved_back_to_its_own_start_is_what_was_approved_before() -> None:
    moved = with_exceptions(SlotException(at("05:30"), at("17:00")))
    back = with_exceptions(SlotException(at("05:30"), at("05:30")), slot=moved)

    assert record_of_slot(NEWS, moved).hash != record_of_slot(NEWS, SERIES).hash
    assert record_of_slot(NEWS, back).hash == record_of_slot(NEWS, SERIES).hash
    assert starts(back) == starts(SERIES)


@pytest.mark.parametrize("original", [at("05:31"), at("05:30", MONDAY - DAY), at("05:30", MONDAY + 10 * DAY)])
def test_only_what_the_rule_gives_can_be_left_out(original: datetime) -> None:
    with pytest.raises(Refused, match=r"slot\.no_such_occurrence"):
        excepted(SERIES, SlotException(original), HA_NOI)


def test_in_places_no_occurrence_has_a_start_to_name() -> None:
    with pytest.raises(Refused, match=r"slot\.only_exact"):
        excepted(a_slot(NEWS, in_places("thong-bao")), SlotException(at("05:30")), HA_NOI)


def test_one_day_in_places_is_left_out() -> None:
    slot = a_slot(NEWS, in_places("sang", days=3))

    without = without_day(slot, MONDAY + DAY)

    assert [each.day for each in instances([without], WHOLE, HA_NOI)] == [MONDAY, MONDAY + 2 * DAY]
    assert without.version == 2
    with pytest.raises(Refused, match=r"slot\.no_such_occurrence"):
        without_day(without, MONDAY + DAY)
    with pytest.raises(Refused, match=r"slot\.only_places"):
        without_day(SERIES, MONDAY)


def test_one_day_in_places_is_moved_to_another() -> None:
    slot = a_slot(NEWS, in_places("sang", days=3))

    without, alone = parted(slot, MONDAY, MONDAY + 5 * DAY, NEW)

    assert [each.day for each in instances([without], WHOLE, HA_NOI)] == [MONDAY + DAY, MONDAY + 2 * DAY]
    assert [each.day for each in instances([alone], WHOLE, HA_NOI)] == [MONDAY + 5 * DAY]
    assert (alone.id, alone.version, without.version) == (NEW, 1, slot.version + 1)


@pytest.mark.parametrize(
    ("day", "to", "code"),
    [(0, 1, "series.comes_already"), (0, 0, "series.comes_already"), (7, 8, "slot.no_such_occurrence")],
)
def test_a_day_in_places_is_moved_only_from_one_it_comes_on_to_one_it_does_not(day: int, to: int, code: str) -> None:
    with pytest.raises(Refused) as refused:
        parted(a_slot(NEWS, in_places("sang", days=3)), MONDAY + day * DAY, MONDAY + to * DAY, NEW)

    assert refused.value.code == code


def test_what_comes_at_a_second_is_not_moved_out_of_places() -> None:
    with pytest.raises(Refused, match=r"slot\.only_places"):
        parted(SERIES, MONDAY, MONDAY + 20 * DAY, NEW)


def test_the_days_left_out_are_known_of_both_ways() -> None:
    series = with_exceptions(SlotException(at("05:30")), SlotException(at("05:30", MONDAY + DAY), at("20:00")))
    places = without_day(a_slot(NEWS, in_places("sang", days=3)), MONDAY + DAY)

    assert days_left_out(series.timing, HA_NOI) == {MONDAY}
    assert days_left_out(places.timing, HA_NOI) == {MONDAY + DAY}


def test_a_series_is_parted_and_exceptions_go_with_their_day() -> None:
    cancelled, moved = (
        SlotException(at("05:30", MONDAY + DAY)),
        SlotException(at("05:30", MONDAY + 6 * DAY), at("20:00")),
    )
    series = with_exceptions(cancelled, moved)

    earlier, later = split(series, MONDAY + 3 * DAY, NEW, HA_NOI)

    assert (earlier.id, earlier.timing.ends_on, earlier.version) == (SERIES.id, MONDAY + 2 * DAY, series.version + 1)
    assert (later.id, later.timing.first_day, later.version) == (NEW, MONDAY + 3 * DAY, 1)
    assert isinstance(later.timing, AtTime)
    assert later.timing.exceptions == (moved,)
    assert sorted(map(str, starts(earlier, later))) == sorted(map(str, starts(series)))


def test_what_was_approved_of_the_days_that_stay_stays_approved() -> None:
    series = with_exceptions(SlotException(at("05:30", MONDAY + 6 * DAY), at("20:00")))

    earlier, later = split(series, MONDAY + 3 * DAY, NEW, HA_NOI)

    assert record_of_slot(NEWS, earlier).hash == record_of_slot(NEWS, series).hash
    assert record_of_slot(NEWS, later).hash != record_of_slot(NEWS, series).hash


def test_the_new_series_begins_on_its_next_day() -> None:
    """Else a rule of every other week would change its weeks."""
    every_other = replace(SERIES, timing=replace(daily("05:30", days=60), rule=Recurrence.of("FREQ=WEEKLY;INTERVAL=2")))

    _, later = split(every_other, MONDAY + DAY, NEW, HA_NOI)

    assert later.timing.first_day == MONDAY + 14 * DAY


def test_days_in_places_are_parted_too() -> None:
    earlier, later = split(a_slot(NEWS, in_places("thong-bao", days=10)), MONDAY + 3 * DAY, NEW, HA_NOI)

    assert (earlier.timing.ends_on, later.timing.first_day) == (MONDAY + 2 * DAY, MONDAY + 3 * DAY)
    assert later.timing.ends_on == MONDAY + 9 * DAY


@pytest.mark.parametrize(
    ("day", "code"), [(MONDAY, "series.nothing_before"), (MONDAY + 10 * DAY, "series.nothing_after")]
)
def test_there_must_be_something_on_both_sides(day: date, code: str) -> None:
    with pytest.raises(Refused) as refused:
        split(SERIES, day, NEW, HA_NOI)

    assert (refused.value.code, refused.value.values) == (code, {"day": day})


@given(
    st.sampled_from([DAILY, weekly({0, 3}), Recurrence.of("FREQ=DAILY;INTERVAL=3"), Recurrence.of("FREQ=MONTHLY")]),
    st.integers(0, 119),
    st.sets(st.integers(0, 119), max_size=5),
    st.sets(st.integers(0, 119), max_size=5),
)
def test_parting_a_series_changes_nothing_of_what_comes(
    rule: Recurrence, cut: int, cancelled: set[int], moved: set[int]
) -> None:
    """Wherever it is parted, and whatever was cancelled or moved."""
    exceptions = {day: SlotException(at("05:30", MONDAY + day * DAY)) for day in cancelled}
    exceptions |= {
        day: SlotException(at("05:30", MONDAY + day * DAY), at("21:15", MONDAY + (day + 1) * DAY)) for day in moved
    }
    series = replace(
        SERIES,
        timing=AtTime(
            first_day=MONDAY,
            at=time(5, 30),
            rule=rule,
            until=MONDAY + 119 * DAY,
            exceptions=tuple(exceptions.values()),
        ),
    )
    try:
        parts = split(series, MONDAY + cut * DAY, NEW, HA_NOI)
    except Refused:
        parts = (series, series)

    assert difference([series], parts, WHOLE, HA_NOI) == Difference((), (), ())


def test_the_difference_names_what_is_new_what_is_gone_and_what_moves() -> None:
    after = replace(SERIES, timing=replace(daily("06:00", first=MONDAY + DAY, days=10)))

    found = difference([SERIES], [after], WHOLE, HA_NOI)

    assert found.removed == (Instance(MONDAY, at("05:30")),)
    assert found.added == (Instance(MONDAY + 10 * DAY, at("06:00", MONDAY + 10 * DAY)),)
    assert len(found.moved) == 9
    assert found.moved[0] == (
        Instance(MONDAY + DAY, at("05:30", MONDAY + DAY)),
        Instance(MONDAY + DAY, at("06:00", MONDAY + DAY)),
    )


def test_what_was_moved_by_hand_stays_where_it_is_in_a_series_with_another_hour() -> None:
    series = with_exceptions(SlotException(at("05:30"), at("17:00")))
    assert isinstance(series.timing, AtTime)
    later = replace(series, timing=replace(series.timing, at=time(6)))

    found = difference([series], [later], WHOLE, HA_NOI)

    assert [old.day for old, _ in found.moved] == [MONDAY + n * DAY for n in range(1, 10)]


def test_another_place_of_the_same_day_is_a_change_too() -> None:
    before, after = (a_slot(NEWS, in_places(name, days=2)) for name in ("sang", "chieu"))

    found = difference([before], [after], WHOLE, HA_NOI)

    assert found.moved[0] == (
        Instance(MONDAY, None, (PlaceId("sang"),)),
        Instance(MONDAY, None, (PlaceId("chieu"),)),
    )
    assert (found.added, found.removed) == ((), ())


def test_what_lies_before_the_span_is_no_part_of_the_difference() -> None:
    later = replace(SERIES, timing=daily("06:00", days=10))

    found = difference([SERIES], [later], Span(at("05:45", MONDAY + 8 * DAY), WHOLE.end), HA_NOI)

    assert [new.day for _, new in found.moved] == [MONDAY + 9 * DAY]
    assert [each.day for each in found.added] == [MONDAY + 8 * DAY]


def test_what_was_moved_beyond_the_end_of_its_series_is_still_to_come() -> None:
    moved = with_exceptions(SlotException(at("05:30"), at("17:00", MONDAY + 30 * DAY)))

    assert to_come([SERIES], at("05:00"), HA_NOI) == Span(at("05:00"), at("00:00", MONDAY + 10 * DAY))
    assert to_come([SERIES, moved], at("05:00"), HA_NOI).holds(at("17:00", MONDAY + 30 * DAY))
    assert to_come([SERIES], at("05:00", MONDAY + 20 * DAY), HA_NOI).duration == 0 * DAY
    assert to_come([a_slot(NEWS, in_places("sang", days=1))], at("05:00"), HA_NOI).end == at("00:00", MONDAY + DAY)


def test_a_single_occurrence_has_nothing_to_part() -> None:
    with pytest.raises(Refused, match=r"series\.nothing_before"):
        split(a_slot(NEWS, once("05:30")), MONDAY, NEW, HA_NOI)
