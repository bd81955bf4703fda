"""Changing one occurrence of a series, those from a day on, or all; and what the form is told before it saves."""

from dataclasses import replace
from datetime import date, time

import pytest

from schedules.ids import ProgrammeId, SlotId
from schedules.programme import State
from schedules.recurrence import DAILY, Holidays, LunarDays, ShortMonth
from schedules.series import Difference, Instance, Scope
from schedules.slot import AtTime, InPlace, SlotException
from schedules.times import DAY
from server.errors import NotAllowed, NotFound, Stale, Unacceptable
from server.services import booking, programmes
from server.services.booking import Wish, WishAtTime, WishInPlaces
from server.services.edits import ALL, Part
from server.services.preview import Preview, preview
from server.values import StoredSlot
from tests.server.services.radio import (
    EVENING_NOTICES,
    INSPECTOR,
    MONDAY,
    NOTICES,
    OFFICER,
    SON_HA,
    Radio,
    in_notices,
    local,
)

WEEK = WishAtTime(units=frozenset({SON_HA}), first_day=MONDAY, at=time(6, 30), rule=DAILY, until=MONDAY + 6 * DAY)
LATER = replace(WEEK, at=time(6, 40))
THURSDAY = MONDAY + 3 * DAY
FROM_THURSDAY = Part(Scope.AFTER, THURSDAY)


def booked(radio: Radio, wish: Wish = WEEK) -> tuple[ProgrammeId, SlotId]:
    programme = radio.writes("Nhắc việc")
    return programme, radio.books(programme, wish).slot.id


def changed(radio: Radio, slot: SlotId, wish: Wish = LATER, part: Part = ALL, version: int = 1) -> StoredSlot:
    return booking.change(radio.store, radio.clock, OFFICER, slot, wish=wish, version=version, part=part)


def foreseen(
    radio: Radio, programme: ProgrammeId, slot: SlotId | None, wish: Wish = LATER, part: Part = ALL
) -> Preview:
    return preview(radio.store, radio.clock, OFFICER, wish=wish, programme=programme, slot=slot, part=part)


def slots_of(radio: Radio, programme: ProgrammeId) -> list[AtTime | InPlace]:
    slots = programmes.get(radio.store, OFFICER, programme).slots
    return sorted((each.slot.timing for each in slots), key=lambda timing: timing.first_day)


def days(*numbers: int) -> list[date]:
    return [MONDAY + number * DAY for number in numbers]


def moved_days(difference: Difference | None) -> list[date]:
    assert difference is not None
    assert (difference.added, difference.removed) == ((), ())
    return [old.day for old, _ in difference.moved]


def test_one_occurrence_gets_another_hour_and_the_others_keep_theirs(radio: Radio) -> None:
    programme, slot = booked(radio)
    only = Part(Scope.THIS, THURSDAY)

    told = foreseen(radio, programme, slot, part=only)
    after = changed(radio, slot, part=only).slot

    assert moved_days(told.difference) == [THURSDAY]
    assert isinstance(after.timing, AtTime)
    assert after.timing.at == time(6, 30)
    assert after.timing.exceptions == (SlotException(local(6, 30, day=THURSDAY), local(6, 40, day=THURSDAY)),)


def test_one_occurrence_is_moved_to_another_day(radio: Radio) -> None:
    programme, slot = booked(radio)
    friday = Part(Scope.THIS, THURSDAY, THURSDAY + DAY)

    told = foreseen(radio, programme, slot, replace(LATER, at=time(17)), friday)
    after = changed(radio, slot, replace(LATER, at=time(17)), friday).slot

    assert told.difference is not None
    assert [new.start for _, new in told.difference.moved] == [local(17, day=THURSDAY + DAY)]
    assert isinstance(after.timing, AtTime)
    assert after.timing.exceptions[0].moved_to == local(17, day=THURSDAY + DAY)


def test_from_a_day_on_another_slot_goes_on(radio: Radio) -> None:
    programme, slot = booked(radio)

    told = foreseen(radio, programme, slot, part=FROM_THURSDAY)
    new = changed(radio, slot, part=FROM_THURSDAY)

    assert moved_days(told.difference) == days(3, 4, 5, 6)
    earlier, later = slots_of(radio, programme)
    assert isinstance(earlier, AtTime)
    assert isinstance(later, AtTime)
    assert (earlier.at, earlier.first_day, earlier.ends_on) == (time(6, 30), MONDAY, THURSDAY - DAY)
    assert (later.at, later.first_day, later.ends_on) == (time(6, 40), THURSDAY, MONDAY + 6 * DAY)
    assert (new.slot.timing, new.slot.version) == (later, 1)
    assert new.slot.id != slot


