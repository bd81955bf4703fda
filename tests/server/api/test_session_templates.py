"""Session templates by the API: every way to fill a place comes back as it was sent."""

import pytest

from tests.fakes.store import FakeStore
from tests.server.api.conftest import Asks
from tests.server.api.test_rights import TEMPLATE

FILLS = [
    {"by": "by_hand"},
    {"by": "fixed", "programme": "nhac"},
    {"by": "newest", "kind": "notice", "owners": ["son-ha"], "topic": "Nước", "max_age_days": 3},
    {"by": "offers", "kinds": ["feature"], "topics": ["Nước"]},
    {"by": "repeats", "place": "sang-ban-tin"},
]


@pytest.mark.parametrize("fill", FILLS, ids=lambda each: each["by"])
def test_what_fills_a_place_comes_back_as_it_was_sent(program: Asks, fill: dict[str, object]) -> None:
    officer = program()
    places = [{"name": "Mục", "minutes": 5, "fill": fill}]

    made = officer.writes("POST", "/units/son-ha/templates", {**TEMPLATE, "places": places})

    assert made.status_code == 201, made.text
    assert made.json
    assert made.json["places"][0]["fill"] == fill
    assert officer.reads(f"/templates/{made.json['id']}").json == made.json
    assert made.json["released"] is False


def test_a_change_keeps_the_places_that_are_named_and_waits_for_an_approver(program: Asks, store: FakeStore) -> None:
    officer = program()
    before = officer.reads("/templates/buoi-sang")
    assert before.json
    assert before.json["released"]
    sent = {name: before.json[name] for name in ("session", "starts", "ends", "weekdays", "first_day", "places")}

    after = officer.writes(
        "PUT", "/templates/buoi-sang", {**sent, "name": "Buổi sớm"}, version=before.headers["ETag"]
    ).json

    assert after
    assert (after["version"], after["name"], after["released"]) == (2, "Buổi sớm", False)
    assert after["places"] == before.json["places"]


def test_a_draft_is_dropped_from_the_version_that_was_read(program: Asks) -> None:
    officer = program()
    made = officer.writes("POST", "/units/son-ha/templates", TEMPLATE)
    assert made.json
    path = f"/templates/{made.json['id']}"

    stale = officer.writes("DELETE", path, version='"7"')
    answer = officer.writes("DELETE", path, version=made.headers["ETag"])
    after = officer.reads(path).json

    assert (stale.status_code, answer.status_code) == (412, 200)
    assert answer.json == {"id": made.json["id"]}
    assert after
    assert after["version"] == 2


def test_one_that_replaces_another_says_so(program: Asks) -> None:
    made = program().writes(
        "POST", "/units/son-ha/templates", {**TEMPLATE, "replaces": "buoi-sang", "last_day": "2026-12-05"}
    )

    assert made.json
    assert (made.json["replaces"], made.json["last_day"]) == ("buoi-sang", "2026-12-05")


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"ends": "05:00"}, "session.ends_before_start"),
        ({"places": []}, "template.no_place"),
        ({"places": [{"name": "A", "minutes": 5, "fill": {"by": "fixed", "programme": "none"}}]}, "template.obstacles"),
    ],
)
def test_what_makes_no_running_order_is_refused(program: Asks, sent: dict[str, object], code: str) -> None:
    answer = program().writes("POST", "/units/son-ha/templates", {**TEMPLATE, **sent})

    assert (answer.status_code, answer.json and answer.json["type"]) == (422, code)
