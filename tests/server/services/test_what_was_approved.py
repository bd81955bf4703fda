"""What was approved is what sounds: any change to it, on any way to the air, takes it out of the next rundown.

The tables name every field of a form and of the values behind it; a new one without a case fails here.
"""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from schedules.part import Genre
from schedules.programme import Kind, Level, Programme, Recording, Relay, Variant
from schedules.recurrence import Holidays, weekly
from schedules.schedule import Schedule
from schedules.series import Scope
from schedules.slot import AtTime, CatchUp, InPlace, Interrupted, Slot, StartPolicy
from schedules.times import DAY
from schedules.way import WrittenOrder
from server.services import booking, place_order
from server.services.booking import Wish, WishAtTime, WishInPlaces
from server.services.drafts import Draft, PartDraft
from server.services.edits import Part
from server.services.schedule import released_as_it_is, schedule_of
from server.values import TakeOrigin
from tests.server.services import approved
from tests.server.services.approved import (
    EVERY_MORNING,
    ORDER,
    RELAYS,
    RIVERSIDE,
    VOV2,
    WAYS,
    ZONES,
    Broadcast,
)
from tests.server.services.moving import move_occurrence
from tests.server.services.radio import (
    EVENING_NOTICES,
    HAMLETS,
    LANG_MOI,
    MONDAY,
    NOTICES,
    OFFICER,
    SON_HA,
    Radio,
    local,
)

SPOKEN_WAYS = sorted(set(WAYS) - set(RELAYS))
WHOLE = ("by_hand", "fixed", "newest", "relay_at_a_time")
"""One way for each sort of record: on these every field is edited, on the others one that nobody hears."""

DRAFT: dict[str, Any] = {
    "title": "Tên khác",
    "kind": Kind.FEATURE,
    "level": Level.PRIORITY,
    "texts": {"vi": "Lời khác"},
    "times_read": 2,
    "valid_until": local(20, day=MONDAY + 8 * DAY),
    "requested_by": "Điện lực Sơn Hà",
    "document": "218/TB-ĐLSH",
    "topic": "Lũ",
    "for_places": None,  # the opposite of what it is
    "channel": VOV2,
    "parts": (PartDraft(genre=Genre.NEWS, title="Tin lũ", authors=("Đinh Văn Rê",)),),
}
"""Another value for every field of a programme's form."""

PROGRAMME = {
    "title": "title",
    "kind": "kind",
    "level": "level",
    "times_read": "times_read",
    "topic": "topic",
    "requested_by": "requested_by",
    "document": "document",
    "valid_until": "valid_until",
    "for_places": "for_places",
    "parts": "parts",
    "variants": "channel",  # and every test of sounds below
}
"""Every field of a programme, and the field of the form that changes it."""
NEVER_EDITED = {"id", "owner", "origin", "version", "state"}


@pytest.fixture(autouse=True)
def prepared(radio: Radio) -> None:
    approved.prepared(radio)


def schedule(radio: Radio) -> Schedule:
    with radio.store.reading() as uow:
        return schedule_of(uow)


def test_every_field_of_a_programme_and_of_its_form_has_a_case() -> None:
    assert set(DRAFT) == {each.name for each in fields(Draft)}
    assert set(PROGRAMME) | NEVER_EDITED == {each.name for each in fields(Programme)}
    assert set(PROGRAMME.values()) <= set(DRAFT)


@pytest.mark.parametrize("way", WAYS)
def test_what_is_approved_is_planned_with_the_record_that_was_approved(radio: Radio, way: str) -> None:
    broadcast = WAYS[way](radio)

    items = [item for each in broadcast.planned().values() for item in each]

    content = radio.stored(broadcast.programme).programme
    released = {each.approval.record for each in radio.store.kept.approvals}
    assert {item.approval for item in items} <= released
    assert items
    for item in items:
        assert (item.title, item.kind, item.level, item.valid_until) == (
            content.title,
            content.kind,
            content.level,
            content.valid_until,
        )
        heard = {sound.sha256 for variant in content.variants for sound in sounds_of(variant)}
        assert {each.sha256 for each in item.recordings} <= heard


