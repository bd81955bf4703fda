"""The sheet of royalties by the API: what the page shows, for whoever keeps the accounts."""

import pytest

from schedules.ids import ProgrammeId
from tests.server.api.morning import program_of
from tests.server.services.conftest import radio
from tests.server.services.radio import GATE, INSPECTOR, LANG_MOI, NEIGHBOUR, SON_HA, Radio
from tests.server.services.test_royalties import TITLE, aired

__all__ = ["aired", "radio"]  # fixtures of the use cases


@pytest.mark.usefixtures("aired")
def test_the_parts_of_a_month_are_told_with_their_authors(radio: Radio) -> None:
    radio.hears(radio.item(TITLE), GATE, LANG_MOI)

    told = program_of(radio, INSPECTOR).reads(f"/units/{SON_HA}/royalties", day="2026-11-30").json

    assert told
    assert (told["station"], told["month"]) == (SON_HA, "2026-11-01")
    assert [(each["programme"], each["part"]["title"]) for each in told["parts"]] == [
        (TITLE, "Họp thôn"),
        (TITLE, "Tiêm chủng"),
    ]
    assert told["authors"] == [
        {"author": "Lan", "genre": "news", "parts": 1},
        {"author": "Lan", "genre": "reportage", "parts": 1},
        {"author": "Minh", "genre": "reportage", "parts": 1},
    ]


def test_a_neighbours_program_reads_none(radio: Radio, aired: ProgrammeId) -> None:
    answer = program_of(radio, NEIGHBOUR).reads(f"/units/{SON_HA}/royalties", day="2026-11-30")

    assert (answer.status_code, answer.json and answer.json["type"]) == (403, "rights.missing")
