"""One coming of a slot moved or left out, a part of a series changed, a week copied; priorities and languages."""

from collections.abc import Mapping

import pytest

from tests.server.api.conftest import Asks, Program
from tests.server.api.test_rights import DRAFT

DAILY = {"kind": "at_time", "first_day": "2026-11-24", "at": "17:30", "rule": "FREQ=DAILY", "until": "2026-11-28"}
ONCE = {"kind": "at_time", "first_day": "2026-11-24", "at": "17:30"}


@pytest.fixture
def officer(program: Asks) -> Program:
    return program()


def booked(officer: Program, timing: Mapping[str, object]) -> tuple[str, dict[str, object]]:
    """Book a draft; give the path of the slot, and the slot."""
    draft = officer.writes("POST", "/units/son-ha/programmes", DRAFT).json
    assert draft
    body = {"target": {"zones": ["lang-moi"]}, "timing": timing}
    slot = officer.writes("POST", f"/programmes/{draft['id']}/slots", body).json
    assert slot
    return f"/slots/{slot['id']}", slot


def test_one_coming_is_moved_and_another_left_out(officer: Program) -> None:
    path, _ = booked(officer, DAILY)

    moved = officer.writes(
        "POST", f"{path}/move", {"day": "2026-11-25", "to": "2026-11-26", "at": "17:45"}, version='"1"'
    )
    left_out = officer.writes("POST", f"{path}/leave-out", {"start": "2026-11-27T10:30:00Z"}, version='"2"')

    assert (moved.status_code, left_out.status_code) == (200, 200), moved.text + left_out.text


@pytest.mark.parametrize("body", [{}, {"day": "2026-11-24", "start": "2026-11-24T10:30:00Z"}])
def test_what_is_left_out_is_named_one_way(officer: Program, body: dict[str, str]) -> None:
    path, _ = booked(officer, DAILY)

    answer = officer.writes("POST", f"{path}/leave-out", body, version='"1"')

    assert (answer.status_code, answer.json and answer.json["type"]) == (422, "api.day_or_start")


def test_a_day_in_places_is_left_out(officer: Program) -> None:
    path, _ = booked(
        officer,
        {"kind": "in_places", "places": ["sang-thong-bao"], "first_day": "2026-11-24", "last_day": "2026-11-26"},
    )

    assert officer.writes("POST", f"{path}/leave-out", {"day": "2026-11-25"}, version='"1"').status_code == 200


def test_from_a_day_on_another_slot_goes_on(officer: Program) -> None:
    path, slot = booked(officer, DAILY)
    body = {"target": {"zones": ["lang-moi"]}, "timing": {**DAILY, "at": "17:40"}}

    later = officer.writes("PUT", f"{path}?part=after&day=2026-11-26", body, version='"1"').json

    assert later
    assert later["id"] != slot["id"]
    assert (later["first_day"], later["at"]) == ("2026-11-26", "17:40:00")
    before = officer.reads(path).json
    assert before
    assert (before["last_day"], before["at"]) == ("2026-11-25", "17:30:00")


def test_a_week_is_copied(officer: Program) -> None:
    _, slot = booked(officer, ONCE)
    weeks = {"monday": "2026-11-23", "to": "2026-11-30"}

    seen = officer.reads("/units/son-ha/week/copies", **weeks).json
    copied = officer.writes("POST", "/units/son-ha/week/copies", {**weeks, "slots": [slot["id"]]})
    again = officer.reads("/units/son-ha/week/copies", **weeks).json

    assert seen
    assert [(each["slot"], each["first_day"], each["there"]) for each in seen["slots"]] == [
        (slot["id"], "2026-12-01", False)
    ]
    assert (copied.status_code, copied.json) == (201, {"booked": 1})
    assert again
    assert again["slots"][0]["there"] is True


def test_a_week_begins_on_a_monday(officer: Program) -> None:
    answer = officer.reads("/units/son-ha/week/copies", monday="2026-11-24", to="2026-12-01")

    assert answer.status_code == 422


def test_nothing_is_contested_and_an_order_goes_on_from_the_one_that_was_read(officer: Program) -> None:
    read = officer.reads("/units/son-ha/priorities")

    given = officer.writes("PUT", "/units/son-ha/priorities", {"keys": []}, version=read.headers["ETag"])
    stale = officer.writes("PUT", "/units/son-ha/priorities", {"keys": []}, version=read.headers["ETag"])
    once_more = officer.writes("PUT", "/units/son-ha/priorities", {"keys": []}, version=given.headers["ETag"])

    assert read.json == {"version": "none", "undecided": False, "items": []}
    assert (given.status_code, stale.status_code, once_more.status_code) == (200, 412, 200)


def test_zones_hear_another_language_where_somebody_chose_it(officer: Program) -> None:
    draft = officer.writes("POST", "/units/son-ha/programmes", DRAFT).json
    assert draft

    read = officer.reads(f"/programmes/{draft['id']}/instead").json

    assert read == {"programme": draft["id"], "zones": [], "chosen": {}, "languages": []}


def test_what_stands_in_a_place_is_put_in_another_order_from_the_one_that_was_read(officer: Program) -> None:
    here = "/units/son-ha/places/sang-thong-bao/order"
    timing = {"kind": "in_places", "places": ["sang-thong-bao"], "first_day": "2026-11-24", "last_day": "2026-11-28"}
    slots = [booked(officer, timing)[1]["id"] for _ in range(2)]

    read = officer.reads(here)
    given = officer.writes("PUT", here, {"slots": slots[::-1]}, version=read.headers["ETag"])
    stale = officer.writes("PUT", here, {"slots": slots}, version=read.headers["ETag"])
    half = officer.writes("PUT", here, {"slots": slots[:1]}, version=given.headers["ETag"])

    assert read.json is not None
    assert given.json is not None
    assert [each["slot"] for each in read.json["items"]] == slots
    assert [each["slot"] for each in given.json["items"]] == slots[::-1]
    assert (given.status_code, stale.status_code, half.status_code) == (200, 412, 422)
