"""Programmes from the first draft to their withdrawal: make, edit, find, submit, send back, withdraw.

Sound is added by `takes`, times by `booking`, approval by `approvals`. Planning is not done here: a change only
raises `wanted` of the zones concerned.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from schedules.approval import Subject
from schedules.ids import PersonId, ProgrammeId, SlotId, UnitId, ZoneId
from schedules.part import part_facts
from schedules.programme import Action, Kind, Relay, State
from schedules.times import instant_text
from server.errors import NotFound, Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.changes import changeable, changed, known, moved
from server.services.delegations import require_release
from server.services.drafts import Draft, drawn_up, parts_drawn_up, spoken_length, texts_of
from server.services.folded import folded
from server.services.inputs import LONGEST_REASON, require_short
from server.services.new_ids import new_id
from server.services.obstacles import Obstacle, obstacles_of
from server.services.rights import ANY_ROLE, WRITERS, may, require
from server.services.schedule import (
    released_as_it_is,
    schedule_around,
    schedule_of_programme,
    zones_by_programme,
    zones_concerned,
)
from server.services.trail import note, require_newest
from server.values import ApprovalWay, Person, Role, StoredApproval, StoredProgramme, StoredSlot, Take

__all__ = [
    "Draft",
    "Whole",
    "allow_machine_voice",
    "create",
    "edit",
    "get",
    "listed",
    "obstacles",
    "returned",
    "send_back",
    "slot",
    "spoken_length",
    "submit",
    "withdraw",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A programme with all that belongs to it, as its page shows it.

    Attributes:
        slots: those not removed.
        may_edit, may_approve: what this person's roles allow; whether the state does is in `programme.state`, and an
            approver's own work is refused by `approvals.approve`.
    """

    stored: StoredProgramme
    takes: tuple[Take, ...]
    slots: tuple[StoredSlot, ...]
    approvals: tuple[StoredApproval, ...]
    may_edit: bool
    may_approve: bool


def create(store: Store, clock: Clock, person: Person, *, unit: UnitId, draft: Draft) -> StoredProgramme:
    """Make a programme of a unit, in draft.

    Raises:
        NotAllowed: `rights.missing` unless the person is an editor or officer there.
        Unacceptable: `programme.title`, `programme.times_read`, `programme.emergency_level`,
            `programme.expired`, `programme.no_channel`, `programme.unknown_channel`, with the field.
    """
    now = clock.now()
    with store.writing() as uow:
        units = uow.places.units()
        require(units, person, unit, *WRITERS)
        stored = StoredProgramme(
            programme=drawn_up(uow, draft, now=now, of=ProgrammeId(new_id(now)), unit=unit, version=1),
            texts=texts_of(draft),
            changed_by=frozenset({person.id}),
            changed_at=now,
        )
        uow.programmes.put(stored, expected_version=0)
        note(uow, now, person, "programme.created", subject=stored.programme.id, unit=unit, title=draft.title)
        uow.commit()
    return stored


def edit(
    store: Store, clock: Clock, person: Person, programme: ProgrammeId, *, draft: Draft, version: int
) -> StoredProgramme:
    """Change a programme; it is a draft again and what was approved of it is void.

    A form that changes nothing leaves everything as it is. `version` is the one the person saw.

    Raises:
        Stale: `edit.stale`, with who changed it in between and when.
        Unacceptable: as for `create`; `programme.not_now` for a withdrawn one.
    """
    now = clock.now()
    with store.writing() as uow:
        before = changeable(uow, person, programme, version=version)
        old = before.programme
        drawn = drawn_up(uow, draft, now=now, of=programme, unit=old.owner, version=old.version)
        variants = drawn.variants
        if draft.kind is not Kind.RELAY:
            variants = tuple(each for each in old.variants if not isinstance(each.source, Relay))
        parts = old.parts if draft.parts is None else parts_drawn_up(draft.parts, known=old.parts, now=now)
        same = replace(drawn, variants=variants, state=old.state, origin=old.origin, parts=parts)
        if same == old and texts_of(draft) == dict(before.texts):
            return before
        after = changed(uow, before, replace(same, version=old.version), person, now, texts=texts_of(draft))
        note(
            uow,
            now,
            person,
            "programme.edited",
            subject=programme,
            unit=old.owner,
            version=after.programme.version,
            before=_shown(before),
            after=_shown(after),
        )
        uow.commit()
    return after


