"""What 200 desks that look on cost the web process: today's page of each asks by itself every two and five seconds.

A real waitress with the threads of production serves the commune of the tests on SQLite; a few desks ask as the page
does, and the processor time of one of their answers is counted for 200. Prints one JSON line last; the value is the
share of one core. `kilobytes_a_stream` is what one open stream costs a waitress that gives each a thread of its own.
"""

import argparse
import http.client
import json
import multiprocessing
import os
import sys
import tempfile
import threading
import time as clock
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import quantiles
from typing import TypeVar
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).parents[1]))

from flask import Flask, Response
from waitress.server import BaseWSGIServer, create_server

from server.app import create_app, serving
from server.audio import MediaPreparation
from server.config import Config
from server.passwords import Argon2Hashing
from server.store import open_store
from tests.fakes.clock import FakeClock
from tests.server.web.commune import MONDAY_BEFORE_DAWN, OFFICER, PASSWORD, SON_HA, settle

Seen = TypeVar("Seen")

DESKS, GOAL_CORE, GOAL_MB = 200, 0.30, 500
ASKED = {"today/live": 2.0, "emergency/banner": 2.0, "silence/banner": 5.0, "loudspeakers/locks": 10.0}
"""Live parts of the page of today, with their seconds between two questions."""
STREAMS = 200


@dataclass(frozen=True, slots=True)
class Polled:
    """What questions cost: processor seconds an answer, by what was asked; waiting; memory of the process."""

    cpu_s: dict[str, float]
    p95_s: float
    megabytes: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60, help="questions of each kind")
    rounds = parser.parse_args().rounds
    polled = _in_a_process(_serve_pages, lambda port, pid: _ask(port, pid, rounds))
    streamed = _in_a_process(_serve_streams, _open_streams)
    core = sum(DESKS / every * polled.cpu_s[what] for what, every in ASKED.items())
    result = {
        "benchmark": "live_200",
        "value": round(core, 2),
        "unit": "cores",
        "goal": GOAL_CORE,
        "met": core <= GOAL_CORE and polled.megabytes <= GOAL_MB,
        "milliseconds_an_answer": {what: round(spent * 1000, 1) for what, spent in polled.cpu_s.items()},
        "p95_ms": round(polled.p95_s * 1000),
        "megabytes": round(polled.megabytes),
        "kilobytes_a_stream": round(streamed),
    }
    print(json.dumps(result))


def _in_a_process(serve: Callable[[Connection], None], measure: Callable[[int, int], Seen]) -> Seen:
    spawning = multiprocessing.get_context("spawn")
    ours, theirs = spawning.Pipe()
    process = spawning.Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    try:
        return measure(ours.recv(), process.pid or 0)
    finally:
        process.terminate()
        process.join()


def _serve_pages(told: Connection) -> None:
    with tempfile.TemporaryDirectory() as directory:
        config = Config(state_directory=Path(directory), demo=True)
        store, hashing = open_store(config.database), Argon2Hashing()
        settle(store, hashing)
        app = create_app(
            config,
            store=store,
            clock=FakeClock(MONDAY_BEFORE_DAWN),
            hashing=hashing,
            preparation=MediaPreparation(config.audio_directory),
        )
        server = create_server(app, **{**serving(config), "host": "127.0.0.1", "port": 0})
        assert isinstance(server, BaseWSGIServer)
        told.send(server.getsockname()[1])
        server.run()


def _serve_streams(told: Connection) -> None:
    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: Response(_forever(), mimetype="text/event-stream"))
    server = create_server(app, host="127.0.0.1", port=0, threads=STREAMS + 1, connection_limit=2 * STREAMS)
    assert isinstance(server, BaseWSGIServer)
    told.send(server.getsockname()[1])
    server.run()


def _forever() -> Iterator[bytes]:
    while True:
        yield b"data: 1\n\n"
        clock.sleep(1)


def _ask(port: int, pid: int, rounds: int) -> Polled:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    cookie = _signed_in(line)
    spent, waits = {}, []
    for what in ASKED:
        address = f"/stations/{SON_HA}/{what}"
        _get(line, address, cookie)  # the template is compiled
        before = _cpu_s(pid)
        for _ in range(rounds):
            began = clock.perf_counter()
            _get(line, address, cookie)
            waits.append(clock.perf_counter() - began)
        spent[what] = (_cpu_s(pid) - before) / rounds
    return Polled(spent, quantiles(waits, n=20)[-1], _kilobytes(pid) / 1024)


def _open_streams(port: int, pid: int) -> float:
    before = _kilobytes(pid)  # the threads are there, and have not been used
    lines = [http.client.HTTPConnection("127.0.0.1", port, timeout=30) for _ in range(STREAMS)]
    answers = []
    for line in lines:
        line.request("GET", "/")
        answers.append(line.getresponse())
    readers = [threading.Thread(target=answer.readline) for answer in answers]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    return (_kilobytes(pid) - before) / STREAMS


def _signed_in(line: http.client.HTTPConnection) -> str:
    line.request("GET", "/sign-in")
    answer = line.getresponse()
    cookie = (answer.getheader("Set-Cookie") or "").split(";")[0]
    token = answer.read().decode().split('name="csrf-token" content="')[1].split('"')[0]
    form = urlencode({"csrf_token": token, "login": OFFICER.login, "password": PASSWORD})
    line.request("POST", "/sign-in", form, {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"})
    answer = line.getresponse()
    answer.read()
    assert answer.status == 302, answer.status
    return (answer.getheader("Set-Cookie") or "").split(";")[0]


def _get(line: http.client.HTTPConnection, address: str, cookie: str) -> None:
    line.request("GET", address, headers={"Cookie": cookie, "HX-Request": "true"})
    answer = line.getresponse()
    answer.read()
    assert answer.status == 200, (address, answer.status)


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _kilobytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")))


if __name__ == "__main__":
    main()
