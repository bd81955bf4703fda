"""What 200 desks that look on cost the web process, and how late they are told, while loudspeakers of a province speak.

A real waitress, as in production, serves 100 communes with 1,300 loudspeakers from SQLite. Two desks of each commune
hold the stream that a page holds, and ask for what the page of today asks for when its station has news. Another
process writes: every loudspeaker says once an hour how it is, and one station is in a session of short items, where all
thirteen speak every minute within two seconds. Prints one JSON line last; the value is the share of one core the web
process takes. `everybody_s` is how long it takes until all 200 have the answer to an alarm that is for all of them.
"""

import argparse
import http.client
import json
import multiprocessing
import os
import re
import selectors
import socket
import sys
import tempfile
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from random import Random
from statistics import quantiles
from threading import Event, Thread
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).parents[1]))

from waitress.server import BaseWSGIServer, create_server

from benchmarks.province import ZONES_A_COMMUNE
from benchmarks.province_year import COMMUNES, EVENING, PASSWORD, fill, pages
from schedules.ids import LoudspeakerId, OccurrenceId, PersonId, UnitId
from schedules.wire.messages import NowPlaying
from server.app import serving
from server.config import Config
from server.ports import Store
from server.services.trail import note
from server.store import open_as_it_is
from server.values import Person, Role
from server.web.work import Work

DESKS, GOAL_CORE, GOAL_MB, GOAL_S = 200, 0.30, 500.0, 1.0
AN_HOUR_S = 3600.0
ITEM_S, WITHIN_S = 60.0, 2.0
IN_SESSION = UnitId("c0")
FOLLOWED = {"unit": ("today/live", "silence/banner", "loudspeakers/locks"), "lane": ("emergency/banner",)}
"""What the page of today asks for when a mark is another one."""
SELDOM_S = 300.0
APART_S = 2.0
"""How often a page asks without news, and at most with them (static/live.js)."""


@dataclass
class Desk:
    """Somebody with the page of today open.

    Attributes:
        told: when its station's mark was another one.
        asked: when each part was last asked for.
        waiting: parts that are about to be asked for.
    """

    station: UnitId
    cookie: str
    stream: socket.socket
    page_mark: str
    marks: dict[str, str]
    told: list[float] = field(default_factory=list)
    asked: dict[str, float] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)
    rest: bytes = b""


