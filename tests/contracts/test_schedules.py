"""What every store promises about what is made of the schedule: it is never given once the schedule is another."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count

import pytest

from schedules.catching_up import Missed
from schedules.ids import OccurrenceId, UnitId
from schedules.language import Substitution
from schedules.way import Answer
from server.ports import Store, UnitOfWork
from server.values import OrderOfPriorities, Proposal, ProposalState
from tests.contracts.samples import (
    CAMPAIGN,
    COMMUNE,
    GROUP,
    MORNING,
    NOTICE,
    NOW,
    OFFICER,
    PROGRAMME,
    REGULATION,
    RELEASE,
    SLOT,
    SLOTTED,
    UNITS,
    ZONE,
    ZONES,
    next_version,
)
from tests.contracts.test_proposals import OVERRIDE

GRANTED = Proposal(
    id="p1", station=COMMUNE, content=OVERRIDE, asked_by=OFFICER, asked_at=NOW, state=ProposalState.ACCEPTED
)
CHANGES: dict[str, Callable[[UnitOfWork], object]] = {
    "a unit": lambda uow: uow.places.put_units([replace(UNITS[1], name="Xã Mới")]),
    "a zone": lambda uow: uow.places.put_zone(replace(ZONES[0], residents=7)),
    "a regulation": lambda uow: uow.places.put_regulation(replace(REGULATION, max_minutes_a_day=90)),
    "a group": lambda uow: uow.places.put_group(replace(GROUP, name="Ven biển")),
    "a group that goes": lambda uow: uow.places.remove_group(GROUP.id),
    "a programme": lambda uow: uow.programmes.put(next_version(PROGRAMME), expected_version=1),
    "a slot": lambda uow: uow.programmes.put_slot(
        replace(SLOTTED, slot=replace(SLOTTED.slot, version=2)), expected_version=1
    ),
    "a slot that goes": lambda uow: uow.programmes.put_slot(
        replace(SLOTTED, slot=replace(SLOTTED.slot, version=2), removed_at=NOW), expected_version=1
    ),
    "a session template": lambda uow: uow.programmes.put_template(MORNING, expected_version=0),
    "an approval": lambda uow: uow.programmes.add_approval(RELEASE),
    "an override": lambda uow: uow.proposals.put(GRANTED),
    "a campaign": lambda uow: uow.campaigns.put(CAMPAIGN, expected_version=0),
    "an order": lambda uow: uow.orders.add(OrderOfPriorities(station=COMMUNE, keys=(SLOT,), by=OFFICER, at=NOW)),
    "an answer": lambda uow: uow.answers.add(
        Answer(slot=SLOT, station=COMMUNE, record="a" * 64, accepted=True, by=OFFICER, at=NOW)
    ),
    "a substitution": lambda uow: uow.languages.substitute(
        Substitution(zone=ZONE, programme=NOTICE, language="vi", by=OFFICER, at=NOW)
    ),
    "what was missed": lambda uow: uow.issue.miss(
        [Missed(zone=ZONE, occurrence=OccurrenceId("o1"), slot=SLOT, starts_at=NOW, ends_at=NOW, known=NOW)]
    ),
}


@pytest.fixture
def scheduled(store: Store) -> Store:
    with store.writing() as uow:
        uow.places.put_regulation(REGULATION)
        uow.places.put_group(GROUP)
        uow.programmes.put(PROGRAMME, expected_version=0)
        uow.programmes.put_slot(SLOTTED, expected_version=0)
        uow.commit()
    return store


@pytest.fixture
def made() -> Iterator[int]:
    """Give another number each time something is made."""
    return count()


def given(uow: UnitOfWork, made: Iterator[int], key: object = "station") -> int:
    return uow.schedules.kept(key, lambda: next(made))


@pytest.mark.parametrize("change", CHANGES)
def test_it_is_made_anew_once_anything_a_schedule_is_made_of_has_changed(
    scheduled: Store, made: Iterator[int], change: str
) -> None:
    with scheduled.reading() as uow:
        before = given(uow, made)

    with scheduled.writing() as uow:
        CHANGES[change](uow)
        in_between = given(uow, made)
        uow.commit()
    with scheduled.reading() as uow:
        after = given(uow, made)

    assert before < in_between
    assert before < after


def test_what_was_made_of_a_change_that_was_taken_back_is_never_given(scheduled: Store, made: Iterator[int]) -> None:
    with scheduled.writing() as uow:
        CHANGES["a programme"](uow)
        taken_back = given(uow, made)

    with scheduled.reading() as uow:
        assert given(uow, made) != taken_back


def test_each_key_has_its_own(scheduled: Store, made: Iterator[int]) -> None:
    with scheduled.reading() as uow:
        assert given(uow, made, UnitId("one")) != given(uow, made, UnitId("other"))
