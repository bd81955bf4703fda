"""Programmes from the first draft to their withdrawal: make, edit, find, submit, send back, withdraw.

Sound is added by `takes`, times by `booking`, approval by `approvals`. Planning is not done here: a change only
raises `wanted` of the zones concerned.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from schedules.ids import ChannelId, ProgrammeId, UnitId
from schedules.programme import (
    Action,
    Kind,
    Level,
    Origin,
    Programme,
    Relay,
    State,
    Variant,
    state_after,
)
from schedules.times import instant_text
from schedules.unit import UnitLevel
from server.errors import NotFound, Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.inputs import as_input
from server.services.new_ids import new_id
from server.services.obstacles import Obstacle, obstacles_of
from server.services.rights import ANY_ROLE, WRITERS, may, require
from server.services.schedule import schedule_of, zones_below, zones_by_programme, zones_of_programme
from server.services.trail import note, require_newest
from server.values import Person, Role, StoredApproval, StoredProgramme, StoredSlot, Take

SYLLABLES_A_MINUTE = 145
"""How fast the embedded voice reads, and about how fast a person does over horns."""

_FIELDS = {
    "programme.title": "title",
    "programme.times_read": "times_read",
    "time.not_utc": "valid_until",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the form of a programme holds.

    Attributes:
        texts: script per language.
        channel: of a relay; None for everything else.
        times_read: 1 to 5.
    """

    title: str
    kind: Kind
    level: Level = Level.ORDINARY
    texts: Mapping[str, str] = field(default_factory=dict)
    times_read: int = 1
    valid_until: datetime | None = None
    requested_by: str = ""
    document: str = ""
    topic: str = ""
    channel: ChannelId | None = None


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
            texts=_texts(draft),
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
        variants = drawn.variants if draft.kind is Kind.RELAY else _sounds(old)
        same = replace(drawn, variants=variants, state=old.state, origin=old.origin)
        if same == old and _texts(draft) == dict(before.texts):
            return before
        after = changed(uow, before, replace(same, version=old.version), person, now, texts=_texts(draft))
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

    No state or kind named means all. The text is looked for in title, topic, requester, document and scripts,
    with and without tone marks.
    """
    wanted_states, wanted_kinds, wanted = frozenset(states), frozenset(kinds), folded(text)
    with store.reading() as uow:
        visible = _visible(uow, person)
        found = [
            stored
            for stored in uow.programmes.all()
            if visible(stored)
            and (not wanted_states or stored.programme.state in wanted_states)
            and (not wanted_kinds or stored.programme.kind in wanted_kinds)
            and (not wanted or wanted in folded(_searched(stored)))
        ]
    return tuple(sorted(found, key=lambda stored: stored.changed_at, reverse=True))


def get(store: Store, person: Person, programme: ProgrammeId) -> Whole:
    """Give a programme with its sounds, slots and approvals.

    Raises:
        NotFound: `programme.unknown`; also for one that neither belongs to the person's units nor sounds there.
    """
    with store.reading() as uow:
        stored = known(uow, programme)
        if not _visible(uow, person)(stored):
            raise NotFound("programme.unknown")
        units, owner = uow.places.units(), stored.programme.owner
        slots = tuple(each for each in uow.programmes.slots_of(programme) if each.removed_at is None)
        return Whole(
            stored=stored,
            takes=tuple(uow.programmes.takes(programme)),
            slots=slots,
            approvals=tuple(each for slot in slots for each in uow.programmes.approvals_of(slot.slot.id)),
            may_edit=may(units, person, owner, *WRITERS),
            may_approve=may(units, person, owner, Role.APPROVER),
        )


def obstacles(store: Store, clock: Clock, person: Person, programme: ProgrammeId) -> tuple[Obstacle, ...]:
    """Say what still stands between a programme and its submission; nothing means it can be submitted."""
    with store.reading() as uow:
        stored = known(uow, programme)
        require(uow.places.units(), person, stored.programme.owner, *WRITERS)
        return obstacles_of(uow, stored, now=clock.now())


def submit(store: Store, clock: Clock, person: Person, programme: ProgrammeId, *, version: int) -> StoredProgramme:
    """Hand a programme to the approvers.

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
        after = _moved(uow, before, Action.SUBMIT, now, note_text="")
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
    now = clock.now()
    if not reason.strip():
        raise Unacceptable("send_back.no_reason", "reason")
    with store.writing() as uow:
        before = known(uow, programme)
        owner = before.programme.owner
        require(uow.places.units(), person, owner, Role.APPROVER)
        require_newest(uow, seen=version, stored=before.programme.version, subject=programme, unit=owner)
        after = _moved(uow, before, Action.SEND_BACK, now, note_text=reason.strip())
        note(uow, now, person, "programme.sent_back", subject=programme, unit=owner, reason=reason.strip())
        uow.commit()
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
    with store.writing() as uow:
        before = known(uow, programme)
        owner = before.programme.owner
        require(uow.places.units(), person, owner, *WRITERS, Role.APPROVER)
        require_newest(uow, seen=version, stored=before.programme.version, subject=programme, unit=owner)
        after = _moved(uow, before, Action.WITHDRAW, now, note_text=reason.strip())
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


def spoken_length(text: str) -> timedelta:
    """Estimate how long a text takes to read aloud, while there is no sound yet."""
    return timedelta(minutes=len(text.split()) / SYLLABLES_A_MINUTE)


def folded(text: str) -> str:
    """Give a text for searching: without tone marks and other accents, in small letters, đ as d."""
    bare = (sign for sign in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(sign))
    return " ".join("".join(bare).replace("đ", "d").split())


