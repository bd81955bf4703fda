"""Emergencies and exercises as they were issued, and what came of each at every loudspeaker. To read only.

Nothing here issues, confirms or cancels one: that takes a person at a screen.
"""

from datetime import datetime

from apiflask import APIBlueprint
from pydantic import Field

from schedules.emergency import Event
from schedules.ids import UnitId
from server.api.centre import centre
from server.api.shapes import Answer
from server.api.views import reads
from server.emergency_records import Way
from server.services.emergency_board import Shown, board
from server.services.emergency_results import Heard, Result
from server.services.exercise_board import Drilled, exercises_at
from server.values import Person

emergencies = APIBlueprint("emergencies", __name__, tag="Emergencies")

WAYS = ", ".join(Way)


class HeardShown(Answer):
    """How far something came at one loudspeaker, by its own word."""

    loudspeaker: str
    heard: Heard
    times: int
    at: datetime | None
    reason: str = Field(description="Code of why it did not tell all of it, as far as is known.")


class EmergencyShown(Answer):
    """An emergency as it was issued, and how many loudspeakers have told it."""

    id: str
    event: Event
    headline: str
    sender: str
    units: list[str]
    way: str = Field(description=WAYS)
    sent: datetime
    expires: datetime
    is_live: bool
    told: int
    loudspeakers: int
    results: list[HeardShown] = Field(description="Of a live one.")


class Emergencies(Answer):
    """The emergencies that concern a unit, those in force first."""

    emergencies: list[EmergencyShown]


class ExerciseShown(Answer):
    """An exercise as it was ordered, and how many loudspeakers have told it."""

    id: str
    units: list[str]
    sent: datetime
    expires: datetime
    ended_at: datetime | None = Field(description="Where somebody ended it before its hour.")
    is_running: bool
    told: int
    results: list[HeardShown] = Field(description="Of the newest.")


class Exercises(Answer):
    """The exercises that reach a unit, the newest first."""

    exercises: list[ExerciseShown]


@reads(emergencies, "/units/<unit>/emergencies", Emergencies)
def listed(person: Person, unit: str) -> Emergencies:
    """Give the emergencies that concern a unit: those in force, and the last that are over."""
    found = board(centre().store, centre().clock, person, UnitId(unit))
    return Emergencies(emergencies=[_emergency(each) for each in (*found.live, *found.over)])


@reads(emergencies, "/units/<unit>/exercises", Exercises)
def exercises(person: Person, unit: str) -> Exercises:
    """Give the exercises that reach a unit, and what came of the newest."""
    found = exercises_at(centre().store, centre().clock, person, UnitId(unit))
    return Exercises(exercises=[_exercise(each) for each in found])


def _emergency(shown: Shown) -> EmergencyShown:
    own = shown.emergency
    return EmergencyShown(
        id=own.id,
        event=own.event,
        headline=own.headline,
        sender=own.sender,
        units=list(own.units),
        way=shown.stored.way.value,
        sent=own.sent,
        expires=own.expires,
        is_live=shown.is_live,
        told=shown.told,
        loudspeakers=shown.reach.loudspeakers,
        results=[_heard(each) for each in shown.results],
    )


def _exercise(drilled: Drilled) -> ExerciseShown:
    own, cancel = drilled.stored.exercise, drilled.stored.cancel
    return ExerciseShown(
        id=own.id,
        units=list(own.units),
        sent=own.sent,
        expires=own.expires,
        ended_at=cancel.at if cancel else None,
        is_running=drilled.is_running,
        told=drilled.told,
        results=[_heard(each) for each in drilled.results],
    )


def _heard(result: Result) -> HeardShown:
    return HeardShown(
        loudspeaker=result.loudspeaker.id,
        heard=result.heard,
        times=result.times,
        at=result.at,
        reason=result.reason,
    )
