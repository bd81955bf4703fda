"""The schedule as planning takes it: everything people edited and approved; and the notes planning leaves.

It must not plan, nor know where anything is stored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from schedules.approval import Approval, Subject
from schedules.campaign import Campaign
from schedules.catching_up import Missed
from schedules.ids import Key, OccurrenceId, ProgrammeId, UnitId, ZoneId
from schedules.override import Override
from schedules.programme import Programme
from schedules.regulation import Regulation
from schedules.session import SessionTemplate
from schedules.slot import Slot
from schedules.unit import Group, Units, Zone
from schedules.way import Answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """All slots and sessions together: what people edited and approved.

    Attributes:
        regulations: of every station, all dates.
        approvals: by the id of what they are about.
        overrides: granted, of every station.
        campaigns: in every state; ask each whether it runs on a day.
        substitutions: what a zone hears of a programme that has none of its languages, where somebody chose that.
        orders: per station, the keys of priority items in the order that its officer gave them.
        answers: what each station said last to each offer.
        missed: what no loudspeaker of a zone played lately, of slots that then come again.
    """

    units: Units
    zones: tuple[Zone, ...]
    regulations: tuple[Regulation, ...]
    programmes: Mapping[ProgrammeId, Programme]
    slots: tuple[Slot, ...]
    templates: tuple[SessionTemplate, ...]
    approvals: Mapping[Subject, tuple[Approval, ...]]
    overrides: tuple[Override, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    groups: tuple[Group, ...] = ()
    substitutions: Mapping[tuple[ZoneId, ProgrammeId], str] = field(default_factory=dict)
    orders: Mapping[UnitId, Sequence[Key]] = field(default_factory=dict)
    answers: Answers = field(default_factory=dict)
    missed: tuple[Missed, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """Why something is not heard, or not whole: a stable code and the values of its sentence.

    `occurrence` is None where it concerns no occurrence; `start` too where it concerns a whole slot or template.
    `programme` is told where something may be done about it.
    """

    title: str
    code: str
    values: tuple[tuple[str, object], ...] = ()
    start: datetime | None = None
    occurrence: OccurrenceId | None = None
    programme: ProgrammeId | None = None
