"""How many times a second today's board is answered, beside a bare Flask page with one query, by turns in the same run.

Both are served by a real waitress with the threads of production in a process of its own, over the same database of a
province, and asked over as many lines as keep it busy; here are two cores, one of which the asking takes. Prints one
JSON line last; the value is the board's share of the bare page, in percent.
"""

import argparse
import http.client
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterable
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).parents[1]))

from flask import Flask
from sqlalchemy import select
from waitress.server import BaseWSGIServer, create_server

from benchmarks.province_year import PASSWORD, STATION, fill, pages
from server.app import serving
from server.config import Config
from server.store import open_as_it_is
from server.store.engine import open_engine
from server.store.rows import UnitRow
from server.web.work import Work

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

GOAL = 50.0
LINES = 8
"""Lines that ask at once: more wait for the interpreter's lock and change nothing."""
BARE, BOARD, LIVE = "/bare", f"/stations/{STATION}/today", f"/stations/{STATION}/today/live"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--communes", type=int, default=100)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=4.0, help="of one turn")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="database that is made there, or taken from there")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        path = asked.keep or Path(directory) / "radio.db"
        if not path.exists():
            fill(path, communes=asked.communes, days=asked.days)
        told = _measured(path, turns=asked.turns, seconds=asked.seconds)
    share = round(100 * told[BOARD] / told[BARE], 1)
    print(
        json.dumps(
            {
                "name": "board_rps",
                "value": share,
                "unit": "% of a bare page",
                "goal": GOAL,
                "holds": share >= GOAL,
                "detail": {"answers a second": {what: round(often, 1) for what, often in told.items()}},
            }
        )
    )


def _measured(path: Path, *, turns: int, seconds: float) -> dict[str, float]:
    spawning = multiprocessing.get_context("spawn")
    ours, theirs = spawning.Pipe()
    server = spawning.Process(target=_serve, args=(theirs, path), daemon=True)
    server.start()
    try:
        port: int = ours.recv()
        cookie = _signed_in(http.client.HTTPConnection("127.0.0.1", port, timeout=60))
        for what in (BARE, BOARD, LIVE):
            _often(port, cookie, what, seconds=1.0)
        found: dict[str, list[float]] = {BARE: [], BOARD: [], LIVE: []}
        for _ in range(turns):
            for what, often in found.items():
                often.append(_often(port, cookie, what, seconds=seconds))
        return {what: median(often) for what, often in found.items()}
    finally:
        server.terminate()
        server.join()


def _serve(told: Connection, path: Path) -> None:
    with tempfile.TemporaryDirectory() as directory:
        app = pages(open_as_it_is(f"sqlite:///{path}"), Path(directory), Work())
        bare = _bare(path)

        def both(environ: dict[str, Any], answer: "StartResponse") -> Iterable[bytes]:
            return (bare if environ["PATH_INFO"] == BARE else app)(environ, answer)

        server = create_server(both, **{**serving(Config()), "host": "127.0.0.1", "port": 0})
        assert isinstance(server, BaseWSGIServer)
        told.send(server.getsockname()[1])
        server.run()


def _bare(path: Path) -> Flask:
    app, engine = Flask(__name__), open_engine(f"sqlite:///{path}")

    @app.get(BARE)
    def page() -> str:
        with engine.connect() as connection:
            name = connection.scalar(select(UnitRow.name).where(UnitRow.id == STATION))
        return f"<!doctype html><title>{name}</title><h1>{name}</h1>"

    return app


def _often(port: int, cookie: str, address: str, *, seconds: float) -> float:
    """Ask over all lines for some time; give how many answers came a second."""
    counts = [0] * LINES
    ends = time.perf_counter() + seconds

    def ask(which: int) -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while time.perf_counter() < ends:
            line.request("GET", address, headers={"Cookie": cookie})
            answer = line.getresponse()
            answer.read()
            assert answer.status == 200, (address, answer.status)
            counts[which] += 1
        line.close()

    began = time.perf_counter()
    asking = [Thread(target=ask, args=(which,)) for which in range(LINES)]
    for each in asking:
        each.start()
    for each in asking:
        each.join()
    return sum(counts) / (time.perf_counter() - began)


def _signed_in(line: http.client.HTTPConnection) -> str:
    line.request("GET", "/sign-in")
    answer = line.getresponse()
    cookie = (answer.getheader("Set-Cookie") or "").split(";")[0]
    token = answer.read().decode().split('name="csrf-token" content="')[1].split('"')[0]
    form = urlencode({"csrf_token": token, "login": "officer", "password": PASSWORD})
    line.request("POST", "/sign-in", form, {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"})
    answer = line.getresponse()
    answer.read()
    assert answer.status == 302, answer.status
    return (answer.getheader("Set-Cookie") or "").split(";")[0]


if __name__ == "__main__":
    main()
