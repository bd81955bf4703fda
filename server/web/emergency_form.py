"""Reads the forms of emergencies and exercises, and fills them anew. Nothing is judged here."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import TypeVar

from flask import request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from schedules.emergency import Certainty, Emergency, Event, Severity, Urgency
from schedules.emergency_template import EmergencyTemplate
from schedules.ids import EmergencyId, EmergencyTemplateId, UnitId
from schedules.times import local_day, local_instant
from server.services.emergency_issue import Wanted
from server.services.exercises import ExerciseWanted
from server.web.centre import centre
from server.web.entered import number, wall_time
from server.web.stations import station

PAUSES = (10, 20, 30, 60, 120)
_LIVES = timedelta(minutes=30)
_HALF_A_DAY = timedelta(hours=12)

_Name = TypeVar("_Name", bound=Enum)


@dataclass(frozen=True, slots=True)
class Entered:
    """A form with its faults by field; templates ask it for what stands in a field."""

    fields: MultiDict[str, str]
    faults: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """Give what stands in a field."""
        return self.fields.get(name, "")

    def has(self, name: str, value: object) -> bool:
        """Tell whether a choice is taken."""
        return str(value) in self.fields.getlist(name)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Every field again, for the page before the click; the number of the form too, or what was kept would stay."""
        return [(name, value) for name, value in self.fields.items(multi=True) if name != "csrf_token"]


def sent() -> MultiDict[str, str]:
    """Give the form as it was sent."""
    form: ImmutableMultiDict[str, str] = request.form
    return MultiDict(form)


def anew() -> MultiDict[str, str]:
    """Give an empty form: the whole station, half an hour, three times."""
    ends = (centre().clock.now() + _LIVES).astimezone(station().time)
    return MultiDict(
        {
            "units": str(station().id),
            "event": Event.OTHER.value,
            "severity": Severity.SEVERE.value,
            "urgency": Urgency.IMMEDIATE.value,
            "certainty": Certainty.LIKELY.value,
            "ends": f"{ends:%H:%M}",
            "times": "3",
            "pause": "20",
        }
    )


def like(text: EmergencyTemplate) -> MultiDict[str, str]:
    """Give the form of an approved text."""
    form = anew()
    ends = (centre().clock.now() + timedelta(minutes=text.minutes)).astimezone(station().time)
    _put_about(form, text)
    form.setlist("headline", [text.headline])
    form.setlist("times", [str(text.times)])
    form.setlist("pause", [str(text.pause_s)])
    form.setlist("ends", [f"{ends:%H:%M}"])
    form.setlist("template", [str(text.id)])
    for words in text.words:
        form.setlist(f"text_{words.language}", [words.text])
    return form


def correcting(known: Emergency) -> MultiDict[str, str]:
    """Give the form of an update: everything as it is, to be corrected."""
    form = anew()
    form.setlist("units", [str(unit) for unit in known.units])
    _put_about(form, known)
    form.setlist("headline", [known.headline])
    form.setlist("times", [str(known.times)])
    form.setlist("pause", [str(known.pause_s)])
    form.setlist("instruction", [known.instruction])
    form.setlist("references", [str(known.id)])
    for words in known.words:
        form.setlist(f"text_{words.language}", [words.text])
    return form


def languages() -> tuple[str, ...]:
    """Give the languages of the station's people, Vietnamese first."""
    spoken = {language for zone in station().zones for language in zone.languages} - {"vi"}
    return ("vi", *sorted(spoken))


def wanted_of(form: MultiDict[str, str]) -> Wanted:
    """Read an emergency.

    Raises:
        Unacceptable: `form.time`, `form.number` with the field that cannot be read.
    """
    return Wanted(
        units=[UnitId(each) for each in form.getlist("units")],
        event=named(form, "event", Event, Event.OTHER),
        severity=named(form, "severity", Severity, Severity.UNKNOWN),
        urgency=named(form, "urgency", Urgency, Urgency.UNKNOWN),
        certainty=named(form, "certainty", Certainty, Certainty.UNKNOWN),
        headline=form.get("headline", ""),
        texts=texts_of(form),
        times=number(form, "times", default=3),
        pause_s=number(form, "pause", default=20),
        ends_at=ends_of(form),
        instruction=form.get("instruction", ""),
        references=tuple(EmergencyId(each) for each in form.getlist("references")),
    )


def exercise_of(form: MultiDict[str, str]) -> ExerciseWanted:
    """Read an exercise.

    Raises:
        Unacceptable: `form.time`, `form.number` with the field that cannot be read.
    """
    return ExerciseWanted(
        units=[UnitId(each) for each in form.getlist("units")],
        event=named(form, "event", Event, Event.OTHER),
        headline=form.get("headline", ""),
        texts=texts_of(form),
        times=number(form, "times", default=2),
        pause_s=number(form, "pause", default=20),
        ends_at=ends_of(form),
    )


def template_of(form: MultiDict[str, str]) -> EmergencyTemplateId | None:
    """Give the approved text the form was begun with."""
    return EmergencyTemplateId(form["template"]) if form.get("template") else None


def texts_of(form: MultiDict[str, str]) -> dict[str, str]:
    """Read the words in every language."""
    return {language: form.get(f"text_{language}", "").replace("\r\n", "\n") for language in languages()}


def ends_of(form: MultiDict[str, str]) -> datetime:
    """Read the end: that time of today, or of tomorrow where today's is half a day ago."""
    now, time = centre().clock.now(), station().time
    today = local_day(now, time)
    ends = local_instant(today, wall_time(form, "ends"), time)
    return ends if now - ends < _HALF_A_DAY else local_instant(today + timedelta(days=1), wall_time(form, "ends"), time)


def _put_about(form: MultiDict[str, str], about: EmergencyTemplate | Emergency) -> None:
    for name in ("event", "severity", "urgency", "certainty"):
        form.setlist(name, [getattr(about, name).value])


def named(form: MultiDict[str, str], name: str, kind: type[_Name], default: _Name) -> _Name:
    """Read a choice; what is none of it is the usual one."""
    try:
        return kind(form.get(name, ""))
    except ValueError:
        return default
