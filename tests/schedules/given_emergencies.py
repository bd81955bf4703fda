"""Values for the tests of emergencies, each with one call; lists and lanes as they arise from news in some order."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from schedules.break_glass import Use
from schedules.emergency import Certainty, Emergency, Event, Exercise, Severity, Urgency, Words
from schedules.emergency_lane import EmergencySounds, ExerciseSounds, Lane, LaneProgress, begun, ended, sounding
from schedules.emergency_list import EmergencyList, cancelled, issued
from schedules.ids import EmergencyId, ExerciseId, PersonId, Sha256, UnitId
from schedules.programme import Origin
from tests.schedules.given import HOUR, MINUTE, PROVINCE, SON_HA, a_recording, at

NOON = at("12:00")
OFFICER = PersonId("officer")
SUM = Sha256("e" * 64)


def an_emergency(
    name: str = "flood",
    *,
    sent: datetime = NOON,
    lives: timedelta = HOUR,
    lasts: timedelta = timedelta(seconds=30),
    **about: object,
) -> Emergency:
    """Give a flood in Sơn Hà, told three times by the commune."""
    flood = Emergency(
        id=EmergencyId(name),
        sender=SON_HA,
        origin=Origin.COMMUNE,
        issued_by=OFFICER,
        sent=sent,
        expires=sent + lives,
        units=(SON_HA,),
        event=Event.FLOOD,
        severity=Severity.SEVERE,
        urgency=Urgency.IMMEDIATE,
        certainty=Certainty.OBSERVED,
        headline="Nước sông Re dâng nhanh",
        words=(Words("vi", "Bà con ven sông lên chỗ cao ngay.", a_recording(lasts, name)),),
        times=3,
        pause_s=20,
    )
    return replace(flood, **about)  # type: ignore[arg-type]  # fields of an emergency


def an_exercise(name: str = "drill", *, sent: datetime = NOON, lives: timedelta = HOUR, **about: object) -> Exercise:
    """Give a drill of the same flood."""
    drill = Exercise(
        id=ExerciseId(name),
        sender=SON_HA,
        ordered_by=OFFICER,
        sent=sent,
        expires=sent + lives,
        units=(SON_HA,),
        event=Event.FLOOD,
        headline="Diễn tập sơ tán",
        words=(Words("vi", "Bà con tập trung về nhà văn hoá."),),
        times=2,
        pause_s=20,
    )
    return replace(drill, **about)  # type: ignore[arg-type]  # fields of an exercise


def a_use(name: str, at: datetime, *, seconds: int = 60, lives: timedelta = MINUTE, **about: object) -> Use:
    """Give a use of break-glass at Sơn Hà."""
    use = Use(emergency=EmergencyId(name), station=SON_HA, person=OFFICER, at=at, until=at + lives, sound_s=seconds)
    return replace(use, **about)  # type: ignore[arg-type]  # fields of a use


def listed(*emergencies: Emergency, unit: UnitId = SON_HA, now: datetime = NOON) -> EmergencyList:
    """Give the list of a unit after some issues."""
    known = EmergencyList(unit=unit)
    for each in emergencies:
        known = issued(known, each, sha256=SUM, now=now)
    return known


def without(known: EmergencyList, *emergencies: Emergency, now: datetime = NOON) -> EmergencyList:
    """Give the list after a cancel."""
    return cancelled(known, [each.id for each in emergencies], now=now)


def a_lane(*lists: EmergencyList, exercises: Sequence[Exercise] = (), **about: object) -> Lane:
    """Give the lane of a loudspeaker in Sơn Hà."""
    lane = Lane(station=SON_HA, lists=lists, exercises=exercises)
    return replace(lane, **about)  # type: ignore[arg-type]  # fields of a lane


def heard_from(lane: Lane, now: datetime, until: datetime, progress: LaneProgress | None = None) -> list[str]:
    """Let a loudspeaker live second by second; give what it told to the end, as `name` in order."""
    done: list[str] = []
    progress = progress or LaneProgress()
    since = now
    while now < until:
        found = sounding(lane, progress, now)
        what = _what(found)
        if progress.sounding is not None and (what is None or what.id != progress.sounding):
            progress = replace(progress, sounding=None)
        if what is not None and progress.sounding is None:
            progress, since = begun(progress, what, now, station=lane.station), now
        if what is not None and now + timedelta(seconds=1) - since >= timedelta(seconds=what.lasts_s):
            progress = ended(progress, what, now + timedelta(seconds=1), whole=True)
            done.append(str(what.id))
        now += timedelta(seconds=1)
    return done


def _what(found: EmergencySounds | ExerciseSounds | None):  # type: ignore[no-untyped-def]  # noqa: ANN202  # one of two
    if found is None:
        return None
    return found.live if isinstance(found, EmergencySounds) else found.exercise


PROVINCE_WIDE: dict[str, Any] = {"sender": PROVINCE, "origin": Origin.PROVINCE, "units": (PROVINCE,)}
"""What makes an emergency the province's, for the whole of it."""
