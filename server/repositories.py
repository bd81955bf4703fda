"""What the use cases need kept, as protocols of few methods: one for each subject, all within one transaction.

It must not name a framework.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from schedules.approval import Subject
from schedules.ids import (
    CampaignId,
    DeviceId,
    EnrolmentId,
    GroupId,
    LoudspeakerId,
    PersonId,
    ProgrammeId,
    SlotId,
    UnitId,
    ZoneId,
)
from schedules.language import Language, Substitution
from schedules.override import Override
from schedules.regulation import Regulation
from schedules.slot import CatchUp
from schedules.times import Span
from schedules.unit import Group, Target, Unit, Units, Zone
from schedules.way import Answer
from schedules.wire.messages import Channel
from server.device_records import Device, Enrolment, Renewal
from server.lease_records import Lease
from server.values import (
    AuditLine,
    Loudspeaker,
    OrderOfPriorities,
    Person,
    Proposal,
    ProposalState,
    StoredApproval,
    StoredCampaign,
    StoredProgramme,
    StoredSlot,
    StoredSuccession,
    StoredTemplate,
    Take,
)


class People(Protocol):
    """Accounts."""

    def get(self, person: PersonId) -> Person | None: ...
    def by_login(self, login: str) -> Person | None: ...
    def of_unit(self, unit: UnitId) -> Sequence[Person]: ...
    def all(self) -> Sequence[Person]:
        """Give every account, by name."""
        ...

    def put(self, person: Person) -> None: ...


class Places(Protocol):
    """Units, zones, loudspeakers, regulations and the signed channel list."""

    def units(self) -> Units: ...
    def put_units(self, units: Iterable[Unit]) -> None:
        """Insert or replace units; the parent of each must be there or come before it."""
        ...

    def groups(self) -> Sequence[Group]: ...
    def put_group(self, group: Group) -> None: ...
    def remove_group(self, group: GroupId) -> None: ...
    def zones(self, *, among: Iterable[ZoneId] | None = None) -> Sequence[Zone]:
        """Give zones in order of id, all unless some are named."""
        ...

    def zone(self, zone: ZoneId) -> Zone | None: ...
    def put_zone(self, zone: Zone) -> None: ...
    def successions(self) -> Sequence[StoredSuccession]: ...
    def put_succession(self, succession: StoredSuccession) -> None: ...
    def regulations(self, *, stations: Iterable[UnitId] | None = None) -> Sequence[Regulation]:
        """Give every regulation, of all stations unless some are named, the earliest first."""
        ...

    def put_regulation(self, regulation: Regulation) -> None: ...
    def channels(self) -> Sequence[Channel]: ...
    def put_channel(self, channel: Channel) -> None: ...
    def loudspeakers(self, *, among: Iterable[LoudspeakerId] | None = None) -> Sequence[Loudspeaker]:
        """Give loudspeakers in order of id, retired ones included; all unless some are named."""
        ...

    def loudspeakers_at(self, zones: Iterable[ZoneId]) -> Sequence[Loudspeaker]:
        """Give the loudspeakers that stand in some zones or stood there, retired ones included, in order of id."""
        ...

    def loudspeaker(self, loudspeaker: LoudspeakerId) -> Loudspeaker | None: ...
    def put_loudspeaker(self, loudspeaker: Loudspeaker) -> None: ...
    def machine_voice_units(self) -> frozenset[UnitId]:
        """Give the units whose own programmes may go on air in the embedded machine voice."""
        ...

    def allow_machine_voice(self, unit: UnitId, *, allowed: bool) -> None: ...


class Devices(Protocol):
    """Devices, retired ones included; the one in use is the one whose key the loudspeaker has."""

    def of(self, loudspeaker: LoudspeakerId) -> Sequence[Device]:
        """Give the devices a loudspeaker has had, the earliest first."""
        ...

    def of_each(self, loudspeakers: Iterable[LoudspeakerId]) -> Mapping[LoudspeakerId, Sequence[Device]]:
        """Give the devices loudspeakers have had, the earliest first; nothing for who had none."""
        ...

    def get(self, device: DeviceId) -> Device | None: ...
    def all(self) -> Sequence[Device]: ...
    def standing(self) -> Sequence[tuple[DeviceId, LoudspeakerId, ZoneId]]:
        """Give the devices in use, in order of id, each with its loudspeaker and that one's zone.

        A retired loudspeaker has none. It costs little enough to be asked after every commit.
        """
        ...

    def retired_after(self, instant: datetime) -> Sequence[Device]:
        """Give the devices that are out of use since after an instant, in order of id."""
        ...

    def put(self, device: Device) -> None: ...


class Enrolments(Protocol):
    """Codes given to devices, and what devices ask for with their keys."""

    def get(self, enrolment: EnrolmentId) -> Enrolment | None: ...
    def newest(self, loudspeaker: LoudspeakerId) -> Enrolment | None: ...
    def asked(self) -> Sequence[Enrolment]:
        """Give those whose device waits for its answer."""
        ...

    def put(self, enrolment: Enrolment) -> None: ...
    def renewal(self, device: DeviceId) -> Renewal | None: ...
    def renewals_asked(self) -> Sequence[Renewal]:
        """Give the renewals that wait for their answer."""
        ...

    def put_renewal(self, renewal: Renewal) -> None: ...


class Programmes(Protocol):
    """Programmes, takes, slots, templates and their approvals.

    `put_*` of something that has a version raises `Stale` unless the stored version is the one expected; 0
    expects nothing to be there.
    """

    def get(self, programme: ProgrammeId) -> StoredProgramme | None: ...
    def all(self) -> Sequence[StoredProgramme]: ...
    def some(
        self,
        programmes: Iterable[ProgrammeId],
        *,
        for_places_of: Iterable[UnitId] = (),
        owned_by: Iterable[UnitId] = (),
    ) -> Sequence[StoredProgramme]:
        """Give programmes by id, those that some units made for places filled by rule, and all those of some units."""
        ...

    def owners(self) -> frozenset[UnitId]:
        """Give the units that have programmes."""
        ...

    def put(self, stored: StoredProgramme, *, expected_version: int) -> None: ...
    def take(self, take: str) -> Take | None: ...
    def takes(self, programme: ProgrammeId) -> Sequence[Take]: ...
    def put_take(self, take: Take) -> None: ...
    def slot(self, slot: SlotId) -> StoredSlot | None: ...
    def slots(self, *, naming: Target | None = None, catch_up: CatchUp | None = None) -> Sequence[StoredSlot]:
        """Give the slots that count: removed ones are found by their id only.

        Args:
            naming: only those whose target has a zone, unit or group with this one in common, or says no place.
            catch_up: only those with this policy.
        """
        ...

    def slots_of(self, programme: ProgrammeId) -> Sequence[StoredSlot]: ...
    def put_slot(self, stored: StoredSlot, *, expected_version: int) -> None: ...
    def templates(self, *, stations: Iterable[UnitId] | None = None) -> Sequence[StoredTemplate]:
        """Give session templates, of all stations unless some are named, by their hour."""
        ...

    def put_template(self, stored: StoredTemplate, *, expected_version: int) -> None: ...
    def approvals(self, *, subjects: Iterable[Subject] | None = None) -> Sequence[StoredApproval]:
        """Give approvals, of everything unless some subjects are named, the oldest first."""
        ...

    def approvals_of(self, subject: Subject) -> Sequence[StoredApproval]: ...
    def released(self, records: Iterable[str]) -> Mapping[str, bytes]:
        """Give the canonical bytes of records that were released, by their hash."""
        ...

    def owned(self, units: Iterable[UnitId]) -> frozenset[ProgrammeId]:
        """Give the ids of the programmes that some units made."""
        ...

    def add_approval(self, stored: StoredApproval) -> None: ...


class Campaigns(Protocol):
    """Campaigns; `put` raises `Stale` unless the stored version is the one expected, 0 for none."""

    def get(self, campaign: CampaignId) -> StoredCampaign | None: ...
    def all(self) -> Sequence[StoredCampaign]:
        """Give every campaign, the one that begins last first."""
        ...

    def put(self, stored: StoredCampaign, *, expected_version: int) -> None: ...


class Proposals(Protocol):
    """What people ask for about the rules of stations, the tree of units, and rights."""

    def get(self, proposal: str) -> Proposal | None: ...
    def of_station(self, station: UnitId) -> Sequence[Proposal]:
        """Give the proposals about a station, the newest first."""
        ...

    def overrides(self) -> Sequence[Override]:
        """Give every granted override."""
        ...

    def grants(self, *states: ProposalState) -> Sequence[Proposal]:
        """Give the proposals about people's rights in some states, the newest first."""
        ...

    def put(self, proposal: Proposal) -> None: ...