def listed(
    store: Store,
    person: Person,
    *,
    states: Iterable[State] = (),
    kinds: Iterable[Kind] = (),
    text: str = "",
) -> tuple[StoredProgramme, ...]:
    """Give the programmes a person may see, newest change first.

    No state or kind named means all. The text is looked for in title, topic, requester, document, scripts and parts
    with their authors and readers, and in the names of who wrote it, with and without tone marks.
    """
    wanted_states, wanted_kinds, wanted = frozenset(states), frozenset(kinds), folded(text)
    with store.reading() as uow:
        units, owners = uow.places.units(), uow.programmes.owners()
        own = frozenset(each for each in owners if may(units, person, each, *ANY_ROLE))
        sounding = _sounding_in_sight(uow, person) if own < owners else ()
        names = {each.id: each.name for each in uow.people.all()} if wanted else {}
        found = [
            stored
            for stored in uow.programmes.some(sounding, owned_by=own)
            if (not wanted_states or stored.programme.state in wanted_states)
            and (not wanted_kinds or stored.programme.kind in wanted_kinds)
            and (not wanted or wanted in folded(_searched(stored, names)))
        ]
    return tuple(sorted(found, key=lambda stored: stored.changed_at, reverse=True))


def get(store: Store, person: Person, programme: ProgrammeId) -> Whole:
    """Give a programme with its sounds, slots and approvals.

    Raises:
        NotFound: `programme.unknown`; also for one that neither belongs to the person's units nor sounds there.
    """
    with store.reading() as uow:
        stored = known(uow, programme)
        units, owner = uow.places.units(), stored.programme.owner
        sees = may(units, person, owner, *ANY_ROLE)
        if not sees and zones_concerned(uow, programme).isdisjoint(_zones_seen(uow, person)):
            raise NotFound("programme.unknown")
        slots = tuple(each for each in uow.programmes.slots_of(programme) if each.removed_at is None)
        subjects: list[Subject] = [programme, *(slot.slot.id for slot in slots)]
        approvals = uow.programmes.approvals(subjects=subjects)
        return Whole(
            stored=stored,
            takes=tuple(uow.programmes.takes(programme)),
            slots=slots,
            approvals=tuple(sorted(approvals, key=lambda each: subjects.index(each.subject))),
            may_edit=may(units, person, owner, *WRITERS),
            may_approve=may(units, person, owner, Role.APPROVER),
        )


def slot(store: Store, person: Person, slot: SlotId) -> StoredSlot:
    """Give a slot of a programme the person sees.

    Raises:
        NotFound: `slot.unknown`.
    """
    with store.reading() as uow:
        known = uow.programmes.slot(slot)
    if known is None or known.removed_at is not None:
        raise NotFound("slot.unknown")
    try:
        get(store, person, known.slot.programme)
    except NotFound:
        raise NotFound("slot.unknown") from None
    return known


def obstacles(store: Store, clock: Clock, person: Person, programme: ProgrammeId) -> tuple[Obstacle, ...]:
    """Say what still stands between a programme and its submission; nothing means it can be submitted."""
    with store.reading() as uow:
        stored = known(uow, programme)
        require(uow.places.units(), person, stored.programme.owner, *WRITERS)
        return obstacles_of(uow, stored, now=clock.now())


def submit(store: Store, clock: Clock, person: Person, programme: ProgrammeId, *, version: int) -> StoredProgramme:
    """Hand a programme to the approvers; what they have released exactly as it is is approved at once.

    Raises:
        Unacceptable: `programme.obstacles` with `obstacles`, when something stands in the way; `programme.not_now`.
        Stale: `edit.stale`.
    """
    now = clock.now()
    with store.reading() as uow:
        # Before the transaction that writes: planning takes its time, and others must not wait for it.
        found = obstacles_of(uow, changeable(uow, person, programme, version=version, action=Action.SUBMIT), now=now)
    if found:
        raise Unacceptable("programme.obstacles", obstacles=found)
    with store.writing() as uow:
        before = changeable(uow, person, programme, version=version, action=Action.SUBMIT)
        after = moved(uow, before, Action.SUBMIT, now, note_text="")
        if released_as_it_is(schedule_of_programme(uow, programme), after.programme):
            after = moved(uow, after, Action.APPROVE, now, note_text="")
        note(uow, now, person, "programme.submitted", subject=programme, unit=before.programme.owner)
        uow.commit()
    return after


