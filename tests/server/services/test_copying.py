"""Copying what comes in one week only to another week."""

from datetime import date, time, timedelta

import pytest

from schedules.ids import SlotId
from schedules.programme import State
from schedules.recurrence import DAILY
from schedules.times import DAY
from server.errors import NotAllowed, Unacceptable
from server.services import booking, copying, programmes
from server.services.copying import Copied
from server.values import Person
from tests.server.services.moving import move_occurrence
from tests.server.services.radio import (
    EDITOR,
    INSPECTOR,
    LANG_MOI,
    MONDAY,
    NEIGHBOUR,
    OFFICER,
    SON_HA,
    Radio,
    in_notices,
    local,
    once,
)

NEXT = MONDAY + 7 * DAY
TUESDAY = MONDAY + DAY


def seen(radio: Radio, *, to: date = NEXT) -> tuple[Copied, ...]:
    return copying.foresee_copy(radio.store, radio.clock, OFFICER, SON_HA, monday=MONDAY, to=to)


def copy(radio: Radio, *slots: SlotId, to: date = NEXT) -> int:
    return copying.copy(radio.store, radio.clock, OFFICER, SON_HA, monday=MONDAY, to=to, slots=slots)


def test_what_comes_in_one_week_only_is_found_in_order_of_time(radio: Radio) -> None:
    second = radio.books(radio.writes("Họp thôn"), once(time(5, 50), LANG_MOI, day=TUESDAY)).slot.id
    first = radio.books(radio.writes("Tiêm chủng"), in_notices(first=MONDAY, last=TUESDAY)).slot.id
    radio.books(radio.writes("Chuyên mục"), once(time(6, 0), rule=DAILY, until=MONDAY + 6 * DAY))
    radio.books(radio.writes("Hai tuần"), in_notices(first=MONDAY, last=NEXT))
    radio.books(radio.writes("Tuần sau"), in_notices(first=NEXT, last=NEXT))

    found = seen(radio)

    assert [each.slot.id for each in found] == [first, second]
    assert [(each.wish.first_day, each.at) for each in found] == [(NEXT, None), (NEXT + DAY, time(5, 50))]
    assert all(each.fits for each in found)


def test_copies_are_booked_together_and_wait_for_approval(radio: Radio) -> None:
    approved = radio.airs(wish=in_notices(first=TUESDAY, last=TUESDAY))
    draft = radio.writes("Họp thôn")
    radio.books(draft, once(time(5, 50), LANG_MOI, day=TUESDAY))

    made = copy(radio, *(each.slot.id for each in seen(radio)))

    assert made == 2
    assert radio.stored(approved).programme.state is State.SUBMITTED
    assert radio.stored(draft).programme.state is State.DRAFT
    assert [each.there for each in seen(radio)] == [True, True]


def test_what_was_moved_is_copied_from_where_it_stands_and_what_was_cancelled_is_not(radio: Radio) -> None:
    moved = radio.books(radio.writes(), once(time(5, 50), day=TUESDAY)).slot
    cancelled = radio.books(radio.writes(), once(time(6, 5), day=TUESDAY)).slot
    start = local(5, 50, day=TUESDAY)
    whose = (radio.store, radio.clock, OFFICER)
    to = local(6, 10, day=TUESDAY + DAY)
    move_occurrence(*whose, moved.id, version=1, original_start=start, to=to)
    booking.cancel_occurrence(
        radio.store, radio.clock, OFFICER, cancelled.id, version=1, original_start=local(6, 5, day=TUESDAY)
    )

    (found,) = seen(radio)

    assert (found.from_day, found.at, found.wish.first_day) == (TUESDAY + DAY, time(6, 10), NEXT + 2 * DAY)


def test_what_was_moved_out_of_the_week_is_not_in_it(radio: Radio) -> None:
    slot = radio.books(radio.writes(), once(time(5, 50), day=TUESDAY)).slot
    move_occurrence(
        radio.store,
        radio.clock,
        OFFICER,
        slot.id,
        version=1,
        original_start=local(5, 50, day=TUESDAY),
        to=local(5, 50, day=NEXT + DAY),
    )

    assert seen(radio) == ()
    (found,) = copying.foresee_copy(radio.store, radio.clock, OFFICER, SON_HA, monday=NEXT, to=NEXT + 7 * DAY)
    assert (found.slot.id, found.from_day, found.wish.first_day) == (slot.id, NEXT + DAY, NEXT + 8 * DAY)