def sounds_of(variant: Variant) -> tuple[Recording, ...]:
    source = variant.source
    if isinstance(source, Relay):
        return () if source.fallback is None else (source.fallback,)
    return (source,)


@pytest.mark.parametrize(
    ("way", "field"),
    [
        *((way, field) for way in WHOLE for field in DRAFT if field != "channel" or way in RELAYS),
        *((way, "requested_by") for way in WAYS if way not in WHOLE),
    ],
)
def test_an_edited_field_voids_it_and_the_old_words_need_approval_like_any_other(
    radio: Radio, way: str, field: str
) -> None:
    """Put back to the letter it is another version: who approved the first saw what led to it, not what came back."""
    broadcast = WAYS[way](radio)
    draft = broadcast.draft
    before = broadcast.occurrences()

    broadcast.edits(**{field: not draft.for_places if field == "for_places" else DRAFT[field]})
    edited = broadcast.heard()
    broadcast.edits()
    put_back = broadcast.heard()
    broadcast.goes_to_its_approver()

    assert before
    assert edited == put_back == set()
    assert broadcast.waits()
    broadcast.is_approved()
    assert broadcast.occurrences() == before


def new_sound(broadcast: Broadcast) -> None:
    broadcast.radio.records(broadcast.programme, by=broadcast.author, lasts=timedelta(seconds=40))


def new_sound_in_hre(broadcast: Broadcast) -> None:
    broadcast.radio.records(broadcast.programme, by=broadcast.author, language="hre", lasts=timedelta(seconds=40))


def sound_in_a_third_language(broadcast: Broadcast) -> None:
    broadcast.radio.records(broadcast.programme, by=broadcast.author, language="cor")


def machine_voice(broadcast: Broadcast) -> None:
    broadcast.radio.records(broadcast.programme, by=broadcast.author, origin=TakeOrigin.VOICE)


def no_hre(broadcast: Broadcast) -> None:
    broadcast.loses("hre")


def no_vietnamese(broadcast: Broadcast) -> None:
    broadcast.loses("vi")


@pytest.mark.parametrize("way", SPOKEN_WAYS)
@pytest.mark.parametrize(
    "change", [new_sound, new_sound_in_hre, sound_in_a_third_language, machine_voice, no_hre, no_vietnamese]
)
def test_another_sound_in_any_language_voids_it_everywhere(
    radio: Radio, way: str, change: Callable[[Broadcast], None]
) -> None:
    broadcast = WAYS[way](radio)
    before = broadcast.heard()

    change(broadcast)

    assert before
    assert broadcast.heard() == set()


VOIDS, TAKES, ADDS, NOTHING = "voids", "takes", "adds", "nothing"

AT_TIME: dict[str, tuple[dict[str, Any], str]] = {
    "zones": ({"zones": frozenset({LANG_MOI}), "units": frozenset()}, TAKES),
    "units": ({"units": frozenset({SON_HA, next(iter(HAMLETS))})}, NOTHING),
    "groups": ({"groups": frozenset({RIVERSIDE.id}), "units": frozenset()}, TAKES),
    "languages": ({"languages": frozenset({"hre"})}, TAKES),
    "tags": ({"tags": frozenset({"ven sông"})}, TAKES),
    "catch_up": ({"catch_up": CatchUp.SKIP}, VOIDS),
    "late": ({"late": timedelta(minutes=7)}, VOIDS),
    "interrupted": ({"interrupted": Interrupted.RESUME}, VOIDS),
    "first_day": ({"first_day": MONDAY + DAY}, VOIDS),
    "at": ({"at": time(6, 31)}, VOIDS),
    "rule": ({"rule": weekly({0, 1, 2, 3, 4})}, VOIDS),
    "until": ({"until": MONDAY + 6 * DAY}, VOIDS),
    "holidays": ({"holidays": Holidays.NOT}, VOIDS),
    "start": ({"start": StartPolicy.NEXT}, VOIDS),
    "wait": ({"wait": timedelta(minutes=4)}, VOIDS),
}
"""Another value for every field of a slot at an exact second, and what becomes of what was approved."""
ONLY_ELSEWHERE = {"lasts", "order"}
"""Fields with a case of their own: of a relay, of what is ordered."""

