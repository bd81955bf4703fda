"""Handing in by programs: a department's sends, the station's takes it up or says why not, and nobody reads more."""

from dataclasses import replace

import pytest

from schedules.ids import PersonId, ProgrammeId
from schedules.programme import State
from server.contribution_records import ContributionState
from server.services import contributions
from server.token_records import Scope
from server.values import Role
from tests.fakes.store import FakeStore
from tests.server.api.conftest import HEAD, Asks, Program
from tests.server.api.test_rights import HANDED_IN
from tests.server.web.commune import (
    LANG_MOI,
    NEIGHBOUR,
    OFFICER,
    SON_HA,
    Account,
    admit,
)

ONLY = Account("dien-luc", "Điện lực Sơn Hà", frozenset({Role.CONTRIBUTOR}), SON_HA)
"""A department that hands in and has no other right."""


@pytest.fixture
def department(program: Asks, store: FakeStore) -> Program:
    admit(store, ONLY)
    return program(ONLY)


def test_a_text_is_handed_in_made_a_draft_and_its_sender_reads_that(
    department: Program, program: Asks, store: FakeStore
) -> None:
    officer = program(OFFICER)
    sent = department.writes("POST", "/contributions", {**HANDED_IN, "first_day": "2026-11-24"}).json
    assert sent
    inbox = officer.reads(f"/units/{SON_HA}/contributions").json
    assert inbox

    draft = officer.writes("POST", f"/contributions/{sent['id']}/accept").json

    assert draft
    read = department.reads("/contributions").json
    assert read
    (own,) = read["contributions"]
    assert [each["id"] for each in inbox["waiting"]] == [sent["id"]]
    assert (own["state"], own["programme"], own["first_day"]) == ("accepted", draft["id"], "2026-11-24")
    assert (draft["state"], draft["texts"], draft["requested_by"]) == ("draft", {"vi": HANDED_IN["text"]}, ONLY.name)
    with store.reading() as uow:
        kept = uow.programmes.get(ProgrammeId(draft["id"]))
        assert kept is not None
        assert kept.programme.state is State.DRAFT
        assert kept.changed_by == {PersonId(ONLY.login), PersonId(OFFICER.login)}
        assert not uow.programmes.slots_of(kept.programme.id)


def test_what_is_declined_says_why_and_is_settled_once(department: Program, program: Asks) -> None:
    officer = program(OFFICER)
    sent = department.writes("POST", "/contributions", HANDED_IN).json
    assert sent
    path = f"/contributions/{sent['id']}"

    without = officer.writes("POST", f"{path}/decline", {"reason": " "})
    declined = officer.writes("POST", f"{path}/decline", {"reason": "Đã phát hôm qua"})
    again = officer.writes("POST", f"{path}/accept")

    assert (without.status_code, without.json and without.json["type"]) == (422, "contribution.no_reason")
    assert declined.json
    assert (declined.json["state"], declined.json["reason"]) == ("declined", "Đã phát hôm qua")
    assert (again.status_code, again.json and again.json["type"]) == (422, "contribution.settled")


def test_a_recording_is_prepared_before_the_station_sees_it(
    department: Program, program: Asks, store: FakeStore
) -> None:
    path = f"/contributions/recordings?zones={LANG_MOI}&title=Tin&file_name=..%2Ftin.mp3"

    sent = department.writes("POST", path, b"sound")
    empty = department.writes("POST", path, b"")

    assert (sent.status_code, sent.json and sent.json["state"]) == (202, "preparing")
    assert sent.json
    assert sent.json["file_name"] == "tin.mp3"
    assert (empty.status_code, empty.json and empty.json["type"]) == (422, "take.no_file")
    inbox = program(OFFICER).reads(f"/units/{SON_HA}/contributions").json
    assert inbox == {"waiting": [], "settled": []}
    (preparing,) = contributions.unfinished(store)
    assert preparing.state is ContributionState.PREPARING


def test_who_only_hands_in_reads_nothing_else(department: Program) -> None:
    sent = department.writes("POST", "/contributions", HANDED_IN).json
    assert sent
    read = department.reads("/contributions").json
    assert read

    refused = [
        department.reads(each).status_code
        for each in ("/units", "/programmes", f"/units/{SON_HA}/contributions", f"/contributions/{sent['id']}")
    ]

    assert refused == [403, 403, 403, 403]
    assert {each["station"] for each in read["zones"]} == {SON_HA}


def test_a_hamlets_head_hands_in_for_no_other_hamlet(program: Asks) -> None:
    head = program(HEAD, frozenset({Scope.CONTRIBUTIONS}))

    other = head.writes("POST", "/contributions", {**HANDED_IN, "zones": ["go-sim"]})
    unknown = head.writes("POST", "/contributions", {**HANDED_IN, "zones": ["nowhere"]})

    assert (other.status_code, other.json and other.json["type"]) == (403, "rights.missing")
    assert (unknown.status_code, unknown.json and unknown.json["type"]) == (422, "contribution.no_zone")


def test_nobody_reads_what_somebody_else_handed_in(department: Program, program: Asks) -> None:
    department.writes("POST", "/contributions", HANDED_IN)

    read = program(HEAD).reads("/contributions").json

    assert read
    assert read["contributions"] == []
    assert program(NEIGHBOUR).reads(f"/units/{SON_HA}/contributions").status_code == 403


def test_a_department_that_hands_in_no_more_has_a_token_that_opens_nothing(
    department: Program, store: FakeStore
) -> None:
    with store.writing() as uow:
        known = uow.people.get(PersonId(ONLY.login))
        assert known
        uow.people.put(replace(known, roles=frozenset()))
        uow.commit()

    answer = department.writes("POST", "/contributions", HANDED_IN)

    assert (answer.status_code, answer.json and answer.json["type"]) == (403, "api_token.person")
