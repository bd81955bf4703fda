"""What an agent costs its SIM on an idle day: bytes of TCP payload, TLS with it, both ways, by a counting proxy.

Real agents (`benchmarks/fleet.py`) are at a broker in production form with the real conductor, and hold a rundown of
nine days with 20 items a day, of which none is due. What passes is told apart by bursts. A keepalive and its answer are
the smallest; all else in the quiet minutes is what comes by the hour: presence, mark and report, the question for what
is in force, and what answers each. An hour takes a few minutes here, since half of one would hold too little; what came
is counted for the hours of a day. At the end, apart from the quiet minutes, a new rundown is issued as it is every
night, and an item is played; a day on which 20 play is no idle one, and is told beside it.

A relay costs what its channel's bit rate makes of 49 minutes a day: MB a SIM and month. Prints one JSON line last; the
value is KB (1,000 bytes) an idle day.
"""

import argparse
import json
import logging
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.counting_proxy import CountingProxy, Passed
from benchmarks.crews import Crews, live
from benchmarks.fleet import Reach
from benchmarks.province import PROVINCE, notice, put_programme, put_slot
from benchmarks.province_at_work import ProvinceAtWork
from schedules.ids import SlotId
from schedules.recurrence import DAILY
from schedules.slot import AtTime, Slot
from schedules.times import DAY
from schedules.unit import Target
from server.ports import UnitOfWork
from station_agent.link import KEEPALIVE

GOAL_KB = 100.0
DAY_S, HOURS = 86_400, 24
ITEMS_A_DAY = 20
AGENTS = 20
TIME_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
LEAD_S, NOTICE_S = 30, 60
"""How soon after a new rundown one of its items is played, and how long it lasts; together less than an hour here."""
PAUSE_S = 2.0
"""Without a byte for so long, a burst is over."""
KEEPALIVE_BYTES = 120
"""A burst of no more is a keepalive and its answer: two bytes each, and what TLS puts around them."""
RELAY_MINUTES, MONTH_DAYS = 49, 30
RELAYS_KBPS = (64, 128)
"""Bit rates of the channels that are relayed."""
IN_MEMORY = Path("/dev/shm")


@dataclass(frozen=True, slots=True)
class Traffic:
    """Bytes of one agent in a span of time, both ways: of each keepalive, and of everything else together."""

    keepalives: tuple[int, ...]
    others: float

    @classmethod
    def of(cls, passed: Iterable[Passed]) -> "Traffic":
        """Give it, as the mean of all agents, from what passed the proxy."""
        found = bursts(passed)
        others = sum(size for size in found if size > KEEPALIVE_BYTES)
        return cls(tuple(size for size in found if size <= KEEPALIVE_BYTES), others / AGENTS)


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=float, default=30.0, help="quiet minutes (default: 30)")
    arguments.add_argument("--hour", type=float, default=150.0, help="seconds an hour takes here (default: 150)")
    told = arguments.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory(dir=IN_MEMORY) as memory:
        province = ProvinceAtWork(Path(name), loudspeakers=AGENTS)
        proxy = CountingProxy(province.broker.host, province.broker.port)
        try:
            spans = lived(province, proxy, Path(memory), minutes=told.minutes, hour=told.hour)
            traffic = [Traffic.of(proxy.between(*span)) for span in spans]
        finally:
            proxy.close()
            province.close()
    print(json.dumps(figure(traffic, hours=60 * told.minutes / told.hour, minutes=told.minutes)))


def lived(
    province: ProvinceAtWork, proxy: CountingProxy, memory: Path, *, minutes: float, hour: float
) -> list[tuple[float, float]]:
    """Let a fleet live; give the spans of its coming in, of the quiet minutes, of a new rundown, and of one play."""
    reach = Reach(host="127.0.0.1", port=proxy.port, authority=province.authority_file, root=province.root)
    with province.store.writing() as uow:
        for number in range(ITEMS_A_DAY):
            put_notice(uow, province, number, province.clock.now() + timedelta(hours=4, minutes=3 * number))
        uow.commit()
    edges = [time.monotonic()]
    crews = Crews(live, province.poles, reach, memory, hour)
    province.waits_until_whole(is_ready=True)
    edges.append(time.monotonic())
    time.sleep(60 * minutes)
    edges.append(time.monotonic())
    with province.store.writing() as uow:
        put_notice(uow, province, ITEMS_A_DAY, province.clock.now() + timedelta(seconds=LEAD_S))
        uow.commit()
    time.sleep(LEAD_S - 10)
    edges.append(time.monotonic())
    time.sleep(10 + NOTICE_S + 10)
    edges.append(time.monotonic())
    crews.end()
    return list(pairwise(edges))


def put_notice(uow: UnitOfWork, province: ProvinceAtWork, number: int, begins: datetime) -> None:
    """Plan one more notice for every zone, daily at a time of day, approved."""
    here = begins.astimezone(TIME_ZONE)
    title = f"Thông báo số {number}: lịch tiêm chủng, vệ sinh môi trường và lịch cắt điện trong tuần"
    put_programme(uow, replace(notice(PROVINCE, number), title=title))
    slot = Slot(
        id=SlotId(f"slot-{number}"),
        programme=notice(PROVINCE, number).id,
        target=Target(units=frozenset({PROVINCE})),
        timing=AtTime(
            first_day=here.date(), at=here.time().replace(microsecond=0), rule=DAILY, until=here.date() + 90 * DAY
        ),
    )
    zones = sorted({pole.zone for pole in province.poles})
    put_slot(uow, slot, zones)
    uow.issue.want(zones)


def figure(traffic: list[Traffic], *, hours: float, minutes: float) -> dict[str, object]:
    """Give the figure of an idle day from what passed in the spans."""
    connecting, quiet, night, play = traffic
    keepalive = sum(quiet.keepalives) / len(quiet.keepalives)
    parts = {
        "keepalives": keepalive * DAY_S / KEEPALIVE,
        "hourly": quiet.others / hours * HOURS,
        "new_rundown": night.others,
    }
    value = sum(parts.values()) / 1000
    relay = {f"{rate}_kbps": rate * 125 * 60 * RELAY_MINUTES * MONTH_DAYS / 1e6 for rate in RELAYS_KBPS}
    return {
        "name": "idle_bytes",
        "value": round(value, 1),
        "unit": "KB an agent and idle day, both ways, TLS included",
        "goal": GOAL_KB,
        "holds": value <= GOAL_KB,
        "detail": {
            "parts_kb": {part: round(size / 1000, 1) for part, size in parts.items()},
            "keepalive_s": KEEPALIVE,
            "keepalive_bytes": round(keepalive, 1),
            "hour_bytes": round(quiet.others / hours),
            "apart_kb": {
                "each_connection": round(connecting.others / 1000, 1),
                f"{ITEMS_A_DAY}_items_played": round(play.others * ITEMS_A_DAY / 1000, 1),
            },
            "relay_mb_a_month": {name: round(size) for name, size in relay.items()},
            "quiet_minutes": minutes,
            "hours_in_them": hours,
            "agents": AGENTS,
        },
    }


def bursts(passed: Iterable[Passed]) -> list[int]:
    """Give the bytes, both ways, of each burst on each connection."""
    found: list[int] = []
    latest: dict[int, tuple[float, int]] = defaultdict(lambda: (float("-inf"), -1))
    for each in passed:
        at, place = latest[each.connection]
        if each.at - at > PAUSE_S:
            place = len(found)
            found.append(0)
        found[place] += each.size
        latest[each.connection] = each.at, place
    return found


if __name__ == "__main__":
    main()
