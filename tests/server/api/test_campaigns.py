"""Campaigns by the API: from the draft to its end, and how far one is."""

from tests.server.api.conftest import Asks
from tests.server.api.test_rights import CAMPAIGN
from tests.server.web.commune import INSPECTOR


def test_a_campaign_is_made_filled_started_looked_at_and_ended(program: Asks) -> None:
    officer = program()
    made = officer.writes("POST", "/units/son-ha/campaigns", CAMPAIGN)
    assert made.json
    path = f"/campaigns/{made.json['id']}"

    draft = {"title": "Bài ca", "kind": "campaign", "texts": {"vi": "Phòng bão"}}
    programme = officer.writes("POST", "/units/son-ha/programmes", draft).json
    assert programme
    filled = officer.writes("POST", f"{path}/programmes", {"programme": programme["id"]}, version=made.headers["ETag"])
    taken_out = officer.writes("DELETE", f"{path}/programmes/{programme['id']}", version=filled.headers["ETag"])
    changed = officer.writes("PUT", path, {**CAMPAIGN, "title": "Bão số 5"}, version=taken_out.headers["ETag"])
    ended = officer.writes("POST", f"{path}/end", version=changed.headers["ETag"])

    assert [each.status_code for each in (made, filled, taken_out, changed, ended)] == [201, 200, 200, 200, 200]
    assert filled.json
    assert filled.json["programmes"] == [programme["id"]]
    assert ended.json
    assert (ended.json["title"], ended.json["state"], ended.json["programmes"]) == ("Bão số 5", "ended", [])
    assert officer.reads(path).json == ended.json


def test_how_far_it_is_stands_zone_by_zone_and_promises_are_told_apart(program: Asks) -> None:
    officer = program()
    made = officer.writes("POST", "/units/son-ha/campaigns", CAMPAIGN)
    assert made.json
    officer.writes("POST", f"/campaigns/{made.json['id']}/end", version=made.headers["ETag"])

    told = program(INSPECTOR).reads(f"/units/son-ha/campaigns/{made.json['id']}").json

    assert told
    (goal,) = told["goals"]
    assert [each["zone"] for each in goal["zones"]] == ["go-sim", "lang-moi", "dong-bang"] or len(goal["zones"]) == 3
    assert (goal["zones_met"], goal["zones_meant"]) == (0, 3)
    assert {"confirmed", "awaited", "planned"} <= set(goal["zones"][0])


def test_a_draft_is_not_for_readers(program: Asks) -> None:
    made = program().writes("POST", "/units/son-ha/campaigns", CAMPAIGN).json
    assert made

    reader = program(INSPECTOR)

    assert reader.reads("/units/son-ha/campaigns").json == {"campaigns": []}
    assert reader.reads(f"/units/son-ha/campaigns/{made['id']}").status_code == 404
    assert reader.reads(f"/campaigns/{made['id']}").status_code == 403
