"""What a person sees of the ground, and of a zone's day."""

from datetime import date

import pytest

from schedules.ids import LoudspeakerId, PersonId, UnitId, ZoneId
from server.errors import NotAllowed, NotFound
from server.services import ground_seen, issuing
from server.services.planned_day import planned_day
from server.values import Person
from tests.fakes.clock import FakeClock
from tests.fakes.hashing import FakeHashing
from tests.fakes.sealing import FakeSealing
from tests.fakes.store import FakeStore
from tests.server.web.commune import (
    ADMINISTRATOR,
    LANG_MOI,
    MONDAY_BEFORE_DAWN,
    NEIGHBOUR,
    OFFICER,
    SON_HA,
    Account,
    open_sessions,
    recording_of,
    settle,
)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(MONDAY_BEFORE_DAWN)


@pytest.fixture
def store() -> FakeStore:
    store = FakeStore()
    settle(store, FakeHashing())
    open_sessions(store, recording_of("ab" * 32, length=1000, seconds=60))
    return store


def who(store: FakeStore, account: Account) -> Person:
    return store.kept.people[PersonId(account.login)]


def test_units_are_one_s_own_and_those_below(store: FakeStore) -> None:
    own = [each.id for each in ground_seen.units(store, who(store, OFFICER))]

    assert own == ["son-ha", "thon-dong-bang", "thon-go-sim", "thon-lang-moi"]
    assert len(ground_seen.units(store, who(store, ADMINISTRATOR))) == 6


def test_zones_are_those_of_a_station_or_a_hamlet(store: FakeStore) -> None:
    officer = who(store, OFFICER)

    assert [each.id for each in ground_seen.zones(store, officer, SON_HA)] == ["dong-bang", "go-sim", "lang-moi"]
    assert [each.id for each in ground_seen.zones(store, officer, UnitId("thon-go-sim"))] == ["go-sim"]
    with pytest.raises(NotAllowed):
        ground_seen.zones(store, who(store, NEIGHBOUR), SON_HA)


def test_one_loudspeaker_is_judged_as_on_the_page(store: FakeStore, clock: FakeClock) -> None:
    found = ground_seen.ready(store, clock, who(store, OFFICER), LoudspeakerId("loa-2"))

    assert (found.loudspeaker.name, found.connected) == ("Ngã ba chợ", False)
    with pytest.raises(NotAllowed):
        ground_seen.ready(store, clock, who(store, NEIGHBOUR), LoudspeakerId("loa-2"))
    with pytest.raises(NotFound):
        ground_seen.ready(store, clock, who(store, OFFICER), LoudspeakerId("loa-9"))


def test_a_day_is_what_the_rundown_in_force_has_of_it(store: FakeStore, clock: FakeClock) -> None:
    officer, monday = who(store, OFFICER), date(2026, 11, 23)
    before = planned_day(store, clock, officer, LANG_MOI, day=monday)
    issuing.issue_wanted(store, clock, FakeSealing())

    after = planned_day(store, clock, officer, LANG_MOI, day=monday)

    assert (before.revision, before.items) == (None, ())
    assert after.revision is not None
    assert {item.starts_at.astimezone(after.time).date() for item in after.items} == {monday}
    assert "Thời sự VOV1" in {item.title for item in after.items}
    with pytest.raises(NotAllowed):
        planned_day(store, clock, who(store, NEIGHBOUR), LANG_MOI, day=monday)
    with pytest.raises(NotFound):
        planned_day(store, clock, officer, ZoneId("nowhere"), day=monday)
