"""What trust costs on the loudspeaker: verify the seal of a rundown of 9 days, inflate it, parse it, check it.

The rundown has 210 items of 40 programmes with titles of their own, some in two recordings, some relays, a third of
them waiting for their turn. What is timed is this process's own processor time. Prints one JSON line last.
"""

import json
import sys
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from schedules.ids import OccurrenceId, ProgrammeId
from schedules.rundown import Played, RundownItem
from schedules.wire import strict
from schedules.wire.messages import KeyRole, RundownIssued, TrustedKey
from schedules.wire.seal import envelope_of, holds, unsealed
from schedules.wire.trust import accepted
from tests.station_agent.centre import Centre, item, recording, relay, utc

GOAL_MS = 5.0
ITEMS, DAYS, PROGRAMMES = 210, 9, 40
ROUNDS = 300
NOW = utc("2026-11-23T12:00:00+07:00")


def main() -> None:
    """Measure and print."""
    centre = Centre(NOW)
    root = TrustedKey(key=centre.root.key, public=centre.root.public, role=KeyRole.ROOT)
    trust = accepted(centre.trust()[1], held=None, roots=(root,))
    _, data = centre.rundown(*rundown_items(), days=DAYS + 1)
    envelope = envelope_of(data)
    (issue,) = trust.list.of(KeyRole.ISSUE)
    text = zlib.decompress(envelope.payload)

    whole = timed(lambda: unsealed(data, trust))
    message, _ = unsealed(data, trust)
    assert isinstance(message, RundownIssued)
    assert len(message.rundown.items) == ITEMS
    value = whole[len(whole) // 2]
    figure = {
        "name": "trust_cost",
        "value": round(value, 2),
        "unit": "ms, median",
        "goal": GOAL_MS,
        "holds": value <= GOAL_MS,
        "detail": {
            "p99": round(whole[len(whole) * 99 // 100], 2),
            "least": round(whole[0], 2),
            "verify": round(timed(lambda: holds(issue.public, envelope.seals[0], envelope))[ROUNDS // 2], 2),
            "inflate_and_read": round(timed(lambda: strict.parsed(zlib.decompress(envelope.payload)))[ROUNDS // 2], 2),
            "bytes": len(data),
            "inflated": len(text),
            "items": ITEMS,
        },
    }
    print(json.dumps(figure))


def rundown_items() -> list[RundownItem]:
    """Give the items of nine days."""
    made = []
    for number in range(ITEMS):
        day, place = divmod(number, ITEMS // DAYS + 1)
        which = number % PROGRAMMES
        begins = NOW + timedelta(days=day, minutes=20 * place)
        sound = (
            relay() if which % 10 == 9 else Played(tuple(recording(f"{which}-{n}", 300) for n in range(1 + which % 2)))
        )
        planned = item(f"{number:032x}", begins, 610, sound=sound)
        made.append(
            replace(
                planned,
                occurrence=OccurrenceId(f"{number * 0x9E3779B97F4A7C15 % 2**128:032x}"),
                programme=ProgrammeId(f"{which * 0xD1B54A32D192ED03 % 2**64:016x}"),
                title=f"Bản tin thời sự xã Sơn Hà, phần {which}: vụ mùa, tiêm chủng và lịch cắt điện",
                latest_start=begins + timedelta(minutes=5) if which % 3 == 0 else None,
            )
        )
    return made


def timed(work: Callable[[], object]) -> list[float]:
    """Do something often; return the milliseconds each time cost, the shortest first."""
    took = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        took.append((time.process_time() - began) * 1000)
    return sorted(took)


if __name__ == "__main__":
    main()
