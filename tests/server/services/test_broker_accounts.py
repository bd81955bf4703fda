"""Who may say and hear what at the broker, and how the broker is brought to it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

import pytest

from schedules.ids import DeviceId, LoudspeakerId, ZoneId
from schedules.wire import topics
from server.broker_rights import May, Rights
from server.device_records import Device
from server.errors import BrokerRefused
from server.services.broker_accounts import EVERYBODY, FAREWELL, WHOLE_EVERY, AccountKeeper, bring, wanted
from tests.contracts import samples
from tests.contracts.samples import COMMUNE, NOW, OTHER_POLE, OTHER_ZONE, POLE, PROVINCE, ZONE
from tests.fakes.broker_accounts import FakeBrokerAccounts
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore

FIRST, SECOND = DeviceId("00000000000000a1"), DeviceId("00000000000000b2")


@pytest.fixture
def store() -> FakeStore:
    store = FakeStore()
    samples.founded(store)
    with store.writing() as uow:
        for device, loudspeaker, zone in ((FIRST, POLE, ZONE), (SECOND, OTHER_POLE, OTHER_ZONE)):
            put_up = replace(samples.LOUDSPEAKERS[0], id=loudspeaker, zone=zone, retired_at=None)
            uow.places.put_loudspeaker(put_up)
            uow.devices.put(Device(id=device, loudspeaker=loudspeaker, public_key="11" * 32, enrolled_at=NOW))
        uow.commit()
    return store


@pytest.fixture
def broker() -> FakeBrokerAccounts:
    return FakeBrokerAccounts()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def keeper(store: FakeStore, clock: FakeClock, broker: FakeBrokerAccounts) -> AccountKeeper:
    keeper = AccountKeeper(store, clock, broker)
    keeper.keep()
    broker.done.clear()
    return keeper


def rights_of(store: FakeStore, *barred: LoudspeakerId, now: datetime = NOW) -> Rights:
    with store.reading() as uow:
        return wanted(uow, now, barred=barred)


def may(rights: Rights, device: DeviceId, what: May) -> set[str]:
    return {topic for role in rights.accounts[device] for kind, topic in rights.roles[role] if kind is what}


def moved(store: FakeStore, zone: ZoneId, loudspeaker: LoudspeakerId = POLE) -> None:
    with store.writing() as uow:
        here = uow.places.loudspeaker(loudspeaker)
        assert here is not None
        uow.places.put_loudspeaker(replace(here, zone=zone))
        uow.commit()


def retired(store: FakeStore, device: DeviceId = FIRST, *, is_told: bool = True) -> None:
    with store.writing() as uow:
        known = uow.devices.get(device)
        assert known is not None
        uow.devices.put(replace(known, retired_at=NOW, certificate_serial="abc"))
        uow.issue.want_assignment([known.loudspeaker])
        uow.commit()
    if is_told:
        told(store, known.loudspeaker)


def told(store: FakeStore, loudspeaker: LoudspeakerId = POLE) -> None:
    with store.writing() as uow:
        asked = {each: wanted for each, wanted, _ in uow.issue.assignment_numbers()}
        uow.issue.assignment_published(loudspeaker, asked[loudspeaker])
        uow.commit()


def test_a_device_may_hear_exactly_what_its_agent_subscribes_to(store: FakeStore) -> None:
    rights = rights_of(store)

    with store.reading() as uow:
        zone = uow.places.zone(ZONE)
        assert zone is not None
        needed = set(topics.for_agent(POLE, ZONE, zone.obeys(uow.places.units())))
    assert topics.unit_silence(COMMUNE) in needed
    assert topics.unit_silence(PROVINCE) in needed
    assert may(rights, FIRST, May.SUBSCRIBE) == needed
    assert may(rights, FIRST, May.HEAR) == needed


def test_a_device_may_speak_for_its_loudspeaker_only(store: FakeStore) -> None:
    assert may(rights_of(store), FIRST, May.SAY) == set(topics.from_agent(POLE))


def test_no_right_has_a_wildcard_but_those_on_the_trust_lists_and_the_emergencies_of_a_unit(store: FakeStore) -> None:
    granted = {topic for grants in rights_of(store).roles.values() for _, topic in grants}

    assert {topic for topic in granted if set("+#$") & set(topic)} == {
        "radio/v1/trust/+",
        topics.emergency(COMMUNE, "+"),
        topics.emergency(PROVINCE, "+"),
    }


def test_devices_of_a_zone_share_its_role(store: FakeStore) -> None:
    moved(store, OTHER_ZONE)

    rights = rights_of(store)

    assert rights.accounts[FIRST] & rights.accounts[SECOND] == {EVERYBODY, f"zone:{OTHER_ZONE}"}


def test_a_retired_device_has_no_account(store: FakeStore) -> None:
    retired(store)

    rights = rights_of(store)

    assert set(rights.accounts) == {SECOND}
    assert f"loudspeaker:{POLE}" not in rights.roles


def test_a_retired_device_stays_until_the_broker_has_what_tells_it_so(
    store: FakeStore, broker: FakeBrokerAccounts, keeper: AccountKeeper
) -> None:
    retired(store, is_told=False)
    with store.writing() as uow:
        here = uow.places.loudspeaker(POLE)
        assert here is not None
        uow.places.put_loudspeaker(replace(here, retired_at=NOW))
        uow.commit()

    keeper.keep()
    assert broker.done == []

    told(store)
    keeper.keep()

    assert ("remove", FIRST) in broker.done
    assert set(broker.accounts) == {SECOND}


def test_but_not_for_ever(
    store: FakeStore, clock: FakeClock, broker: FakeBrokerAccounts, keeper: AccountKeeper
) -> None:
    retired(store, is_told=False)

    clock.advance(FAREWELL)
    keeper.keep()

    assert set(broker.accounts) == {SECOND}


def test_both_devices_have_their_accounts_while_the_new_one_takes_over(store: FakeStore) -> None:
    third = DeviceId("00000000000000c3")
    retired(store, is_told=False)
    with store.writing() as uow:
        uow.devices.put(Device(id=third, loudspeaker=POLE, public_key="33" * 32, enrolled_at=NOW))
        uow.commit()

    rights = rights_of(store)

    assert rights.accounts[FIRST] == rights.accounts[third]


def test_a_device_of_a_retired_loudspeaker_has_no_account(store: FakeStore) -> None:
    with store.writing() as uow:
        here = uow.places.loudspeaker(POLE)
        assert here is not None
        uow.places.put_loudspeaker(replace(here, retired_at=NOW))
        uow.commit()

    assert set(rights_of(store).accounts) == {SECOND}


def test_a_barred_loudspeaker_has_no_account(store: FakeStore) -> None:
    assert set(rights_of(store, POLE).accounts) == {SECOND}


def test_a_broker_with_nothing_is_given_everything(store: FakeStore, broker: FakeBrokerAccounts) -> None:
    AccountKeeper(store, FakeClock(NOW), broker).keep()

    assert broker.rights == rights_of(store)


def test_what_a_broker_lacks_is_made_once_and_sessions_are_left_alone(
    store: FakeStore, broker: FakeBrokerAccounts
) -> None:
    AccountKeeper(store, FakeClock(NOW), broker).keep()

    assert [what for what, _ in broker.done if "role" not in what] == ["list", "create", "create"]


def test_a_moved_device_has_no_right_at_all_while_its_session_is_ended(
    store: FakeStore, broker: FakeBrokerAccounts, keeper: AccountKeeper
) -> None:
    moved(store, OTHER_ZONE)

    keeper.keep()

    assert broker.rights == rights_of(store)
    assert [done for done in broker.done if "role" not in done[0]] == [
        ("strip", FIRST),
        ("end session", FIRST),
        ("give", FIRST),
    ]


def test_a_retired_device_loses_rights_session_and_account_in_this_order(
    store: FakeStore, broker: FakeBrokerAccounts, keeper: AccountKeeper
) -> None:
    retired(store)

    keeper.keep()

    assert [done for done in broker.done if "role" not in done[0]] == [
        ("strip", FIRST),
        ("end session", FIRST),
        ("remove", FIRST),
    ]
    assert broker.kept == (rights_of(store), (("abc", NOW),))


def test_what_is_taken_away_goes_before_what_is_given(
    store: FakeStore, broker: FakeBrokerAccounts, keeper: AccountKeeper
) -> None:
    """A thousand new loudspeakers must not make a stolen one wait."""
    third = DeviceId("00000000000000c3")
    retired(store)
    with store.writing() as uow:
        uow.devices.put(Device(id=third, loudspeaker=POLE, public_key="33" * 32, enrolled_at=NOW))
        uow.commit()

    keeper.keep()

    assert [name for what, name in broker.done if what in {"remove", "create"}] == [FIRST, third]


def test_a_change_of_a_zones_units_is_one_change_of_its_role_and_ends_its_sessions(
    store: FakeStore, clock: FakeClock, broker: FakeBrokerAccounts, keeper: AccountKeeper
) -> None:
    with store.writing() as uow:
        zone = uow.places.zone(ZONE)
        assert zone is not None
        uow.places.put_zone(replace(zone, unit=PROVINCE, station=PROVINCE, stood=(), moves=()))
        uow.commit()

    clock.advance(WHOLE_EVERY)
    keeper.keep()

    assert broker.rights == rights_of(store)
    assert broker.done == [
        ("strip", FIRST),
        ("end session", FIRST),
        ("change role", f"zone:{ZONE}"),
        ("give", FIRST),
    ]


def test_what_nobody_wanted_is_removed(store: FakeStore, broker: FakeBrokerAccounts) -> None:
    broker.roles["everything"] = frozenset({(May.HEAR, "#")})
    broker.accounts["back-door"] = frozenset({"everything"})

    AccountKeeper(store, FakeClock(NOW), broker).keep()

    assert broker.rights == rights_of(store)
    assert ("end session", "back-door") in broker.done


@pytest.mark.parametrize("changes", range(9))
@pytest.mark.parametrize("change", [lambda store: moved(store, OTHER_ZONE), retired])
def test_stopped_anywhere_it_goes_on_and_the_session_is_ended_before_new_rights(
    store: FakeStore, broker: FakeBrokerAccounts, keeper: AccountKeeper, changes: int, change: Callable[..., None]
) -> None:
    change(store)
    broker.fails_after = changes

    for _ in range(2):  # the second time it is well again, and nobody remembers the first
        with suppress(BrokerRefused):
            keeper.keep()
        broker.fails_after = None

    assert broker.rights == rights_of(store)
    own = [what for what, name in broker.done if name == FIRST]
    assert "end session" in own[: own.index("give" if "give" in own else "remove")]


def test_nothing_is_asked_while_nothing_changes(
    store: FakeStore, broker: FakeBrokerAccounts, keeper: AccountKeeper
) -> None:
    keeper.keep()
    keeper.keep()

    assert broker.done == []


def test_a_change_of_something_else_touches_no_account(
    store: FakeStore, broker: FakeBrokerAccounts, keeper: AccountKeeper
) -> None:
    with store.writing() as uow:
        uow.places.put_loudspeaker(replace(samples.LOUDSPEAKERS[0], volume=40))
        uow.commit()

    keeper.keep()

    assert broker.done == []


def test_a_new_session_compares_with_what_the_broker_really_has(
    store: FakeStore, broker: FakeBrokerAccounts, keeper: AccountKeeper
) -> None:
    del broker.accounts[SECOND]

    keeper.forget()
    keeper.keep()

    assert broker.rights == rights_of(store)
    assert broker.done == [("list", ""), ("create", SECOND)]


def test_who_was_barred_has_the_account_again_afterwards(
    store: FakeStore, broker: FakeBrokerAccounts, keeper: AccountKeeper
) -> None:
    keeper.keep(barred={POLE})
    assert set(broker.accounts) == {SECOND}

    keeper.keep()

    assert broker.rights == rights_of(store)


def test_bringing_a_broker_to_what_it_has_does_nothing(store: FakeStore) -> None:
    rights = rights_of(store)
    broker = FakeBrokerAccounts(rights)

    bring(broker, rights, rights)

    assert broker.done == []


def test_a_session_that_begins_while_accounts_are_brought_is_not_overlooked(
    store: FakeStore, broker: FakeBrokerAccounts, keeper: AccountKeeper
) -> None:
    """The broker may have been started anew in between, from an old file."""
    moved(store, OTHER_ZONE)
    end_session = broker.end_session

    def restart(name: str) -> None:
        end_session(name)
        keeper.forget()

    broker.end_session = restart  # type: ignore[method-assign]  # once
    keeper.keep()
    broker.end_session = end_session  # type: ignore[method-assign]
    del broker.accounts[SECOND]

    keeper.keep()

    assert broker.rights == rights_of(store)
