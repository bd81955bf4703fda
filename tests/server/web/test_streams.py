"""Streams: each waits for the marks of one unit; one watch for all, which rests while nobody looks."""

from collections.abc import Iterator
from threading import enumerate as threads
from time import monotonic, sleep

import pytest

from schedules.ids import PersonId, UnitId
from server.services.trail import note
from server.web.streams import STREAMS, STREAMS_A_PERSON, Marks, Place, Streams
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.server.web.commune import MONDAY_BEFORE_DAWN, SON_HA, SON_LINH

LAN = PersonId("lan")
SOON_S = 10.0


@pytest.fixture
def streams(store: FakeStore, clock: FakeClock) -> Iterator[Streams]:
    made = Streams(store, clock, lingers_s=0)
    yield made
    made.close()


def happens(store: FakeStore, action: str = "zone.changed", unit: UnitId = SON_HA) -> None:
    with store.writing() as uow:
        note(uow, MONDAY_BEFORE_DAWN, None, action, subject="x", unit=unit)
        uow.commit()


def watches() -> int:
    return sum(each.name == "news" for each in threads())


def looks_on(streams: Streams) -> Place:
    place = streams.enter(LAN)
    assert place is not None
    return place


def test_nobody_watches_until_somebody_looks(streams: Streams) -> None:
    assert streams.marks(SON_HA) == Marks()
    assert watches() == 0

    assert streams.enter(LAN)

    assert streams.marks(SON_HA) == streams.marks(SON_LINH) != Marks()
    assert watches() == 1


def test_who_waits_is_told_and_who_waits_for_another_station_is_not(streams: Streams, store: FakeStore) -> None:
    place = looks_on(streams)
    here, there = streams.marks(SON_HA), streams.marks(SON_LINH)

    happens(store)

    told = streams.wait(place, SON_HA, here, SOON_S)
    assert told.unit != here.unit
    assert told.lane == here.lane
    assert streams.wait(place, SON_LINH, there, 0) == there


def test_an_emergency_is_told_to_everybody(streams: Streams, store: FakeStore) -> None:
    place = looks_on(streams)
    there = streams.marks(SON_LINH)

    happens(store, "emergency.asked")

    assert streams.wait(place, SON_LINH, there, SOON_S).lane != there.lane


def test_who_knows_old_marks_is_told_at_once(streams: Streams) -> None:
    place = looks_on(streams)
    began = monotonic()

    assert streams.wait(place, SON_HA, Marks(), SOON_S) == streams.marks(SON_HA)
    assert monotonic() - began < SOON_S / 2


def test_the_newest_page_of_a_person_has_the_place_of_the_oldest(streams: Streams) -> None:
    first, *others = [looks_on(streams) for _ in range(STREAMS_A_PERSON)]
    here = streams.marks(SON_HA)

    newest = looks_on(streams)

    assert (first.taken, newest.taken, any(each.taken for each in others)) == (True, False, False)
    began = monotonic()
    streams.wait(first, SON_HA, here, SOON_S)
    assert monotonic() - began < SOON_S / 2
    streams.leave(LAN, first)


def test_all_together_have_so_many_streams(streams: Streams) -> None:
    places = {each: streams.enter(each) for each in (PersonId(f"person-{number}") for number in range(STREAMS))}
    assert all(places.values())
    assert streams.enter(LAN) is None
    gone, place = places.popitem()
    assert place is not None

    streams.leave(gone, place)

    assert streams.enter(LAN)


def test_the_watch_rests_once_the_last_has_gone_and_its_marks_are_never_given_again(streams: Streams) -> None:
    place = looks_on(streams)
    before = streams.marks(SON_HA)
    streams.leave(LAN, place)
    ends = monotonic() + SOON_S
    while watches() and monotonic() < ends:
        sleep(0.02)

    assert streams.marks(SON_HA) == Marks()
    streams.enter(LAN)
    assert streams.marks(SON_HA) not in (before, Marks())


def test_a_database_that_is_away_does_not_end_the_watch(
    streams: Streams, store: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = looks_on(streams)
    here = streams.marks(SON_HA)
    with monkeypatch.context() as away:
        away.setattr(store, "changes", lambda: 1 / 0)
        sleep(0.5)

    happens(store)

    assert streams.wait(place, SON_HA, here, SOON_S) != here


def test_closing_ends_every_wait_and_lets_nobody_in(streams: Streams) -> None:
    place = looks_on(streams)
    here = streams.marks(SON_HA)
    streams.close()
    began = monotonic()

    streams.wait(place, SON_HA, here, SOON_S)

    assert monotonic() - began < SOON_S / 2
    assert streams.closed
    assert not streams.enter(LAN)