class Desks:
    """200 desks in one process: one thread reads their streams, a few ask for them."""

    def __init__(self, port: int, desks: list[Desk]) -> None:
        self.port, self.desks = port, desks
        self.answers: list[tuple[str, float]] = []
        self.late_s: list[float] = []
        self._due: SimpleQueue[tuple[float, Desk, str]] = SimpleQueue()
        self._over = Event()
        self._threads = [Thread(target=self._read), *(Thread(target=self._ask) for _ in range(8))]

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Let them look on for the length of the block."""
        for each in self._threads:
            each.start()
        yield
        self._over.set()
        for each in self._threads:
            each.join()

    def _read(self) -> None:
        selector = selectors.DefaultSelector()
        for desk in self.desks:
            desk.stream.setblocking(False)
            selector.register(desk.stream, selectors.EVENT_READ, desk)
        waiting: list[tuple[float, Desk, str]] = []
        while not self._over.is_set():
            for key, _ in selector.select(timeout=0.02):
                waiting += self._heard(key.data)
            now = time.monotonic()
            for desk in self.desks:
                seldom = (part for part, at in desk.asked.items() if now - at >= SELDOM_S)
                waiting += [(now, desk, part) for part in seldom]
            for due, desk, part in waiting:
                if due <= now:
                    desk.asked[part] = now
                    desk.waiting.discard(part)
                    self._due.put((due, desk, part))
            waiting = [each for each in waiting if each[0] > now]

    def _heard(self, desk: Desk) -> Iterator[tuple[float, Desk, str]]:
        now = time.monotonic()
        *events, desk.rest = (desk.rest + desk.stream.recv(65_536)).split(b"\n\n")
        for name, mark in re.findall(r"event: (\w+)\ndata: (\S+)", b"\n\n".join(events).decode()):
            if name in desk.marks and desk.marks[name] != mark:
                desk.marks[name] = mark
                if name == "unit":
                    desk.told.append(now)
                for part in FOLLOWED[name]:
                    if part not in desk.waiting:
                        desk.waiting.add(part)
                        yield max(now, desk.asked[part] + APART_S), desk, part

    def _ask(self) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        while not self._over.is_set():
            if self._due.empty():
                time.sleep(0.01)
                continue
            due, desk, part = self._due.get()
            get(line, f"/stations/{desk.station}/{part}?mark={desk.page_mark}", desk.cookie)
            self.answers.append((part, time.monotonic()))
            self.late_s.append(time.monotonic() - due)
        line.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=240.0)
    parser.add_argument("--desks", type=int, default=DESKS, help="a tenth is enough to see that it works")
    parser.add_argument("--keep", type=Path, help="database that is made there, or taken from there")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        database = given.keep or Path(directory) / "radio.db"
        if not database.exists():
            fill(database, communes=COMMUNES, days=2)
            hire(database)
        with serving_process(database, Path(directory)) as (port, pid):
            print(json.dumps(measured(database, port, pid, given.desks, given.seconds)))


def measured(database: Path, port: int, pid: int, count: int, seconds: float) -> dict[str, object]:
    """Open the desks, let the province speak, and count."""
    with ThreadPoolExecutor(4) as opening:
        desks = Desks(port, list(opening.map(lambda number: opened(port, number), range(count))))
    store = open_as_it_is(f"sqlite:///{database}")
    with desks.at_work():
        time.sleep(5)
        cpu, began = cpu_s(pid), time.monotonic()
        commits = speak(store, until=began + seconds)
        core = (cpu_s(pid) - cpu) / (time.monotonic() - began)
        time.sleep(10)
        asked = len(desks.answers)
        late, megabytes = delays(commits, desks.desks), kilobytes(pid) / 1024
        everybody = alarmed(store, desks)
    store.close()
    p95 = quantiles(late, n=20)[-1]
    return {
        "name": "live_200",
        "value": round(core, 3),
        "unit": "cores",
        "goal": GOAL_CORE,
        "holds": core <= GOAL_CORE and megabytes <= GOAL_MB and p95 <= GOAL_S,
        "detail": {
            "megabytes": round(megabytes),
            "told_p95_s": round(p95, 2),
            "told_p50_s": round(quantiles(late, n=2)[0], 2),
            "shown_after_that_p95_s": round(quantiles(desks.late_s[:asked], n=20)[-1], 2),
            "commits": sum(map(len, commits.values())),
            "asked_a_second": round(asked / seconds, 1),
            "everybody_s": round(everybody, 2),
        },
    }


def speak(store: Store, *, until: float) -> dict[UnitId, list[float]]:
    """Let loudspeakers speak; give when each station's words were committed."""
    chance, commits = Random(7), defaultdict[UnitId, list[float]](list)
    count = COMMUNES * ZONES_A_COMMUNE
    item, beat = time.monotonic(), time.monotonic()
    number = begun = 0
    while (now := time.monotonic()) < until:
        speakers = []
        if now >= item:
            begun += 1
            speakers.append(begun % ZONES_A_COMMUNE)
            item += ITEM_S - WITHIN_S if begun % ZONES_A_COMMUNE == 0 else WITHIN_S / ZONES_A_COMMUNE
        if now >= beat:
            speakers.append(chance.randrange(count))
            beat += AN_HOUR_S / count
        for speaker in speakers:
            number += 1
            commits[UnitId(f"c{speaker // ZONES_A_COMMUNE}")].append(say(store, speaker, number))
        time.sleep(0.005)
    return commits


