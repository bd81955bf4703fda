"""Of several processes one holds the lease; others take it when it falls silent, and who lost it writes nothing."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from schedules.ids import ZoneId
from server.errors import LeaseLost
from server.services.leases import CONDUCTOR, KEPT_FOR_S, RENEWED_EVERY_S, TAKEN_AFTER_S, Claim, Fenced
from tests.contracts.samples import NOW, ZONE, founded
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore


@dataclass
class Machine:
    """Its clock runs from when it was switched on, wherever the clocks of others are."""

    store: FakeStore
    name: str
    at: float = 0.0
    gone: set[str] = field(default_factory=set)
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOW))

    def __post_init__(self) -> None:
        self.claim = Claim(
            self.store,
            CONDUCTOR,
            holder=self.name,
            is_gone=self.gone.__contains__,
            elapsed=lambda: self.at,
            clock=self.clock,
        )

    def looks(self, *, after: float = 0.0) -> bool:
        self.at += after
        return self.claim.take()


@pytest.fixture
def store() -> FakeStore:
    store = FakeStore()
    founded(store)
    return store


@pytest.fixture
def first(store: FakeStore) -> Machine:
    machine = Machine(store, "first", at=5.0)
    assert machine.looks()
    return machine


@pytest.fixture
def second(store: FakeStore, first: Machine) -> Machine:
    """One that waits."""
    machine = Machine(store, "second", at=70_000.0)
    assert not machine.looks()
    return machine


def want(store: Fenced, zone: ZoneId = ZONE) -> None:
    with store.writing() as uow:
        uow.issue.want([zone])
        uow.commit()


def test_a_second_one_waits_as_long_as_the_first_renews(first: Machine, second: Machine) -> None:
    for _ in range(20):
        assert first.looks(after=RENEWED_EVERY_S)
        assert not second.looks(after=RENEWED_EVERY_S)

    assert first.claim.held
    assert not second.claim.held


def test_a_lease_that_is_not_renewed_is_taken_and_not_before(first: Machine, second: Machine) -> None:
    assert first.looks(after=RENEWED_EVERY_S)
    assert not second.looks(after=1.0)

    assert not second.looks(after=TAKEN_AFTER_S - 0.1)
    assert second.looks(after=0.2)
    assert second.claim.held


def test_a_holder_lets_go_by_itself_before_anybody_else_may_take(store: FakeStore, first: Machine) -> None:
    first.at += KEPT_FOR_S

    assert not first.claim.held
    assert KEPT_FOR_S + RENEWED_EVERY_S <= TAKEN_AFTER_S


def test_a_holder_that_could_not_renew_for_long_goes_on_when_nobody_took_the_lease(first: Machine) -> None:
    assert first.looks(after=10 * TAKEN_AFTER_S)

    assert first.claim.held


def test_what_was_given_back_is_taken_at_once(first: Machine, second: Machine) -> None:
    first.claim.give_back()

    assert not first.claim.held
    assert second.looks()


def test_nobody_waits_for_a_process_that_is_gone(first: Machine, second: Machine) -> None:
    second.gone.add("first")

    assert second.looks()
    assert not first.looks()
    assert not first.claim.held


def test_who_was_asleep_writes_nothing_with_the_lease_it_lost(
    store: FakeStore, first: Machine, second: Machine
) -> None:
    asleep, awake = Fenced(store, first.claim), Fenced(store, second.claim)
    want(asleep)
    assert second.looks(after=TAKEN_AFTER_S)
    before = store.commits

    with pytest.raises(LeaseLost):
        want(asleep)

    assert store.commits == before
    want(awake)
    assert store.commits == before + 1


def test_who_lost_the_lease_and_gets_it_again_writes_again(store: FakeStore, first: Machine, second: Machine) -> None:
    assert second.looks(after=TAKEN_AFTER_S)
    assert not first.looks()
    second.claim.give_back()

    assert first.looks()
    want(Fenced(store, first.claim))
    with pytest.raises(LeaseLost):
        want(Fenced(store, second.claim))


def test_before_it_is_taken_nothing_is_written(store: FakeStore) -> None:
    waiting = Machine(store, "waiting")

    with pytest.raises(LeaseLost):
        want(Fenced(store, waiting.claim))


def test_of_two_that_look_at_the_same_moment_one_takes_it(store: FakeStore, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = Machine(store, "one"), Machine(store, "other")
    writing = store.writing

    def after_the_other() -> object:
        monkeypatch.setattr(store, "writing", writing)
        assert other.looks()
        return writing()

    monkeypatch.setattr(store, "writing", after_the_other)

    assert not one.looks()
    assert other.claim.held
    assert not one.claim.held


def test_only_its_holder_can_give_it_back(first: Machine, second: Machine) -> None:
    with pytest.raises(LeaseLost):
        second.claim.give_back()

    assert first.looks()


def test_a_lease_says_when_its_holder_last_lived_and_who_takes_it_knows(store: FakeStore) -> None:
    first, second = Machine(store, "first"), Machine(store, "second", gone={"first"})
    assert first.looks()
    assert first.claim.silent_since is None
    first.clock.advance(timedelta(minutes=1))
    first.looks()
    second.clock.advance(timedelta(minutes=5))

    assert second.looks()

    assert second.claim.silent_since == NOW + timedelta(minutes=1)
    assert store.kept.leases[CONDUCTOR].renewed_at == NOW + timedelta(minutes=5)
