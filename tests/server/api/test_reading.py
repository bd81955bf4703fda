"""What programs of inspectors and administrators read: plays, days, the trail, accounts, exercises, digests."""

import pytest

from server.readiness_records import Colour, Digest, DigestKind, DigestLine
from tests.server.api.morning import program_of
from tests.server.services.conftest import radio
from tests.server.services.radio import (
    ADMINISTRATOR,
    GATE,
    INSPECTOR,
    LANG_MOI,
    OFFICER,
    QUANG_NGAI,
    SON_HA,
    Radio,
    local,
)

__all__ = ["radio"]  # a fixture of the use cases

DAY = {"first": "2026-11-23", "last": "2026-11-23"}


@pytest.fixture
def played(radio: Radio) -> Radio:
    """A morning after which one loudspeaker told of what it played."""
    radio.release_templates()
    radio.airs()
    radio.issue()
    radio.hears(radio.item("Tạm ngừng cấp điện"), GATE, LANG_MOI)
    radio.at(local(12))
    return radio


def test_plays_follow_one_another_over_stations_and_days(played: Radio) -> None:
    inspector = program_of(played, INSPECTOR)

    told = inspector.reads(f"/units/{SON_HA}/plays", **DAY, verdict="confirmed").json

    assert told
    assert {each["title"] for each in told["plays"]} == {"Tạm ngừng cấp điện"}
    assert [(each["loudspeaker"], each["station"], each["day"]) for each in told["plays"]] == [
        (GATE, SON_HA, "2026-11-23")
    ] * len(told["plays"])
    assert played.actions()[-1] == "evidence.read"
    assert told["next"] is None


@pytest.mark.parametrize("cursor", ["x", "WyJ4Il0=", "WyJ4IiwgInkiXQ=="])
def test_a_cursor_that_was_not_given_here_is_refused(radio: Radio, cursor: str) -> None:
    inspector = program_of(radio, INSPECTOR)

    for path in (f"/units/{SON_HA}/plays", f"/units/{SON_HA}/audit"):
        asked = DAY if path.endswith("plays") else {}
        answer = inspector.reads(path, **asked, cursor=cursor)
        assert (answer.status_code, answer.json and answer.json["type"]) == (422, "api.cursor")


def test_a_page_of_plays_goes_on_where_the_last_one_ended(played: Radio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.services.inspecting.LINES", 1)
    inspector = program_of(played, INSPECTOR)
    asked = {"first": "2026-11-22", "last": "2026-11-23"}

    first = inspector.reads(f"/units/{SON_HA}/plays", **asked).json
    assert first
    second = inspector.reads(f"/units/{SON_HA}/plays", **asked, cursor=first["next"]).json

    assert second
    assert {each["day"] for each in first["plays"]} == {"2026-11-23"}
    assert "2026-11-23" not in {each["day"] for each in second["plays"]}


def test_the_matrix_has_a_row_a_zone_and_a_cell_a_day(played: Radio) -> None:
    told = program_of(played, INSPECTOR).reads(f"/units/{SON_HA}/matrix", **DAY).json

    assert told
    cells = {each["id"]: each["cells"][0]["verdicts"] for each in told["rows"]}
    assert told["by_zone"]
    assert cells[LANG_MOI]["confirmed"] == 1


def test_the_trail_is_read_page_by_page_and_new_lines_shift_nothing(radio: Radio) -> None:
    for number in range(60):
        radio.writes(f"Thông báo {number}")
    administrator = program_of(radio, ADMINISTRATOR)

    first = administrator.reads(f"/units/{QUANG_NGAI}/audit", subject="programme").json
    assert first
    radio.at(local(5))
    radio.writes("Sau đó")
    second = administrator.reads(f"/units/{QUANG_NGAI}/audit", subject="programme", cursor=first["next"]).json

    assert second
    lines = [*first["lines"], *second["lines"]]
    assert len(lines) == len({each["subject"] for each in lines}) == 60
    assert lines[0]["name"] == OFFICER.name
    assert second["next"] is None


def test_a_stretch_of_the_trail_does_not_end_before_it_begins(radio: Radio) -> None:
    answer = program_of(radio, INSPECTOR).reads(
        f"/units/{SON_HA}/audit", since="2026-11-24T00:00:00Z", until="2026-11-23T00:00:00Z"
    )

    assert (answer.status_code, answer.json and answer.json["type"]) == (422, "api.stretch_backwards")


def test_accounts_are_read_without_what_opens_them(radio: Radio) -> None:
    told = program_of(radio, ADMINISTRATOR).reads(f"/units/{SON_HA}/people", limit="2").json

    assert told
    assert len(told["people"]) == 2
    assert told["next"]
    assert "hash of" not in str(told)


def test_a_digest_is_read_loudspeaker_by_loudspeaker(radio: Radio) -> None:
    digest = Digest(
        unit=SON_HA,
        kind=DigestKind.EVENING,
        key="evening-2026-11-24",
        session="Buổi sáng",
        starts=local(5, 30),
        made_at=local(4),
        lines=(DigestLine(loudspeaker=GATE, name="Cổng", zone="Làng Mới", colour=Colour.RED),),
    )
    with radio.store.writing() as uow:
        uow.digests.add(digest)
        uow.commit()

    told = program_of(radio, OFFICER).reads(f"/units/{SON_HA}/digests/{digest.key}").json

    assert told
    assert [(each["loudspeaker"], each["colour"]) for each in told["lines"]] == [(GATE, "red")]
    assert told["counts"]["red"] == 1


def test_an_alarm_that_is_not_there_is_not_noted(radio: Radio) -> None:
    answer = program_of(radio, OFFICER).writes("POST", "/alarms/none/seen")

    assert (answer.status_code, answer.json and answer.json["type"]) == (404, "alarm.unknown")