def known(uow: UnitOfWork, programme: ProgrammeId) -> StoredProgramme:
    """Give a stored programme.

    Raises:
        NotFound: `programme.unknown`.
    """
    stored = uow.programmes.get(programme)
    if stored is None:
        raise NotFound("programme.unknown")
    return stored


def changeable(
    uow: UnitOfWork, person: Person, programme: ProgrammeId, *, version: int | None, action: Action = Action.EDIT
) -> StoredProgramme:
    """Give a programme this person may change now.

    `version` is the one the person saw; None where nothing of it was seen (a take that is ready).

    Raises:
        NotFound, NotAllowed, Stale: as their names say.
        Unacceptable: `programme.not_now`, in a state without this action.
    """
    stored = known(uow, programme)
    owner = stored.programme.owner
    require(uow.places.units(), person, owner, *WRITERS)
    if version is not None:
        require_newest(uow, seen=version, stored=stored.programme.version, subject=programme, unit=owner)
    with as_input({}):
        state_after(stored.programme.state, action)
    return stored


def changed(
    uow: UnitOfWork,
    before: StoredProgramme,
    programme: Programme,
    person: Person,
    now: datetime,
    *,
    texts: Mapping[str, str] | None = None,
    machine_voiced: frozenset[str] | None = None,
) -> StoredProgramme:
    """Store another content of a programme: next version, draft again, its zones wanted."""
    old = before.programme
    after = replace(
        before,
        programme=replace(programme, version=old.version + 1, state=state_after(old.state, Action.EDIT)),
        texts=before.texts if texts is None else texts,
        machine_voiced=before.machine_voiced if machine_voiced is None else machine_voiced,
        changed_by=before.changed_by | {person.id},
        changed_at=now,
        note="",
    )
    uow.programmes.put(after, expected_version=old.version)
    uow.issue.want(zones_of_programme(schedule_of(uow), old.id))
    return after


def _moved(
    uow: UnitOfWork, before: StoredProgramme, action: Action, now: datetime, *, note_text: str
) -> StoredProgramme:
    old = before.programme
    with as_input({}):
        state = state_after(old.state, action)
    after = replace(before, programme=replace(old, state=state), note=note_text, changed_at=now)
    uow.programmes.put(after, expected_version=old.version)
    uow.issue.want(zones_of_programme(schedule_of(uow), old.id))
    return after


def drawn_up(uow: UnitOfWork, draft: Draft, *, now: datetime, of: ProgrammeId, unit: UnitId, version: int) -> Programme:
    """Give the programme a form asks for, without its sounds (a relay's channel excepted); it stores nothing.

    Raises:
        Unacceptable: as for `create`.
    """
    if draft.level is Level.EMERGENCY:
        raise Unacceptable("programme.emergency_level", "level")
    if draft.valid_until is not None and draft.valid_until <= now:
        raise Unacceptable("programme.expired", "valid_until", valid_until=draft.valid_until)
    with as_input(_FIELDS):
        return Programme(
            id=of,
            owner=unit,
            version=version,
            title=_plain(draft.title),
            kind=draft.kind,
            origin=_origin(uow.places.units().by_id[unit].level),
            level=draft.level,
            state=State.DRAFT,
            variants=_relay(uow, draft) if draft.kind is Kind.RELAY else (),
            times_read=draft.times_read,
            topic=_plain(draft.topic),
            requested_by=_plain(draft.requested_by),
            document=_plain(draft.document),
            valid_until=draft.valid_until,
        )


def _relay(uow: UnitOfWork, draft: Draft) -> tuple[Variant, ...]:
    if draft.channel is None:
        raise Unacceptable("programme.no_channel", "channel")
    if draft.channel not in {channel.id for channel in uow.places.channels()}:
        raise Unacceptable("programme.unknown_channel", "channel", channel=draft.channel)
    # The national and provincial channels speak Vietnamese; the fallback is the channel's own, from the signed list.
    return (Variant("vi", Relay(draft.channel)),)


def _sounds(programme: Programme) -> tuple[Variant, ...]:
    return tuple(variant for variant in programme.variants if not isinstance(variant.source, Relay))


def _origin(level: UnitLevel) -> Origin:
    match level:
        case UnitLevel.PROVINCE | UnitLevel.DISTRICT:
            return Origin.PROVINCE
        case UnitLevel.COMMUNE:
            return Origin.COMMUNE
    return Origin.HAMLET


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _texts(draft: Draft) -> dict[str, str]:
    texts = {language: unicodedata.normalize("NFC", text).strip() for language, text in draft.texts.items()}
    return {language: text for language, text in texts.items() if text}


def _searched(stored: StoredProgramme) -> str:
    programme = stored.programme
    named = (programme.title, programme.topic, programme.requested_by, programme.document)
    return " ".join((*named, *stored.texts.values()))


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
        "texts": dict(stored.texts),
    }


def _visible(uow: UnitOfWork, person: Person) -> Callable[[StoredProgramme], bool]:
    """Tell what a person may see: what units below made, and what sounds at zones below."""
    units = uow.places.units()
    schedule = schedule_of(uow)
    below = {zone.id for zone in zones_below(schedule, person.unit)}

    def visible(stored: StoredProgramme) -> bool:
        if may(units, person, stored.programme.owner, *ANY_ROLE):
            return True
        return may(units, person, person.unit, *ANY_ROLE) and not below.isdisjoint(sounding_at[stored.programme.id])

    sounding_at = zones_by_programme(schedule)
    return visible
