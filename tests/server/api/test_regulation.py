"""A station's regulation by the API: what narrows holds at once, what widens waits for a second person."""

from tests.fakes.store import FakeStore
from tests.server.api.conftest import Asks
from tests.server.api.test_rights import OPENING, REGULATION, SUSPENSION
from tests.server.web.commune import APPROVER, INSPECTOR


def test_what_is_in_force_can_be_read_and_sent_again_with_less(program: Asks, store: FakeStore) -> None:
    officer = program()

    asked = officer.writes("POST", "/units/son-ha/regulation", REGULATION)
    rules = program(INSPECTOR).reads("/units/son-ha/regulation").json

    assert asked.json
    assert (asked.json["what"], asked.json["state"]) == ("regulation", "accepted")
    assert rules
    assert rules["in_force"]["number"] == "12/QC-UBND"
    (coming,) = rules["coming"]
    (session,) = coming["sessions"]
    assert (session["earliest"], session["latest"], session["max_minutes"]) == ("05:30:00", "06:30:00", 30)
    assert session["weekdays"] == [0, 1, 2, 3, 4, 5, 6]


def test_what_widens_waits_for_a_person_and_may_be_taken_back(program: Asks) -> None:
    officer = program()
    asked = officer.writes("POST", "/units/son-ha/regulation/openings", OPENING).json
    assert asked

    back = officer.writes("POST", f"/proposals/{asked['id']}/withdraw").json
    again = officer.writes("POST", f"/proposals/{asked['id']}/withdraw")

    assert (asked["what"], asked["state"]) == ("opening", "waiting")
    assert back
    assert back["state"] == "refused"
    assert (again.status_code, again.json and again.json["type"]) == (422, "proposal.settled")


def test_no_program_turns_down_what_somebody_else_asked_for(program: Asks) -> None:
    asked = program().writes("POST", "/units/son-ha/regulation/openings", OPENING).json
    assert asked

    assert program(APPROVER).writes("POST", f"/proposals/{asked['id']}/withdraw").status_code == 403


def test_kinds_are_suspended_at_once(program: Asks) -> None:
    told = program().writes("POST", "/units/son-ha/regulation/suspensions", SUSPENSION).json
    rules = program().reads("/units/son-ha/regulation").json

    assert told
    assert told["state"] == "accepted"
    assert rules
    assert [each["kinds"] for each in rules["in_force"]["suspensions"]] == [["music"]]
