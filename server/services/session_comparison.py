"""How a session template differs from what was approved of it, or of the one it replaces, last. It judges nothing.

It reads what the approval kept.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from schedules.approval import record_of_template
from schedules.errors import Refused
from schedules.ids import TemplateId
from schedules.session import SessionTemplate
from server.approving_records import Matter
from server.ports import Store, UnitOfWork
from server.services.approved_before import stood_by
from server.services.rights import ANY_ROLE, require
from server.services.schedule import schedule_of
from server.values import Person, StoredApproval

_FACTS = {
    "session": ("session",),
    "weekdays": ("weekdays",),
    "days": ("valid_from", "valid_to"),
}
"""What may differ besides its places, each with the facts of the record it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCompared:
    """What differs.

    Attributes:
        by, at: who approved the earlier one, and when; the name is empty where nobody knows it.
        name: the earlier one; empty where it is the same.
        times: the earlier ones, where they are others.
        facts: among `session`, `weekdays`, `days`.
        added, removed, other: names of places.
        reordered: the places that stayed follow each other otherwise.
        sounds: titles of fixed programmes that are another version, or new.
    """

    by: str
    at: datetime
    name: str
    times: tuple[time, time] | None
    facts: tuple[str, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    other: tuple[str, ...]
    reordered: bool
    sounds: tuple[str, ...]


def compared(store: Store, person: Person, template: SessionTemplate) -> SessionCompared | None:
    """Compare a session template with what was approved last; None where nothing was, or nothing differs.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role at the station.
    """
    with store.reading() as uow:
        require(uow.places.units(), person, template.station, *ANY_ROLE)
        last = _last(uow, template)
        try:
            now = record_of_template(template, schedule_of(uow).programmes)
        except Refused:
            return None
        if last is None or last.approval.record == now.hash:
            return None
        by = uow.people.get(last.approval.approved_by)
    return _compared(json.loads(last.canonical), json.loads(now.canonical), last, "" if by is None else by.name)


def _last(uow: UnitOfWork, template: SessionTemplate) -> StoredApproval | None:
    own = _stood_by(uow, template.id)
    earlier = _stood_by(uow, template.replaces) if template.replaces is not None else ()
    return next(iter(reversed(own or earlier)), None)


def _stood_by(uow: UnitOfWork, template: TemplateId) -> tuple[StoredApproval, ...]:
    return stood_by(uow, Matter(template, is_template=True), uow.programmes.approvals_of(template))


def _compared(before: Mapping[str, Any], after: Mapping[str, Any], last: StoredApproval, by: str) -> SessionCompared:
    old, new = before["template"], after["template"]
    was, now = ({each["id"]: each for each in facts["places"]} for facts in (old, new))
    stayed = [each for each in was if each in now]
    versions = {each["id"]: each["version"] for each in before["programmes"]}
    return SessionCompared(
        by=by,
        at=last.approval.approved_at,
        name="" if old["name"] == new["name"] else old["name"],
        times=None if _times(old) == _times(new) else _times(old),
        facts=tuple(each for each, named in _FACTS.items() if any(old[name] != new[name] for name in named)),
        added=tuple(each["name"] for key, each in now.items() if key not in was),
        removed=tuple(each["name"] for key, each in was.items() if key not in now),
        other=tuple(now[each]["name"] for each in stayed if was[each] != now[each]),
        reordered=stayed != [each for each in now if each in was],
        sounds=tuple(each["title"] for each in after["programmes"] if versions.get(each["id"]) != each["version"]),
    )


def _times(template: Mapping[str, Any]) -> tuple[time, time]:
    return time.fromisoformat(template["starts"]), time.fromisoformat(template["ends"])
