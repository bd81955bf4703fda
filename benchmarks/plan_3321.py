"""Planning a province: rundowns of 9 days for 3,321 zones with 20 slots each, encoded and signed, on one core.

Prints one JSON line last; the value is processor seconds. Of the 20 slots that concern a zone, 4 are the province's,
12 its commune's and 4 its own; `detail` also says what it takes when each zone has 20 of its own, which share nothing.
It touches no database.
"""

import json
import os
import sys
import time as clock
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from schedules.approval import Approval, Subject, record_of_slot
from schedules.ids import PersonId, ProgrammeId, Sha256, SlotId, UnitId, ZoneId
from schedules.planning import Planner
from schedules.programme import Kind, Level, Origin, Programme, Recording, State, Variant
from schedules.recurrence import DAILY
from schedules.regulation import Regulation, SessionName, SessionRule
from schedules.rundown import HORIZON, Rundown
from schedules.schedule import Schedule
from schedules.slot import AtTime, Slot
from schedules.times import DAY, Span
from schedules.unit import Target, Unit, UnitLevel, Units, Zone
from server.services.issuing import signed
from server.services.new_ids import unix_milliseconds
from tests.fakes.sealing import FakeSealing

ZONES, SLOTS, COMMUNES = 3321, 20, 96
GOAL_S = 15.0
NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
SPAN = Span(MIDNIGHT, MIDNIGHT + HORIZON)
TODAY = date(2026, 11, 23)


def main() -> None:
    """Measure and print."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    mixed, own = measure(schedule(province_wide=4, own=4)), measure(schedule(province_wide=0, own=SLOTS))
    print(
        json.dumps(
            {
                "name": "plan_3321",
                "value": mixed["cpu_s"],
                "unit": "s",
                "goal": GOAL_S,
                "holds": float(str(mixed["cpu_s"])) <= GOAL_S,
                "detail": {"zones": ZONES, "slots_a_zone": SLOTS, "mixed": mixed, "all_slots_of_one_zone_each": own},
            }
        )
    )


def measure(schedule: Schedule) -> dict[str, object]:
    """Plan, encode and sign every zone."""
    sealing = FakeSealing()
    wall, cpu = clock.perf_counter(), clock.process_time()
    planner = Planner(schedule, SPAN)
    items = size = 0
    for zone in schedule.zones:
        plan = planner.plan(zone, now=NOW)
        rundown = Rundown(
            zone=zone.id, epoch=sealing.epoch, revision=unix_milliseconds(NOW), covers=SPAN, items=plan.items
        )
        issued = signed(rundown, sealing, NOW)
        items += len(plan.items)
        size += len(issued.envelope)
    assert items == ZONES * SLOTS * (HORIZON // DAY), items
    return {
        "cpu_s": round(clock.process_time() - cpu, 2),
        "wall_s": round(clock.perf_counter() - wall, 2),
        "items": items,
        "bytes_a_zone": size // ZONES,
    }


def schedule(*, province_wide: int, own: int) -> Schedule:
    """Give a province's schedule, approved: 20 daily notices at each zone, morning and evening.

    The first `province_wide` of them are slots of the province, the last `own` of the zone, the rest of the commune.
    """
    province = Unit(id=UnitId("p"), code="51", name="Tỉnh", level=UnitLevel.PROVINCE, parent=None)
    communes = [
        Unit(id=UnitId(f"c{n}"), code=str(n), name=f"Xã {n}", level=UnitLevel.COMMUNE, parent=province.id)
        for n in range(COMMUNES)
    ]
    zones = tuple(
        Zone(id=ZoneId(f"z{n}"), station=communes[n % COMMUNES].id, unit=communes[n % COMMUNES].id, name=f"Thôn {n}")
        for n in range(ZONES)
    )
    programmes = {
        programme.id: programme
        for commune in communes
        for programme in (notice(commune.id, number) for number in range(SLOTS))
    }
    slots = [daily(province.id, communes[0].id, number) for number in range(province_wide)]
    for commune in communes:
        slots += [daily(commune.id, commune.id, number) for number in range(province_wide, SLOTS - own)]
    for zone in zones:
        slots += [daily(zone.id, zone.station, number) for number in range(SLOTS - own, SLOTS)]
    everywhere = frozenset(zone.id for zone in zones)
    approvals: dict[Subject, tuple[Approval, ...]] = {
        slot.id: (Approval(record_of_slot(programmes[slot.programme], slot).hash, everywhere, PersonId("a"), NOW),)
        for slot in slots
    }
    return Schedule(
        units=Units.of([province, *communes]),
        zones=zones,
        regulations=tuple(map(regulation, communes)),
        programmes=programmes,
        slots=tuple(slots),
        templates=(),
        approvals=approvals,
    )


def notice(commune: UnitId, number: int) -> Programme:
    """Give an approved notice of a minute."""
    sha256 = Sha256(f"{commune}-{number}".encode().hex().ljust(64, "0"))
    return Programme(
        id=ProgrammeId(f"{commune}-{number}"),
        owner=commune,
        version=1,
        title=f"Thông báo số {number} của xã",
        kind=Kind.NOTICE,
        origin=Origin.COMMUNE,
        level=Level.ORDINARY,
        state=State.APPROVED,
        variants=(Variant("vi", Recording(sha256, 480_000, 60_000)),),
    )


def daily(place: UnitId | ZoneId, commune: UnitId, number: int) -> Slot:
    """Give a slot on every day, the first ten in the morning, the others in the evening, two minutes apart."""
    is_zone = place.startswith("z")
    target = Target(zones=frozenset({ZoneId(place)})) if is_zone else Target(units=frozenset({UnitId(place)}))
    minute = (5 if number < 10 else 17) * 60 + 2 * (number % 10)
    return Slot(
        id=SlotId(f"{place}-{number}"),
        programme=ProgrammeId(f"{commune}-{number}"),
        target=target,
        timing=AtTime(
            first_day=TODAY - timedelta(days=30),
            at=time(minute // 60, minute % 60),
            rule=DAILY,
            until=TODAY + timedelta(days=365),
        ),
    )


def regulation(commune: Unit) -> Regulation:
    """Give a regulation with a morning and an evening session."""
    return Regulation(
        station=commune.id,
        number="1/QĐ",
        signed_on=date(2026, 1, 1),
        signer="Chủ tịch",
        valid_from=date(2026, 1, 1),
        time_zone="Asia/Ho_Chi_Minh",
        sessions=(
            SessionRule(session=SessionName.MORNING, earliest=time(5), latest=time(6, 30), max_minutes=60),
            SessionRule(session=SessionName.EVENING, earliest=time(17), latest=time(19), max_minutes=60),
        ),
        max_minutes_a_day=120,
    )


if __name__ == "__main__":
    main()
