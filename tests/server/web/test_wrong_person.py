"""Somebody with every role in the neighbouring commune tries every address there is, with all that belongs to this one.

A new page is tried by itself; a parameter of an address that is new has to be given something of this commune first.
"""

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import cast

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from schedules.emergency import Certainty, Event, Exercise, Severity, Urgency
from schedules.ids import ExerciseId, LoudspeakerId, PersonId, ProgrammeId, Sha256, UnitId
from schedules.programme import Kind
from schedules.regulation import Suspension
from schedules.wire.command import What
from server.approving_records import Matter, Means, OutsideApproval
from server.command_records import Diagnostics
from server.emergency_records import ExerciseWords
from server.fault_records import FaultKind
from server.services import alarms, api_tokens, commands, delegations, emergencies, faults, grants, signing_in
from server.services.api_tokens import NewToken
from server.services.emergency_board import board
from server.services.emergency_issue import Wanted
from server.token_records import Scope
from server.values import Person, Proposal, Role
from tests.browser import furnished
from tests.browser.site import Site
from tests.fakes.clock import FakeClock
from tests.fakes.hashing import FakeHashing
from tests.fakes.kept import Kept
from tests.fakes.store import FakeStore
from tests.server.web.commune import (
    ADMINISTRATOR,
    APPROVER,
    BOTH,
    LANG_MOI,
    OFFICER,
    PASSWORD,
    SON_HA,
    SON_LINH,
    TECHNICIAN,
    Account,
    admit,
    recording_of,
)
from tests.server.web.conftest import OneSound, Visitor, text_of

Visit = Callable[[Account], Visitor]
PHOTO = b"\xff\xd8\xff\xe0 a signed paper"
SOUND = sha256(b"not really sound" * 64).hexdigest()

INTRUDER = Account("ke-la", "Lê Văn Lạ", frozenset(Role), SON_LINH)
"""Every role there is, in the wrong place."""

OF_ONESELF = {
    "account": "one's own account",
    "second_factor": "one's own factor",
    "browsers.end_all": "one's own browsers",
    "browsers.listed": "one's own browsers",
    "api_tokens.listed": "one's own tokens",
    "api_tokens.make": "tokens of one's own, tried in the tests of tokens",
    "start": "leads to one's own station",
    "styleguide": "the parts of pages, of nobody",
    "health": "says that the centre is alive",
    "agent_door": "the door of devices, which prove themselves by keys",
    "phone_approval": "the token in the address stands for its approver",
    "languages.listed": "everybody may read the list",
    "audio.recording": "what is in force is heard over the roofs; the rest is tried in the tests of recordings",
    "inspection.save": "views of one's own",
    "static": "files everybody may read",
}
"""What belongs to whoever looks, or to everybody, by blueprint or by page."""

OTHERS = {
    "accounts.agree": {"proposal": "grant"},
    "accounts.call_off": {"proposal": "grant"},
    "approvals.approve_session": {"template": "changed_template"},
    "approvals.send_back_session": {"template": "changed_template"},
    "approvals.session": {"template": "changed_template"},
    "approval_links.ask_for_session": {"template": "changed_template"},
    "approval_links.make_for_session": {"template": "changed_template"},
    "outside_approvals.enter_for_session": {"template": "changed_template"},
    "break_glass.begin": {"template": "text"},
    "emergency_settings.approve": {"template": "text"},
    "regulation.accept": {"proposal": "rule"},
    "regulation.refuse": {"proposal": "rule"},
    "units.change_group": {"unit_id": "station_id"},
    "units.remove_group": {"unit_id": "station_id"},
    "summaries.summary": {"unit_id": "station_id"},
    "zones.change": {"unit_id": "station_id"},
    "zones.make": {"unit_id": "station_id"},
}
"""Where a parameter of an address means something else than everywhere else."""

NAMES_NO_ONE = {"station_id", "unit_id", "kind", "language"}
"""Parameters that name no single thing of a commune."""

SAYS_SO_IN_PLACE = {"takes.add"}
"""Refuses with 422, in the place on the page where the file was to go."""

SECRETS = ("Làng Mới", "Gò Sim", "Ngã ba chợ", "tiêm chủng", "Cháy rừng", "sốt xuất huyết", "Vùng lũ", "218/TB")
"""What only people of Sơn Hà read."""


