"""Who may ask for what: every call of the API is tried without a token, without its scope, and by the wrong person.

A new call has to be given an example here before anything else.
"""

from dataclasses import dataclass, replace

import pytest
from flask import Flask

from schedules.ids import UnitId
from server.token_records import Scope
from tests.fakes.store import FakeStore
from tests.server.api.conftest import EVERY_SCOPE, Asks, Program
from tests.server.web.commune import (
    APPROVER,
    INSPECTOR,
    NEIGHBOUR,
    OFFICER,
    SON_HA,
    TECHNICIAN,
)

DRAFT = {"title": "Cắt điện", "kind": "notice"}
SLOT = {
    "target": {"zones": ["lang-moi"]},
    "timing": {"kind": "at_time", "first_day": "2026-11-24", "at": "17:30"},
}
OUTAGE = {"zones": ["go-sim"], "since": "2026-11-24T00:00:00Z", "until": "2026-11-24T08:00:00Z"}
A_DAY = "since=2026-11-23T00:00:00Z&until=2026-11-24T00:00:00Z"


@dataclass(frozen=True)
class Call:
    """One call of the API that the officer of Sơn Hà may make; `{}` stands for what was made before."""

    method: str
    path: str
    scope: Scope = Scope.READ
    body: object = None
    edits: bool = False
    everybody: bool = False


CALLS = {
    "places.units": Call("GET", "/units", everybody=True),
    "places.zones": Call("GET", "/units/son-ha/zones"),
    "places.loudspeakers": Call("GET", "/units/son-ha/loudspeakers"),
    "places.loudspeaker": Call("GET", "/loudspeakers/loa-1"),
    "programmes.listed": Call("GET", "/programmes", everybody=True),
    "programmes.one": Call("GET", "/programmes/nhac"),
    "programmes.create": Call("POST", "/units/son-ha/programmes", Scope.PROGRAMMES, DRAFT),
    "programmes.edit": Call("PUT", "/programmes/{programme}", Scope.PROGRAMMES, DRAFT, edits=True),
    "programmes.submit": Call("POST", "/programmes/{ready}/submit", Scope.PROGRAMMES, edits=True),
    "programmes.withdraw": Call("POST", "/programmes/vov1/withdraw", Scope.PROGRAMMES, {}, edits=True),
    "sounds.bring": Call("POST", "/programmes/{programme}/takes", Scope.PROGRAMMES, b"sound"),
    "sounds.one": Call("GET", "/takes/{take}"),
    "sounds.cancel": Call("POST", "/takes/{take}/cancel", Scope.PROGRAMMES),
    "slots.listed": Call("GET", "/programmes/{programme}/slots"),
    "slots.one": Call("GET", "/programmes/{programme}/slots/{slot}"),
    "slots.book": Call("POST", "/programmes/{programme}/slots", Scope.SCHEDULE, SLOT),
    "slots.change": Call("PUT", "/slots/{slot}", Scope.SCHEDULE, SLOT, edits=True),
    "slots.remove": Call("DELETE", "/slots/{slot}", Scope.SCHEDULE, edits=True),
    "plan.templates": Call("GET", "/units/son-ha/templates"),
    "plan.rundown": Call("GET", "/zones/lang-moi/rundown?day=2026-11-23"),
    "log.rows": Call("GET", f"/units/son-ha/log?{A_DAY}"),
    "log.coverage": Call("GET", "/units/son-ha/coverage?first=2026-11-23&last=2026-11-23"),
    "watch.alarms": Call("GET", "/units/son-ha/alarms"),
    "watch.digests": Call("GET", "/units/son-ha/digests"),
    "watch.emergencies": Call("GET", "/units/son-ha/emergencies"),
    "outages.listed": Call("GET", "/units/son-ha/outages"),
    "outages.plan": Call("POST", "/units/son-ha/outages", Scope.OUTAGES, OUTAGE),
    "outages.end": Call("POST", "/units/son-ha/outages/{outage}/end", Scope.OUTAGES),
    "commands.recent": Call("GET", "/loudspeakers/loa-1/commands"),
    "commands.give": Call("POST", "/loudspeakers/loa-1/commands", Scope.LOUDSPEAKERS, {"what": "resync"}),
    "upkeep.lock": Call("PUT", "/loudspeakers/loa-1/lock", Scope.LOUDSPEAKERS, {"minutes": 30, "reason": "Thay loa"}),
    "upkeep.unlock": Call("DELETE", "/loudspeakers/loa-1/lock", Scope.LOUDSPEAKERS),
    "upkeep.volume": Call("PUT", "/loudspeakers/loa-1/volume", Scope.LOUDSPEAKERS, {"volume": 60}, edits=True),
}
OF_TECHNICIANS = {"upkeep.volume"}
"""What takes more than an officer."""

OPEN = {"openapi.spec", "page"}
"""What describes the API, and is there for everybody."""


