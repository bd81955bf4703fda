"""What every store promises about proposals."""

from dataclasses import replace
from datetime import date, time

import pytest

from schedules.ids import PersonId, UnitId, ZoneId
from schedules.override import Override
from schedules.regulation import Opening, Suspension
from server.ports import Store
from server.values import Grant, Merge, NewPart, Proposal, ProposalState, Proposed, Reset, Role, Split
from tests.contracts import samples
from tests.contracts.samples import COMMUNE, NOW, OFFICER, PROVINCE, REGULATION, SLOT
from tests.contracts.test_store import REFUSED_REFERENCE

OVERRIDE = Override(
    station=COMMUNE,
    slot=SLOT,
    record="c" * 64,
    day=date(2026, 11, 23),
    earliest=time(20, 0, 30),
    latest=time(0),
    reason="Vỡ kênh",
)
CONTENTS: list[Proposed] = [
    replace(REGULATION, openings=(), suspensions=()),
    REGULATION.openings[0],
    REGULATION.suspensions[0],
    OVERRIDE,
    Merge(of=(COMMUNE, UnitId("unit-2")), on=date(2030, 7, 1), basis="Nghị quyết 12", name="Xã Mới", code="21300"),
    Merge(of=(UnitId("unit-2"),), on=date(2030, 7, 1), basis="Nghị quyết 12", into=COMMUNE),
    Grant(person=OFFICER, roles=frozenset({Role.APPROVER, Role.ADMINISTRATOR})),
    Grant(person=OFFICER, emergency=COMMUNE),
    Grant(person=OFFICER, reset=Reset.FACTOR),
    Split(
        unit=COMMUNE,
        parts=(
            NewPart(name="Xã Đông", code="1", hamlets=frozenset({UnitId("b"), UnitId("a")})),
            NewPart(name="Xã Đoài", code="2", zones=frozenset({ZoneId("zone-9")})),
        ),
        on=date(2030, 7, 1),
        basis="Nghị quyết 12",
    ),
]


def proposal(content: Proposed, name: str = "p1") -> Proposal:
    return Proposal(id=name, station=COMMUNE, content=content, asked_by=OFFICER, asked_at=NOW)


@pytest.mark.parametrize("content", CONTENTS, ids=lambda content: type(content).__name__)
def test_a_proposal_comes_back_whole(store: Store, content: Opening | Suspension) -> None:
    settled = replace(
        proposal(content),
        state=ProposalState.REFUSED,
        settled_by=PersonId("person-2"),
        settled_at=NOW + samples.MINUTE,
        note="Thiếu căn cứ",
    )
    with store.writing() as uow:
        uow.proposals.put(proposal(content))
        uow.commit()

    with store.writing() as uow:
        assert uow.proposals.get("p1") == proposal(content)
        uow.proposals.put(settled)
        uow.commit()

    with store.reading() as uow:
        assert uow.proposals.get("p1") == settled
        assert uow.proposals.get("nowhere") is None


def test_those_of_a_station_come_newest_first(store: Store) -> None:
    with store.writing() as uow:
        uow.proposals.put(proposal(OVERRIDE, "p1"))
        uow.proposals.put(proposal(OVERRIDE, "p2"))
        uow.proposals.put(replace(proposal(OVERRIDE, "p3"), station=PROVINCE))

        assert [each.id for each in uow.proposals.of_station(COMMUNE)] == ["p2", "p1"]


def test_only_granted_overrides_count(store: Store) -> None:
    granted = replace(proposal(OVERRIDE, "p2"), state=ProposalState.ACCEPTED)
    with store.writing() as uow:
        uow.proposals.put(proposal(replace(OVERRIDE, day=date(2026, 12, 1)), "p1"))
        uow.proposals.put(granted)
        uow.proposals.put(replace(granted, id="p3", content=REGULATION.openings[0]))

        assert list(uow.proposals.overrides()) == [OVERRIDE]


def test_a_proposal_is_about_a_unit_there_is(store: Store) -> None:
    with store.writing() as uow, pytest.raises(REFUSED_REFERENCE):
        uow.proposals.put(replace(proposal(OVERRIDE), station=UnitId("nowhere")))
