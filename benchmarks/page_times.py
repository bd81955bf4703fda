"""How long the pages take at a province: server time of each main page, with a year of plays in the database.

Prints one JSON line last; the value is the worst 95th percentile in milliseconds. 100 communes with 1,300 zones and
loudspeakers, 30 slots a zone, rundowns of 9 days in force, and what every loudspeaker planned and played on each of 365
days. Each page is opened as it stands, and right after somebody edited a programme of another commune, when nothing
that was kept of the schedule holds any more; the slower of the two counts. The year is made inside SQLite (5 GB).
`--keep FILE` keeps the database, or takes the one that is there.
"""

import argparse
import json
import re
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from flask.testing import FlaskClient

from benchmarks.province import TODAY
from benchmarks.province_year import COMMUNES, PASSWORD, STATION, edit_elsewhere, fill, pages
from schedules.times import DAY
from server.store import SqlStore, open_as_it_is
from server.web.work import Work

GOAL_MS = 150.0


@dataclass(frozen=True, slots=True)
class Times:
    """How long a page took, in milliseconds.

    Attributes:
        processor: how much of the median the processor worked, whatever else the machine did meanwhile.
    """

    p50: float
    p95: float
    processor: float

    def __str__(self) -> str:
        return f"p50 {self.p50} ms, p95 {self.p95} ms, processor {self.processor} ms"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--communes", type=int, default=COMMUNES, help="a tenth is enough to see that it works")
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--times", type=int, default=20, help="how often each page is opened")
    parser.add_argument("--keep", type=Path, help="database that is made there, or taken from there")
    parser.add_argument("--only", default="", help="pages whose name has this in it")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        path = asked.keep or Path(directory) / "radio.db"
        if not path.exists():
            fill(path, communes=asked.communes, days=asked.days)
        store = open_as_it_is(f"sqlite:///{path}")
        told = _measured(store, Path(directory), times=asked.times, only=asked.only)
        store.close()
    worst = max(each.p95 for page in told.values() for each in page.values())
    print(
        json.dumps(
            {
                "name": "page_times",
                "value": worst,
                "unit": "ms",
                "goal": GOAL_MS,
                "holds": worst <= GOAL_MS,
                "detail": {name: {how: asdict(each) for how, each in page.items()} for name, page in told.items()},
            }
        )
    )


def _measured(store: SqlStore, directory: Path, *, times: int, only: str) -> dict[str, dict[str, Times]]:
    work = Work()
    app = pages(store, directory / "var", work)
    found: dict[str, dict[str, Times]] = {}
    for login, addresses in _addresses(store).items():
        client = app.test_client()
        _sign_in(client, login)
        for name, address in addresses.items():
            if only in name:
                _opened(client, address)  # templates are compiled
                found[name] = {
                    "as it stands": _times(client, address, times),
                    "after an edit": _times(client, address, times, before=partial(edit_elsewhere, store)),
                }
                print(name, *(f"{how}: {each}" for how, each in found[name].items()), sep="; ", flush=True)
    work.close()
    return found


def _times(client: FlaskClient, address: str, times: int, before: Callable[[], None] = lambda: None) -> Times:
    taken = []
    for _ in range(times):
        before()
        taken.append(_opened(client, address))
    wall, worked = (sorted(1000 * each[of] for each in taken) for of in (0, 1))
    return Times(*(round(each, 1) for each in (median(wall), wall[int(0.95 * times) - 1], median(worked))))


def _opened(client: FlaskClient, address: str) -> tuple[float, float]:
    """Open a page; give how long it took and how much of that the processor worked, in seconds."""
    began, worked = time.perf_counter(), time.process_time()
    answer = client.get(address, buffered=True)
    taken = time.perf_counter() - began, time.process_time() - worked
    assert answer.status_code == 200, (answer.status_code, address)
    return taken


def _addresses(store: SqlStore) -> dict[str, dict[str, str]]:
    here, yesterday = f"/stations/{STATION}", (TODAY - DAY).isoformat()
    with store.reading() as uow:
        pole = next(each for each in uow.places.loudspeakers() if each.zone == "z0")
        programme = uow.programmes.all()[0].programme.id
    a_month_ago = (TODAY - 30 * DAY).isoformat()
    story = f"{here}/log/z0/z0-{yesterday}-0/{pole.id}"
    return {
        "officer": {
            "today": f"{here}/today",
            "week": f"{here}/week",
            "log": f"{here}/log",
            "log, yesterday": f"{here}/log?day={yesterday}",
            "story": story,
            "loudspeakers": f"{here}/loudspeakers",
            "loudspeaker": f"{here}/loudspeakers/{pole.id}",
            "approvals": f"{here}/approvals",
            "programmes": f"{here}/programmes",
            "programme": f"{here}/programmes/{programme}",
            "inspection, own station": f"/inspection?first={yesterday}&last={yesterday}",
            "days, own station": "/inspection/days",
        },
        "inspector": {
            "stations": "/stations",
            "inspection": f"/inspection?first={yesterday}&last={yesterday}",
            "inspection, missed in a month": f"/inspection?first={a_month_ago}&last={yesterday}&verdict=missed",
            "days": "/inspection/days",
            "days of a month": f"/inspection/days?first={a_month_ago}&last={yesterday}",
        },
    }


def _sign_in(client: FlaskClient, login: str) -> None:
    token = re.search(r'<meta name="csrf-token" content="([^"]+)"', client.get("/sign-in").text)
    assert token
    client.post("/sign-in", data={"csrf_token": token[1], "login": login, "password": PASSWORD})


if __name__ == "__main__":
    main()