IN_PLACES: dict[str, tuple[dict[str, Any], str]] = {
    **{name: AT_TIME[name] for name in ("zones", "units", "groups", "languages", "tags", "interrupted", "holidays")},
    "catch_up": ({"catch_up": CatchUp.NEXT_SLOT}, VOIDS),
    "late": ({"late": timedelta(minutes=3)}, VOIDS),
    "places": ({"places": (EVENING_NOTICES,)}, VOIDS),
    "first_day": ({"first_day": MONDAY + DAY}, VOIDS),
    "last_day": ({"last_day": MONDAY + 4 * DAY}, VOIDS),
    "again": ({"again": True}, VOIDS),
    "rule": ({"rule": weekly({0, 1, 2, 3, 4})}, VOIDS),
}

SLOT = {
    "target": "zones",
    "timing": "at",
    "lasts": "lasts",
    "start": "start",
    "wait": "wait",
    "catch_up": "catch_up",
    "late": "late",
    "interrupted": "interrupted",
    "way": "order",
    "order": "order",
}
"""Every field of a slot, and the field of the form that changes it."""
TIMINGS = {AtTime: {"exceptions", "ended"}, InPlace: {"order", "left_out", "ended"}}
"""Fields of a timing that no form holds; each has a test of its own below."""


def test_every_field_of_a_slot_and_of_its_form_has_a_case() -> None:
    assert set(AT_TIME) | ONLY_ELSEWHERE == {each.name for each in fields(WishAtTime)}
    assert set(IN_PLACES) | {"order"} == {each.name for each in fields(WishInPlaces)}
    assert set(SLOT) | {"id", "programme", "version"} == {each.name for each in fields(Slot)}
    assert set(SLOT.values()) <= set(AT_TIME) | ONLY_ELSEWHERE
    assert {each.name for each in fields(AtTime)} - TIMINGS[AtTime] <= set(AT_TIME)
    assert {each.name for each in fields(InPlace)} - TIMINGS[InPlace] <= set(IN_PLACES)


@pytest.mark.parametrize(
    ("way", "field"), [*(("at_a_time", field) for field in AT_TIME), *(("by_hand", field) for field in IN_PLACES)]
)
def test_a_slot_booked_otherwise_is_void_and_booked_back_is_what_was_approved(
    radio: Radio, way: str, field: str
) -> None:
    """A slot's record is what it says, not how often it was saved: the same record counts again, without a person."""
    broadcast = WAYS[way](radio)
    wish, (changes, effect) = wish_of(broadcast), (AT_TIME if way == "at_a_time" else IN_PLACES)[field]
    before = broadcast.planned()

    broadcast.rebooks(replace(wish, **changes))
    during = broadcast.planned()
    waits = broadcast.waits()
    broadcast.rebooks(wish)

    heard = {zone for zone, items in during.items() if items}
    assert all(before[zone] for zone in ZONES)
    assert waits is (effect is VOIDS)
    if effect is VOIDS:
        assert heard == set()
    else:
        assert heard == (set(ZONES) if effect is NOTHING else heard & set(ZONES))
        assert all(during[zone] == before[zone] for zone in heard)
        assert (len(heard) < len(ZONES)) is (effect is TAKES)
        assert heard
    assert broadcast.planned() == before
    assert not broadcast.waits()
    assert released_as_it_is(schedule(radio), radio.stored(broadcast.programme).programme)


def wish_of(broadcast: Broadcast) -> Wish:
    assert broadcast.wish is not None
    return broadcast.wish


