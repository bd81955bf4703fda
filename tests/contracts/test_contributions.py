"""What every store promises of contributions."""

from dataclasses import replace
from datetime import date, timedelta

from schedules.ids import PersonId
from server.contribution_records import Contribution, ContributionState
from server.ports import Store
from tests.contracts import samples
from tests.contracts.samples import COMMUNE, NOTICE, NOW, OFFICER, OTHER_ZONE, PROVINCE, SPOKEN, ZONE

SENT = Contribution(
    id="contribution-1",
    station=COMMUNE,
    zones=(OTHER_ZONE, ZONE),
    by=OFFICER,
    sent_at=NOW,
    title="Họp thôn",
    text="Tối nay họp thôn",
    first_day=date(2026, 11, 23),
    last_day=date(2026, 11, 25),
    file_name="họp.m4a",
    recording=SPOKEN,
)
LATER = replace(SENT, id="contribution-2", sent_at=NOW + timedelta(minutes=1), recording=None)
WAITING = ContributionState.WAITING


def with_both(store: Store) -> None:
    with store.writing() as uow:
        uow.people.put(samples.PEOPLE)
        uow.contributions.put(SENT)
        uow.contributions.put(LATER)
        uow.commit()


def test_a_contribution_comes_back_whole(store: Store) -> None:
    with_both(store)

    with store.reading() as uow:
        assert uow.contributions.get(SENT.id) == SENT
        assert uow.contributions.get("nothing") is None


def test_what_became_of_it_is_kept(store: Store) -> None:
    with_both(store)
    settled = replace(
        SENT,
        state=ContributionState.ACCEPTED,
        settled_by=OFFICER,
        settled_at=NOW,
        reason="vì",
        programme=NOTICE,
    )
    with store.writing() as uow:
        uow.programmes.put(samples.PROGRAMME, expected_version=0)
        uow.contributions.put(settled)
        uow.commit()

    with store.reading() as uow:
        assert uow.contributions.get(SENT.id) == settled
        assert list(uow.contributions.of_station(COMMUNE, [ContributionState.ACCEPTED], limit=9)) == [settled]
        assert uow.contributions.count(COMMUNE, WAITING) == 1


def test_they_are_found_by_sender_and_by_station_the_newest_first(store: Store) -> None:
    with_both(store)

    with store.reading() as uow:
        assert list(uow.contributions.of_person(OFFICER, limit=9)) == [LATER, SENT]
        assert list(uow.contributions.of_person(OFFICER, limit=1)) == [LATER]
        assert not uow.contributions.of_person(PersonId("nobody"), limit=9)
        assert list(uow.contributions.of_station(COMMUNE, [WAITING], limit=9)) == [LATER, SENT]
        assert list(uow.contributions.of_station(COMMUNE, [WAITING], limit=1)) == [LATER]
        assert not uow.contributions.of_station(PROVINCE, [WAITING], limit=9)
        assert uow.contributions.count(PROVINCE, WAITING) == 0


def test_they_are_counted_from_an_instant_on(store: Store) -> None:
    with_both(store)

    with store.reading() as uow:
        assert uow.contributions.sent(OFFICER, since=NOW) == 2
        assert uow.contributions.sent(OFFICER, since=LATER.sent_at) == 1


def test_those_whose_sound_is_not_prepared_come_the_oldest_first(store: Store) -> None:
    with_both(store)
    undone = [replace(each, state=ContributionState.PREPARING) for each in (LATER, SENT)]
    with store.writing() as uow:
        for each in undone:
            uow.contributions.put(each)
        uow.commit()

    with store.reading() as uow:
        assert list(uow.contributions.preparing()) == undone[::-1]
