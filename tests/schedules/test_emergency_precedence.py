"""docs/precedence.md, "Emergencies among themselves": each row has one test here, and no test is without a row."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from schedules.asrun import RESUMABLE
from schedules.emergency import Emergency, Event, Severity
from schedules.emergency_lane import EmergencySounds, ExerciseSounds, LaneProgress, begun, ended, live_at, sounding
from schedules.emergency_list import EmergencyList
from schedules.ids import EmergencyId
from schedules.planning import Planner
from schedules.playhead import OnAir, Progress, Silent, on_air, position_ms
from schedules.programme import Origin
from schedules.silence import Silence
from schedules.times import Span
from tests.schedules.given import (
    HOUR,
    MINUTE,
    PROVINCE,
    SECOND,
    SON_HA,
    ZONE,
    a_programme,
    a_rundown,
    a_schedule,
    a_slot,
    at,
    nine_days,
    once,
)
from tests.schedules.given_emergencies import (
    NOON,
    PROVINCE_WIDE,
    a_lane,
    an_emergency,
    an_exercise,
    heard_from,
    listed,
    without,
)

PAGE = Path(__file__).parents[2] / "docs" / "precedence.md"
ROWS = re.findall(r"^\| `emergency-([a-z]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

FLOOD = an_emergency("flood", times=1)
FIRE = an_emergency("fire", times=1, event=Event.FIRE)


def order(*found: Emergency) -> list[str]:
    """Give what is heard of emergencies in one list, in order."""
    now = max(each.sent for each in found)
    return heard_from(a_lane(listed(*found, now=now)), now, now + HOUR)


def live(*lists: EmergencyList) -> list[str]:
    return [each.id for each in live_at(lists, NOON)]


def expiry() -> None:
    assert heard_from(a_lane(listed(an_emergency(lives=MINUTE))), NOON, NOON + HOUR) == ["flood"]


def cancel() -> None:
    assert live(without(listed(FLOOD), FLOOD)) == []
    assert live(listed(FLOOD), without(EmergencyList(unit=PROVINCE), FLOOD)) == []


def update() -> None:
    better = an_emergency("better", references=(EmergencyId("flood"),))

    assert live(listed(FLOOD, better)) == live(listed(better, FLOOD)) == ["better"]


def twice() -> None:
    assert live(listed(FLOOD), listed(FLOOD, unit=PROVINCE)) == ["flood"]


def merged() -> None:
    theirs = an_emergency("theirs", sender=PROVINCE, origin=Origin.PROVINCE)
    wide = an_emergency("wide", **PROVINCE_WIDE)

    assert live(listed(FLOOD, theirs)) == ["theirs"]
    assert live(listed(FLOOD), listed(wide, unit=PROVINCE)) == ["wide", "flood"]


def silence() -> None:
    spared = a_lane(listed(FLOOD), silences=[Silence(audience="a", number=1, ordered=True)])
    not_spared = a_lane(
        listed(FLOOD), silences=[Silence(audience="a", number=1, ordered=True, spares_emergencies=False)]
    )

    assert sounding(spared, LaneProgress(), NOON) is not None
    assert sounding(not_spared, LaneProgress(), NOON) is None


def limits() -> None:
    alone = [
        an_emergency(name, event=event, break_glass=True, times=1) for name, event in zip("abc", Event, strict=False)
    ]

    assert order(*alone) == ["a", "b"]


def severity() -> None:
    dam = an_emergency("dam", event=Event.DAM_RELEASE, severity=Severity.EXTREME, times=2)

    assert order(FLOOD, dam) == ["dam", "dam", "flood"]


def begun_first() -> None:
    newer = an_emergency("newer", event=Event.FIRE, sent=NOON + SECOND)
    lane = a_lane(listed(FLOOD, newer, now=NOON + SECOND))
    on = begun(LaneProgress(), lane.lists[0].live[0], NOON, station=SON_HA)

    found = sounding(lane, on, NOON + SECOND)

    assert isinstance(found, EmergencySounds)
    assert found.live.id == on.sounding


def fewer() -> None:
    assert order(an_emergency("flood", times=2), an_emergency("fire", event=Event.FIRE, times=2)) == [
        "fire",
        "flood",
        "fire",
        "flood",
    ]


def origin() -> None:
    higher = an_emergency("z", event=Event.FIRE, times=1, sender=PROVINCE, origin=Origin.PROVINCE)

    assert order(FLOOD, higher) == ["z", "flood"]


def newer() -> None:
    assert order(FLOOD, an_emergency("z", event=Event.FIRE, times=1, sent=NOON + SECOND)) == ["z", "flood"]


def id() -> None:  # noqa: A001  # the row's name
    assert order(FLOOD, FIRE) == order(FIRE, FLOOD) == ["fire", "flood"]


def cut() -> None:
    lane = a_lane(listed(FLOOD))
    flood = lane.lists[0].live[0]

    after = ended(LaneProgress(sounding=flood.id), flood, NOON, whole=False)

    assert sounding(lane, after, NOON) == EmergencySounds(flood, 1)


def exercise() -> None:
    hours = (Span(at("05:00"), at("21:00")),)
    drill = an_exercise(times=1)
    alone = a_lane(exercises=[drill], windows=hours)
    beside = a_lane(listed(FLOOD), exercises=[drill], windows=hours)

    assert isinstance(sounding(alone, LaneProgress(), NOON), ExerciseSounds)
    assert sounding(alone, LaneProgress(), at("21:00")) is None
    assert isinstance(sounding(beside, LaneProgress(sounding=drill.id), NOON), EmergencySounds)
    assert heard_from(beside, NOON, NOON + HOUR) == ["flood"]


def resume() -> None:
    news = a_programme("tin", 10 * MINUTE)
    schedule = a_schedule(programmes=[news], slots=[a_slot(news, once("11:58"))])
    rundown = a_rundown(*Planner(schedule, nine_days()).plan(ZONE, now=at("00:00")).items)
    sounds = sounding(a_lane(listed(FLOOD)), LaneProgress(), NOON)

    silent = on_air(rundown, Progress(), NOON, emergency=sounds)
    assert isinstance(silent, Silent)
    assert f"item.{silent.reason}" in RESUMABLE
    after = on_air(rundown, Progress(), NOON + MINUTE)
    assert isinstance(after, OnAir)
    assert position_ms(after, NOON + MINUTE) == 180_000


PROOFS: dict[str, Callable[[], None]] = {
    "expiry": expiry,
    "cancel": cancel,
    "update": update,
    "twice": twice,
    "merged": merged,
    "silence": silence,
    "limits": limits,
    "severity": severity,
    "begun": begun_first,
    "fewer": fewer,
    "origin": origin,
    "newer": newer,
    "id": id,
    "cut": cut,
    "exercise": exercise,
    "resume": resume,
}


@pytest.mark.parametrize("row", ROWS)
def test_a_row_of_the_page_is_what_happens(row: str) -> None:
    PROOFS[row]()


def test_every_proof_has_its_row() -> None:
    assert sorted(ROWS) == sorted(PROOFS)
