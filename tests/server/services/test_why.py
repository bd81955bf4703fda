"""Why something is or is not heard, from what lies in the store."""

from datetime import time, timedelta

import pytest

from schedules.ids import OccurrenceId, ZoneId
from schedules.programme import Level
from schedules.reconciliation import Verdict
from schedules.times import DAY
from schedules.why import Hearing
from server.errors import NotAllowed, NotFound
from server.services import silence, why
from tests.server.services.radio import (
    APPROVER,
    INSPECTOR,
    LANG_MOI,
    NEIGHBOUR,
    OFFICER,
    Radio,
    local,
    once,
)


@pytest.fixture
def station(radio: Radio) -> Radio:
    radio.release_templates()
    radio.airs("Lịch tiêm chủng")
    radio.issue()
    return radio


def codes(radio: Radio, hour: int, minute: int = 0, second: int = 0) -> list[str]:
    at = local(hour, minute, second)
    found = why.explain_instant(radio.store, radio.clock, INSPECTOR, LANG_MOI, at)
    return [rule.code for rule in found.told.rules]


def test_what_plays_and_what_does_not_are_told(station: Radio) -> None:
    assert codes(station, 5, 43, 30) == ["why.approved", "why.permitted", "why.alone"]
    assert codes(station, 2)[0] == "why.closed_until"


def test_a_draft_is_told_as_not_approved(station: Radio) -> None:
    draft = station.writes("Cắt điện")
    station.records(draft)
    station.books(draft, once(time(17, 30)))

    told = why.explain_instant(station.store, station.clock, OFFICER, LANG_MOI, local(17, 30, 30)).told

    by_title = {each.title: [rule.code for rule in each.rules] for each in told.contenders}
    assert by_title["Cắt điện"] == ["approval.missing"]


def test_a_priority_item_and_its_loser_tell_of_each_other(station: Radio) -> None:
    station.airs("Bão khẩn", wish=once(time(5, 43, 30)), level=Level.PRIORITY)

    told = why.explain_instant(station.store, station.clock, OFFICER, LANG_MOI, local(5, 43, 40)).told

    assert told.plays is not None
    assert told.plays.title == "Bão khẩn"
    loser = next(each for each in told.contenders if each.title == "Lịch tiêm chủng")
    assert "why.after.level" in [rule.code for rule in loser.rules]
    found = why.explain_occurrence(station.store, station.clock, OFFICER, LANG_MOI, loser.occurrence, local(5, 43))
    assert found.told == loser


def test_an_order_of_silence_that_is_obeyed_here_is_told(station: Radio) -> None:
    silence.order(station.store, station.clock, OFFICER, zone=LANG_MOI, reason="Thử")
    assert codes(station, 5, 43, 30)[0] == "why.silenced"

    silence.lift(station.store, station.clock, APPROVER, zone=LANG_MOI)
    assert codes(station, 5, 43, 30)[0] == "why.approved"


def test_of_a_day_that_is_over_what_stood_in_its_rundowns_and_what_was_reported_is_told(station: Radio) -> None:
    station.at(local(5) + 2 * DAY)

    found = why.explain_instant(station.store, station.clock, OFFICER, LANG_MOI, local(5, 43, 30))

    assert found.told.plays is not None
    assert found.told.plays.title == "Lịch tiêm chủng"
    assert [row.finding.verdict for row in found.reported] == [Verdict.MISSED]
    one = why.explain_occurrence(
        station.store, station.clock, OFFICER, LANG_MOI, found.told.plays.occurrence, local(5, 43)
    )
    assert (one.told.hearing, one.reported) == (Hearing.WHOLE, found.reported)


def test_of_a_day_to_come_nothing_is_reported(station: Radio) -> None:
    found = why.explain_instant(station.store, station.clock, OFFICER, LANG_MOI, local(5, 43, 30) + timedelta(days=1))

    assert found.told.plays is not None
    assert found.reported == ()


def test_what_does_not_exist_or_is_somebody_elses_is_refused(station: Radio) -> None:
    with pytest.raises(NotFound, match=r"zone\.unknown"):
        why.explain_instant(station.store, station.clock, OFFICER, ZoneId("none"), local(6))
    with pytest.raises(NotFound, match=r"occurrence\.unknown"):
        why.explain_occurrence(station.store, station.clock, OFFICER, LANG_MOI, OccurrenceId("x"), local(6))
    with pytest.raises(NotAllowed):
        why.explain_instant(station.store, station.clock, NEIGHBOUR, LANG_MOI, local(6))


def test_a_station_without_a_regulation_is_silent(station: Radio) -> None:
    before = why.explain_instant(station.store, station.clock, OFFICER, LANG_MOI, local(6) - 900 * DAY)

    assert [rule.code for rule in before.told.rules] == ["planning.no_regulation"]