class Orders(Protocol):
    """The orders that officers gave to priority items. Append-only."""

    def newest(self, *, stations: Iterable[UnitId] | None = None) -> Sequence[OrderOfPriorities]:
        """Give the order that counts of each station that has one, of all stations unless some are named."""
        ...

    def add(self, order: OrderOfPriorities) -> None: ...


class Answers(Protocol):
    """What stations answered to offers. Append-only."""

    def newest(
        self, *, stations: Iterable[UnitId] | None = None, slots: Iterable[SlotId] | None = None
    ) -> Sequence[Answer]:
        """Give the last answer of each station to each slot, of all unless some are named, the oldest first."""
        ...

    def add(self, answer: Answer) -> None: ...


class Languages(Protocol):
    """The languages there are, and what zones hear instead of their own. Choices are append-only."""

    def all(self) -> Sequence[Language]: ...
    def put(self, language: Language) -> None:
        """Replace a language where it stands, or add it to the end of the list."""
        ...

    def remove(self, tag: str) -> None: ...
    def substitutions(self) -> Sequence[Substitution]:
        """Give the latest choice of each zone and programme, the oldest first."""
        ...

    def substitute(self, substitution: Substitution) -> None: ...


class Audit(Protocol):
    """The audit trail, append-only."""

    def add(self, line: AuditLine) -> None: ...
    def latest(self, *, unit: UnitId | None, limit: int, subject: str | None = None) -> Sequence[AuditLine]:
        """Give the newest lines, of one unit or of all, about one subject or any, the newest first."""
        ...

    def actions_of(self, person: PersonId, among: Iterable[str]) -> frozenset[str]:
        """Give which of some actions a person has ever done."""
        ...

    def about(self, subjects: Iterable[str], among: Iterable[str], *, since: datetime) -> Sequence[AuditLine]:
        """Give the lines of some actions about some subjects from an instant on, the oldest first."""
        ...

    def page(
        self,
        *,
        units: Sequence[UnitId] | None,
        by: PersonId | None,
        subject: str,
        span: Span | None,
        skip: int,
        limit: int,
    ) -> Sequence[AuditLine]:
        """Give lines, the newest first.

        Args:
            units: of which units; None: of all, and of none.
            by: who did it; None: anybody.
            subject: the first part of the action; empty: any.
            span: when; None: ever.
            skip: how many newer ones to leave out.
            limit: how many at most.
        """
        ...


class Leases(Protocol):
    """Which process alone may do something."""

    def get(self, name: str) -> Lease | None: ...
    def put(self, lease: Lease) -> None: ...
