"""Zones, loudspeakers, groups and commands by the API."""

from datetime import timedelta

from tests.fakes.clock import FakeClock
from tests.server.api.conftest import Asks
from tests.server.api.test_rights import FAULT, GROUP
from tests.server.web.commune import NEIGHBOUR, OFFICER, TECHNICIAN


def test_a_zone_is_made_and_named_anew(program: Asks) -> None:
    officer = program()
    made = officer.writes(
        "POST", "/units/son-ha/zones", {"name": "Xóm Mới", "languages": ["vi"], "stands_in": "thon-go-sim"}
    )
    assert made.json
    path = f"/zones/{made.json['id']}"

    body = {"name": "Xóm Cũ", "languages": ["vi", "hre"], "residents": 200}
    changed = officer.writes("PUT", path, body, version=made.headers["ETag"])
    stale = officer.writes("PUT", path, {**body, "name": "X"}, version=made.headers["ETag"])

    assert (made.status_code, changed.status_code, stale.status_code) == (201, 200, 412)
    assert officer.reads(path).json == changed.json
    assert changed.json
    assert (changed.json["name"], changed.json["residents"], changed.json["unit"]) == ("Xóm Cũ", 200, "thon-go-sim")


def test_a_loudspeaker_is_set_up_described_moved_and_retired(program: Asks) -> None:
    technician = program(TECHNICIAN)
    made = technician.writes("POST", "/units/son-ha/loudspeakers", {"name": "Cổng chợ", "zone": "lang-moi"})
    assert made.json
    path = f"/loudspeakers/{made.json['id']}"

    named = technician.writes("PUT", path, {"name": "Cầu", "volume": 70}, version=made.headers["ETag"])
    moved = technician.writes("POST", f"{path}/move", {"zone": "go-sim"}, version=named.headers["ETag"])
    emptied = technician.writes("POST", f"{path}/replace", {"reason": "Sét"}, version=moved.headers["ETag"])
    gone = technician.writes("POST", f"{path}/retire", {"reason": "Sét"}, version=emptied.headers["ETag"])

    assert [each.status_code for each in (made, named, moved, emptied, gone)] == [201, 200, 200, 200, 200]
    assert moved.json
    assert (moved.json["name"], moved.json["zone"], moved.json["volume"]) == ("Cầu", "go-sim", 70)
    assert gone.json
    assert gone.json["retired_at"]
    assert technician.reads(path).status_code == 404


def test_it_is_said_where_a_loudspeaker_stands_and_that_nobody_knows(program: Asks) -> None:
    technician, path = program(TECHNICIAN), "/loudspeakers/loa-1"
    before = technician.reads(path)

    said = technician.writes(
        "PUT", f"{path}/position", {"north": 15.04, "east": 108.47}, version=before.headers["ETag"]
    )
    half = technician.writes("PUT", f"{path}/position", {"north": 15.04}, version=said.headers["ETag"])
    swapped = technician.writes(
        "PUT", f"{path}/position", {"north": 108.47, "east": 15.04}, version=said.headers["ETag"]
    )
    stale = technician.writes("PUT", f"{path}/position", {}, version=before.headers["ETag"])
    gone = technician.writes("PUT", f"{path}/position", {}, version=said.headers["ETag"])

    shown = [each.json and each.json["position"] for each in (before, said, gone)]
    assert shown == [None, {"north": 15.04, "east": 108.47}, None]
    refused = [each.json and each.json["type"] for each in (half, swapped)]
    assert refused == ["position.half", "position.swapped"]
    assert [each.status_code for each in (half, swapped, stale)] == [422, 422, 412]


def test_a_group_is_made_changed_and_removed(program: Asks) -> None:
    officer = program()
    made = officer.writes("POST", "/units/son-ha/groups", GROUP)
    assert made.json
    path = f"/groups/{made.json['id']}"

    changed = officer.writes("PUT", path, {**GROUP, "zones": ["go-sim"]}, version=made.headers["ETag"])
    removed = officer.writes("DELETE", path)

    assert changed.json
    assert (changed.json["zones"], removed.json) == (["go-sim"], {"id": made.json["id"]})
    assert officer.reads("/units/son-ha/groups").json == {"groups": []}


def test_several_loudspeakers_are_commanded_at_once_and_not_for_ever(program: Asks, clock: FakeClock) -> None:
    technician = program(TECHNICIAN)
    answers = []
    for which in ({"zone": "lang-moi"}, {"loudspeakers": ["loa-1", "loa-3"]}, {}, {}):
        answers.append(technician.writes("POST", "/units/son-ha/commands", {"what": "resync", **which}).get_json())
        clock.advance(timedelta(minutes=1))

    commanded = [sorted(each["loudspeaker"] for each in answer["commands"]) for answer in answers[:3]]
    assert commanded == [["loa-1", "loa-2"], ["loa-1", "loa-3"], ["loa-1", "loa-2", "loa-3", "loa-4"]]
    assert answers[3]["type"] == "command.too_often"
    recent = program(OFFICER).reads("/units/son-ha/commands").json
    assert recent
    assert len(recent["commands"]) == 8


def test_nobody_is_commanded_where_one_of_them_is_not_there(program: Asks) -> None:
    answer = program(TECHNICIAN).writes(
        "POST", "/units/son-ha/commands", {"what": "resync", "loudspeakers": ["loa-1", "loa-5"]}
    )

    assert (answer.status_code, answer.json and answer.json["type"]) == (404, "loudspeaker.unknown")
    assert program(OFFICER).reads("/units/son-ha/commands").json == {"commands": []}


def test_a_fault_is_noted_and_ended_with_what_was_done(program: Asks) -> None:
    officer = program()
    noted = officer.writes("POST", "/faults", FAULT)
    assert noted.json
    (fault,) = noted.json["faults"]

    twice = officer.writes("POST", "/faults", FAULT)
    ended = officer.writes("POST", "/faults/end", {"faults": [fault["id"]], "outcome": "repaired", "done": "Thay loa"})

    assert (twice.status_code, twice.json and twice.json["type"]) == (422, "fault.already_open")
    assert ended.json
    assert [each["done"] for each in ended.json["faults"]] == ["Thay loa"]
    assert officer.reads("/units/son-ha/faults").json == {"faults": [], "next": None}
    listed = officer.reads("/units/son-ha/faults", ended="true").json
    assert listed
    assert [(each["id"], each["heard_at"]) for each in listed["faults"]] == [(fault["id"], None)]


def test_nothing_is_ended_at_another_station(program: Asks) -> None:
    noted = program().writes("POST", "/faults", FAULT).json
    assert noted
    ending = {"faults": [noted["faults"][0]["id"]], "outcome": "repaired", "done": "Thay loa"}

    assert program(NEIGHBOUR).writes("POST", "/faults/end", ending).status_code == 403


def test_a_tone_out_of_hours_is_told_of_and_not_sent(program: Asks) -> None:
    answer = program(TECHNICIAN).writes("POST", "/units/son-ha/commands", {"what": "test_tone"})

    assert answer.status_code == 422