@dataclass
class Neighbourhood:
    """Both communes, the ids of what there is in Sơn Hà by their names in addresses, and everything as it was."""

    app: Flask
    store: FakeStore
    ids: Mapping[str, str]
    before: Kept
    intruder: Visitor

    def rules(self, method: str) -> Iterator[Rule]:
        for rule in self.app.url_map.iter_rules():
            name, screen = rule.endpoint, rule.endpoint.split(".")[0]
            if method in (rule.methods or ()) and name not in OF_ONESELF and screen not in OF_ONESELF:
                yield rule

    def address(self, rule: Rule, **changes: str) -> str:
        other = OTHERS.get(rule.endpoint, {})
        values = {name: {**self.ids, **changes}[other.get(name, name)] for name in rule.arguments}
        values = {name: changes.get(name, value) for name, value in values.items()}
        built = rule.build(values)
        assert built is not None, rule.rule
        return built[1]

    def anew(self) -> None:
        """Let nothing have happened; whoever is signed in stays so."""
        sign_ins = self.store.kept.accounts.sign_ins
        self.store.kept = copy(self.before)
        self.store.kept.accounts.sign_ins.update(sign_ins)


def somebody(store: FakeStore, account: Account) -> Person:
    return store.kept.people[PersonId(account.login)]


@pytest.fixture
def there(
    app: Flask,
    store: FakeStore,
    clock: FakeClock,
    sound: OneSound,
    tmp_path: Path,
    visit: Visit,
    monkeypatch: pytest.MonkeyPatch,
) -> Neighbourhood:
    uploads = tmp_path / "var" / "uploads"
    uploads.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(furnished, "write_tune", lambda into, **_: into.write_bytes(b"a tune"))
    site = cast("Site", InMemory(store, clock, sound, uploads))
    ids = {**furnished.furnish(site), **more(store, clock)}
    admit(store, INTRUDER)
    intruder = visit(INTRUDER)
    return Neighbourhood(app, store, ids, copy(store.kept), intruder)


@dataclass(frozen=True)
class InMemory:
    """A site that nobody serves."""

    store: FakeStore
    clock: FakeClock
    preparation: OneSound
    uploads: Path
    hashing: FakeHashing = field(default_factory=FakeHashing)
    longest: timedelta = timedelta(hours=1)


def more(store: FakeStore, clock: FakeClock) -> dict[str, str]:
    """Let what nobody needs to look at with eyes have happened as well."""
    officer, approver, now = somebody(store, OFFICER), somebody(store, APPROVER), clock.now()
    handed = delegations.give(
        store,
        clock,
        approver,
        unit=SON_HA,
        to=PersonId(BOTH.login),
        first_day=now.date(),
        last_day=now.date() + timedelta(days=3),
        document="15/UQ-UBND",
    )
    token, _ = api_tokens.make(
        store, clock, officer, new=NewToken(name="Thử", unit=SON_HA, scopes=frozenset({Scope.READ}), days=30)
    )
    wanted = Wanted(
        units=[SON_HA],
        event=Event.FIRE,
        severity=Severity.EXTREME,
        urgency=Urgency.IMMEDIATE,
        certainty=Certainty.OBSERVED,
        headline="Cháy rừng lan rộng",
        texts={"vi": "Đang cháy rừng. Bà con rời khỏi bìa rừng ngay."},
        times=3,
        pause_s=20,
        ends_at=now + timedelta(minutes=30),
    )
    live = board(store, clock, officer, SON_HA).live[0].emergency
    asked = emergencies.ask(store, clock, officer, wanted)
    wish = faults.Wish(loudspeakers=[LoudspeakerId("loa-2")], kind=FaultKind.NO_SOUND)
    (fault,) = faults.open_faults(store, clock, somebody(store, TECHNICIAN), wish)
    (command,) = commands.give(
        store, clock, somebody(store, TECHNICIAN), [LoudspeakerId("loa-2")], commands.Wish(what=What.DIAGNOSTICS)
    ).commands
    rule = Proposal(
        id="rule-1",
        station=SON_HA,
        content=Suspension(
            number="7/QĐ",
            signed_on=now.date(),
            signer="Chủ tịch",
            reason="Lễ tang",
            first_day=now.date() + timedelta(days=1),
            last_day=now.date() + timedelta(days=2),
            kinds=frozenset({Kind.MUSIC}),
        ),
        asked_by=officer.id,
        asked_at=now,
    )
    claim = OutsideApproval(
        id="claim-1",
        matter=Matter(ProgrammeId("vov1")),
        unit=SON_HA,
        title="Thời sự VOV1",
        version=1,
        records=("a" * 64,),
        approver=approver.id,
        approved_at=now,
        means=Means.PAPER,
        document="15/UBND",
        paper=Sha256("c" * 64),
        entered_by=officer.id,
        entered_at=now,
    )
    words = ExerciseWords(
        id="words-1",
        unit=SON_HA,
        language="vi",
        text="Đây là diễn tập",
        recording=recording_of(SOUND, length=1024, seconds=60),
        is_machine=False,
        made_by=officer.id,
        made_at=now,
    )
    drill = Exercise(
        id=ExerciseId("drill-1"),
        sender=SON_HA,
        ordered_by=officer.id,
        sent=now,
        expires=now + timedelta(minutes=30),
        units=(SON_HA,),
        event=Event.FIRE,
        headline="Diễn tập chữa cháy",
        words=live.words,
        times=1,
        pause_s=10,
    )
    with store.writing() as uow:
        uow.approving.put_outside(claim)
        uow.approving.put_paper(Sha256("c" * 64), PHOTO)
        uow.proposals.put(rule)
        uow.emergencies.put_exercise_words(words)
        uow.emergencies.add_exercise(drill)
        kept = Diagnostics(command=command.id, loudspeaker=command.loudspeaker, received_at=now, envelope=b"")
        uow.commands.put_diagnostics(kept, keep=5)
        uow.commit()
    with store.reading() as uow:
        outage = uow.outages.of_station(SON_HA, limit=1)[0].id
    return {
        "take": next(each for each in store.kept.takes.values() if each.programme != "vov1").id,
        "outage": outage,
        "alarm": alarms.open_at(store, clock, officer, SON_HA)[0].alarm.id,
        "delegation": handed.id,
        "sign_in": signing_in.begin(store, clock, officer, device="Firefox").id,
        "token": token.id,
        "approval": claim.id,
        "asked": asked.id,
        "fault": fault.id,
        "emergency": live.id,
        "exercise": drill.id,
        "made": words.id,
        "command": command.id,
        "grant": grants.waiting(store, somebody(store, ADMINISTRATOR))[0].proposal.id,
        "rule": rule.id,
        "sha256": SOUND,
        "kind": "csv",
        "language": "vi",
        "tag": "vi",
    }