def test_a_day_left_out_of_its_only_day_is_not_copied(radio: Radio) -> None:
    slot = radio.books(radio.writes(), in_notices(first=TUESDAY, last=TUESDAY)).slot
    booking.leave_out(radio.store, radio.clock, OFFICER, slot.id, version=1, day=TUESDAY)

    assert seen(radio) == ()


def test_what_would_clash_there_says_with_what_and_is_left_out(radio: Radio) -> None:
    radio.airs("Sẵn ở đó", wish=once(time(5, 50), day=NEXT + DAY))
    clashing = radio.writes("Họp thôn")
    radio.records(clashing)
    slot = radio.books(clashing, once(time(5, 50), day=TUESDAY)).slot.id

    (found,) = seen(radio)

    assert [each.code for each in found.obstacles] == ["slot.clash"]
    with pytest.raises(Unacceptable) as refusal:
        copy(radio, slot)
    assert refusal.value.code == "week.nothing_to_copy"


def test_nothing_is_booked_when_one_of_them_may_not_be(radio: Radio) -> None:
    draft, gone = radio.writes("Một"), radio.airs("Hai")
    version = radio.stored(gone).programme.version
    programmes.withdraw(radio.store, radio.clock, OFFICER, gone, version=version)
    before = dict(radio.store.kept.slots)

    with pytest.raises(Unacceptable):
        booking.book_together(radio.store, radio.clock, OFFICER, [(draft, in_notices()), (gone, in_notices())])

    assert radio.store.kept.slots == before


def test_what_is_out_of_date_by_then_and_days_that_have_passed_are_said(radio: Radio) -> None:
    programme = radio.writes(valid_until=local(23, day=TUESDAY))
    radio.books(programme, once(time(5, 50), day=TUESDAY))

    (obsolete,) = seen(radio)
    radio.at(local(4, day=NEXT + 3 * DAY))
    (late,) = seen(radio)

    assert [each.code for each in obsolete.obstacles] == ["programme.expired"]
    assert [each.code for each in late.obstacles] == ["slot.day_past"]


def test_a_withdrawn_programme_and_somebody_elses_are_left_where_they_are(radio: Radio) -> None:
    gone = radio.airs(wish=in_notices(first=TUESDAY, last=TUESDAY))
    version = radio.stored(gone).programme.version
    programmes.withdraw(radio.store, radio.clock, OFFICER, gone, version=version)
    theirs = radio.writes("Của tỉnh", by=EDITOR)
    radio.books(theirs, in_notices(first=TUESDAY, last=TUESDAY), by=EDITOR)

    assert seen(radio) == ()


@pytest.mark.parametrize("to", [MONDAY, MONDAY - 7 * DAY, MONDAY + 3 * DAY], ids=str)
def test_only_a_later_week_is_copied_to(radio: Radio, to: date) -> None:
    with pytest.raises(Unacceptable) as refusal:
        seen(radio, to=to)

    assert (refusal.value.code, refusal.value.field) == ("week.not_later", "to")


@pytest.mark.parametrize("person", [INSPECTOR, NEIGHBOUR], ids=lambda each: str(each.id))
def test_only_who_writes_for_the_station_copies(radio: Radio, person: Person) -> None:
    radio.books(radio.writes(), in_notices(first=TUESDAY, last=TUESDAY))

    with pytest.raises(NotAllowed):
        copying.foresee_copy(radio.store, radio.clock, person, SON_HA, monday=MONDAY, to=NEXT)


def test_a_copy_waits_for_its_turn_as_long_as_the_first_did(radio: Radio) -> None:
    radio.books(radio.writes(), once(time(5, 50), day=TUESDAY, wait=timedelta(minutes=2)))

    copy(radio, *(each.slot.id for each in seen(radio)))

    made = [each.slot for each in radio.store.kept.slots.values() if each.slot.timing.first_day == NEXT + DAY]
    assert [each.wait for each in made] == [timedelta(minutes=2)]
