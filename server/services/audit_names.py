"""What the lines of the audit trail are about, by name: ids are for the database. It reads, and decides nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from schedules.ids import (
    CampaignId,
    EmergencyId,
    EmergencyTemplateId,
    ExerciseId,
    ProgrammeId,
    SlotId,
)
from server.ports import UnitOfWork
from server.values import AuditLine

_PROGRAMMES = frozenset({"programme", "take", "approval_link", "outside_approval"})
_TEMPLATES = frozenset({"template", "approval_link", "outside_approval"})
_SLOTS = frozenset({"slot", "offer", "override"})
_LOUDSPEAKERS = frozenset({"loudspeaker", "device", "enrolment", "command", "diagnostics", "broker", "order"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Names by id; `things` by the first part of a line's action and its subject."""

    people: Mapping[str, str]
    units: Mapping[str, str]
    zones: Mapping[str, str]
    loudspeakers: Mapping[str, str]
    things: Mapping[tuple[str, str], str]


def names_of(uow: UnitOfWork, lines: Iterable[AuditLine]) -> Names:
    """Give the names of all that some lines tell of; what is not there any more has none."""
    people: dict[str, str] = {each.id: each.name for each in uow.people.all()}
    units: dict[str, str] = {each.id: each.name for each in uow.places.units().by_id.values()}
    zones: dict[str, str] = {each.id: each.name for each in uow.places.zones()}
    loudspeakers: dict[str, str] = {each.id: each.name for each in uow.places.loudspeakers()}
    audiences = {f"zone:{key}": name for key, name in zones.items()} | {f"unit:{key}": n for key, n in units.items()}
    known = {**units, **people, **audiences}
    things = {}
    for line in lines:
        kind = line.action.partition(".")[0]
        found = _title(uow, kind, line.subject)
        if kind in _LOUDSPEAKERS:
            found = loudspeakers.get(line.subject, "")
        if kind == "fault":
            fault = uow.faults.get(line.subject)
            found = "" if fault is None else loudspeakers.get(fault.loudspeaker, "")
        if kind == "contribution":
            sent = uow.contributions.get(line.subject)
            found = "" if sent is None else sent.title
        if kind == "zone":
            found = zones.get(line.subject, "")
        things[kind, line.subject] = found or known.get(line.subject, "")
    return Names(people=people, units=units, zones=zones, loudspeakers=loudspeakers, things=things)


def _title(uow: UnitOfWork, kind: str, subject: str) -> str:
    """Give the title of what somebody wrote; empty for anything else."""
    if kind in _SLOTS:
        slot = uow.programmes.slot(SlotId(subject))
        subject = "" if slot is None else slot.slot.programme
    stored = uow.programmes.get(ProgrammeId(subject)) if kind in _PROGRAMMES | _SLOTS else None
    if stored is not None:
        return stored.programme.title
    if kind in _TEMPLATES:
        return next((each.template.name for each in uow.programmes.templates() if each.template.id == subject), "")
    if kind == "campaign":
        campaign = uow.campaigns.get(CampaignId(subject))
        return "" if campaign is None else campaign.campaign.title
    if kind == "group":
        return next((each.name for each in uow.places.groups() if each.id == subject), "")
    if kind == "emergency":
        issued = uow.emergencies.get(EmergencyId(subject))
        return "" if issued is None else issued.emergency.headline
    if kind == "exercise":
        drill = uow.emergencies.exercise(ExerciseId(subject))
        return "" if drill is None else drill.exercise.headline
    if kind == "emergency_template":
        text = uow.emergencies.template(EmergencyTemplateId(subject))
        return "" if text is None else text.template.headline
    return ""