def send_back(
    store: Store, clock: Clock, person: Person, programme: ProgrammeId, *, version: int, reason: str
) -> StoredProgramme:
    """Return a submitted programme to its authors, with the reason they read.

    Raises:
        NotAllowed: `rights.missing` unless the person approves for the owner.
        Unacceptable: `send_back.no_reason` (field `reason`); `programme.not_now`.
    """
    with store.writing() as uow:
        after = returned(uow, clock.now(), person, programme, version=version, reason=reason)
        uow.commit()
    return after


def returned(
    uow: UnitOfWork,
    now: datetime,
    person: Person,
    programme: ProgrammeId,
    *,
    version: int,
    reason: str,
    way: ApprovalWay = ApprovalWay.DESK,
) -> StoredProgramme:
    """Do what `send_back` does within a transaction, whichever way the approver came.

    Raises:
        NotAllowed, Unacceptable, Stale: as `send_back`; `edit.stale`.
    """
    why = reason.strip()
    if not why:
        raise Unacceptable("send_back.no_reason", "reason")
    require_short(why, "reason", LONGEST_REASON)
    before = known(uow, programme)
    owner = before.programme.owner
    delegation = require_release(uow, person, [[owner]], now)
    require_newest(uow, seen=version, stored=before.programme.version, subject=programme, unit=owner)
    after = moved(uow, before, Action.SEND_BACK, now, note_text=why)
    told = {"reason": why, "way": way.value, "delegation": delegation}
    note(uow, now, person, "programme.sent_back", subject=programme, unit=owner, **told)
    return after


def withdraw(
    store: Store, clock: Clock, person: Person, programme: ProgrammeId, *, version: int, reason: str = ""
) -> StoredProgramme:
    """Take a programme off the air for good; where it sounds it stops.

    Raises:
        NotAllowed: `rights.missing` unless the person writes or approves for the owner.
        Unacceptable: `programme.not_now`.
    """
    now = clock.now()
    require_short(reason, "reason", LONGEST_REASON)
    with store.writing() as uow:
        before = known(uow, programme)
        owner = before.programme.owner
        require(uow.places.units(), person, owner, *WRITERS, Role.APPROVER)
        require_newest(uow, seen=version, stored=before.programme.version, subject=programme, unit=owner)
        after = moved(uow, before, Action.WITHDRAW, now, note_text=reason.strip())
        note(uow, now, person, "programme.withdrawn", subject=programme, unit=owner, reason=reason.strip())
        uow.commit()
    return after


def allow_machine_voice(store: Store, clock: Clock, person: Person, unit: UnitId, *, allowed: bool) -> None:
    """Let a unit's programmes go on air in the embedded machine voice, or no longer.

    Raises:
        NotAllowed: `rights.missing` unless the person administers the unit.
    """
    with store.writing() as uow:
        require(uow.places.units(), person, unit, Role.ADMINISTRATOR)
        uow.places.allow_machine_voice(unit, allowed=allowed)
        note(uow, clock.now(), person, "machine_voice.allowed", subject=unit, unit=unit, allowed=allowed)
        uow.commit()


def _searched(stored: StoredProgramme, names: Mapping[PersonId, str]) -> str:
    programme = stored.programme
    named = (programme.title, programme.topic, programme.requested_by, programme.document)
    parts = ((part.title, *part.authors, part.reader, part.source) for part in programme.parts)
    makers = (names.get(each, "") for each in sorted(stored.changed_by))
    return " ".join((*named, *stored.texts.values(), *chain.from_iterable(parts), *makers))


def _shown(stored: StoredProgramme) -> dict[str, object]:
    programme = stored.programme
    return {
        "title": programme.title,
        "kind": programme.kind,
        "level": int(programme.level),
        "times_read": programme.times_read,
        "valid_until": None if programme.valid_until is None else instant_text(programme.valid_until),
        "requested_by": programme.requested_by,
        "document": programme.document,
        "topic": programme.topic,
        "for_places": programme.for_places,
        "parts": [part_facts(each) for each in programme.parts],
        "texts": dict(stored.texts),
    }


def _zones_seen(uow: UnitOfWork, person: Person) -> frozenset[ZoneId]:
    units, zones = uow.places.units(), uow.places.zones()
    seen = {unit for unit in {zone.unit for zone in zones} if may(units, person, unit, *ANY_ROLE)}
    return frozenset(zone.id for zone in zones if zone.unit in seen)


def _sounding_in_sight(uow: UnitOfWork, person: Person) -> frozenset[ProgrammeId]:
    """Give the programmes that may sound at zones of a person's units."""
    sounding_at = zones_by_programme(schedule_around(uow, _zones_seen(uow, person)))
    return frozenset(programme for programme, zones in sounding_at.items() if zones)
