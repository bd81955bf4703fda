"""The two ways in which a stored programme changes: another content, or another state. Others say who may and when."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from schedules.ids import ProgrammeId, TemplateId
from schedules.programme import Action, Programme, state_after
from server.errors import NotFound
from server.ports import UnitOfWork
from server.services.inputs import as_input
from server.services.rights import WRITERS, require
from server.services.schedule import zones_concerned
from server.services.trail import require_newest
from server.values import Person, StoredProgramme, StoredTemplate


def known(uow: UnitOfWork, programme: ProgrammeId) -> StoredProgramme:
    """Give a stored programme.

    Raises:
        NotFound: `programme.unknown`.
    """
    stored = uow.programmes.get(programme)
    if stored is None:
        raise NotFound("programme.unknown")
    return stored


def known_template(uow: UnitOfWork, template: TemplateId) -> StoredTemplate:
    """Give a stored session template.

    Raises:
        NotFound: `template.unknown`.
    """
    found = next((each for each in uow.programmes.templates() if each.template.id == template), None)
    if found is None:
        raise NotFound("template.unknown")
    return found


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
    sounding_at = zones_concerned(uow, old.id)
    uow.programmes.put(after, expected_version=old.version)
    uow.issue.want(sounding_at | zones_concerned(uow, old.id))
    return after


def moved(
    uow: UnitOfWork, before: StoredProgramme, action: Action, now: datetime, *, note_text: str
) -> StoredProgramme:
    """Store a programme in the state an action leads to, its content untouched; its zones are wanted.

    Raises:
        Unacceptable: `programme.not_now`.
    """
    old = before.programme
    with as_input({}):
        state = state_after(old.state, action)
    after = replace(before, programme=replace(old, state=state), note=note_text, changed_at=now)
    uow.programmes.put(after, expected_version=old.version)
    uow.issue.want(zones_concerned(uow, old.id))
    return after
