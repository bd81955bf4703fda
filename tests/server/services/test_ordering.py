"""The officer's order of priority items: what is contested, who may order, and what the planner makes of it."""

from datetime import time, timedelta

import pytest

from schedules.ids import SlotId
from schedules.programme import Level
from server.errors import NotAllowed, Stale, Unacceptable
from server.services.ordering import Ordering, order_priorities, ordering_of
from server.services.schedule import schedule_of
from server.values import Person
from tests.server.services.radio import (
    APPROVER,
    DONG_BANG,
    EDITOR,
    GO_SIM,
    INSPECTOR,
    LANG_MOI,
    NEIGHBOUR,
    OFFICER,
    SON_HA,
    Radio,
    once,
)

MINUTE = timedelta(minutes=1)


@pytest.fixture
def contested(radio: Radio) -> tuple[SlotId, SlotId]:
    """Give two priority slots of one minute; the one asked for earlier goes first while nobody has decided."""
    found = []
    for title, clock in (("Cháy rừng", time(5, 30)), ("Mất nước", time(5, 30, 30))):
        programme = radio.airs(title, wish=once(clock), level=Level.PRIORITY)
        with radio.store.reading() as uow:
            found.append(uow.programmes.slots_of(programme)[0].slot.id)
    return found[0], found[1]


def shown(radio: Radio, by: Person = OFFICER) -> Ordering:
    return ordering_of(radio.store, radio.clock, by, SON_HA)


def test_what_wants_the_same_air_is_shown_as_undecided_the_default_first(
    radio: Radio, contested: tuple[SlotId, SlotId]
) -> None:
    found = shown(radio, INSPECTOR)

    assert [(item.key, item.title, item.against, item.ordered) for item in found.items] == [
        (contested[0], "Cháy rừng", ("Mất nước",), False),
        (contested[1], "Mất nước", ("Cháy rừng",), False),
    ]
    assert found.undecided
    assert (found.order, found.by_name) == (None, "")


def test_without_two_that_want_the_same_air_there_is_nothing_to_decide(radio: Radio) -> None:
    radio.airs("Một mình", wish=once(time(5, 30)), level=Level.PRIORITY)

    assert shown(radio).items == ()
    assert not shown(radio).undecided


def test_the_officers_order_counts_is_kept_with_the_name_and_wakes_the_planning(
    radio: Radio, contested: tuple[SlotId, SlotId]
) -> None:
    first, second = contested
    radio.wanted()

    order = order_priorities(radio.store, radio.clock, OFFICER, SON_HA, keys=[second, first], seen=None)

    found = shown(radio)
    assert [item.key for item in found.items] == [second, first]
    assert not found.undecided
    assert (found.order, found.by_name) == (order, OFFICER.name)
    assert radio.actions()[-1] == "priorities.ordered"
    assert radio.wanted() == {LANG_MOI, GO_SIM, DONG_BANG}
    with radio.store.reading() as uow:
        assert schedule_of(uow).orders == {SON_HA: (second, first)}


def test_what_was_ordered_before_and_is_not_named_now_follows(radio: Radio, contested: tuple[SlotId, SlotId]) -> None:
    first, second = contested
    before = order_priorities(radio.store, radio.clock, OFFICER, SON_HA, keys=[first, second], seen=None)

    order = order_priorities(radio.store, radio.clock, OFFICER, SON_HA, keys=[second], seen=before.at)

    assert order.keys == (second, first)


@pytest.mark.parametrize("person", [APPROVER, EDITOR, INSPECTOR, NEIGHBOUR])
def test_only_the_stations_officer_orders(radio: Radio, contested: tuple[SlotId, SlotId], person: Person) -> None:
    with pytest.raises(NotAllowed):
        order_priorities(radio.store, radio.clock, person, SON_HA, keys=contested, seen=None)


def test_a_neighbour_does_not_even_see_it(radio: Radio) -> None:
    with pytest.raises(NotAllowed):
        shown(radio, NEIGHBOUR)


def test_the_second_of_two_officers_is_told_who_was_first(radio: Radio, contested: tuple[SlotId, SlotId]) -> None:
    order_priorities(radio.store, radio.clock, OFFICER, SON_HA, keys=contested, seen=None)

    with pytest.raises(Stale) as told:
        order_priorities(radio.store, radio.clock, OFFICER, SON_HA, keys=contested[::-1], seen=None)

    assert told.value.values["by"] == OFFICER.name


def test_an_order_names_each_once_and_only_what_is_contested(radio: Radio, contested: tuple[SlotId, SlotId]) -> None:
    for keys, code in (
        ([contested[0], contested[0]], "ordering.twice"),
        ([SlotId("khac")], "ordering.unknown"),
    ):
        with pytest.raises(Unacceptable) as refused:
            order_priorities(radio.store, radio.clock, OFFICER, SON_HA, keys=keys, seen=None)
        assert refused.value.code == code
    assert shown(radio).order is None


@pytest.mark.usefixtures("contested")
def test_a_station_without_a_regulation_has_nothing_to_order(radio: Radio) -> None:
    radio.store.kept.regulations.clear()

    assert shown(radio).items == ()
