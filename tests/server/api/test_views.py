"""Reading and writing by the API: pages, versions, a write that is done once, problems in words, and limits."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from schedules.ids import LoudspeakerId, ProgrammeId
from server.api.application import create_api
from server.api.centre import Centre
from server.token_records import KEPT, Scope
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.server.api.conftest import EVERY_SCOPE, Asks, Program, token_of, under_api
from tests.server.web.commune import OFFICER, TECHNICIAN

DRAFT = {"title": "Thông báo cắt điện", "kind": "notice", "texts": {"vi": "Từ 7 giờ đến 11 giờ."}}
MAKE = ("POST", "/units/son-ha/programmes", DRAFT)


def titles(store: FakeStore) -> list[str]:
    return sorted(each.programme.title for each in store.kept.programmes.values() if each.texts)


def test_a_program_makes_a_draft_books_it_and_hands_in_what_is_complete(program: Asks, store: FakeStore) -> None:
    officer = program()
    draft = officer.writes(*MAKE)
    assert draft.json
    path = f"/programmes/{draft.json['id']}"
    places = {"kind": "in_places", "places": ["sang-thong-bao"], "first_day": "2026-11-24", "last_day": "2026-11-26"}
    slot = officer.writes("POST", f"{path}/slots", {"target": {"units": ["son-ha"]}, "timing": places})

    handed_in = officer.writes("POST", f"{path}/submit", version=draft.headers["ETag"])

    assert (draft.status_code, slot.status_code, handed_in.status_code) == (201, 201, 422)
    assert handed_in.json
    assert handed_in.json["type"] == "programme.obstacles"
    assert handed_in.json["fields"]
    assert store.kept.programmes[ProgrammeId(draft.json["id"])].texts == DRAFT["texts"]


def test_the_same_write_sent_again_is_done_once(program: Asks, store: FakeStore) -> None:
    officer = program()

    first, second = (officer.writes(*MAKE, key="k") for _ in range(2))

    assert first.status_code == second.status_code == 201
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]
    assert titles(store) == [DRAFT["title"]]


def test_another_write_under_the_same_key_is_refused(program: Asks, store: FakeStore) -> None:
    officer = program()
    officer.writes(*MAKE, key="k")

    answer = officer.writes("POST", "/units/son-ha/programmes", {**DRAFT, "title": "Khác"}, key="k")

    assert (answer.status_code, answer.json and answer.json["type"]) == (422, "api.key_reused")
    assert titles(store) == [DRAFT["title"]]


def test_two_tokens_have_keys_of_their_own(program: Asks, store: FakeStore) -> None:
    for each in (program(), program()):
        assert each.writes(*MAKE, key="k").status_code == 201

    assert titles(store) == [DRAFT["title"]] * 2


def test_a_key_is_forgotten_after_a_day(program: Asks, store: FakeStore, clock: FakeClock) -> None:
    officer = program()
    officer.writes(*MAKE, key="k")
    clock.advance(KEPT + timedelta(seconds=1))

    assert officer.writes("POST", "/units/son-ha/programmes", {**DRAFT, "title": "Khác"}, key="k").status_code == 201
    assert len(titles(store)) == 2


def test_what_was_refused_may_be_sent_again_under_its_key(program: Asks) -> None:
    officer = program()

    refused = officer.writes("POST", "/units/son-ha/programmes", {"title": "", "kind": "notice"}, key="k")
    done = officer.writes(*MAKE, key="k")

    assert (refused.status_code, done.status_code) == (422, 201)


def test_a_write_that_broke_off_is_not_done_a_second_time(
    program: Asks, store: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = program()

    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("server.api.programmes.shown", breaks)
        broken = officer.writes(*MAKE, key="k")
    again = officer.writes(*MAKE, key="k")

    assert (broken.status_code, broken.json and broken.json["type"]) == (500, "api.failed")
    assert (again.status_code, again.json and again.json["type"]) == (409, "api.under_way")
    assert titles(store) == [DRAFT["title"]]


@pytest.mark.parametrize("key", ["", "x" * 201, "khoá"])
def test_a_write_needs_a_key(program: Asks, store: FakeStore, key: str) -> None:
    answer = program().writes(*MAKE, key=key.encode().decode("latin-1"))

    assert (answer.status_code, answer.json and answer.json["type"]) == (400, "api.no_key")
    assert titles(store) == []


@pytest.mark.parametrize(
    ("version", "status", "code"),
    [
        (None, 428, "api.no_version"),
        ("*", 412, "api.other_version"),
        ('"x"', 412, "api.other_version"),
        ('"9"', 412, "edit.stale"),
        ('"1"', 200, None),
    ],
)
def test_an_edit_goes_on_from_the_version_that_was_read(
    program: Asks, version: str | None, status: int, code: str | None
) -> None:
    officer = program()
    made = officer.writes(*MAKE)
    assert made.json

    answer = officer.writes("PUT", f"/programmes/{made.json['id']}", {**DRAFT, "title": "Mới"}, version=version)

    assert (answer.status_code, answer.json and answer.json.get("type")) == (status, code)
    if status == 200:
        assert answer.headers["ETag"] == '"2"'


def test_a_technician_sets_a_volume_and_a_lock_and_takes_it_off(program: Asks) -> None:
    technician = program(TECHNICIAN)
    before = technician.reads("/loudspeakers/loa-1")

    quiet = technician.writes("PUT", "/loudspeakers/loa-1/volume", {"volume": 40}, version=before.headers["ETag"])
    locked = technician.writes("PUT", "/loudspeakers/loa-1/lock", {"minutes": 30, "reason": "Thay loa"})
    unlocked = technician.writes("DELETE", "/loudspeakers/loa-1/lock")

    assert quiet.json
    assert locked.json
    assert unlocked.json
    assert (quiet.json["volume"], quiet.json["name"]) == (40, "Nhà văn hoá Làng Mới")
    assert locked.json["locked_until"] == "2026-11-22T21:30:00Z"
    assert unlocked.json["locked_until"] is None
    assert quiet.headers["ETag"] != before.headers["ETag"]


def test_a_command_is_given_once_and_told_of(program: Asks) -> None:
    technician = program(TECHNICIAN)

    given, again = (
        technician.writes("POST", "/loudspeakers/loa-1/commands", {"what": "resync"}, key="k") for _ in range(2)
    )
    told = technician.reads("/loudspeakers/loa-1/commands").json

    assert (given.status_code, again.data) == (202, given.data)
    assert told
    assert [(each["what"], each["standing"]) for each in told["commands"]] == [("resync", "waiting")]


def test_a_volume_leaves_the_rest_of_a_loudspeaker_as_it_is(program: Asks, store: FakeStore) -> None:
    loudspeaker = LoudspeakerId("loa-1")
    with store.writing() as uow:
        uow.places.put_loudspeaker(replace(store.kept.loudspeakers[loudspeaker], daily_bytes=20_000_000))
        uow.commit()
    before, technician = store.kept.loudspeakers[loudspeaker], program(TECHNICIAN)

    version = technician.reads("/loudspeakers/loa-1").headers["ETag"]
    technician.writes("PUT", "/loudspeakers/loa-1/volume", {"volume": 40}, version=version)

    assert store.kept.loudspeakers[loudspeaker] == replace(before, volume=40)


def test_a_sound_waits_where_its_preparation_finds_it(program: Asks, centre: Centre) -> None:
    begun: list[Callable[[], object]] = []
    officer = Program(under_api(create_api(replace(centre, behind=begun.append))), program().token)
    made = officer.writes(*MAKE).json
    assert made

    take = officer.writes("POST", f"/programmes/{made['id']}/takes?file_name=../../tin.mp3", b"sound")

    assert take.status_code == 202
    assert take.json
    assert (centre.uploads / take.json["id"]).read_bytes() == b"sound"
    assert len(begun) == 1
    assert left_over(centre.uploads) == []


@pytest.mark.parametrize(("sound", "status"), [(b"", 422), (b"x" * 5_000_001, 413)])
def test_a_sound_that_cannot_be_taken_leaves_nothing(
    program: Asks, centre: Centre, store: FakeStore, sound: bytes, status: int
) -> None:
    answer = program().writes("POST", "/programmes/nhac/takes", sound)

    assert answer.status_code == status
    assert store.kept.takes == {}
    assert left_over(centre.uploads) == []


def left_over(uploads: Path) -> list[str]:
    return [each.name for each in uploads.iterdir() if each.name.startswith("received-")]


def test_pages_follow_one_another_and_miss_nothing_that_came_between(program: Asks) -> None:
    officer = program()

    first = officer.reads("/programmes", limit="2").json
    officer.writes(*MAKE)
    assert first
    second = officer.reads("/programmes", limit="2", cursor=first["next"]).json
    assert second

    assert [each["id"] for each in first["programmes"]] == ["nhac", "nhac-hieu"]
    assert [each["id"] for each in second["programmes"]] == ["vov1"]
    assert second["next"] is None


@pytest.mark.parametrize("cursor", ["x", "é", "WzFd", "bnVsbA==", "W1tbWw=="])
def test_a_cursor_of_somebody_s_own_making_is_refused(program: Asks, cursor: str) -> None:
    answer = program().reads("/programmes", cursor=cursor)

    assert (answer.status_code, answer.json and answer.json["type"]) == (422, "api.cursor")


@pytest.mark.parametrize(
    ("language", "words"),
    [("vi", "Không có địa chỉ này."), ("en-GB,en;q=0.8", "There is no such address."), ("fr", "Không có địa chỉ này.")],
)
def test_a_problem_speaks_the_language_asked_for(program: Asks, language: str, words: str) -> None:
    officer = program()
    officer.language = language

    answer = officer.reads("/nowhere")

    assert answer.content_type == "application/problem+json"
    assert answer.json == {"type": "api.no_such_address", "title": words, "status": 404, "fields": []}


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({**DRAFT, "title": "a\0b"}, "title"),
        ({**DRAFT, "title": "x" * 301}, "title"),
        ({**DRAFT, "title": "x" * 201}, "title"),
        ({**DRAFT, "level": 3}, "level"),
        ({**DRAFT, "valid_until": "0001-01-01T00:00:00+07:00"}, "valid_until"),
        ({**DRAFT, "valid_until": "2026-11-24T00:00:00"}, "valid_until"),
        ({**DRAFT, "approved": True}, "approved"),
    ],
)
def test_what_cannot_be_taken_names_its_field(
    program: Asks, store: FakeStore, sent: dict[str, object], field: str
) -> None:
    answer = program().writes("POST", "/units/son-ha/programmes", sent)

    assert answer.status_code == 422
    assert answer.json
    assert [each["field"] for each in answer.json["fields"]] == [field]
    assert titles(store) == []


def test_what_is_no_json_is_unreadable(program: Asks) -> None:
    answer = program().writes("POST", "/units/son-ha/programmes", b"{", **{"Content-Type": "application/json"})

    assert (answer.status_code, answer.json and answer.json["type"]) == (400, "api.unreadable")


def test_an_address_with_nul_leads_nowhere(program: Asks) -> None:
    assert program().reads("/programmes/%00").status_code == 404


def test_a_program_that_asks_too_often_has_to_wait_and_others_do_not(
    centre: Centre, store: FakeStore, clock: FakeClock
) -> None:
    app = under_api(create_api(centre, often="3 per minute"))
    one, other = (Program(app, token_of(store, clock, OFFICER, EVERY_SCOPE)) for _ in range(2))

    statuses = [one.reads("/units").status_code for _ in range(4)]

    assert statuses == [200, 200, 200, 429]
    assert other.reads("/units").status_code == 200


def test_a_log_longer_than_a_month_is_refused(program: Asks) -> None:
    stretch = {"since": "2026-10-01T00:00:00Z", "until": "2026-11-02T00:00:00Z"}

    answer = program().reads("/units/son-ha/log", **stretch)

    assert (answer.status_code, answer.json and answer.json["type"]) == (422, "api.stretch")


def test_a_rule_nobody_can_read_is_named(program: Asks) -> None:
    timing = {"kind": "at_time", "first_day": "2026-11-24", "at": "17:30", "rule": "FREQ=HOURLY"}

    answer = program(OFFICER, frozenset({Scope.SCHEDULE})).writes(
        "POST", "/programmes/nhac/slots", {"target": {"zones": ["lang-moi"]}, "timing": timing}
    )

    assert (answer.status_code, answer.json and answer.json["fields"][0]["field"]) == (422, "rule")