def test_all_of_a_series_gets_another_hour_and_exceptions_survive(radio: Radio) -> None:
    programme, slot = booked(radio)
    booking.cancel_occurrence(
        radio.store, radio.clock, OFFICER, slot, version=1, original_start=local(6, 30, day=THURSDAY)
    )

    told = foreseen(radio, programme, slot)
    changed(radio, slot, version=2)

    assert moved_days(told.difference) == days(0, 1, 2, 4, 5, 6)
    assert [each.day for each in foreseen(radio, programme, slot).coming.next] == days(0, 1, 2, 4, 5)


def test_exceptions_survive_a_chain_of_edits(radio: Radio) -> None:
    """Cancelled, then parted, then moved as a whole: the cancelled day stays cancelled."""
    programme, slot = booked(radio)
    booking.cancel_occurrence(
        radio.store, radio.clock, OFFICER, slot, version=1, original_start=local(6, 30, day=MONDAY + 4 * DAY)
    )

    new = changed(radio, slot, part=FROM_THURSDAY, version=2).slot.id
    changed(radio, new, replace(WEEK, at=time(6, 50), first_day=THURSDAY))

    told = foreseen(radio, programme, new, replace(WEEK, at=time(6, 50), first_day=THURSDAY))
    assert [each.day for each in told.coming.next] == days(3, 5, 6)
    assert told.difference == Difference((), (), ())


def test_what_plays_before_the_day_stays_approved_and_the_rest_waits(radio: Radio) -> None:
    programme = radio.airs("Nhắc việc", wish=WEEK)
    (slot,) = programmes.get(radio.store, OFFICER, programme).slots

    changed(radio, slot.slot.id, part=FROM_THURSDAY)
    radio.issue()

    assert radio.stored(programme).programme.state is State.SUBMITTED
    planned = radio.store.kept.planned.items()
    heard = {
        item.starts_at for key, item in planned if item.title == "Nhắc việc" and key not in radio.store.kept.withdrawn
    }
    assert heard == {local(6, 30, day=MONDAY + n * DAY) for n in range(3)}


def test_a_series_that_was_ended_is_saved_again_without_touching_its_approval(radio: Radio) -> None:
    programme = radio.airs("Nhắc việc", wish=WEEK)
    (slot,) = programmes.get(radio.store, OFFICER, programme).slots
    changed(radio, slot.slot.id, part=FROM_THURSDAY)

    after = changed(radio, slot.slot.id, replace(WEEK, until=THURSDAY - DAY), version=2).slot

    assert isinstance(after.timing, AtTime)
    assert (after.timing.until, after.timing.ends_on) == (WEEK.until, THURSDAY - DAY)


def test_days_in_places_go_on_in_another_place(radio: Radio) -> None:
    week = in_notices(last=MONDAY + 6 * DAY)
    programme, slot = booked(radio, week)
    evening = replace(week, places=(EVENING_NOTICES,))

    told = foreseen(radio, programme, slot, evening, FROM_THURSDAY)
    changed(radio, slot, evening, FROM_THURSDAY)

    assert moved_days(told.difference) == days(3, 4, 5, 6)
    assert [(each.first_day, each.ends_on) for each in slots_of(radio, programme)] == [
        (MONDAY, THURSDAY - DAY),
        (THURSDAY, MONDAY + 6 * DAY),
    ]
    again = changed(radio, slot, replace(week, last_day=THURSDAY - DAY), version=2).slot.timing
    assert isinstance(again, InPlace)
    assert (again.places, again.last_day, again.ends_on) == ((NOTICES,), MONDAY + 6 * DAY, THURSDAY - DAY)


def test_a_day_left_out_stays_so_when_the_series_goes_into_places_and_back(radio: Radio) -> None:
    week = in_notices(last=MONDAY + 6 * DAY)
    programme, slot = booked(radio)
    booking.cancel_occurrence(
        radio.store, radio.clock, OFFICER, slot, version=1, original_start=local(6, 30, day=THURSDAY)
    )

    in_place = changed(radio, slot, week, version=2).slot.timing
    booking.leave_out(radio.store, radio.clock, OFFICER, slot, version=3, day=THURSDAY + DAY)
    back = changed(radio, slot, LATER, version=4).slot.timing

    assert isinstance(in_place, InPlace)
    assert in_place.left_out == {THURSDAY}
    assert isinstance(back, AtTime)
    assert back.exceptions == tuple(SlotException(local(6, 40, day=day)) for day in days(3, 4))
    assert [each.day for each in foreseen(radio, programme, slot).coming.next] == days(0, 1, 2, 5, 6)


def test_a_day_in_places_is_left_out_without_a_new_approval(radio: Radio) -> None:
    programme = radio.airs("Nhắc việc", wish=in_notices(last=MONDAY + 6 * DAY))
    (slot,) = programmes.get(radio.store, OFFICER, programme).slots

    booking.leave_out(radio.store, radio.clock, OFFICER, slot.slot.id, version=1, day=THURSDAY)

    assert radio.stored(programme).programme.state is State.APPROVED
    with pytest.raises(Unacceptable, match=r"slot\.no_such_occurrence"):
        booking.leave_out(radio.store, radio.clock, OFFICER, slot.slot.id, version=2, day=THURSDAY)
    with pytest.raises(NotAllowed):
        booking.leave_out(radio.store, radio.clock, INSPECTOR, slot.slot.id, version=2, day=MONDAY)


