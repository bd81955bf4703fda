"""Processes in which a benchmark's loudspeakers live, and what they heard: bare receivers, or a fleet of agents."""

import logging
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.fleet import Fleet, Reach, SimulatedAgent
from benchmarks.province import PROVINCE
from benchmarks.province_at_work import Pole
from benchmarks.receivers import Caller, Fact, Line, kept_alive, serve
from schedules.wire import topics
from station_agent import freshness, marks
from station_agent.config import HOUR

PROCESSES = 2
"""One for each processor."""
WITHIN_S = 300.0
LIST, WORDS = topics.emergencies(PROVINCE), topics.emergency(PROVINCE, "+")


class Crews:
    """The processes.

    Args:
        work: `receive` or `live`; told its line to here, its poles and the arguments.
        poles: Shared out among the processes.
    """

    def __init__(self, work: Callable[..., None], poles: list[Pole], *arguments: object) -> None:
        self.size = len(poles)
        context = get_context("spawn")
        ends = [context.Pipe() for _ in range(PROCESSES)]
        self._lines = [ours for ours, _ in ends]
        self._facts: list[Fact] = []
        self._processes = [
            context.Process(target=work, args=(theirs, poles[number::PROCESSES], *arguments), daemon=True)
            for number, (_, theirs) in enumerate(ends)
        ]
        for process in self._processes:
            process.start()
        for line in self._lines:
            assert line.recv() == "ready"

    def forget(self) -> None:
        """Forget what was heard until now, as what the broker had kept for who came in."""
        self._asked("facts")

    def heard(self, expected: Mapping[str, int]) -> list[Fact]:
        """Wait until so many of each kind of fact are there; give all there are, and forget them."""
        ends = time.monotonic() + WITHIN_S
        counted: Counter[str] = Counter()
        while any(counted[what] < count for what, count in expected.items()):
            if time.monotonic() > ends:
                raise SystemExit(f"not heard within {WITHIN_S} s: {dict(counted)} of {dict(expected)}")
            time.sleep(0.2)
            if len(self._facts) + sum(self._asked("count")) >= sum(expected.values()):
                self._facts += [fact for facts in self._asked("facts") for fact in facts]
                counted = Counter(fact.what for fact in self._facts)
        facts, self._facts = self._facts, []
        return facts

    def end(self) -> None:
        """End them."""
        for line in self._lines:
            line.send("end")
        for process in self._processes:
            process.join()

    def _asked(self, order: str) -> list[Any]:
        for line in self._lines:
            line.send(order)
        return [line.recv() for line in self._lines]


def receive(orders: Connection, poles: list[Pole], reach: Reach, folder: Path, bits_per_s: float | None) -> None:
    """Be a bare client for each of some devices; see `receivers.Line` for what its line may carry."""
    facts: list[Fact] = []
    lines: list[Line] = []
    pinged_at = time.monotonic()
    for pole in poles:
        pinged_at = kept_alive(lines, pinged_at)
        tls = folder / f"{pole.device}.pem"
        tls.write_bytes(pole.tls)
        caller = Caller(name=pole.device, tls=tls)
        wanted = (LIST, WORDS)
        lines.append(
            Line(caller, reach.host, reach.port, reach.authority, facts=facts, topics=wanted, bits_per_s=bits_per_s)
        )
        tls.unlink()
    orders.send("ready")
    serve(lines, facts, orders)


def live(orders: Connection, poles: list[Pole], reach: Reach, folder: Path, hour: float = HOUR) -> None:
    """Be a real agent for each of some devices; what is due hourly comes every so many seconds."""
    facts: list[Fact] = []
    logging.disable(logging.WARNING)
    freshness.ASK_EVERY *= hour / HOUR
    marks.EVERY *= hour / HOUR
    fleet = Fleet([SimulatedAgent(folder / pole.loudspeaker, pole, reach, facts, heartbeat=hour) for pole in poles])
    orders.send("ready")
    fleet.serve(facts, orders)
