"""Communes that are merged and split, proposed and decided."""

from dataclasses import replace

from schedules.ids import PersonId, UnitId
from schedules.times import DAY
from server.services import (
    succession,
    succession_proposals,
)
from server.values import Merge, NewPart, Person, Proposal, Split
from tests.server.services.radio import (
    ADMINISTRATOR,
    MONDAY,
    SON_HA,
    SON_LINH,
    Radio,
    local,
)

SECOND = replace(ADMINISTRATOR, id=PersonId("second-administrator"), login="second-administrator")
CUT = MONDAY + 3 * DAY
SON_MOI = UnitId(f"21300@{CUT}")
MERGE = Merge(of=(SON_HA, SON_LINH), on=CUT, basis="Nghị quyết 12/NQ-HĐND", name="Xã Sơn Mới", code="21300")
HAMLET = {name: UnitId(f"thon-{name}") for name in ("lm", "gs", "db")}
SPLIT = Split(
    unit=SON_HA,
    on=CUT,
    basis="Nghị quyết 12/NQ-HĐND",
    parts=(
        NewPart(name="Xã Sơn Đông", code="21301", hamlets=frozenset({HAMLET["lm"], HAMLET["gs"]})),
        NewPart(name="Xã Sơn Đoài", code="21302", hamlets=frozenset({HAMLET["db"]})),
    ),
)


def proposed(radio: Radio, wish: Merge | Split = MERGE) -> Proposal:
    seen = succession.foresee(radio.store, radio.clock, ADMINISTRATOR, wish).seen
    return succession_proposals.propose(radio.store, radio.clock, ADMINISTRATOR, wish, seen=seen)


def decided(radio: Radio, wish: Merge | Split = MERGE) -> None:
    asked = proposed(radio, wish)
    seen = succession.foresee(radio.store, radio.clock, SECOND, wish).seen
    succession_proposals.agree(radio.store, radio.clock, SECOND, asked.id, seen=seen)


def carried_out(radio: Radio, wish: Merge | Split = MERGE) -> None:
    decided(radio, wish)
    radio.at(local(0, 1, day=CUT))
    assert succession.carry_out_due(radio.store, radio.clock) == 1


def unit_of(radio: Radio, person: Person) -> UnitId:
    return radio.store.kept.people[person.id].unit


def stations(radio: Radio) -> dict[str, UnitId]:
    return {zone.id: zone.station for zone in radio.store.kept.zones.values()}
