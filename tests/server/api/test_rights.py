"""Who may ask for what: every call of the API is tried without a token, without its scope, and by the wrong person.

A new call has to be given an example here before anything else.
"""

from dataclasses import dataclass, replace

import pytest
from flask import Flask

from schedules.ids import LoudspeakerId, PersonId, UnitId
from server.readiness_records import Alarm
from server.token_records import Scope
from server.values import Role
from tests.fakes.store import FakeStore
from tests.server.api.conftest import EVERY_SCOPE, HEAD, Asks, Program
from tests.server.web.commune import (
    ADMINISTRATOR,
    APPROVER,
    INSPECTOR,
    MONDAY_BEFORE_DAWN,
    NEIGHBOUR,
    OFFICER,
    SON_HA,
    TECHNICIAN,
    Account,
)

DRAFT = {"title": "Cắt điện", "kind": "notice"}
SLOT = {
    "target": {"zones": ["lang-moi"]},
    "timing": {"kind": "at_time", "first_day": "2026-11-24", "at": "17:30"},
}
OUTAGE = {"zones": ["go-sim"], "since": "2026-11-24T00:00:00Z", "until": "2026-11-24T08:00:00Z"}
CAMPAIGN = {
    "title": "Phòng chống bão",
    "basis": "15/KH-UBND",
    "basis_dated": "2026-11-02",
    "first_day": "2026-11-24",
    "last_day": "2026-11-30",
    "goals": [{"units": ["son-ha"], "plays_a_day": 1, "days": 2}],
}
TEMPLATE = {
    "session": "morning",
    "name": "Buổi sáng thử",
    "starts": "05:30",
    "ends": "06:30",
    "first_day": "2026-12-01",
    "places": [{"name": "Thông báo", "minutes": 5}],
}
GROUP = {"name": "Ven sông", "zones": ["lang-moi"]}
HANDED_IN = {"zones": ["lang-moi"], "title": "Họp thôn", "text": "Tối nay họp thôn."}
ZONE = {"name": "Xóm Mới", "languages": ["vi"]}
LOUDSPEAKER = {"name": "Cổng chợ"}
SUSPENSION = {
    "number": "7/QĐ",
    "signed_on": "2026-11-22",
    "signer": "Chủ tịch",
    "reason": "Thi tốt nghiệp",
    "first_day": "2026-11-24",
    "last_day": "2026-11-25",
    "kinds": ["music"],
}
RULE = {"session": "noon", "earliest": "11:00", "latest": "11:30", "max_minutes": 30}
OPENING = {**{name: value for name, value in SUSPENSION.items() if name != "kinds"}, "number": "8/QĐ", "rule": RULE}
REGULATION = {
    "number": "9/QC",
    "signed_on": "2026-11-22",
    "signer": "Chủ tịch",
    "valid_from": "2026-12-01",
    "sessions": [{**RULE, "session": "morning", "earliest": "05:30", "latest": "06:30"}],
    "max_minutes_a_day": 30,
    "kinds": ["bulletin", "notice"],
}
OVERRIDE = {"slot": "x", "start": "2026-11-24T15:00:00Z", "reason": "Bão"}
FAULT = {"loudspeakers": ["loa-1"], "kind": "no_sound"}
ENDING = {"faults": ["none"], "outcome": "repaired", "done": "Thay loa"}
RECORD = {"record": "0" * 64}
A_WEEK = {"monday": "2026-11-23", "to": "2026-11-30"}
ALARM = Alarm(
    id="alarm-1",
    code="alarm.unknown",
    unit=SON_HA,
    subjects=(LoudspeakerId("loa-1"),),
    values=(),
    remedy="",
    began=MONDAY_BEFORE_DAWN,
    most=1,
)
A_DAY = "since=2026-11-23T00:00:00Z&until=2026-11-24T00:00:00Z"
SOME_DAYS = "first=2026-11-22&last=2026-11-23"


@dataclass(frozen=True)
class Call:
    """One call of the API that somebody of Sơn Hà may make; `{}` stands for what was made before.

    Attributes:
        refused: the code where the example asks for what the commune has nothing of; done for good elsewhere.
    """

    method: str
    path: str
    scope: Scope = Scope.READ
    body: object = None
    edits: bool = False
    everybody: bool = False
    by: Account = OFFICER
    refused: str = ""