@pytest.mark.parametrize(
    ("way", "changes"),
    [
        ("relay_at_a_time", {"lasts": timedelta(minutes=9)}),
        ("ordered", {"order": None}),
        ("ordered", {"order": WrittenOrder("16/KH-UBND", ORDER.signed_on, ORDER.issuer)}),
        ("ordered", {"order": WrittenOrder(ORDER.number, date(2026, 11, 3), ORDER.issuer)}),
        ("ordered", {"order": WrittenOrder(ORDER.number, ORDER.signed_on, "UBND xã")}),
        ("ordered", {"places": (EVENING_NOTICES,)}),
        ("offered", {"order": ORDER, "places": (NOTICES,)}),
        ("offered", {"last_day": MONDAY + 4 * DAY}),
        ("subscribed", {"last_day": MONDAY + 4 * DAY}),
        ("subscribed", {"places": (NOTICES,)}),
        ("repeated", {"last_day": MONDAY + 3 * DAY}),
    ],
)
def test_what_makes_its_way_is_bound_too(radio: Radio, way: str, changes: dict[str, Any]) -> None:
    broadcast = WAYS[way](radio)
    wish, before = wish_of(broadcast), broadcast.planned()

    broadcast.rebooks(replace(wish, **changes))
    heard, waits = broadcast.heard(), broadcast.waits()
    broadcast.rebooks(wish)

    assert (heard, waits) == (set(), True)
    assert broadcast.planned() == before


def test_every_field_of_an_order_is_bound() -> None:
    assert {each.name for each in fields(WrittenOrder)} == {"number", "signed_on", "issuer"}


def test_a_target_that_grows_voids_nothing_and_gives_the_new_zones_nothing_yet(radio: Radio) -> None:
    small = replace(EVERY_MORNING, zones=frozenset({LANG_MOI}), units=frozenset())
    broadcast = approved.booked(approved.written(radio), small)
    before = broadcast.planned()

    broadcast.rebooks(EVERY_MORNING)
    grown = broadcast.planned()
    (waiting,) = [slot for each in radio.queue().programmes for slot in each.slots]
    broadcast.is_approved()

    assert grown == before
    assert (waiting.supplementary, {zone.id for zone in waiting.zones}) == (True, set(ZONES) - {LANG_MOI})
    assert broadcast.planned()[LANG_MOI] == before[LANG_MOI]
    assert broadcast.heard() == set(ZONES)


def test_one_occurrence_moved_voids_the_series_and_one_left_out_only_takes_it_away(radio: Radio) -> None:
    broadcast = WAYS["at_a_time"](radio)
    store, clock, slot = radio.store, radio.clock, broadcast.slot
    assert slot is not None
    before = broadcast.occurrences()

    start = local(6, 30, day=MONDAY + DAY)
    booking.cancel_occurrence(store, clock, OFFICER, slot, version=1, original_start=start)
    left = broadcast.occurrences()
    move_occurrence(store, clock, OFFICER, slot, version=2, original_start=local(6, 30), to=local(6, 40))

    assert left < before
    assert len(before) - len(left) == 1
    assert broadcast.heard() == set()
    assert broadcast.waits()


def test_a_day_left_out_and_another_order_in_the_place_void_nothing(radio: Radio) -> None:
    first, second = WAYS["by_hand"](radio), WAYS["by_hand"](radio)
    before = first.occurrences()
    assert first.slot is not None
    assert second.slot is not None

    seen = place_order.order_of(radio.store, radio.clock, OFFICER, SON_HA, NOTICES).mark
    slots = [second.slot, first.slot]
    place_order.put_in_order(radio.store, radio.clock, OFFICER, SON_HA, NOTICES, slots=slots, seen=seen)
    turned = first.occurrences()
    booking.leave_out(radio.store, radio.clock, OFFICER, first.slot, version=first.slot_version(), day=MONDAY + DAY)

    assert turned == before
    assert len(before) - len(first.occurrences()) == 1
    assert not first.waits()


def test_from_a_day_on_another_slot_goes_on_and_waits_while_the_days_before_stay_approved(radio: Radio) -> None:
    broadcast = WAYS["at_a_time"](radio)
    assert broadcast.slot is not None
    before = broadcast.occurrences()

    booking.change(
        radio.store,
        radio.clock,
        OFFICER,
        broadcast.slot,
        wish=replace(EVERY_MORNING, at=time(6, 35)),
        version=1,
        part=Part(Scope.AFTER, MONDAY + 2 * DAY),
    )

    assert broadcast.occurrences() < before
    assert len(broadcast.occurrences()) == 2
    assert broadcast.waits()
