"""One occurrence of a series moved or cancelled, and what is booked again as it was approved."""

from dataclasses import replace
from datetime import time

import pytest

from schedules.ids import ProgrammeId, SlotId
from schedules.programme import State
from schedules.slot import AtTime, SlotException
from schedules.times import DAY
from server.errors import Unacceptable
from server.services import booking, programmes
from tests.server.services.booked import DAILY, starts
from tests.server.services.moving import move_occurrence
from tests.server.services.radio import (
    APPROVER,
    MONDAY,
    OFFICER,
    Radio,
    in_notices,
    local,
    once,
)

WEEK = replace(DAILY, until=MONDAY + 2 * DAY)


def approved_series(radio: Radio) -> tuple[ProgrammeId, SlotId]:
    programme = radio.airs("Nhắc việc", wish=WEEK)
    (slot,) = programmes.get(radio.store, OFFICER, programme).slots
    return programme, slot.slot.id


def test_one_cancelled_occurrence_is_left_out_and_the_others_stay_approved(radio: Radio) -> None:
    programme, slot = approved_series(radio)

    booking.cancel_occurrence(
        radio.store, radio.clock, OFFICER, slot, version=1, original_start=local(6, 30, day=MONDAY + DAY)
    )

    assert radio.stored(programme).programme.state is State.APPROVED
    assert starts(radio, "Nhắc việc") == {local(6, 30), local(6, 30, day=MONDAY + 2 * DAY)}


def test_one_moved_occurrence_waits_for_approval_with_its_series(radio: Radio) -> None:
    programme, slot = approved_series(radio)

    move_occurrence(radio.store, radio.clock, OFFICER, slot, version=1, original_start=local(6, 30), to=local(6, 45))

    assert radio.stored(programme).programme.state is State.SUBMITTED
    radio.approves(programme)
    assert starts(radio, "Nhắc việc") == {
        local(6, 45),
        local(6, 30, day=MONDAY + DAY),
        local(6, 30, day=MONDAY + 2 * DAY),
    }


def test_what_is_booked_again_as_it_was_approved_needs_nobody(radio: Radio) -> None:
    programme, slot = approved_series(radio)
    booking.change(radio.store, radio.clock, OFFICER, slot, wish=replace(WEEK, at=time(6, 35)), version=1)
    waiting = radio.stored(programme).programme.state, starts(radio, "Nhắc việc")

    booking.change(radio.store, radio.clock, OFFICER, slot, wish=WEEK, version=2)

    assert waiting == (State.SUBMITTED, set())
    assert radio.stored(programme).programme.state is State.APPROVED
    assert len(starts(radio, "Nhắc việc")) == 3
    assert radio.queue().programmes == ()


def test_without_the_slot_that_waited_nothing_waits_any_more(radio: Radio) -> None:
    programme, _ = approved_series(radio)
    second = radio.books(programme, once(time(17, 30))).slot
    waiting = radio.stored(programme).programme.state

    booking.remove(radio.store, radio.clock, OFFICER, second.id, version=1)

    assert waiting is State.SUBMITTED
    assert radio.stored(programme).programme.state is State.APPROVED


def test_what_nobody_released_stays_submitted_whatever_is_booked(radio: Radio) -> None:
    programme, wish = radio.writes(), once(time(6, 30))
    radio.records(programme)
    first, second = radio.books(programme, wish).slot, radio.books(programme, once(time(17, 30))).slot
    radio.submits(programme)

    booking.change(radio.store, radio.clock, OFFICER, first.id, wish=replace(wish, at=time(6, 40)), version=1)
    booking.remove(radio.store, radio.clock, OFFICER, second.id, version=1)
    booking.remove(radio.store, radio.clock, OFFICER, first.id, version=2)

    assert radio.stored(programme).programme.state is State.SUBMITTED


def test_what_was_sent_back_and_is_again_as_it_was_approved_is_approved_once_submitted(radio: Radio) -> None:
    programme, slot = approved_series(radio)
    booking.change(radio.store, radio.clock, OFFICER, slot, wish=replace(WEEK, at=time(6, 35)), version=1)
    version = radio.stored(programme).programme.version
    programmes.send_back(radio.store, radio.clock, APPROVER, programme, version=version, reason="Giữ giờ cũ")
    booking.change(radio.store, radio.clock, OFFICER, slot, wish=WEEK, version=2)

    radio.submits(programme)

    assert radio.stored(programme).programme.state is State.APPROVED


def test_exceptions_survive_an_edit_of_the_series(radio: Radio) -> None:
    _, slot = approved_series(radio)
    tuesday = local(6, 30, day=MONDAY + DAY)
    booking.cancel_occurrence(radio.store, radio.clock, OFFICER, slot, version=1, original_start=tuesday)

    after = booking.change(radio.store, radio.clock, OFFICER, slot, wish=replace(DAILY, at=time(6, 35)), version=2)

    assert isinstance(after.slot.timing, AtTime)
    assert after.slot.timing.exceptions == (SlotException(tuesday),)


def test_a_second_exception_of_one_day_replaces_the_first(radio: Radio) -> None:
    _, slot = approved_series(radio)
    booking.cancel_occurrence(radio.store, radio.clock, OFFICER, slot, version=1, original_start=local(6, 30))

    after = move_occurrence(
        radio.store, radio.clock, OFFICER, slot, version=2, original_start=local(6, 30), to=local(6, 50)
    )

    assert isinstance(after.slot.timing, AtTime)
    assert after.slot.timing.exceptions == (SlotException(local(6, 30), local(6, 50)),)


def test_an_exception_needs_an_occurrence_and_a_time_to_come(radio: Radio) -> None:
    _, slot = approved_series(radio)
    store, clock = radio.store, radio.clock

    with pytest.raises(Unacceptable, match=r"slot.no_such_occurrence"):
        booking.cancel_occurrence(store, clock, OFFICER, slot, version=1, original_start=local(6, 31))
    with pytest.raises(Unacceptable, match=r"slot.in_the_past"):
        move_occurrence(store, clock, OFFICER, slot, version=1, original_start=local(6, 30), to=local(3))
    with pytest.raises(Unacceptable, match=r"programme.obstacles"):
        move_occurrence(store, clock, OFFICER, slot, version=1, original_start=local(6, 30), to=local(12))


def test_an_item_of_a_place_has_no_single_occurrence_to_cancel(radio: Radio) -> None:
    slot = radio.books(radio.writes(), in_notices()).slot

    with pytest.raises(Unacceptable, match=r"slot.only_exact"):
        booking.cancel_occurrence(radio.store, radio.clock, OFFICER, slot.id, version=1, original_start=local(5, 43))
