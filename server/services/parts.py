"""The parts of a programme one by one: added, changed, put in order, taken out; it is a draft again each time.

Two people may add and order at once: each part is known by its id. Who changes one must have seen it as it is.
"""

from collections.abc import Callable
from dataclasses import replace

from schedules.ids import PartId, ProgrammeId
from schedules.part import Part, part_facts
from schedules.programme import Programme
from server.errors import NotFound
from server.ports import Clock, Store
from server.services.changes import changeable, changed
from server.services.drafts import PartDraft, parts_drawn_up
from server.services.inputs import as_input
from server.services.trail import note
from server.values import Person, StoredProgramme


def add(store: Store, clock: Clock, person: Person, programme: ProgrammeId, *, draft: PartDraft) -> StoredProgramme:
    """Add a part at the end.

    Raises:
        NotFound: `programme.unknown`.
        NotAllowed: `rights.missing`.
        Unacceptable: as `drafts.parts_drawn_up`; `programme.not_now`.
    """
    made = parts_drawn_up([draft], known=(), now=clock.now())
    return _edited(store, clock, person, programme, lambda parts: (*parts, *made))


def change(
    store: Store,
    clock: Clock,
    person: Person,
    programme: ProgrammeId,
    part: PartId,
    *,
    draft: PartDraft,
    version: int,
) -> StoredProgramme:
    """Put another content into a part; `version` is the programme's that the person saw.

    Raises:
        NotFound: `programme.unknown`, `part.unknown`.
        NotAllowed, Unacceptable: as `add`.
        Stale: `edit.stale`.
    """

    def with_part(parts: tuple[Part, ...]) -> tuple[Part, ...]:
        at = place_of(parts, part)
        (made,) = parts_drawn_up([replace(draft, id=part)], known=parts, now=clock.now())
        return (*parts[:at], made, *parts[at + 1 :])

    return _edited(store, clock, person, programme, with_part, version=version)


def move(
    store: Store, clock: Clock, person: Person, programme: ProgrammeId, part: PartId, *, up: bool
) -> StoredProgramme:
    """Change places with the part before or after; the first stays first, the last stays last.

    Raises:
        NotFound, NotAllowed, Unacceptable: as `change`.
    """

    def in_order(parts: tuple[Part, ...]) -> tuple[Part, ...]:
        first = place_of(parts, part) - up
        return parts if first < 0 else (*parts[:first], *reversed(parts[first : first + 2]), *parts[first + 2 :])

    return _edited(store, clock, person, programme, in_order)


def remove(store: Store, clock: Clock, person: Person, programme: ProgrammeId, part: PartId) -> StoredProgramme:
    """Take a part out; one that is gone already is gone.

    Raises:
        NotFound: `programme.unknown`.
        NotAllowed, Unacceptable: as `add`.
    """
    return _edited(store, clock, person, programme, lambda parts: tuple(each for each in parts if each.id != part))


def place_of(parts: tuple[Part, ...], part: PartId) -> int:
    """Give where a part stands.

    Raises:
        NotFound: `part.unknown`.
    """
    at = next((number for number, each in enumerate(parts) if each.id == part), None)
    if at is None:
        raise NotFound("part.unknown")
    return at


def _edited(
    store: Store,
    clock: Clock,
    person: Person,
    programme: ProgrammeId,
    edit: Callable[[tuple[Part, ...]], tuple[Part, ...]],
    *,
    version: int | None = None,
) -> StoredProgramme:
    now = clock.now()
    with store.writing() as uow:
        before = changeable(uow, person, programme, version=version)
        old = before.programme
        parts = edit(old.parts)
        if parts == old.parts:
            return before
        after = changed(uow, before, _with(old, parts), person, now)
        facts = {"before": [part_facts(each) for each in old.parts], "after": [part_facts(each) for each in parts]}
        note(uow, now, person, "programme.parts_edited", subject=programme, unit=old.owner, **facts)
        uow.commit()
    return after


def _with(programme: Programme, parts: tuple[Part, ...]) -> Programme:
    with as_input({}):
        return replace(programme, parts=parts)
