"""An occurrence: one dated instance of a slot or a place, and the id that is the same on every planning.

It must not know zones' languages or approvals; planning turns occurrences into rundown items.
"""

from dataclasses import dataclass
from datetime import date, datetime

from schedules.ids import OccurrenceId, PlaceId, ProgrammeId, SlotId, occurrence_id
from schedules.slot import Slot
from schedules.times import instant_text


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One instance of an exact-second slot.

    Attributes:
        original_start: what the rule gives; `start` differs when an exception moved it.
    """

    id: OccurrenceId
    slot: Slot
    original_start: datetime
    start: datetime


def exact(slot: SlotId, original_start: datetime) -> OccurrenceId:
    """Give the id of an exact-second slot's occurrence; an exception that moves it does not change it."""
    return occurrence_id(slot, instant_text(original_start))


def in_place(place: PlaceId, day: date, key: SlotId | PlaceId | ProgrammeId | OccurrenceId) -> OccurrenceId:
    """Give the id of what fills a place of a session on a local day.

    The day stands for the start: a session runs once a day, and moving it by a minute must not make
    new occurrences of what has already been heard.

    Args:
        place: where it is heard; a repeat is an occurrence of its own.
        day: the session's local date.
        key: the slot, the place whose fixed programme it is, the programme a rule took, or the missed occurrence
            that comes again here: another one is another occurrence.
    """
    return occurrence_id(place, day.isoformat(), key)


def rejoined(occurrence: OccurrenceId, start: datetime) -> OccurrenceId:
    """Give the id of the part of a relay that is taken up again at an instant, after an interruption."""
    return occurrence_id(occurrence, instant_text(start), "rejoined")