CALLS = {
    "units.list": Call("GET", "/units", everybody=True),
    "zones.list": Call("GET", "/units/son-ha/zones"),
    "zones.get": Call("GET", "/zones/lang-moi"),
    "zones.make": Call("POST", "/units/son-ha/zones", Scope.LOUDSPEAKERS, {**ZONE, "stands_in": "thon-go-sim"}),
    "zones.change": Call("PUT", "/zones/lang-moi", Scope.LOUDSPEAKERS, ZONE, edits=True),
    "loudspeakers.list": Call("GET", "/units/son-ha/loudspeakers"),
    "loudspeakers.get": Call("GET", "/loudspeakers/loa-1"),
    "loudspeakers.create": Call(
        "POST", "/units/son-ha/loudspeakers", Scope.LOUDSPEAKERS, {**LOUDSPEAKER, "zone": "go-sim"}, by=TECHNICIAN
    ),
    "loudspeakers.describe": Call(
        "PUT", "/loudspeakers/loa-1", Scope.LOUDSPEAKERS, LOUDSPEAKER, edits=True, by=TECHNICIAN
    ),
    "loudspeakers.move": Call(
        "POST", "/loudspeakers/loa-1/move", Scope.LOUDSPEAKERS, {"zone": "go-sim"}, edits=True, by=TECHNICIAN
    ),
    "loudspeakers.replace": Call(
        "POST", "/loudspeakers/loa-1/replace", Scope.LOUDSPEAKERS, {"reason": "Sét"}, edits=True, by=TECHNICIAN
    ),
    "loudspeakers.retire": Call(
        "POST", "/loudspeakers/loa-1/retire", Scope.LOUDSPEAKERS, {"reason": "Sét"}, edits=True, by=TECHNICIAN
    ),
    "upkeep.lock": Call("PUT", "/loudspeakers/loa-1/lock", Scope.LOUDSPEAKERS, {"minutes": 30, "reason": "Thay loa"}),
    "upkeep.unlock": Call("DELETE", "/loudspeakers/loa-1/lock", Scope.LOUDSPEAKERS),
    "upkeep.position": Call(
        "PUT",
        "/loudspeakers/loa-1/position",
        Scope.LOUDSPEAKERS,
        {"north": 15.04, "east": 108.47},
        edits=True,
        by=TECHNICIAN,
    ),
    "upkeep.volume": Call(
        "PUT", "/loudspeakers/loa-1/volume", Scope.LOUDSPEAKERS, {"volume": 60}, edits=True, by=TECHNICIAN
    ),
    "faults.list": Call("GET", "/units/son-ha/faults"),
    "faults.note": Call("POST", "/faults", Scope.LOUDSPEAKERS, FAULT),
    "faults.end": Call("POST", "/faults/end", Scope.LOUDSPEAKERS, ENDING, refused="fault.unknown"),
    "commands.recent": Call("GET", "/loudspeakers/loa-1/commands"),
    "commands.of_station": Call("GET", "/units/son-ha/commands"),
    "commands.give": Call("POST", "/loudspeakers/loa-1/commands", Scope.LOUDSPEAKERS, {"what": "resync"}),
    "commands.give_several": Call("POST", "/units/son-ha/commands", Scope.LOUDSPEAKERS, {"what": "resync"}),
    "programmes.list": Call("GET", "/programmes", everybody=True),
    "programmes.get": Call("GET", "/programmes/nhac"),
    "programmes.create": Call("POST", "/units/son-ha/programmes", Scope.PROGRAMMES, DRAFT),
    "programmes.edit": Call("PUT", "/programmes/{programme}", Scope.PROGRAMMES, DRAFT, edits=True),
    "programmes.submit": Call(
        "POST", "/programmes/{programme}/submit", Scope.PROGRAMMES, edits=True, refused="programme.obstacles"
    ),
    "programmes.withdraw": Call("POST", "/programmes/vov1/withdraw", Scope.PROGRAMMES, {}, edits=True),
    "sounds.bring": Call("POST", "/programmes/{programme}/takes", Scope.PROGRAMMES, b"sound"),
    "sounds.speak": Call("POST", "/programmes/{programme}/voice", Scope.PROGRAMMES, {"text": "Từ 7 giờ"}),
    "sounds.get": Call("GET", "/takes/{take}"),
    "sounds.cancel": Call("POST", "/takes/{take}/cancel", Scope.PROGRAMMES),
    "sounds.remove": Call("DELETE", "/programmes/nhac/sounds/vi", Scope.PROGRAMMES, edits=True),
    "substitutions.list": Call("GET", "/programmes/nhac/instead"),
    "substitutions.choose": Call(
        "PUT",
        "/programmes/nhac/instead",
        Scope.SCHEDULE,
        {"zones": ["lang-moi"], "language": "vi"},
        refused="substitution.not_needed",
    ),
    "slots.list": Call("GET", "/programmes/{programme}/slots"),
    "slots.get": Call("GET", "/slots/{slot}"),
    "slots.book": Call("POST", "/programmes/{programme}/slots", Scope.SCHEDULE, SLOT),
    "slots.change": Call("PUT", "/slots/{slot}", Scope.SCHEDULE, SLOT, edits=True),
    "slots.remove": Call("DELETE", "/slots/{slot}", Scope.SCHEDULE, edits=True),
    "week.foresee_copy": Call("GET", "/units/son-ha/week/copies?monday=2026-11-23&to=2026-11-30", Scope.SCHEDULE),
    "week.copy": Call(
        "POST", "/units/son-ha/week/copies", Scope.SCHEDULE, {**A_WEEK, "slots": []}, refused="week.nothing_to_copy"
    ),
    "week.move": Call(
        "POST", "/slots/{slot}/move", Scope.SCHEDULE, {"day": "2026-11-24", "to": "2026-11-25"}, edits=True
    ),
    "week.leave_out": Call(
        "POST", "/slots/{slot}/leave-out", Scope.SCHEDULE, {"start": "2026-11-24T10:30:00Z"}, edits=True
    ),
    "priorities.list": Call("GET", "/units/son-ha/priorities"),
    "priorities.order": Call(
        "PUT", "/units/son-ha/priorities", Scope.SCHEDULE, {"keys": []}, edits=True, refused="api.other_version"
    ),
    "place_order.shown": Call("GET", "/units/son-ha/places/sang-thong-bao/order"),
    "place_order.order": Call(
        "PUT",
        "/units/son-ha/places/sang-thong-bao/order",
        Scope.SCHEDULE,
        {"slots": []},
        edits=True,
        refused="api.other_version",
    ),
    "templates.list": Call("GET", "/units/son-ha/templates"),
    "templates.get": Call("GET", "/templates/buoi-sang"),
    "templates.create": Call("POST", "/units/son-ha/templates", Scope.SCHEDULE, TEMPLATE),
    "templates.change": Call("PUT", "/templates/buoi-sang", Scope.SCHEDULE, TEMPLATE, edits=True),
    "templates.drop": Call(
        "DELETE", "/templates/buoi-sang", Scope.SCHEDULE, edits=True, refused="template.was_approved"
    ),
    "campaigns.list": Call("GET", "/units/son-ha/campaigns"),
    "campaigns.get": Call("GET", "/campaigns/{campaign}", Scope.SCHEDULE),
    "campaigns.progress": Call("GET", "/units/son-ha/campaigns/{campaign}", refused="campaign.unknown"),
    "campaigns.create": Call("POST", "/units/son-ha/campaigns", Scope.SCHEDULE, CAMPAIGN),
    "campaigns.change": Call("PUT", "/campaigns/{campaign}", Scope.SCHEDULE, CAMPAIGN, edits=True),
    "campaigns.put_in": Call(
        "POST", "/campaigns/{campaign}/programmes", Scope.SCHEDULE, {"programme": "nhac"}, edits=True
    ),
    "campaigns.take_out": Call(
        "DELETE", "/campaigns/{campaign}/programmes/nhac", Scope.SCHEDULE, edits=True, refused="programme.unknown"
    ),
    "campaigns.start": Call(
        "POST", "/campaigns/{campaign}/start", Scope.SCHEDULE, edits=True, refused="campaign.impossible"
    ),
    "campaigns.end": Call("POST", "/campaigns/{campaign}/end", Scope.SCHEDULE, edits=True),
    "contributions.own": Call("GET", "/contributions", Scope.CONTRIBUTIONS, everybody=True, by=HEAD),
    "contributions.send": Call("POST", "/contributions", Scope.CONTRIBUTIONS, HANDED_IN, by=HEAD),
    "contributions.send_recording": Call(
        "POST", "/contributions/recordings?zones=lang-moi&title=Tin", Scope.CONTRIBUTIONS, b"sound", by=HEAD
    ),
    "contributions.list": Call("GET", "/units/son-ha/contributions"),
    "contributions.get": Call("GET", "/contributions/{contribution}"),
    "contributions.accept": Call("POST", "/contributions/{contribution}/accept", Scope.PROGRAMMES),
    "contributions.decline": Call(
        "POST", "/contributions/{contribution}/decline", Scope.PROGRAMMES, {"reason": "Đã phát hôm qua"}
    ),
    "offers.list": Call("GET", "/units/son-ha/offers"),
    "offers.results": Call("GET", "/programmes/nhac/offers"),
    "offers.accept": Call(
        "POST", "/units/son-ha/offers/{slot}/accept", Scope.SCHEDULE, RECORD, refused="offer.unknown"
    ),
    "offers.refuse": Call(
        "POST",
        "/units/son-ha/offers/{slot}/refuse",
        Scope.SCHEDULE,
        {**RECORD, "reason": "Trùng"},
        refused="offer.unknown",
    ),
    "groups.list": Call("GET", "/units/son-ha/groups"),
    "groups.get": Call("GET", "/groups/{group}"),
    "groups.make": Call("POST", "/units/son-ha/groups", Scope.SCHEDULE, GROUP),
    "groups.change": Call("PUT", "/groups/{group}", Scope.SCHEDULE, GROUP, edits=True),
    "groups.remove": Call("DELETE", "/groups/{group}", Scope.SCHEDULE),
    "plan.rundown": Call("GET", "/zones/lang-moi/rundown?day=2026-11-23"),
    "log.rows": Call("GET", f"/units/son-ha/log?{A_DAY}"),
    "log.coverage": Call("GET", f"/units/son-ha/coverage?{SOME_DAYS}"),
    "inspection.matrix": Call("GET", f"/units/son-ha/matrix?{SOME_DAYS}"),
    "inspection.plays": Call("GET", f"/units/son-ha/plays?{SOME_DAYS}"),
    "royalties.sheet": Call("GET", "/units/son-ha/royalties?day=2026-11-23"),
    "watch.alarms": Call("GET", "/units/son-ha/alarms"),
    "watch.seen": Call("POST", "/alarms/{alarm}/seen", Scope.OUTAGES),
    "watch.digests": Call("GET", "/units/son-ha/digests"),
    "watch.digest": Call("GET", "/units/son-ha/digests/none", refused="digest.unknown"),
    "emergencies.list": Call("GET", "/units/son-ha/emergencies"),
    "emergencies.exercises": Call("GET", "/units/son-ha/exercises"),
    "outages.list": Call("GET", "/units/son-ha/outages"),
    "outages.plan": Call("POST", "/units/son-ha/outages", Scope.OUTAGES, OUTAGE),
    "outages.end": Call("POST", "/units/son-ha/outages/{outage}/end", Scope.OUTAGES),
    "regulation.of_station": Call("GET", "/units/son-ha/regulation"),
    "regulation.propose": Call("POST", "/units/son-ha/regulation", Scope.REGULATION, REGULATION),
    "regulation.open_session": Call("POST", "/units/son-ha/regulation/openings", Scope.REGULATION, OPENING),
    "regulation.suspend": Call("POST", "/units/son-ha/regulation/suspensions", Scope.REGULATION, SUSPENSION),
    "regulation.ask": Call(
        "POST", "/units/son-ha/regulation/overrides", Scope.SCHEDULE, OVERRIDE, refused="override.not_needed"
    ),
    "regulation.withdraw": Call("POST", "/proposals/{proposal}/withdraw", Scope.REGULATION),
    "people.list": Call("GET", "/units/son-ha/people", Scope.AUDIT, by=ADMINISTRATOR),
    "audit.list": Call("GET", "/units/son-ha/audit", Scope.AUDIT, by=INSPECTOR),
}