def say(store: Store, speaker: int, number: int) -> float:
    """Keep how a loudspeaker is, and what it plays, as the conductor does; give when it was about to be committed."""
    which, at = LoudspeakerId(f"l{speaker}"), EVENING + timedelta(milliseconds=time.monotonic_ns() // 1_000_000)
    playing = NowPlaying(occurrence=OccurrenceId(f"o{number}"), title=f"Bản tin {number}", position_ms=0)
    with store.writing() as uow:
        known = uow.evidence.seen([which])[which].presence
        assert known is not None
        uow.evidence.put_presence(which, replace(known, number=number, issued=at, playing=playing), at)
        committing = time.monotonic()
        uow.commit()
    return committing


def delays(commits: dict[UnitId, list[float]], desks: list[Desk]) -> list[float]:
    """Give how long after each commit each desk of its station was told; one that never was counts as an hour."""
    late = []
    for desk in desks:
        for at in commits.get(desk.station, ()):
            place = bisect_right(desk.told, at)
            late.append(desk.told[place] - at if place < len(desk.told) else AN_HOUR_S)
    return late


def alarmed(store: Store, desks: Desks) -> float:
    """Let somebody ask for an emergency; give how long it takes until all desks have their answer."""
    began, before = time.monotonic(), len(desks.answers)
    with store.writing() as uow:
        note(uow, EVENING, None, "emergency.asked", subject="x", unit=IN_SESSION)
        uow.commit()
    while sum(part == "emergency/banner" for part, _ in desks.answers[before:]) < len(desks.desks):
        time.sleep(0.01)
        assert time.monotonic() - began < 60
    return time.monotonic() - began


def opened(port: int, number: int) -> Desk:
    """Sign in, open the page of today and its stream."""
    station = UnitId(f"c{number % COMMUNES}")
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    line.request("GET", "/sign-in")
    answer = line.getresponse()
    cookie = (answer.getheader("Set-Cookie") or "").split(";")[0]
    token = answer.read().decode().split('name="csrf-token" content="')[1].split('"')[0]
    form = urlencode({"csrf_token": token, "login": f"desk-{number}", "password": PASSWORD})
    line.request("POST", "/sign-in", form, {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"})
    answer = line.getresponse()
    answer.read()
    assert answer.status == 302, answer.status
    cookie = (answer.getheader("Set-Cookie") or "").split(";")[0]
    page = get(line, f"/stations/{station}/today", cookie)
    line.close()
    known = re.search(r'content="([^"]+)" data-unit="([^"]*)" data-lane="([^"]*)"', page)
    mark = re.search(r'id="mark" name="mark" value="([^"]+)"', page)
    assert known
    assert mark
    stream = socket.create_connection(("127.0.0.1", port))
    stream.sendall(f"GET {known[1]} HTTP/1.1\r\nHost: radio\r\nCookie: {cookie}\r\n\r\n".encode())
    now = time.monotonic() + Random(number).uniform(-SELDOM_S, 0)  # they did not all open their page just now
    asked = {part: now for parts in FOLLOWED.values() for part in parts}
    return Desk(station, cookie, stream, mark[1], {"unit": known[2], "lane": known[3]}, asked=asked)


def get(line: http.client.HTTPConnection, address: str, cookie: str) -> str:
    """Ask for a page, or for a part of one."""
    part = {"HX-Request": "true"} if "?" in address else {}
    line.request("GET", address, headers={"Cookie": cookie, **part})
    answer = line.getresponse()
    body = answer.read().decode()
    assert answer.status == 200, (address, answer.status)
    return body


def hire(database: Path) -> None:
    """Give each desk somebody to sit at it."""
    store = open_as_it_is(f"sqlite:///{database}")
    with store.writing() as uow:
        for number in range(DESKS):
            login = f"desk-{number}"
            uow.people.put(
                Person(
                    id=PersonId(login),
                    login=login,
                    name=login,
                    unit=UnitId(f"c{number % COMMUNES}"),
                    roles=frozenset({Role.OFFICER}),
                    password_hash=PASSWORD,
                )
            )
        uow.commit()
    store.close()


@contextmanager
def serving_process(database: Path, directory: Path) -> Iterator[tuple[int, int]]:
    """Serve the pages in a process of its own; give its port and its number."""
    spawning = multiprocessing.get_context("spawn")
    ours, theirs = spawning.Pipe()
    process = spawning.Process(target=_serve, args=(theirs, database, directory), daemon=True)
    process.start()
    try:
        yield ours.recv(), process.pid or 0
    finally:
        process.terminate()
        process.join()


def _serve(told: Connection, database: Path, directory: Path) -> None:
    app = pages(open_as_it_is(f"sqlite:///{database}"), directory / "var", Work())
    config = Config(state_directory=directory / "var", demo=True)
    server = create_server(app, **{**serving(config), "host": "127.0.0.1", "port": 0})
    assert isinstance(server, BaseWSGIServer)
    told.send(server.getsockname()[1])
    server.run()


def cpu_s(pid: int) -> float:
    """Give the processor time a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def kilobytes(pid: int) -> int:
    """Give the memory a process holds."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")))


if __name__ == "__main__":
    main()