def test_from_the_first_day_on_is_all_of_it(radio: Radio) -> None:
    programme, slot = booked(radio)

    after = changed(radio, slot, part=Part(Scope.AFTER, MONDAY)).slot

    assert after.id == slot
    assert len(slots_of(radio, programme)) == 1


def test_a_shorter_series_tells_what_is_left_out_and_a_longer_what_is_added(radio: Radio) -> None:
    programme, slot = booked(radio)

    shorter = foreseen(radio, programme, slot, replace(WEEK, until=MONDAY + 4 * DAY)).difference
    longer = foreseen(radio, programme, slot, replace(WEEK, until=MONDAY + 8 * DAY)).difference

    assert shorter == Difference((), tuple(Instance(day, local(6, 30, day=day)) for day in days(5, 6)), ())
    assert longer is not None
    assert [each.day for each in longer.added] == days(7, 8)


def test_a_new_slot_has_no_difference_but_days_to_come(radio: Radio) -> None:
    """The Day of Vietnamese Culture, 24 November, is spared; the 12th month of Bính Ngọ has 29 days."""
    programme = radio.writes()
    spared = replace(WEEK, holidays=Holidays.NOT)
    lunar = LunarDays(days=frozenset({30}), short_month=ShortMonth.LAST)

    told = foreseen(radio, programme, None, spared)
    by_moon = foreseen(radio, programme, None, replace(WEEK, rule=lunar, until=date(2027, 3, 10)))

    assert told.difference is None
    assert [each.day for each in told.coming.next] == days(0, 2, 3, 4, 5)
    assert told.coming.count == 6
    assert told.coming.spared == ((date(2026, 11, 24), "Ngày Văn hóa Việt Nam"),)
    assert [(each.number, each.year_name) for each in by_moon.coming.short_months] == [(12, "Bính Ngọ")]


@pytest.mark.parametrize(
    ("wish", "part", "code", "field"),
    [
        (LATER, Part(Scope.THIS, MONDAY + 9 * DAY), "slot.no_such_occurrence", "scope_day"),
        (replace(LATER, at=time(3)), Part(Scope.THIS, MONDAY), "slot.in_the_past", "at"),
        (in_notices(), Part(Scope.THIS, MONDAY), "slot.only_exact", "scope"),
        (LATER, Part(Scope.AFTER, MONDAY - DAY), "slot.day_past", "scope_day"),
        (LATER, Part(Scope.AFTER, MONDAY + 7 * DAY), "series.nothing_after", "scope_day"),
        (replace(LATER, until=MONDAY + DAY), FROM_THURSDAY, "slot.ends_before_start", "until"),
    ],
)
def test_an_edit_that_cannot_be_is_refused_at_its_field_and_nothing_is_stored(
    radio: Radio, wish: Wish, part: Part, code: str, field: str
) -> None:
    programme, slot = booked(radio)
    before = slots_of(radio, programme)

    with pytest.raises(Unacceptable) as refused:
        changed(radio, slot, wish, part)

    assert (refused.value.code, refused.value.field) == (code, field)
    assert slots_of(radio, programme) == before


def test_where_no_regulation_is_in_force_there_is_no_day_to_part_at(radio: Radio) -> None:
    _, slot = booked(radio)
    radio.store.kept.regulations.clear()

    with pytest.raises(NotFound, match=r"station\.no_regulation"):
        changed(radio, slot, part=FROM_THURSDAY)


def test_a_part_is_changed_only_by_who_may_and_from_what_they_saw(radio: Radio) -> None:
    _, slot = booked(radio)

    with pytest.raises(NotAllowed):
        booking.change(radio.store, radio.clock, INSPECTOR, slot, wish=LATER, version=1, part=FROM_THURSDAY)
    with pytest.raises(Stale):
        changed(radio, slot, part=FROM_THURSDAY, version=7)


def test_days_in_places_may_follow_a_rule(radio: Radio) -> None:
    wish = WishInPlaces(
        units=frozenset({SON_HA}),
        places=(NOTICES,),
        first_day=MONDAY,
        last_day=MONDAY + 30 * DAY,
        rule=LunarDays(days=frozenset({1, 15})),
    )
    programme = radio.writes()

    told = foreseen(radio, programme, None, wish)
    radio.books(programme, wish)

    assert [each.day for each in told.coming.next] == [date(2026, 11, 23), date(2026, 12, 9), date(2026, 12, 23)]
    assert slots_of(radio, programme)[0].rule == wish.rule
