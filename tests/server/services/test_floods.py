"""Which loudspeakers say more than they can have to say."""

from datetime import timedelta

import pytest

from server.services.floods import A_SECOND, AT_ONCE, BARRED_FOR, Floods
from tests.contracts import samples
from tests.contracts.samples import COMMUNE, NOW, OTHER_POLE, POLE
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore


@pytest.fixture
def store() -> FakeStore:
    store = FakeStore()
    samples.founded(store)
    return store


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def floods() -> Floods:
    return Floods()


def say(floods: Floods, store: FakeStore, clock: FakeClock, times: int) -> None:
    for _ in range(times):
        floods.count(store, clock, POLE)


def test_the_backlog_of_a_month_passes(floods: Floods, store: FakeStore, clock: FakeClock) -> None:
    say(floods, store, clock, AT_ONCE)

    assert floods.barred(clock.now()) == frozenset()


def test_who_goes_on_is_barred_for_a_while_and_it_is_written_down(
    floods: Floods, store: FakeStore, clock: FakeClock
) -> None:
    say(floods, store, clock, AT_ONCE + 50)

    assert floods.barred(clock.now()) == {POLE}
    assert floods.barred(clock.now() + BARRED_FOR) == frozenset()
    (line,) = store.kept.audit
    assert (line.action, line.subject, line.by, line.details) == ("broker.flooded", POLE, None, {"minutes": 15})


def test_the_line_stands_in_the_trail_of_the_station(floods: Floods, store: FakeStore, clock: FakeClock) -> None:
    say(floods, store, clock, AT_ONCE + 1)

    (line,) = store.kept.audit
    with store.reading() as uow:
        units = uow.places.units()
    assert line.unit is not None
    assert COMMUNE in units.above(line.unit)


def test_others_are_not_barred_with_it(floods: Floods, store: FakeStore, clock: FakeClock) -> None:
    say(floods, store, clock, AT_ONCE + 1)

    floods.count(store, clock, OTHER_POLE)

    assert floods.barred(clock.now()) == {POLE}


def test_a_steady_voice_below_the_rate_is_never_barred(floods: Floods, store: FakeStore, clock: FakeClock) -> None:
    for _ in range(3 * AT_ONCE):
        say(floods, store, clock, 1)
        clock.advance(timedelta(seconds=1 / A_SECOND))

    assert floods.barred(clock.now()) == frozenset()


def test_who_floods_again_is_barred_again(floods: Floods, store: FakeStore, clock: FakeClock) -> None:
    say(floods, store, clock, AT_ONCE + 1)
    clock.advance(BARRED_FOR)

    say(floods, store, clock, AT_ONCE + 1)

    assert floods.barred(clock.now()) == {POLE}
    assert len(store.kept.audit) == 2


def test_a_clock_set_back_bars_nobody(floods: Floods, store: FakeStore, clock: FakeClock) -> None:
    say(floods, store, clock, 10)
    clock.advance(-timedelta(days=1))

    say(floods, store, clock, 10)

    assert floods.barred(clock.now()) == frozenset()
