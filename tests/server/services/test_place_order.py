"""The order of what stands in a place: what counts, what keeps its turn, and who may change it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.ids import PlaceId, ProgrammeId, SlotId, TemplateId
from schedules.slot import InPlace
from server.errors import NotAllowed, NotFound, Stale, Unacceptable
from server.services import booking, place_order, programmes
from server.values import Person
from tests.server.services.radio import (
    APPROVER,
    EDITOR,
    INSPECTOR,
    MONDAY,
    MORNING,
    NEIGHBOUR,
    NOTICES,
    OFFICER,
    SON_HA,
    SON_LINH,
    Radio,
    in_notices,
    local,
)

DAY = timedelta(days=1)
THEIRS = PlaceId("sl-notices")


def seen(radio: Radio, by: Person = OFFICER) -> place_order.PlaceOrder:
    return place_order.order_of(radio.store, radio.clock, by, SON_HA, NOTICES)


def titles(radio: Radio) -> list[str]:
    return [item.title for item in seen(radio).items]


def puts(radio: Radio, slots: Sequence[SlotId], *, by: Person = OFFICER, mark: str | None = None) -> None:
    mark = seen(radio).mark if mark is None else mark
    place_order.put_in_order(radio.store, radio.clock, by, SON_HA, NOTICES, slots=slots, seen=mark)


def slot_of(radio: Radio, programme: ProgrammeId) -> SlotId:
    (slot,) = programmes.get(radio.store, OFFICER, programme).slots
    return slot.slot.id


def written(radio: Radio, *named: str) -> list[SlotId]:
    return [radio.books(radio.writes(title), in_notices()).slot.id for title in named]


def spread(radio: Radio, slot: SlotId) -> None:
    """Have a slot stand in a place of the neighbours too."""
    with radio.store.writing() as uow:
        ours = next(each for each in uow.programmes.templates() if each.template.id == MORNING)
        place = next(each for each in ours.template.places if each.id == NOTICES)
        theirs = replace(ours.template, id=TemplateId("theirs"), station=SON_LINH, places=(replace(place, id=THEIRS),))
        uow.programmes.put_template(replace(ours, template=theirs), expected_version=0)
        stored = uow.programmes.slot(slot)
        assert stored is not None
        assert isinstance(stored.slot.timing, InPlace)
        timing = replace(stored.slot.timing, places=(NOTICES, THEIRS))
        wider = replace(stored.slot, timing=timing, version=2)
        uow.programmes.put_slot(replace(stored, slot=wider), expected_version=1)
        uow.commit()


def test_another_order_is_heard_without_new_approval(radio: Radio) -> None:
    radio.release_templates()
    first, second = (slot_of(radio, radio.airs(title)) for title in ("Điện", "Họp"))

    puts(radio, [second, first])

    radio.issue()
    assert radio.item("Họp").starts_at == local(5, 43)
    assert radio.item("Điện").starts_at == local(5, 44, 10)
    assert titles(radio) == ["Họp", "Điện"]
    assert radio.actions()[-1] == "place.ordered"


def test_the_zones_concerned_are_planned_anew_and_an_order_as_it_is_changes_nothing(radio: Radio) -> None:
    slots = written(radio, "Điện", "Họp")
    radio.wanted()

    puts(radio, slots)
    left, said = radio.wanted(), radio.actions()[-1]
    puts(radio, slots[::-1])

    assert (left, said) == (set(), "slot.booked")
    assert radio.wanted()


def test_who_had_a_form_of_the_slot_open_goes_on_and_the_turn_stays(radio: Radio) -> None:
    first, second = written(radio, "Điện", "Họp")
    puts(radio, [second, first])

    wish = in_notices(last=MONDAY + DAY)
    booking.change(radio.store, radio.clock, OFFICER, first, wish=wish, version=1)

    assert titles(radio) == ["Họp", "Điện"]


def test_two_that_were_booked_at_once_get_turns_of_their_own(radio: Radio) -> None:
    slots = written(radio, "Điện", "Họp", "Nước")
    with radio.store.writing() as uow:
        for slot in slots:
            stored = uow.programmes.slot(slot)
            assert stored is not None
            assert isinstance(stored.slot.timing, InPlace)
            same = replace(stored.slot, timing=replace(stored.slot.timing, order=4), version=2)
            uow.programmes.put_slot(replace(stored, slot=same), expected_version=1)
        uow.commit()

    puts(radio, [slots[2], slots[0], slots[1]])

    assert titles(radio) == ["Nước", "Điện", "Họp"]


def test_what_stands_in_places_of_others_keeps_its_turn(radio: Radio) -> None:
    first, second, third = written(radio, "Điện", "Họp", "Nước")
    spread(radio, second)

    found = seen(radio)
    puts(radio, [third, first])

    assert found.movable == (first, third)
    assert seen(radio, EDITOR).movable == (third, second, first)
    assert titles(radio) == ["Nước", "Họp", "Điện"]


def test_what_is_over_or_withdrawn_stands_there_no_more(radio: Radio) -> None:
    radio.books(radio.writes("Điện"), in_notices(first=MONDAY, last=MONDAY))
    gone = radio.airs("Họp")
    radio.books(radio.writes("Nước"), in_notices())
    radio.clock.advance(DAY)
    programmes.withdraw(radio.store, radio.clock, OFFICER, gone, version=radio.stored(gone).programme.version)

    assert titles(radio) == ["Nước"]


def test_an_order_that_was_given_meanwhile_is_not_written_over(radio: Radio) -> None:
    slots = written(radio, "Điện", "Họp")
    mark = seen(radio).mark
    puts(radio, slots[::-1])

    with pytest.raises(Stale) as refusal:
        puts(radio, slots, mark=mark)

    assert refusal.value.values == {"by": OFFICER.name, "at": radio.now()}

    assert titles(radio) == ["Họp", "Điện"]


@pytest.mark.parametrize("named", [[0], [0, 0], [0, 1, 2], []])
def test_exactly_what_may_be_moved_is_named(radio: Radio, named: list[int]) -> None:
    slots = [*written(radio, "Điện", "Họp"), SlotId("another")]

    with pytest.raises(Unacceptable, match=r"place\.other_items"):
        puts(radio, [slots[each] for each in named])


@pytest.mark.parametrize("by", [APPROVER, INSPECTOR, NEIGHBOUR])
def test_only_writers_of_the_station_put_its_places_in_order(radio: Radio, by: Person) -> None:
    slots = written(radio, "Điện", "Họp")

    with pytest.raises(NotAllowed):
        puts(radio, slots[::-1], by=by)

    assert titles(radio) == ["Điện", "Họp"]


def test_who_has_no_role_there_sees_nothing_and_who_does_not_write_moves_nothing(radio: Radio) -> None:
    written(radio, "Điện")

    assert seen(radio, INSPECTOR).movable == ()
    with pytest.raises(NotAllowed):
        seen(radio, NEIGHBOUR)


@pytest.mark.parametrize("place", ["none", THEIRS])
def test_a_place_of_no_session_here_is_unknown(radio: Radio, place: PlaceId) -> None:
    spread(radio, *written(radio, "Điện"))

    with pytest.raises(NotFound, match=r"place\.unknown"):
        place_order.order_of(radio.store, radio.clock, OFFICER, SON_HA, place)