def fields(ids: Mapping[str, str]) -> dict[str, object]:
    """Give every field that names something, each with something of this commune."""
    return {
        "programme": ids["programme"],
        "programmes": [ids["programme"]],
        "zone": LANG_MOI,
        "zones": [LANG_MOI],
        "unit": SON_HA,
        "units": [SON_HA],
        "loudspeaker": ids["loudspeaker"],
        "slot": ids["slot"],
        "template": ids["text"],
        "places": ["sang-thong-bao"],
        "person": OFFICER.login,
        "people": [OFFICER.login, APPROVER.login],
        "to": APPROVER.login,
        "approver": APPROVER.login,
        "of": [SON_HA],
        "into": SON_HA,
        "occurrence": ids["occurrence"],
        "update": ids["emergency"],
        "references": [ids["emergency"]],
        "group": ids["group"],
        "groups": [ids["group"]],
        "also_units": [SON_HA],
        "campaign": ids["campaign"],
        "key": f"slot:{ids['slot']}",
        "keys": [f"slot:{ids['slot']}"],
        "title": "Của người lạ",
        "name": "Của người lạ",
        "login": "cua-nguoi-la",
        "roles": ["officer"],
        "reason": "thử",
        "what": "resync",
        "day": "23/11/2026",
        "first_day": "24/11/2026",
        "last_day": "24/11/2026",
        "version": "1",
        "seen": "1",
        "minutes": "30",
        "password": PASSWORD,
    }


def names_a_thing(rule: Rule) -> bool:
    return not rule.arguments <= NAMES_NO_ONE


def of_this_commune(rule: Rule) -> bool:
    return bool(rule.arguments & {"station_id", "unit_id"})


def test_every_parameter_of_an_address_stands_for_something_here(there: Neighbourhood) -> None:
    rules = [*there.rules("GET"), *there.rules("POST")]

    assert len(rules) > 150
    assert {name for rule in rules for name in rule.arguments} - there.ids.keys() == set()


