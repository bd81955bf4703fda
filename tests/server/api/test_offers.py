"""Offers and orders by the API: the province sends, the officer's program answers, the sender reads that."""

import pytest

from schedules.programme import Kind
from schedules.way import Way
from tests.server.api.morning import program_of
from tests.server.services.conftest import radio
from tests.server.services.radio import (
    APPROVER,
    BOTH,
    EDITOR,
    NOTICES,
    OFFICER,
    PROVINCE_APPROVER,
    QUANG_NGAI,
    SON_HA,
    Radio,
)

__all__ = ["radio"]  # a fixture of the use cases

OPEN = {"kind": "in_places", "places": [], "first_day": "2026-11-23", "last_day": "2026-11-27"}
ORDER = {"number": "15/KH-UBND", "signed_on": "2026-11-02", "issuer": "UBND tỉnh"}


@pytest.fixture
def offered(radio: Radio) -> str:
    """A feature the province offers to every station; it says nothing of where."""
    radio.release_templates()
    programme = radio.writes("Nước sạch", by=EDITOR, kind=Kind.FEATURE)
    radio.records(programme, by=EDITOR)
    body = {"target": {"units": [QUANG_NGAI]}, "timing": OPEN}
    slot = program_of(radio, EDITOR).writes("POST", f"/programmes/{programme}/slots", body)
    assert slot.json
    assert slot.json["way"] == Way.OFFERED
    radio.submits(programme, by=EDITOR)
    radio.approves(programme, by=PROVINCE_APPROVER)
    return programme


def test_an_offer_is_read_accepted_and_the_sender_reads_that(radio: Radio, offered: str) -> None:
    officer, editor = program_of(radio, OFFICER), program_of(radio, EDITOR)
    read = officer.reads(f"/units/{SON_HA}/offers").json
    assert read
    (offer,) = read["offers"]

    nowhere = officer.writes("POST", f"/units/{SON_HA}/offers/{offer['slot']}/accept", {"record": offer["record"]})
    yes = {"record": offer["record"], "places": [NOTICES]}
    accepted = officer.writes("POST", f"/units/{SON_HA}/offers/{offer['slot']}/accept", yes)

    assert (offer["title"], offer["standing"], offer["place_is_open"]) == ("Nước sạch", "open", True)
    assert (nowhere.status_code, nowhere.json and nowhere.json["type"]) == (422, "slot.no_place")
    assert accepted.status_code == 200
    results = editor.reads(f"/programmes/{offered}/offers").json
    assert results
    assert {each["station"]: each["standing"] for each in results["results"]} == {
        SON_HA: "accepted",
        "son-linh": "open",
    }


def test_a_refusal_carries_its_reason_and_an_offer_that_changed_is_not_answered(radio: Radio, offered: str) -> None:
    officer = program_of(radio, OFFICER)
    read = officer.reads(f"/units/{SON_HA}/offers").json
    assert read
    (offer,) = read["offers"]
    path = f"/units/{SON_HA}/offers/{offer['slot']}/refuse"

    stale = officer.writes("POST", path, {"record": "0" * 64, "reason": "Trùng"})
    refused = officer.writes("POST", path, {"record": offer["record"], "reason": "Trùng lịch họp dân"})

    assert (stale.status_code, stale.json and stale.json["type"]) == (412, "offer.stale")
    assert refused.json
    assert (refused.json["accepted"], refused.json["reason"]) == (False, "Trùng lịch họp dân")


def test_only_the_officer_s_program_answers(radio: Radio, offered: str) -> None:
    read = program_of(radio, APPROVER).reads(f"/units/{SON_HA}/offers").json
    assert read
    slot, no = read["offers"][0]["slot"], {"record": read["offers"][0]["record"], "reason": "Không"}
    path = f"/units/{SON_HA}/offers/{slot}/refuse"

    assert program_of(radio, APPROVER).writes("POST", path, no).status_code == 403
    assert program_of(radio, EDITOR).writes("POST", path, no).status_code == 403
    assert program_of(radio, BOTH).writes("POST", path, no).status_code == 200


def test_what_a_written_order_stands_behind_is_ordered(radio: Radio) -> None:
    programme = radio.writes("Nước sạch", by=EDITOR, kind=Kind.FEATURE)
    at = {"kind": "at_time", "first_day": "2026-11-24", "at": "06:00"}
    editor = program_of(radio, EDITOR)

    slot = editor.writes(
        "POST", f"/programmes/{programme}/slots", {"target": {"units": [QUANG_NGAI]}, "timing": at, "order": ORDER}
    ).json

    assert slot
    assert (slot["way"], slot["order"]) == ("ordered", ORDER)
    assert editor.reads(f"/slots/{slot['id']}").json == slot