@pytest.fixture
def made(program: Asks) -> dict[str, str]:
    """Give what the officer has made: a draft with a slot, a sound on its way and an outage."""
    officer = program(OFFICER)
    draft = _made(officer, "/units/son-ha/programmes", DRAFT)
    return {
        "programme": draft,
        "ready": draft,
        "slot": _made(officer, f"/programmes/{draft}/slots", SLOT),
        "take": _made(officer, f"/programmes/{draft}/takes", b"sound"),
        "outage": _made(officer, "/units/son-ha/outages", OUTAGE),
    }


def _made(officer: Program, path: str, body: object) -> str:
    answer = officer.writes("POST", path, body)
    assert answer.json
    return str(answer.json["id"])


def asked(program: Program, call: Call, made: dict[str, str]) -> tuple[int, str]:
    """Make a call; give the status, and the code where it was a problem."""
    path = call.path.format(**made)
    if call.method == "GET":
        answer = program.reads(path)
    else:
        version = '"1"' if call.edits else None
        answer = program.writes(call.method, path, call.body, version=version)
    told = answer.get_json()
    return answer.status_code, told["type"] if answer.status_code >= 400 else ""


def test_every_call_has_its_example(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} - OPEN == set(CALLS)


@pytest.mark.parametrize("name", sorted(CALLS))
def test_without_a_token_nothing_is_answered(app: Flask, name: str) -> None:
    there = dict.fromkeys(("programme", "ready", "slot", "take", "outage"), "x")

    assert asked(Program(app), CALLS[name], there) == (401, "api.no_token")
    assert asked(Program(app, "1234.5678"), CALLS[name], there) == (401, "api.no_token")


@pytest.mark.parametrize("name", sorted(CALLS))
def test_a_token_without_the_scope_is_refused(program: Asks, made: dict[str, str], name: str) -> None:
    call = CALLS[name]

    assert asked(program(OFFICER, EVERY_SCOPE - {call.scope}), call, made) == (403, "api_token.scope")


@pytest.mark.parametrize("name", sorted(CALLS))
def test_somebody_of_another_commune_is_refused(
    program: Asks, store: FakeStore, made: dict[str, str], name: str
) -> None:
    call, before = CALLS[name], store.kept.programmes

    status, code = asked(program(NEIGHBOUR), call, made)

    if call.everybody:
        assert status == 200
    else:
        assert (status, code) in {
            (403, "rights.missing"),
            (404, "programme.unknown"),
            (404, "slot.unknown"),
            (404, "take.unknown"),
        }
    assert store.kept.programmes == before


@pytest.mark.parametrize("name", sorted(name for name, call in CALLS.items() if call.path.startswith("/units/")))
def test_a_token_for_a_hamlet_reaches_no_further(program: Asks, made: dict[str, str], name: str) -> None:
    hamlet = program(OFFICER, unit=UnitId("thon-dong-bang"))

    assert asked(hamlet, CALLS[name], made) == (403, "rights.missing")


@pytest.mark.parametrize("name", sorted(name for name, call in CALLS.items() if call.scope is not Scope.READ))
def test_who_only_looks_or_approves_writes_nothing(program: Asks, made: dict[str, str], name: str) -> None:
    for account in (INSPECTOR, APPROVER):
        status, code = asked(program(account), CALLS[name], made)

        assert (status, code) == (403, "api_token.scope")


@pytest.mark.parametrize("name", sorted(CALLS))
def test_who_may_is_answered(program: Asks, made: dict[str, str], name: str) -> None:
    account = TECHNICIAN if name in OF_TECHNICIANS else OFFICER

    status, code = asked(program(account), CALLS[name], made)

    if CALLS[name].edits:
        assert (status, code) in {(200, ""), (412, "edit.stale"), (422, "programme.obstacles")}
    else:
        assert status in {200, 201, 202}


@pytest.mark.parametrize(
    ("name", "subject"), [("log.rows", "log 20261123-20261124"), ("log.coverage", "coverage 20261123-20261123")]
)
def test_a_program_that_reads_evidence_is_written_down(
    program: Asks, made: dict[str, str], store: FakeStore, name: str, subject: str
) -> None:
    inspector = program(INSPECTOR)

    asked(inspector, CALLS[name], made)

    line = store.kept.audit[-1]
    assert (line.action, line.by, line.subject, line.unit) == ("evidence.read", INSPECTOR.login, subject, SON_HA)
    assert line.details["token"] == inspector.token.partition(".")[0]


def test_a_token_never_approves_issues_or_gives_rights(app: Flask) -> None:
    writing = {rule.rule for rule in app.url_map.iter_rules() if rule.methods and rule.methods & {"POST", "PUT"}}

    assert not any(word in rule for rule in writing for word in ("approv", "emergenc", "people", "roles", "silence"))


def test_a_person_without_a_role_left_has_tokens_that_open_nothing(program: Asks, store: FakeStore) -> None:
    officer = program(OFFICER)
    with store.writing() as uow:
        person = next(each for each in uow.people.of_unit(SON_HA) if each.login == OFFICER.login)
        uow.people.put(replace(person, roles=frozenset()))
        uow.commit()

    assert asked(officer, CALLS["places.units"], {}) == (403, "api_token.person")