@pytest.mark.slow
def test_who_belongs_here_finds_all_that_the_intruder_asks_for(there: Neighbourhood, visit: Visit) -> None:
    """Else the intruder would be refused because there is nothing to find."""
    here = visit(furnished.EVERYBODY)
    there.before = copy(there.store.kept)
    found: dict[str, int] = {}
    for method, sends in (("GET", here.opens), ("POST", partial(here.sends, programme=there.ids["programme"]))):
        for rule in there.rules(method):
            if names_a_thing(rule):
                there.anew()
                found[f"{method} {rule.endpoint}"] = sends(there.address(rule)).status_code

    missing = {name for name, status in found.items() if status == 404}
    assert missing - NOT_OF_EVERYBODY.keys() == set()
    assert len(found) > 70


NOT_OF_EVERYBODY = {
    "POST api_tokens.revoke": "a token is revoked by who made it",
    "POST browsers.end": "a browser is ended by whose it is",
    "POST break_glass.stop": "nobody has broken the glass",
    "POST break_glass.review": "nobody has broken the glass",
    "POST inbox.accept": "a programme of one's own is not offered",
    "POST inbox.refuse": "a programme of one's own is not offered",
    "GET contribution_desk.sound": "a text was handed in",
    "GET contributions.own_sound": "a text was handed in",
    "GET commands.diagnostics": "the loudspeaker has gathered nothing",
}


@pytest.mark.slow
@pytest.mark.parametrize("where", [SON_HA, SON_LINH])
def test_the_intruder_opens_nothing_of_this_commune(there: Neighbourhood, where: UnitId) -> None:
    """By its own addresses, and by those of the intruder's commune with ids of this one."""
    answers: dict[str, TestResponse] = {}
    for rule in there.rules("GET"):
        if names_a_thing(rule) or (where == SON_HA and of_this_commune(rule)):
            there.anew()
            answers[rule.endpoint] = there.intruder.opens(there.address(rule, station_id=where, unit_id=where))

    assert {name: answer.status_code for name, answer in answers.items() if answer.status_code not in (403, 404)} == {}
    told = {name: each for name, answer in answers.items() for each in SECRETS if each in text_of(answer)}
    assert told == {}
    assert len(answers) > 25


@pytest.mark.slow
def test_the_intruders_own_pages_tell_nothing_of_this_commune_whatever_the_address_asks(there: Neighbourhood) -> None:
    asked = "&".join(
        f"{name}={value}"
        for name, values in fields(there.ids).items()
        for value in (values if isinstance(values, list) else [values])
        if name not in ("day", "version", "title", "name", "password")
    )
    for rule in there.rules("GET"):
        if names_a_thing(rule):
            continue
        there.anew()
        answer = there.intruder.opens(f"{there.address(rule, station_id=SON_LINH, unit_id=SON_LINH)}?{asked}")

        assert answer.status_code < 500, rule.endpoint
        assert [each for each in SECRETS if each in text_of(answer)] == [], rule.endpoint


@pytest.mark.slow
@pytest.mark.parametrize("where", [SON_HA, SON_LINH])
def test_the_intruder_changes_nothing_of_this_commune(there: Neighbourhood, where: UnitId) -> None:
    """With every field a form of ours may have, each naming something of this commune."""
    wrong: dict[str, object] = {}
    for rule in there.rules("POST"):
        there.anew()
        address = there.address(rule, station_id=where, unit_id=where)
        answer = there.intruder.sends(address, **fields(there.ids), sound=(BytesIO(b"a sound"), "la.wav"))
        refused = answer.status_code in (403, 404) or rule.endpoint in SAYS_SO_IN_PLACE
        if not refused and (names_a_thing(rule) or (where == SON_HA and of_this_commune(rule))):
            wrong[rule.endpoint] = answer.status_code
        if answer.status_code >= 500:
            wrong[rule.endpoint] = answer.status_code
        done = changes(there)
        if done:
            wrong[f"{rule.endpoint} changes"] = done

    assert wrong == {}


def changes(there: Neighbourhood) -> list[str]:
    """Give what is otherwise than before with anything of this commune, and what the trail tells of it."""
    before, after = there.before, there.store.kept
    found = []
    for name in ("zones", "loudspeakers", "programmes", "slots", "templates", "groups", "regulations", "takes"):
        was, now = getattr(before, name), getattr(after, name)
        found += [f"{name} {key}" for key, value in was.items() if now.get(key) != value]
    found += [f"people {key}" for key in before.people if after.people[key] != before.people[key]]
    below = {SON_HA, *(each.id for each in before.units.values() if each.parent == SON_HA), UnitId("quang-ngai")}
    told = after.audit[len(before.audit) :]
    found += [f"{line.action} at {line.unit}" for line in told if line.by == INTRUDER.login and line.unit in below]
    return found
