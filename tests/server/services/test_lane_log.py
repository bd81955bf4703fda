"""The log of what nobody had planned: an emergency or an exercise by the centre's own word, not by the device's."""

from dataclasses import replace

import pytest

from schedules.asrun import Outcome
from schedules.emergency_lane import EXERCISE, SIREN_ONLY
from schedules.ids import EmergencyId, UnitId
from schedules.reconciliation import Verdict
from schedules.times import DAY, Span
from server.services import log
from server.services.judged_plays import Row
from tests.server.services.alarm import gives, issues, may_drill, tells
from tests.server.services.radio import (
    APPROVER,
    DAWN,
    GATE,
    INSPECTOR,
    LANG_MOI,
    MARKET,
    OFFICER,
    SON_HA,
    Radio,
    local,
)
from tests.server.services.test_exercises import orders


@pytest.fixture
def morning(radio: Radio) -> Radio:
    gives(radio, OFFICER, APPROVER)
    may_drill(radio)
    radio.at(local(5, 30))
    return radio


def rows(radio: Radio) -> list[Row]:
    found = log.verdicts(radio.store, radio.clock, INSPECTOR, SON_HA, span=Span(DAWN, DAWN + DAY)).rows
    return sorted(found, key=lambda row: row.loudspeaker.id, reverse=True)


def test_an_emergency_is_called_one_by_its_headline(morning: Radio) -> None:
    stored = issues(morning)
    tells(morning, stored.emergency, GATE, programme=SIREN_ONLY, outcome=Outcome.CUT_SHORT)
    tells(morning, stored.emergency, MARKET)

    assert [(row.loudspeaker.id, row.finding.verdict, row.title) for row in rows(morning)] == [
        (GATE, Verdict.EMERGENCY, stored.emergency.headline),
        (MARKET, Verdict.EMERGENCY, stored.emergency.headline),
    ]


def test_an_exercise_is_called_one(morning: Radio) -> None:
    drill = orders(morning)
    tells(morning, drill, GATE, programme=EXERCISE)

    assert [(row.finding.verdict, row.title) for row in rows(morning)] == [(Verdict.EXERCISE, drill.headline)]


def test_the_devices_word_alone_makes_no_emergency(morning: Radio) -> None:
    """One that nobody issued, one of another place, and a drill under the name of a real one."""
    real, elsewhere = issues(morning).emergency, issues(morning, UnitId("thon-gs")).emergency
    tells(morning, replace(real, id=EmergencyId("nobody issued this")), GATE)
    tells(morning, elsewhere, GATE, zone=LANG_MOI, sequence=2)
    tells(morning, real, GATE, programme=EXERCISE, sequence=3)

    assert {row.finding.verdict for row in rows(morning)} == {Verdict.UNPLANNED}
    assert len(rows(morning)) == 3
