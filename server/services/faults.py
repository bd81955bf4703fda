"""Faults and repairs: somebody notes what is wrong with a loudspeaker, somebody ends it with what was done.

It must not judge who is ready, nor say what was heard after a repair: `fault_board` looks that up in the evidence.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace

from schedules.ids import LoudspeakerId
from server.errors import NotFound, Unacceptable
from server.fault_records import Ending, Fault, FaultKind, FaultOutcome
from server.ports import Clock, Store
from server.services.loudspeakers import find
from server.services.maintenance import LOCKERS
from server.services.new_ids import new_id
from server.services.trail import note
from server.values import Person

MENDERS = LOCKERS
"""Those who look after loudspeakers, and who runs the station."""

LONGEST_NOTE = 1000
LONGEST_PARTS = 300

_KIND_OF = {
    "alarm.power": FaultKind.NO_POWER,
    "alarm.together": FaultKind.NO_POWER,
    "alarm.alone": FaultKind.NO_CONTACT,
    "alarm.everywhere": FaultKind.NO_CONTACT,
    "alarm.certificates": FaultKind.NO_CONTACT,
    "sim": FaultKind.NO_CONTACT,
    "sound": FaultKind.NO_SOUND,
    "level.silent": FaultKind.NO_SOUND,
    "level.low": FaultKind.POOR_SOUND,
}
"""What an alarm's cause most likely is, by its whole code or its first word; everything else is the device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody notes.

    Attributes:
        loudspeakers: one fault is opened at each.
        alarm: the one that told of it; None where a person noticed.
    """

    loudspeakers: Collection[LoudspeakerId]
    kind: FaultKind
    note: str = ""
    alarm: str | None = None


def open_faults(store: Store, clock: Clock, person: Person, wish: Wish) -> tuple[Fault, ...]:
    """Open a fault at each of some loudspeakers; where one of the kind is open already, none is added.

    Raises:
        NotFound: `loudspeaker.unknown`.
        NotAllowed: `rights.missing` for somebody who neither looks after a loudspeaker nor runs its station.
        Unacceptable: `fault.no_loudspeaker`, `fault.note_too_long`; `fault.other_alarm` for one that did not tell of
            every one of them; `fault.already_open` where none is left to open.
    """
    now, words = clock.now(), wish.note.strip()
    if not wish.loudspeakers:
        raise Unacceptable("fault.no_loudspeaker", "loudspeakers")
    if len(words) > LONGEST_NOTE:
        raise Unacceptable("fault.note_too_long", "note", most=LONGEST_NOTE)
    with store.writing() as uow:
        found = [find(uow, person, each, *MENDERS) for each in sorted(set(wish.loudspeakers))]
        alarm = uow.alarms.get(wish.alarm) if wish.alarm else None
        if alarm is not None and not set(alarm.subjects).issuperset(wish.loudspeakers):
            raise Unacceptable("fault.other_alarm", "alarm")
        there = {each.loudspeaker: each.at for each in uow.faults.open() if each.kind is wish.kind}
        opened = []
        for loudspeaker, zone in found:
            if loudspeaker.id in there:
                continue
            fault = Fault(
                id=new_id(now),
                loudspeaker=loudspeaker.id,
                kind=wish.kind,
                note=words,
                by=person.id,
                at=now,
                alarm=alarm.id if alarm else None,
            )
            uow.faults.put(fault)
            details = {"loudspeaker": loudspeaker.id, "kind": wish.kind, "note": words}
            note(uow, now, person, "fault.opened", subject=fault.id, unit=zone.station, **details)
            opened.append(fault)
        if not opened:
            raise Unacceptable("fault.already_open", "kind", since=min(there[each.id] for each, _ in found))
        uow.commit()
    return tuple(opened)


def end(
    store: Store,
    clock: Clock,
    person: Person,
    faults: Collection[str],
    *,
    outcome: FaultOutcome,
    done: str,
    parts: str = "",
) -> tuple[Fault, ...]:
    """End faults with what was done; one that has ended already stays as it was ended first.

    Raises:
        NotFound: `fault.unknown`.
        NotAllowed: `rights.missing`.
        Unacceptable: `fault.nothing_done`, `fault.note_too_long` with the field `done`; `fault.parts_too_long`.
    """
    now, words, new = clock.now(), done.strip(), " ".join(parts.split())
    if not words:
        raise Unacceptable("fault.nothing_done", "done")
    if len(words) > LONGEST_NOTE:
        raise Unacceptable("fault.note_too_long", "done", most=LONGEST_NOTE)
    if len(new) > LONGEST_PARTS:
        raise Unacceptable("fault.parts_too_long", "parts", most=LONGEST_PARTS)
    ending = Ending(outcome=outcome, by=person.id, at=now, done=words, parts=new)
    with store.writing() as uow:
        ended = []
        for each in sorted(set(faults)):
            known = uow.faults.get(each)
            if known is None:
                raise NotFound("fault.unknown")
            _, zone = find(uow, person, known.loudspeaker, *MENDERS)
            if known.ending is None:
                known = replace(known, ending=ending)
                uow.faults.put(known)
                details = {"outcome": outcome, "done": words, "parts": new}
                note(uow, now, person, "fault.ended", subject=known.id, unit=zone.station, **details)
            ended.append(known)
        uow.commit()
    return tuple(ended)


def noted_alarms(store: Store) -> dict[str, int]:
    """Give the alarms that open faults were noted from, with how many of each."""
    with store.reading() as uow:
        return Counter(each.alarm for each in uow.faults.open() if each.alarm is not None)


def kind_of(code: str) -> FaultKind:
    """Give what an alarm's code most likely means for who goes there."""
    return _KIND_OF.get(code) or _KIND_OF.get(code.partition(".")[0], FaultKind.DEVICE)