OPEN = {"openapi.spec", "page"}
"""What describes the API, and is there for everybody."""


PARTS = ("programme", "slot", "take", "outage", "campaign", "group", "alarm", "proposal", "contribution")


@pytest.fixture
def made(program: Asks, store: FakeStore) -> dict[str, str]:
    """Give what the officer has made, one of each, and an alarm."""
    officer = program(OFFICER)
    draft = _made(officer, "/units/son-ha/programmes", DRAFT)
    with store.writing() as uow:
        uow.alarms.put(ALARM)
        uow.commit()
    head = program(HEAD)
    return {
        "programme": draft,
        "slot": _made(officer, f"/programmes/{draft}/slots", SLOT),
        "take": _made(officer, f"/programmes/{draft}/takes", b"sound"),
        "outage": _made(officer, "/units/son-ha/outages", OUTAGE),
        "campaign": _made(officer, "/units/son-ha/campaigns", CAMPAIGN),
        "group": _made(officer, "/units/son-ha/groups", GROUP),
        "alarm": ALARM.id,
        "contribution": _made(head, "/contributions", HANDED_IN),
        "proposal": _made(officer, "/units/son-ha/regulation/openings", {**OPENING, "number": "6/QĐ"}),
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
    there = dict.fromkeys(PARTS, "x")

    assert asked(Program(app), CALLS[name], there) == (401, "api.no_token")
    assert asked(Program(app, "1234.5678"), CALLS[name], there) == (401, "api.no_token")


@pytest.mark.parametrize("name", sorted(CALLS))
def test_a_token_without_the_scope_is_refused(program: Asks, made: dict[str, str], name: str) -> None:
    call = CALLS[name]

    assert asked(program(call.by, EVERY_SCOPE - {call.scope}), call, made) == (403, "api_token.scope")


@pytest.mark.parametrize("name", sorted(CALLS))
def test_somebody_of_another_commune_is_refused(
    program: Asks, store: FakeStore, made: dict[str, str], name: str
) -> None:
    call, before = CALLS[name], store.kept.programmes
    with store.writing() as uow:
        neighbour = uow.people.get(PersonId(NEIGHBOUR.login))
        assert neighbour is not None
        uow.people.put(replace(neighbour, roles=frozenset(Role)))
        uow.commit()

    status, code = asked(program(NEIGHBOUR), call, made)

    if call.everybody:
        assert status == 200
    else:
        assert (status, code) in {
            (403, "rights.missing"),
            (404, "campaign.unknown"),
            (404, "fault.unknown"),
            (404, "programme.unknown"),
            (404, "slot.unknown"),
            (404, "take.unknown"),
            (404, "template.unknown"),
        }
    assert store.kept.programmes == before


@pytest.mark.parametrize("name", sorted(name for name, call in CALLS.items() if call.path.startswith("/units/")))
def test_a_token_for_a_hamlet_reaches_no_further(program: Asks, made: dict[str, str], name: str) -> None:
    hamlet = program(CALLS[name].by, unit=UnitId("thon-dong-bang"))

    assert asked(hamlet, CALLS[name], made) == (403, "rights.missing")


@pytest.mark.parametrize("name", sorted(name for name, call in CALLS.items() if call.method != "GET"))
def test_who_only_looks_or_approves_writes_nothing(program: Asks, made: dict[str, str], name: str) -> None:
    for account in (INSPECTOR, APPROVER):
        status, code = asked(program(account), CALLS[name], made)

        assert (status, code) == (403, "api_token.scope")


@pytest.mark.parametrize("name", sorted(CALLS))
def test_who_may_is_answered(program: Asks, made: dict[str, str], name: str) -> None:
    call = CALLS[name]

    status, code = asked(program(call.by), call, made)

    if call.refused:
        assert code == call.refused
    elif call.edits:
        assert (status, code) in {(200, ""), (412, "edit.stale"), (412, "edit.overtaken")}
    else:
        assert status in {200, 201, 202}


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("log.rows", "log 20261123-20261124"),
        ("log.coverage", "coverage 20261122-20261123"),
        ("inspection.plays", "plays 20261122-20261123"),
        ("royalties.sheet", "royalties 202611"),
    ],
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

    assert asked(officer, CALLS["units.list"], {}) == (403, "api_token.person")
