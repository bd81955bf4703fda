"""What of a part of the schedule somebody still has to release, worked out once and kept with it: who is no matter."""

from schedules.approval import record_of_template
from schedules.errors import Refused
from schedules.ids import ProgrammeId, TemplateId
from schedules.programme import State
from schedules.schedule import Schedule
from schedules.session import SessionTemplate
from server.services.around import Around
from server.services.schedule import places_not_released, released_for, unapproved, zones_of_template


def programmes_waiting(here: Around) -> frozenset[ProgrammeId]:
    """Give the programmes handed in or approved of which a slot, or the use in places, is not released everywhere."""
    return here.of("programmes waiting", lambda: _programmes(here.schedule))


def templates_waiting(here: Around) -> frozenset[TemplateId]:
    """Give the session templates that are not released for all of their zones and may be; also those sent back."""
    return here.of("templates waiting", lambda: _templates(here.schedule))


def _programmes(schedule: Schedule) -> frozenset[ProgrammeId]:
    states = (State.SUBMITTED, State.APPROVED)
    known = {name: each for name, each in schedule.programmes.items() if each.state in states}
    own = [slot for slot in schedule.slots if slot.programme in known]
    waiting = unapproved(schedule, own)
    booked = {slot.programme for slot in own if slot.id in waiting}
    return frozenset(booked | {name for name, each in known.items() if places_not_released(schedule, each)})


def _templates(schedule: Schedule) -> frozenset[TemplateId]:
    return frozenset(each.id for each in schedule.templates if _waits(schedule, each))


def _waits(schedule: Schedule, template: SessionTemplate) -> bool:
    try:
        record_of_template(template, schedule.programmes)
    except Refused:  # a programme in it is gone
        return False
    released = released_for(schedule, template)
    return any(zone.id not in released for zone in zones_of_template(schedule, template))
