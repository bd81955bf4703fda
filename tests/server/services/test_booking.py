"""Giving a programme its times."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import cast

import pytest

from schedules.ids import GroupId, PlaceId, UnitId, ZoneId
from schedules.programme import Kind, State
from schedules.recurrence import weekly
from schedules.slot import AtTime, CatchUp, InPlace, Interrupted, StartPolicy
from schedules.times import DAY
from schedules.unit import Target
from server.errors import NotAllowed, NotFound, Stale, Unacceptable
from server.services import booking, programmes
from server.services.booking import Wish, WishInPlaces
from server.services.obstacles import Obstacle
from server.values import Person
from tests.server.services.booked import DAILY, kept, starts
from tests.server.services.moving import move_occurrence
from tests.server.services.radio import (
    AGAIN,
    APPROVER,
    DONG_BANG,
    EDITOR,
    EVENING_NOTICES,
    GO_SIM,
    INSPECTOR,
    LANG_MOI,
    MONDAY,
    NEIGHBOUR,
    NEIGHBOURS,
    NEWS,
    NOTICES,
    OFFICER,
    QUANG_NGAI,
    SON_HA,
    SON_LINH,
    VOV1,
    Radio,
    in_notices,
    local,
    once,
)

SUNDAY = MONDAY + 6 * DAY


def test_a_notice_is_appended_to_places_of_sessions(radio: Radio) -> None:
    first, second = radio.writes(), radio.writes()
    wish = WishInPlaces(units=frozenset({SON_HA}), places=(NOTICES, EVENING_NOTICES), first_day=MONDAY, last_day=SUNDAY)

    slots = [radio.books(programme, wish) for programme in (first, second)]

    timings = [each.slot.timing for each in slots]
    assert timings == [
        InPlace(places=(NOTICES, EVENING_NOTICES), first_day=MONDAY, last_day=SUNDAY, order=order) for order in (0, 1)
    ]
    assert slots[0].changed_by == {OFFICER.id}
    assert radio.actions()[-1] == "slot.booked"


def test_an_exact_second_may_wait_for_its_turn(radio: Radio) -> None:
    slot = radio.books(radio.writes(), once(time(6, 30, 15), LANG_MOI, wait=timedelta(minutes=5))).slot

    assert slot.timing == AtTime(first_day=MONDAY, at=time(6, 30, 15))
    assert (slot.start, slot.wait) == (StartPolicy.WAIT, timedelta(minutes=5))


def test_a_wish_says_what_becomes_of_what_is_late_or_interrupted(radio: Radio) -> None:
    wish = once(
        time(6, 30),
        start=StartPolicy.NEXT,
        wait=timedelta(minutes=5),
        catch_up=CatchUp.LATE,
        late=timedelta(minutes=20),
        interrupted=Interrupted.RESUME,
    )

    slot = radio.books(radio.writes(), wish).slot
    strict = radio.books(radio.writes(), replace(wish, catch_up=CatchUp.SKIP)).slot

    assert (slot.start, slot.wait) == (StartPolicy.NEXT, timedelta(minutes=5))
    assert (slot.catch_up, slot.late, slot.interrupted) == (CatchUp.LATE, timedelta(minutes=20), Interrupted.RESUME)
    assert (strict.catch_up, strict.late) == (CatchUp.SKIP, timedelta(0))


def test_what_is_booked_wakes_the_planning_of_its_zones_only(radio: Radio) -> None:
    programme = radio.writes()
    radio.wanted()

    radio.books(programme, in_notices(DONG_BANG))

    assert radio.wanted() == {DONG_BANG}


def test_a_relay_lasts_as_long_as_was_asked_for_and_nothing_else_has_a_length(radio: Radio) -> None:
    relay = radio.writes("Tiếp sóng", kind=Kind.RELAY, channel=VOV1)
    wish = once(time(6, 30), lasts=timedelta(minutes=10))

    with pytest.raises(Unacceptable, match=r"slot.no_end_of_relay"):
        radio.books(relay, once(time(6, 30)))

    assert radio.books(relay, wish).slot.lasts == timedelta(minutes=10)
    assert radio.books(radio.writes(), wish).slot.lasts is None


@pytest.mark.parametrize(
    ("wish", "code", "named"),
    [
        (replace(in_notices(), units=frozenset()), "target.names_nothing", "target"),
        (replace(in_notices(), places=()), "slot.no_place", "places"),
        (replace(in_notices(), places=(PlaceId("nowhere"),)), "slot.place_unknown", "places"),
        (replace(in_notices(), places=(AGAIN,)), "slot.place_unknown", "places"),
        (replace(in_notices(), last_day=MONDAY - DAY), "slot.ends_before_start", "until"),
        (in_notices(first=MONDAY - DAY), "slot.day_past", "first_day"),
        (in_notices(last=MONDAY + 400 * DAY), "slot.too_long", "until"),
        (
            replace(in_notices(first=SUNDAY, last=SUNDAY), places=(EVENING_NOTICES,)),
            "slot.no_occurrence",
            "last_day",
        ),
        (once(time(3)), "slot.in_the_past", "first_day"),
        (once(time(6), day=MONDAY - DAY), "slot.day_past", "first_day"),
        (replace(DAILY, until=None), "slot.no_end", "until"),
        (replace(DAILY, until=MONDAY - DAY), "slot.ends_before_start", "until"),
        (replace(DAILY, until=date(2036, 1, 1)), "slot.too_long", "until"),
        (replace(DAILY, at=time(3), until=MONDAY), "slot.no_occurrence", "until"),
        (
            replace(DAILY, rule=weekly({6}), until=MONDAY + DAY),
            "slot.no_occurrence",
            "until",
        ),
        (once(time(6, 30), wait=timedelta(hours=2)), "slot.wait", "wait"),
        (once(time(6, 30), catch_up=CatchUp.LATE, late=timedelta(hours=4)), "slot.late", "late"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_at_its_field(radio: Radio, wish: Wish, code: str, named: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        radio.books(radio.writes(), wish)

    assert (refused.value.code, refused.value.field) == (code, named)
    assert radio.store.kept.slots == {}


def test_a_session_that_is_over_today_is_no_occurrence(radio: Radio) -> None:
    radio.at(local(6, 20))

    with pytest.raises(Unacceptable, match=r"slot.no_occurrence"):
        radio.books(radio.writes(), in_notices(last=MONDAY))


def test_an_unknown_zone_is_refused(radio: Radio) -> None:
    with pytest.raises(Unacceptable, match=r"target.no_zone"):
        radio.books(radio.writes(), in_notices(LANG_MOI, ZoneId("nowhere")))


@pytest.mark.parametrize(
    "wish",
    [
        in_notices(NEIGHBOURS),
        replace(in_notices(), units=frozenset({SON_LINH})),
        replace(in_notices(), units=frozenset({QUANG_NGAI})),
        replace(in_notices(), units=frozenset({UnitId("nowhere")})),
    ],
)
def test_a_commune_books_at_its_own_zones_only(radio: Radio, wish: Wish) -> None:
    with pytest.raises(NotAllowed):
        radio.books(radio.writes(), wish)


@pytest.mark.parametrize("by", [APPROVER, INSPECTOR, NEIGHBOUR])
def test_only_writers_of_the_owner_book_change_and_remove(radio: Radio, by: Person) -> None:
    programme = radio.writes()
    slot = radio.books(programme, DAILY).slot.id
    store, clock = radio.store, radio.clock

    with pytest.raises(NotAllowed):
        radio.books(programme, in_notices(), by=by)
    with pytest.raises(NotAllowed):
        booking.change(store, clock, by, slot, wish=DAILY, version=1)
    with pytest.raises(NotAllowed):
        booking.cancel_occurrence(store, clock, by, slot, version=1, original_start=local(6, 30))
    with pytest.raises(NotAllowed):
        move_occurrence(store, clock, by, slot, version=1, original_start=local(6, 30), to=local(6, 40))
    with pytest.raises(NotAllowed):
        booking.remove(store, clock, by, slot, version=1)


def test_a_language_narrows_what_is_chosen_and_a_new_speaker_waits_for_approval(radio: Radio) -> None:
    radio.release_templates()
    wish = replace(in_notices(), units=frozenset({SON_HA}), languages=frozenset({"hre"}))
    programme = radio.airs(wish=wish)
    speakers = {zone.id for zone in radio.store.kept.zones.values() if "hre" in zone.languages}
    slot = next(iter(radio.store.kept.slots.values())).slot

    with radio.store.writing() as uow:
        uow.places.put_zone(replace(radio.store.kept.zones[DONG_BANG], languages=("vi", "hre")))
        uow.commit()

    assert slot.target == Target(units=frozenset({SON_HA}), languages=frozenset({"hre"}))
    assert radio.store.kept.approvals[-1].approval.zones == speakers
    (waiting,) = radio.queue().programmes
    assert waiting.stored.programme.id == programme
    assert [zone.id for zone in waiting.slots[0].zones] == [DONG_BANG]


def test_a_language_alone_means_every_zone_that_speaks_it_which_a_commune_may_not_book(radio: Radio) -> None:
    everywhere = replace(once(time(9)), zones=frozenset(), units=frozenset(), languages=frozenset({"vi"}))

    radio.books(radio.writes(by=EDITOR), everywhere, by=EDITOR)
    with pytest.raises(NotAllowed, match=r"rights\.missing"):
        radio.books(radio.writes(), everywhere)
    with pytest.raises(Unacceptable, match=r"target\.no_zone"):
        radio.books(radio.writes(), replace(everywhere, languages=frozenset({"khmer"})))
    with pytest.raises(Unacceptable, match=r"target\.no_zone"):
        radio.books(radio.writes(), replace(once(time(9)), groups=frozenset({GroupId("gone")})))


def test_an_editor_of_the_province_books_below(radio: Radio) -> None:
    programme = radio.writes(by=EDITOR)

    slot = radio.books(programme, once(time(6, 30), GO_SIM, NEIGHBOURS), by=EDITOR)

    assert slot.slot.target.zones == {GO_SIM, NEIGHBOURS}


def test_an_approved_programme_with_a_new_slot_waits_again_while_the_old_slot_plays(radio: Radio) -> None:
    radio.release_templates()
    programme = radio.airs("Lịch tiêm chủng")

    radio.books(programme, once(time(6, 40)))
    radio.issue()

    assert radio.stored(programme).programme.state is State.SUBMITTED
    starts = {item.starts_at for item in radio.store.kept.planned.values() if item.title == "Lịch tiêm chủng"}
    assert local(5, 43) in starts
    assert local(6, 40) not in starts


def test_a_new_slot_of_an_approved_programme_must_fit_at_once(radio: Radio) -> None:
    programme = radio.airs()

    with pytest.raises(Unacceptable, match=r"programme.obstacles") as refused:
        radio.books(programme, once(time(12)))

    (found,) = cast("tuple[Obstacle, ...]", refused.value.values["obstacles"])
    assert found.code == "regulation.outside_hours"
    assert radio.stored(programme).programme.state is State.APPROVED


def test_a_draft_may_be_booked_anywhere_until_it_is_submitted(radio: Radio) -> None:
    radio.books(radio.writes(), once(time(12)))


def test_a_withdrawn_programme_is_not_booked(radio: Radio) -> None:
    programme = radio.airs()
    version = radio.stored(programme).programme.version
    programmes.withdraw(radio.store, radio.clock, OFFICER, programme, version=version)

    with pytest.raises(Unacceptable, match=r"programme.not_now"):
        radio.books(programme, in_notices())


def test_a_changed_slot_is_the_next_version_and_keeps_its_place_in_the_order(radio: Radio) -> None:
    radio.books(radio.writes(), in_notices())
    slot = radio.books(radio.writes(), in_notices()).slot

    after = booking.change(radio.store, radio.clock, OFFICER, slot.id, wish=in_notices(last=MONDAY), version=1).slot

    assert after.version == 2
    assert after.timing == InPlace(places=(NOTICES,), first_day=MONDAY, last_day=MONDAY, order=1)


def test_a_slot_that_leaves_a_zone_wakes_it_too(radio: Radio) -> None:
    slot = radio.books(radio.writes(), in_notices(LANG_MOI)).slot
    radio.wanted()

    booking.change(radio.store, radio.clock, OFFICER, slot.id, wish=in_notices(GO_SIM), version=1)

    assert radio.wanted() == {LANG_MOI, GO_SIM}


def test_a_target_that_shrinks_needs_no_approval_and_one_that_grows_does(radio: Radio) -> None:
    programme = radio.airs(wish=in_notices(LANG_MOI, GO_SIM))
    (slot,) = programmes.get(radio.store, OFFICER, programme).slots

    booking.change(radio.store, radio.clock, OFFICER, slot.slot.id, wish=in_notices(LANG_MOI), version=1)
    assert radio.stored(programme).programme.state is State.APPROVED

    booking.change(radio.store, radio.clock, OFFICER, slot.slot.id, wish=in_notices(LANG_MOI, DONG_BANG), version=2)
    assert radio.stored(programme).programme.state is State.SUBMITTED


def test_a_series_begun_earlier_may_be_changed_without_moving_its_first_day(radio: Radio) -> None:
    slot = radio.books(radio.writes(), in_notices()).slot
    radio.clock.advance(DAY)

    after = booking.change(
        radio.store, radio.clock, OFFICER, slot.id, wish=in_notices(last=MONDAY + 3 * DAY), version=1
    )

    assert isinstance(after.slot.timing, InPlace)
    assert after.slot.timing.last_day == MONDAY + 3 * DAY


def test_a_stale_change_is_refused(radio: Radio) -> None:
    slot = radio.books(radio.writes(), DAILY).slot
    booking.change(radio.store, radio.clock, EDITOR, slot.id, wish=replace(DAILY, at=time(6, 35)), version=1)

    with pytest.raises(Stale) as refused:
        booking.change(radio.store, radio.clock, OFFICER, slot.id, wish=DAILY, version=1)

    assert refused.value.values["by"] == "Editor"
    with pytest.raises(Stale):
        booking.remove(radio.store, radio.clock, OFFICER, slot.id, version=1)


def test_a_removed_slot_counts_no_more_and_is_not_found_again(radio: Radio) -> None:
    radio.release_templates()
    programme = radio.airs("Lịch tiêm chủng")
    (slot,) = programmes.get(radio.store, OFFICER, programme).slots
    radio.wanted()

    booking.remove(radio.store, radio.clock, OFFICER, slot.slot.id, version=1)

    assert kept(radio, slot.slot.id).removed_at == radio.now()
    assert radio.wanted() == {LANG_MOI, GO_SIM, DONG_BANG}
    assert starts(radio, "Lịch tiêm chủng") == set()
    with pytest.raises(NotFound, match=r"slot.unknown"):
        booking.remove(radio.store, radio.clock, OFFICER, slot.slot.id, version=2)


def test_one_tick_repeats_a_notice_in_the_evening(radio: Radio) -> None:
    programme = radio.writes()
    morning = replace(in_notices(), places=(NOTICES,))

    booked = radio.books(programme, replace(morning, again=True))

    assert isinstance(booked.slot.timing, InPlace)
    assert booked.slot.timing.places == (NOTICES, EVENING_NOTICES)
    again = booking.change(
        radio.store, radio.clock, OFFICER, booked.slot.id, wish=replace(morning, again=True), version=1
    )
    assert again.slot.timing == booked.slot.timing


def test_what_a_place_repeats_by_itself_needs_no_other(radio: Radio) -> None:
    booked = radio.books(radio.writes(kind=Kind.BULLETIN), replace(in_notices(), places=(NEWS,), again=True))

    assert isinstance(booked.slot.timing, InPlace)
    assert booked.slot.timing.places == (NEWS,)


def test_an_evening_without_such_a_place_is_said(radio: Radio) -> None:
    programme = radio.writes()

    with pytest.raises(Unacceptable, match=r"slot\.no_later_place") as refused:
        radio.books(programme, replace(in_notices(), places=(EVENING_NOTICES,), again=True))

    assert refused.value.field == "places"
    assert radio.store.kept.slots == {}
